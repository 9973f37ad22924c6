"""Recorded event odds: an index over the zips; bodies are read, as served, when asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import msgspec

from fullcourt.clock import require_utc
from fullcourt.replay.history import HistoryBroken, HistoryFolder, decode

_MEMBER = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)/(?P<event>[0-9a-z]+)\.json")


@dataclass(frozen=True, slots=True)
class EventOddsFile:
    """One recorded body: `game_date` is the Eastern date of the event."""

    event_id: str
    game_date: date
    path: Path
    member: str


class _Stamp(msgspec.Struct):
    timestamp: datetime


class _Market(msgspec.Struct):
    key: str


class _Book(msgspec.Struct):
    markets: list[_Market]


class _Event(msgspec.Struct):
    bookmakers: list[_Book]


class _EventOdds(msgspec.Struct):
    data: _Event


class EventOdds:
    """All recorded event odds by event id."""

    def __init__(self, history: HistoryFolder) -> None:
        self._history = history
        self._stamps: dict[EventOddsFile, datetime] = {}
        self.by_event: dict[str, list[EventOddsFile]] = {}
        for path in history.event_odds_zips:
            for member in history.members(path):
                match = _MEMBER.fullmatch(member)
                if match is None:
                    raise HistoryBroken(f"{path}!{member}", "not named {eastern date}/{event}.json")
                entry = EventOddsFile(
                    match["event"], date.fromisoformat(match["day"]), path, member
                )
                self.by_event.setdefault(entry.event_id, []).append(entry)

    @property
    def dates(self) -> frozenset[date]:
        """Eastern game dates with recorded odds."""
        return frozenset(entry.game_date for files in self.by_event.values() for entry in files)

    def latest(self, event_id: str, until: datetime) -> bytes | None:
        """The last recorded body whose own timestamp is not after `until`, or None."""
        stamped = []
        for entry in self.by_event.get(event_id, ()):
            body = None
            if entry not in self._stamps:
                body = self._history.member(entry.path, entry.member)
                self._stamps[entry] = self._stamp(entry, body)
            if self._stamps[entry] <= until:
                stamped.append((self._stamps[entry], entry.member, entry, body))
        if not stamped:
            return None
        _, _, entry, body = max(stamped, key=lambda found: found[:2])
        return body or self._history.member(entry.path, entry.member)

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """Markets recorded, read from the first body with prices of each zip."""
        found: set[str] = set()
        seen: set[Path] = set()
        for files in self.by_event.values():
            for entry in files:
                if entry.path not in seen:
                    markets = self._markets_of(entry)
                    if markets:
                        seen.add(entry.path)
                        found |= markets
        return tuple(sorted(found))

    def _markets_of(self, entry: EventOddsFile) -> set[str]:
        body = self._history.member(entry.path, entry.member)
        odds = decode(body, _EventOdds, f"{entry.path}!{entry.member}")
        return {market.key for book in odds.data.bookmakers for market in book.markets}

    def _stamp(self, entry: EventOddsFile, body: bytes) -> datetime:
        where = f"{entry.path}!{entry.member}"
        try:
            return require_utc(decode(body, _Stamp, where).timestamp)
        except ValueError as error:
            raise HistoryBroken(where, f"timestamp: {error}") from error
