"""The recorded odds listings: what was listed when, indexed by team pair and Eastern date."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

import msgspec

from fullcourt.clock import require_utc
from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.teams import tricode_of
from fullcourt.replay.history import HistoryBroken, HistoryFolder, decode

Meeting = tuple[frozenset[str], date]
"""An unordered pair of tricodes and an Eastern date."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One event of a listing. `tip_at` is UTC; teams are tricodes."""

    event_id: str
    game_date: date
    tip_at: datetime
    home: str
    away: str

    @property
    def meeting(self) -> Meeting:
        """The pair and the Eastern date."""
        return frozenset((self.home, self.away)), self.game_date


@dataclass(frozen=True, slots=True)
class Listing:
    """One recorded listing: the vendor's own instant (UTC) and where its bytes are."""

    snapshot_at: datetime
    path: Path
    member: str
    events: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A listing that shows a meeting."""

    seen_at: datetime
    event: Listed


class Listings:
    """Listings in the order of their own instants, with the lookups the masking rules need."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.all: tuple[Listing, ...] = tuple(sorted(listings, key=lambda x: x.snapshot_at))
        sightings: dict[Meeting, list[Sighting]] = {}
        mornings: dict[date, Listing] = {}
        for listing in self.all:
            mornings[game_date_of(listing.snapshot_at)] = listing
            for event in listing.events:
                sighting = Sighting(listing.snapshot_at, event)
                sightings.setdefault(event.meeting, []).append(sighting)
        self._sightings: Mapping[Meeting, list[Sighting]] = sightings
        self._mornings: Mapping[date, Listing] = mornings

    @property
    def dates(self) -> frozenset[date]:
        """Eastern dates on which a listing was recorded (by its own instant)."""
        return frozenset(self._mornings)

    def latest(self, until: datetime) -> Listing | None:
        """The last listing whose own instant is not after `until`."""
        place = bisect_right(self.all, until, key=lambda listing: listing.snapshot_at)
        return self.all[place - 1] if place else None

    def first_sighting(self, meeting: Meeting, before: datetime) -> datetime | None:
        """When a listing first showed the meeting, None when none did until `before`."""
        found = self._sightings.get(meeting)
        return found[0].seen_at if found and found[0].seen_at <= before else None

    def last_sighting(self, meeting: Meeting) -> Listed | None:
        """The event as the last listing that shows the meeting has it."""
        found = self._sightings.get(meeting)
        return found[-1].event if found else None

    def missing_since(self, meeting: Meeting) -> datetime | None:
        """The instant of that date's listing when it lacks the meeting, else None.

        None also when no listing was recorded on that date: no listing postpones nothing.
        """
        listing = self._mornings.get(meeting[1])
        if listing is None or any(event.meeting == meeting for event in listing.events):
            return None
        return listing.snapshot_at


class _Event(msgspec.Struct):
    id: str
    commence_time: datetime
    home_team: str
    away_team: str


class _Listing(msgspec.Struct):
    timestamp: datetime
    data: list[_Event]


def read_listings(history: HistoryFolder) -> Listings:
    """All recorded listings.

    Raises:
        HistoryBroken: a body that is no listing, or an instant without a zone.
    """
    return Listings(
        _read(history, path, member)
        for path in history.listing_zips
        for member in history.members(path)
    )


def _read(history: HistoryFolder, path: Path, member: str) -> Listing:
    where = f"{path}!{member}"
    body = decode(history.member(path, member), _Listing, where)
    try:
        snapshot_at = require_utc(body.timestamp)
        events = tuple(
            Listed(
                event_id=event.id,
                game_date=game_date_of(event.commence_time),
                tip_at=require_utc(event.commence_time),
                home=cast(str, tricode_of(event.home_team)),
                away=cast(str, tricode_of(event.away_team)),
            )
            for event in body.data
            # An exhibition side without a tricode can be no scheduled meeting of two teams.
            if tricode_of(event.home_team) and tricode_of(event.away_team)
        )
    except ValueError as error:
        raise HistoryBroken(where, str(error)) from error
    return Listing(snapshot_at, path, member, events)
