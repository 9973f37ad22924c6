"""BettingPros v3: events and props. Unofficial; asked only with a key the user brings.

The vendor has refused whole networks: a 403 is a state (`vendor_blocked`), honoured and not evaded.
Prices are American and read into decimal odds; `scheduled` and `utc` are UTC without saying so.
What is known only afterwards (`performance`, `scoring`) is not read: it must not become a feature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from fullcourt.nba.calendar import game_date_of
from fullcourt.vendors import team_codes
from fullcourt.vendors.once import once
from fullcourt.vendors.prices import decimal_of_american
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode

VENDOR = "bettingpros"
BASE_URL = "https://api.bettingpros.com/v3"
DEADLINE_S = 45.0
PAGE_SIZE = 200
MARKETS: Mapping[str, int] = {
    "player_points": 156,
    "player_rebounds": 157,
    "player_assists": 151,
    "player_threes": 162,
    "player_steals": 160,
    "player_blocks": 152,
    "player_points_assists": 335,
    "player_points_rebounds": 336,
    "player_rebounds_assists": 337,
    "player_points_rebounds_assists": 338,
}
"""Market -> the vendor's id, under the names the other odds vendor uses."""

_MARKET_NAMES = {number: name for name, number in MARKETS.items()}
_EVENTS = Source(VENDOR, "events")
_PROPS = Source(VENDOR, "props")


def events_request(key: str, game_date: date, base_url: str = BASE_URL) -> Request:
    """The events of one Eastern date."""
    params = (("sport", "NBA"), ("date", game_date.isoformat()))
    return _request("events", params, key, base_url)


def props_request(
    key: str,
    game_date: date,
    markets: Sequence[str] = ("player_points",),
    page: int = 1,
    base_url: str = BASE_URL,
) -> Request:
    """One page of a date's props in some markets, with the events and books they refer to.

    Raises:
        ValueError: no market, or one that is not in `MARKETS`.
    """
    unknown = [name for name in markets if name not in MARKETS]
    if unknown or not markets:
        raise ValueError(f"markets {unknown or '()'}: name some of {', '.join(MARKETS)}")
    params = (
        ("sport", "NBA"),
        ("date", game_date.isoformat()),
        ("market_id", ":".join(str(MARKETS[name]) for name in markets)),
        ("limit", str(PAGE_SIZE)),
        ("page", str(page)),
        ("include_events", "true"),
        ("include_books", "true"),
    )
    return _request("props", params, key, base_url)


def _request(
    endpoint: str, params: tuple[tuple[str, str], ...], key: str, base_url: str
) -> Request:
    return Request(
        vendor=VENDOR,
        endpoint=endpoint,
        url=f"{base_url}/{endpoint}",
        params=params,
        headers=(("x-api-key", key), ("Accept", "application/json")),
        deadline_s=DEADLINE_S,
        max_bytes=16 * 1024 * 1024,
    )


@dataclass(frozen=True, slots=True)
class BpEvent:
    """One event. Teams are tricodes, `game_date` is Eastern, `tip_at` UTC; `status` as served."""

    event_id: int
    game_date: date
    tip_at: datetime
    home_team: str
    away_team: str
    status: str


@dataclass(frozen=True, slots=True)
class BpEvents:
    """A date's events. `unknown_teams` names events left out for a team in no table, `rejected`
    those listed with several contents, `notes` what was folded."""

    served_at: datetime
    events: tuple[BpEvent, ...]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BpSide:
    """The best offer for one side, and the consensus. Prices are decimal odds.

    `book` is a name of the body's own list of books, None where the list does not have the id.
    """

    line: float
    price: float
    book_id: int
    book: str | None
    consensus_line: float | None
    consensus_price: float | None


@dataclass(frozen=True, slots=True)
class BpProp:
    """A player's best over and best under: of two books, as a rule, and often at two lines.

    `market` is a name of `MARKETS`; `team` is a tricode, None for a player without one.
    """

    event_id: int
    market: str
    player_id: str
    player_name: str
    team: str | None
    over: BpSide | None
    under: BpSide | None


@dataclass(frozen=True, slots=True)
class BpProps:
    """The props of some pages. `served_at` is the last page's instant (UTC).

    `is_whole`: all pages are there and hold what the vendor counts. `skipped` counts props of
    markets not in `MARKETS`, by id; `rejected` names rows left out, `notes` what was folded.
    """

    served_at: datetime
    events: tuple[BpEvent, ...]
    props: tuple[BpProp, ...]
    is_whole: bool
    skipped: Mapping[int, int]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Event(msgspec.Struct, frozen=True):
    id: int
    scheduled: str
    status: str
    home: str
    visitor: str


class _EventsForm(msgspec.Struct, frozen=True):
    events: list[_Event]
    utc: str


class _PlayerTeam(msgspec.Struct, frozen=True):
    team: str | None = None


class _Participant(msgspec.Struct, frozen=True):
    id: str
    name: str
    player: _PlayerTeam


class _Side(msgspec.Struct, frozen=True):
    line: float
    odds: int
    book: int
    consensus_line: float | None = None
    consensus_odds: int | None = None


class _Prop(msgspec.Struct, frozen=True):
    market_id: int
    event_id: int
    participant: _Participant
    over: _Side | None
    under: _Side | None


class _Book(msgspec.Struct, frozen=True):
    id: int
    slug: str


class _Pagination(msgspec.Struct, frozen=True):
    page: int
    total_pages: int
    total_items: int


class _PageForm(msgspec.Struct, frozen=True):
    pagination: _Pagination = msgspec.field(name="_pagination")


class _PropsForm(_PageForm, frozen=True):
    props: list[_Prop]
    utc: str
    events: list[_Event]
    books: list[_Book]


class _Broken(Exception):
    """One prop contradicts itself; the text names field and value."""


def parse_events(body: bytes, teams: Mapping[str, str] = team_codes.BETTINGPROS) -> BpEvents:
    """The events of a body. `teams`: the vendor's code -> tricode.

    Raises:
        NotThere: empty body (no events is an answer).
        ContractBroken: not the form, a missing or retyped field, or a time that is none.
    """
    form = decode(body, _EventsForm, _EVENTS)
    listed = _events(form.events, teams, _EVENTS, body)
    return BpEvents(
        served_at=_utc(form.utc, "$.utc", _EVENTS, body),
        events=listed.events,
        unknown_teams=listed.unknown_teams,
        rejected=listed.rejected,
        notes=listed.notes,
    )


def parse_props(
    bodies: Sequence[bytes], teams: Mapping[str, str] = team_codes.BETTINGPROS
) -> BpProps:
    """The props of a date's pages, in their order. `teams`: the vendor's code -> tricode.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, a missing or retyped field, or a time that is none.
        ValueError: no page at all.
    """
    if not bodies:
        raise ValueError("no page of props")
    forms = [decode(body, _PropsForm, _PROPS) for body in bodies]
    books = {book.id: book.slug for form in forms for book in form.books}
    events = _events([row for form in forms for row in form.events], teams, _PROPS, bodies[-1])
    unique = once(
        [row for form in forms for row in form.props],
        lambda row: (row.event_id, row.market_id, row.participant.id),
        _named,
    )
    props: list[BpProp] = []
    skipped: dict[int, int] = {}
    rejected = [*events.rejected, *unique.rejected]
    for row in unique.rows:
        market = _MARKET_NAMES.get(row.market_id)
        if market is None:
            skipped[row.market_id] = skipped.get(row.market_id, 0) + 1
            continue
        try:
            over, under = _side("over", row.over, books), _side("under", row.under, books)
        except _Broken as error:
            rejected.append(f"{_named(row)}: {error}")
            continue
        props.append(
            BpProp(
                event_id=row.event_id,
                market=market,
                player_id=row.participant.id,
                player_name=row.participant.name,
                team=teams.get(row.participant.player.team or ""),
                over=over,
                under=under,
            )
        )
    last = forms[-1]
    return BpProps(
        served_at=_utc(last.utc, "$.utc", _PROPS, bodies[-1]),
        events=events.events,
        props=tuple(props),
        is_whole=_is_whole([form.pagination for form in forms], len(unique.rows)),
        skipped=skipped,
        unknown_teams=events.unknown_teams,
        rejected=tuple(rejected),
        notes=(*events.notes, *unique.notes),
    )


def next_page(body: bytes) -> int | None:
    """The number of the page after this one of a list of props; None after the last.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, or pages that are not counted from 1.
    """
    pages = decode(body, _PageForm, _PROPS).pagination
    if pages.page < 1 or pages.total_pages < 0:
        raise _PROPS.broken(
            f"$._pagination: page {pages.page} of {pages.total_pages} is no page", body
        )
    return pages.page + 1 if pages.page < pages.total_pages else None


@dataclass(frozen=True, slots=True)
class _Listed:
    events: tuple[BpEvent, ...]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


def _events(
    rows: Sequence[_Event], teams: Mapping[str, str], source: Source, body: bytes
) -> _Listed:
    unique = once(rows, lambda row: row.id, lambda row: f"event {row.id}")
    events: list[BpEvent] = []
    unknown: list[str] = []
    for row in unique.rows:
        tip_at = _utc(row.scheduled, f"event {row.id} scheduled", source, body)
        home, away = teams.get(row.home), teams.get(row.visitor)
        if home is None or away is None:
            unknown.append(f"event {row.id}: {row.visitor} @ {row.home}")
            continue
        events.append(BpEvent(row.id, game_date_of(tip_at), tip_at, home, away, row.status))
    return _Listed(tuple(events), tuple(unknown), unique.rejected, unique.notes)


def _is_whole(pages: Sequence[_Pagination], rows: int) -> bool:
    """Whether the pages are 1 to the last, and their rows as many as the vendor counts."""
    last = pages[-1]
    numbers = [page.page for page in pages]
    return numbers == list(range(1, max(last.total_pages, 1) + 1)) and rows == last.total_items


def _named(row: _Prop) -> str:
    return (
        f"event {row.event_id} market {row.market_id} player {row.participant.id} "
        f"{row.participant.name}"
    )


def _side(name: str, side: _Side | None, books: Mapping[int, str]) -> BpSide | None:
    if side is None:
        return None
    consensus = side.consensus_odds
    return BpSide(
        line=side.line,
        price=_price(f"{name}.odds", side.odds),
        book_id=side.book,
        book=books.get(side.book),
        consensus_line=side.consensus_line,
        consensus_price=None if consensus is None else _price(f"{name}.consensus_odds", consensus),
    )


def _price(name: str, odds: int) -> float:
    try:
        return decimal_of_american(odds)
    except ValueError as error:
        raise _Broken(f"{name} {error}") from error


def _utc(text: str, path: str, source: Source, body: bytes) -> datetime:
    """`2021-10-21 23:30:00`, which is UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise source.broken(f"{path} = {text!r} is no time ({error})", body) from error
