"""The Odds API v4: events and player props, live and historical.

The key travels in the query, so only `Request.shown_url` may be logged. Prices are asked for and
read as decimal odds. Events have no NBA ids: teams are matched by full name, dates are Eastern.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import msgspec

from fullcourt.clock import iso, require_utc
from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.props import EventListing, EventProps, ListedEvent
from fullcourt.nba.teams import FULL_NAMES, folded
from fullcourt.vendors.odds_api_lines import Bookmaker, quotes_of
from fullcourt.vendors.transport import Request, Response
from fullcourt.vendors.wire import Source, decode, utc_instant

VENDOR = "odds_api"
BASE_URL = "https://api.the-odds-api.com/v4"
SPORT = "basketball_nba"
_HISTORICAL_FACTOR = 10


def events_request(
    key: str, historical_at: datetime | None = None, base_url: str = BASE_URL
) -> Request:
    """The events listed now (free), or as listed at `historical_at` (an instant, UTC-aware)."""
    return request("events", f"/sports/{SPORT}/events", (), key, historical_at, base_url)


def event_odds_request(
    event_id: str,
    key: str,
    markets: Sequence[str],
    *,
    regions: Sequence[str] = (),
    bookmakers: Sequence[str] = (),
    historical_at: datetime | None = None,
    base_url: str = BASE_URL,
) -> Request:
    """One event's odds in some markets, from the books of some regions or from named books.

    Raises:
        ValueError: no market, or not exactly one of `regions` and `bookmakers` (the vendor would
            silently prefer the books).
    """
    if not markets:
        raise ValueError("event odds without a market")
    if bool(regions) == bool(bookmakers):
        raise ValueError("give regions or bookmakers, one of them")
    where = ("bookmakers", bookmakers) if bookmakers else ("regions", regions)
    params = (
        (where[0], ",".join(where[1])),
        ("markets", ",".join(markets)),
        ("oddsFormat", "decimal"),
    )
    path = f"/sports/{SPORT}/events/{quote(event_id, safe='')}/odds"
    return request("event_odds", path, params, key, historical_at, base_url)


def request(
    endpoint: str,
    path: str,
    params: tuple[tuple[str, str], ...],
    key: str,
    historical_at: datetime | None,
    base_url: str,
) -> Request:
    """A question to this vendor, now or of history, with its key struck from what is shown."""
    when: tuple[tuple[str, str], ...] = ()
    if historical_at is not None:
        # The vendor takes whole seconds; rounding down never asks for a later snapshot.
        when = (("date", iso(historical_at.replace(microsecond=0))),)
    return Request(
        vendor=VENDOR,
        endpoint=_endpoint(endpoint, historical_at is not None),
        url=f"{base_url}{'/historical' if when else ''}{path}",
        params=(("apiKey", key), *params, ("dateFormat", "iso"), *when),
        headers=(("Accept", "application/json"),),
        secret_params=frozenset({"apiKey"}),
        deadline_s=30.0,
        max_bytes=16 * 1024 * 1024,
    )


def _endpoint(endpoint: str, historical: bool) -> str:
    return f"historical_{endpoint}" if historical else endpoint


def is_historical(endpoint: str) -> bool:
    """Whether a body of this endpoint is history's envelope: it carries its own timestamp."""
    return endpoint.startswith("historical_")


@dataclass(frozen=True, slots=True)
class Credits:
    """The account's credits as an answer's headers tell them; None where a header is absent."""

    remaining: int | None
    used: int | None
    last: int | None
    """What this call cost."""


def credits_of(response: Response) -> Credits:
    """Credits from the `x-requests-*` headers (since the account's last reset)."""

    def count(name: str) -> int | None:
        text = response.headers.get(f"x-requests-{name}", "").strip()
        return int(text) if text.isascii() and text.isdigit() else None

    return Credits(count("remaining"), count("used"), count("last"))


def quote_event_odds(
    *,
    markets: int,
    historical: bool,
    regions: int = 0,
    bookmakers: int = 0,
    bookmakers_per_region: int = 10,
) -> int:
    """The most one event-odds call can cost, in credits: markets x regions, tenfold for history.

    Named books count as regions, `bookmakers_per_region` to one (the vendor's figure, unconfirmed:
    keep it in the settings). The vendor charges markets that came back, so it may cost less.
    """
    billed_regions = regions or -(-bookmakers // bookmakers_per_region)
    return markets * billed_regions * (_HISTORICAL_FACTOR if historical else 1)


def quote_events(*, historical: bool) -> int:
    """The most one events call can cost, in credits: 1 for history, live listings are free."""
    return 1 if historical else 0


@dataclass(frozen=True, slots=True)
class OddsListing(EventListing):
    """An event listing, with what was left out of it.

    `unknown_teams`: `event id: Away @ Home` of events with a team outside the table (an All-Star
    game). `rejected`: events listed several times with different content, folded ones included.
    """

    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OddsProps(EventProps):
    """An event's quotes, with what was left out.

    `skipped`: number of outcomes per market that are no over/under line of an asked market.
    `rejected`: lines that contradict themselves, each named.
    """

    skipped: Mapping[str, int]
    rejected: tuple[str, ...]


class _Event(msgspec.Struct, frozen=True):
    id: str
    commence_time: str
    home_team: str
    away_team: str


class _EventOdds(_Event, frozen=True):
    bookmakers: list[Bookmaker]


class _HistoricalEvents(msgspec.Struct, frozen=True):
    timestamp: str | None
    data: list[_Event]


class _HistoricalOdds(msgspec.Struct, frozen=True):
    timestamp: str | None
    data: _EventOdds | None


def parse_events(
    body: bytes,
    historical: bool,
    received_at: datetime,
    teams: Mapping[str, str] = FULL_NAMES,
) -> OddsListing:
    """The events of a listing. `teams`: full name -> tricode, compared without case and spacing.

    `snapshot_at` is the envelope's timestamp, or `received_at` for a live listing. An event with an
    unknown team is reported and breaks nothing else.

    Raises:
        NotThere: empty body, or history has no snapshot for that time.
        ContractBroken: not the form, or a missing or retyped field.
    """
    source = Source(VENDOR, _endpoint("events", historical))
    if historical:
        envelope = decode(body, _HistoricalEvents, source)
        snapshot_at = _snapshot_at(envelope.timestamp, source, body)
        rows = envelope.data
    else:
        rows = decode(body, list[_Event], source)
        snapshot_at = require_utc(received_at)
    table = {folded(name): tricode for name, tricode in teams.items()}
    by_id: dict[str, list[_Event]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    events: list[ListedEvent] = []
    unknown: list[str] = []
    rejected: list[str] = []
    for event_id, same in by_id.items():
        row = same[0]
        if any(other != row for other in same[1:]):
            rejected.append(f"event {event_id}: listed {len(same)} times, different; left out")
            continue
        if len(same) > 1:
            rejected.append(f"event {event_id}: listed {len(same)} times, equal; taken once")
        event = _listed(row, table, source, body)
        if event is None:
            unknown.append(f"{event_id}: {row.away_team} @ {row.home_team}")
        else:
            events.append(event)
    return OddsListing(
        snapshot_at=snapshot_at,
        events=tuple(events),
        unknown_teams=tuple(unknown),
        rejected=tuple(rejected),
    )


def parse_event_props(
    body: bytes,
    historical: bool,
    received_at: datetime,
    teams: Mapping[str, str] = FULL_NAMES,
    markets: Collection[str] = ("player_points",),
) -> OddsProps:
    """The over/under lines of one event in `markets`; see `odds_api_lines.quotes_of`.

    `snapshot_at` is the envelope's timestamp, or `received_at` for live odds. No quotes is a valid
    answer: nobody offers a line (yet).

    Raises:
        NotThere: empty body, or the event is not in that snapshot.
        ContractBroken: not the form, a missing or retyped field, prices that are no decimal odds,
            or a team outside `teams` (only events of the listing are asked for).
    """
    source = Source(VENDOR, _endpoint("event_odds", historical))
    if historical:
        envelope = decode(body, _HistoricalOdds, source)
        snapshot_at = _snapshot_at(envelope.timestamp, source, body)
        if envelope.data is None:
            raise source.nothing("data is null: the event is not in that snapshot", body)
        row = envelope.data
    else:
        row = decode(body, _EventOdds, source)
        snapshot_at = require_utc(received_at)
    event = _listed(row, {folded(n): code for n, code in teams.items()}, source, body)
    if event is None:
        raise source.broken(
            f"event {row.id}: home_team {row.home_team!r} or away_team {row.away_team!r} is in no "
            "team table",
            body,
        )
    lines = quotes_of(row.bookmakers, frozenset(markets), source, body)
    return OddsProps(
        snapshot_at=snapshot_at,
        event=event,
        quotes=lines.quotes,
        skipped=lines.skipped,
        rejected=lines.rejected,
    )


def _snapshot_at(text: str | None, source: Source, body: bytes) -> datetime:
    if text is None:
        raise source.nothing("timestamp is null: history has no snapshot for that time", body)
    return utc_instant(text, "$.timestamp", source, body)


def _listed(
    row: _Event, table: Mapping[str, str], source: Source, body: bytes
) -> ListedEvent | None:
    """The event in the league's terms; None when one of its teams is not in the table."""
    tip_at = utc_instant(row.commence_time, f"event {row.id} commence_time", source, body)
    home, away = table.get(folded(row.home_team)), table.get(folded(row.away_team))
    if home is None or away is None:
        return None
    return ListedEvent(
        event_id=row.id,
        game_date=game_date_of(tip_at),
        tip_at=tip_at,
        home_team=home,
        away_team=away,
    )
