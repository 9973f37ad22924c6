"""The Odds API v4: game lines (moneyline, spread, total) of all events or of one.

One call lists every event of the sport; `odds_api` has the events and the players' markets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from fullcourt.clock import require_utc
from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.props import ListedEvent
from fullcourt.nba.teams import FULL_NAMES, folded
from fullcourt.vendors.odds_api import BASE_URL, SPORT, VENDOR, request
from fullcourt.vendors.once import once
from fullcourt.vendors.prices import decimal_of_american
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode, utc_instant

GAME_MARKETS = ("h2h", "spreads", "totals")
PLAYER_MARKETS: Mapping[str, str] = {
    "points": "player_points",
    "rebounds": "player_rebounds",
    "assists": "player_assists",
    "threes": "player_threes",
    "points_rebounds_assists": "player_points_rebounds_assists",
}
"""What is counted -> the vendor's market of it, read by `odds_api.parse_event_props`."""

PriceForm = Literal["decimal", "american"]


def game_odds_request(
    key: str,
    *,
    markets: Sequence[str] = GAME_MARKETS,
    regions: Sequence[str] = (),
    bookmakers: Sequence[str] = (),
    historical_at: datetime | None = None,
    base_url: str = BASE_URL,
) -> Request:
    """The lines of every event, now or as listed at `historical_at` (an instant, UTC-aware).

    Raises:
        ValueError: a market that is no game line, or not exactly one of `regions` and `bookmakers`.
    """
    unknown = [name for name in markets if name not in GAME_MARKETS]
    if unknown or not markets:
        raise ValueError(f"markets {unknown or '()'}: name some of {', '.join(GAME_MARKETS)}")
    if bool(regions) == bool(bookmakers):
        raise ValueError("give regions or bookmakers, one of them")
    where = ("bookmakers", bookmakers) if bookmakers else ("regions", regions)
    params = (
        (where[0], ",".join(where[1])),
        ("markets", ",".join(markets)),
        ("oddsFormat", "decimal"),
    )
    return request("odds", f"/sports/{SPORT}/odds", params, key, historical_at, base_url)


@dataclass(frozen=True, slots=True)
class GameLine:
    """One book's line of one market. Prices are decimal odds, None where a side is not offered.

    `h2h`: home and away price. `spreads`: the same, `line` is the points given to the home team.
    `totals`: over and under price, `line` is the points of both teams.
    """

    event_id: str
    bookmaker: str
    market: str
    line: float | None
    home_price: float | None
    away_price: float | None
    over_price: float | None
    under_price: float | None
    book_updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class GameLines:
    """The lines of a body. `snapshot_at` is the vendor's instant, or when a live body came.

    `skipped` counts outcomes of other markets by key; `unknown_teams` names events left out for a
    team in no table, `rejected` lines and events that contradict themselves, `notes` what was
    folded.
    """

    snapshot_at: datetime
    events: tuple[ListedEvent, ...]
    lines: tuple[GameLine, ...]
    skipped: Mapping[str, int]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Outcome(msgspec.Struct, frozen=True):
    name: str
    price: float
    point: float | None = None


class _Market(msgspec.Struct, frozen=True):
    key: str
    outcomes: list[_Outcome]
    last_update: str | None = None


class _Bookmaker(msgspec.Struct, frozen=True):
    key: str
    markets: list[_Market]


class _Event(msgspec.Struct, frozen=True):
    id: str
    commence_time: str
    home_team: str
    away_team: str
    bookmakers: list[_Bookmaker]


class _Historical(msgspec.Struct, frozen=True):
    timestamp: str | None
    # One event's endpoint answers with the event, the sport's with a list.
    data: list[_Event] | _Event | None


class _Broken(Exception):
    """One line contradicts itself; the text names field and value."""


def parse_game_lines(
    body: bytes,
    historical: bool,
    received_at: datetime,
    teams: Mapping[str, str] = FULL_NAMES,
    prices: PriceForm = "decimal",
) -> GameLines:
    """The lines of all events of a body, or of its one event. `teams`: full name -> tricode.

    `prices` is what the body was asked for; a price that cannot be that leaves its line out.

    Raises:
        NotThere: empty body, or history has no snapshot (of that event) for that time.
        ContractBroken: not the form, a missing or retyped field, or a time that is no instant.
    """
    source = Source(VENDOR, "historical_odds" if historical else "odds")
    snapshot_at = require_utc(received_at)
    if historical:
        envelope = decode(body, _Historical, source)
        if envelope.timestamp is None or envelope.data is None:
            raise source.nothing("history has no snapshot for that time", body)
        snapshot_at = utc_instant(envelope.timestamp, "$.timestamp", source, body)
        data = envelope.data
    else:
        data = decode(body, list[_Event] | _Event, source)  # type: ignore[arg-type]  # a union form
    rows = [data] if isinstance(data, _Event) else data
    table = {folded(name): tricode for name, tricode in teams.items()}
    unique = once(rows, lambda row: row.id, lambda row: f"event {row.id}")
    reading = _Reading(source, body, prices)
    events: list[ListedEvent] = []
    unknown: list[str] = []
    for row in unique.rows:
        tip_at = utc_instant(row.commence_time, f"event {row.id} commence_time", source, body)
        home, away = table.get(folded(row.home_team)), table.get(folded(row.away_team))
        if home is None or away is None:
            unknown.append(f"{row.id}: {row.away_team} @ {row.home_team}")
            continue
        events.append(ListedEvent(row.id, game_date_of(tip_at), tip_at, home, away))
        reading.take(row)
    return GameLines(
        snapshot_at=snapshot_at,
        events=tuple(events),
        lines=tuple(reading.lines),
        skipped=reading.skipped,
        unknown_teams=tuple(unknown),
        rejected=(*unique.rejected, *reading.rejected),
        notes=(*unique.notes, *reading.notes),
    )


class _Reading:
    """Collects lines of one body."""

    def __init__(self, source: Source, body: bytes, prices: PriceForm) -> None:
        self._source, self._body, self._prices = source, body, prices
        self.lines: list[GameLine] = []
        self.skipped: dict[str, int] = {}
        self.rejected: list[str] = []
        self.notes: list[str] = []

    def take(self, event: _Event) -> None:
        """Read one event's books."""
        offered: list[tuple[str, _Market]] = []
        for book in event.bookmakers:
            for market in book.markets:
                if market.key in GAME_MARKETS:
                    offered.append((book.key, market))
                else:
                    count = self.skipped.get(market.key, 0) + len(market.outcomes)
                    self.skipped[market.key] = count
        unique = once(
            offered,
            lambda one: (one[0], one[1].key),
            lambda one: f"event {event.id} {one[0]} {one[1].key}",
        )
        self.rejected.extend(unique.rejected)
        self.notes.extend(unique.notes)
        for book_key, market in unique.rows:
            named = f"event {event.id} {book_key} {market.key}"
            try:
                self.lines.append(self._line(event, book_key, market, named))
            except _Broken as error:
                self.rejected.append(f"{named}: {error}")

    def _line(self, event: _Event, book: str, market: _Market, named: str) -> GameLine:
        is_total = market.key == "totals"
        names = ("over", "under") if is_total else (event.home_team, event.away_team)
        first, second = _sides(market, names)
        line = _agreed_line(market.key, first, second)
        prices = (self._price(first), self._price(second))
        return GameLine(
            event_id=event.id,
            bookmaker=book,
            market=market.key,
            line=line,
            home_price=None if is_total else prices[0],
            away_price=None if is_total else prices[1],
            over_price=prices[0] if is_total else None,
            under_price=prices[1] if is_total else None,
            book_updated_at=None
            if market.last_update is None
            else utc_instant(market.last_update, f"{named} last_update", self._source, self._body),
        )

    def _price(self, outcome: _Outcome | None) -> float | None:
        if outcome is None:
            return None
        if self._prices == "american":
            try:
                return decimal_of_american(outcome.price)
            except ValueError as error:
                raise _Broken(f"{outcome.name} price {error}") from error
        if outcome.price < 1:
            raise _Broken(f"{outcome.name} price = {outcome.price:g} are no decimal odds")
        return outcome.price


def _sides(market: _Market, names: tuple[str, str]) -> tuple[_Outcome | None, _Outcome | None]:
    """The outcomes of two names; None where one is not offered."""
    wanted = {folded(name): index for index, name in enumerate(names)}
    found: list[_Outcome | None] = [None, None]
    for outcome in market.outcomes:
        index = wanted.get(folded(outcome.name))
        if index is None:
            raise _Broken(f"outcome {outcome.name!r} is neither {names[0]!r} nor {names[1]!r}")
        if found[index] not in (None, outcome):
            raise _Broken(f"outcome {outcome.name!r} is there with several prices or lines")
        found[index] = outcome
    if found == [None, None]:
        raise _Broken("no outcomes")
    return found[0], found[1]


def _agreed_line(market: str, first: _Outcome | None, second: _Outcome | None) -> float | None:
    """The line of both outcomes: the same total, or spreads of opposite sign; None for h2h."""
    points = [outcome.point for outcome in (first, second) if outcome is not None]
    if market == "h2h":
        return None
    if None in points:
        raise _Broken("an outcome has no point")
    sign = -1 if market == "spreads" else 1
    of_first = [
        first.point if first and first.point is not None else None,
        sign * second.point if second and second.point is not None else None,
    ]
    told = {point for point in of_first if point is not None}
    if len(told) != 1:
        raise _Broken(f"points {points} are not of one line")
    return told.pop()
