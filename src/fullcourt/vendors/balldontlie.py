"""balldontlie: requests, paging, and the forms its endpoints share.

Every endpoint wants a key, bare in the `Authorization` header. Lists come in pages: `next_cursor`
leads on, and the last page does not have it. `box_scores` and `standings` have no pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import msgspec

from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode, iso_date

VENDOR = "balldontlie"
BASE_URL = "https://api.balldontlie.io"
PER_PAGE = 100
"""The vendor's largest page, in rows."""
MAX_PAGES = 60
"""No list of this vendor that is asked for here has a tenth of them."""
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T00:00:00(\.000)?Z)?", re.ASCII)

T = TypeVar("T")


def active_players_request(
    key: str, cursor: int | None = None, base_url: str = BASE_URL
) -> Request:
    """A page of the players who are on a roster now."""
    return _request("active_players", "/v1/players/active", _paged(cursor), key, base_url)


def injuries_request(key: str, cursor: int | None = None, base_url: str = BASE_URL) -> Request:
    """A page of the injuries that are known now."""
    return _request("player_injuries", "/v1/player_injuries", _paged(cursor), key, base_url)


def games_request(
    key: str, days: Sequence[date], cursor: int | None = None, base_url: str = BASE_URL
) -> Request:
    """A page of the games of some Eastern dates.

    Raises:
        ValueError: no date.
    """
    return _request("games", "/v1/games", (*_days(days), *_paged(cursor)), key, base_url)


def stats_request(
    key: str, days: Sequence[date], cursor: int | None = None, base_url: str = BASE_URL
) -> Request:
    """A page of the player rows of some Eastern dates.

    Raises:
        ValueError: no date.
    """
    return _request("stats", "/v1/stats", (*_days(days), *_paged(cursor)), key, base_url)


def box_scores_request(key: str, game_date: date, base_url: str = BASE_URL) -> Request:
    """All box scores of one Eastern date, in one answer."""
    params = (("date", game_date.isoformat()),)
    return _request("box_scores", "/v1/box_scores", params, key, base_url)


def standings_request(key: str, season: int, base_url: str = BASE_URL) -> Request:
    """The standings of the season that starts in the year `season`, in one answer."""
    return _request("standings", "/v1/standings", (("season", str(season)),), key, base_url)


def _request(
    endpoint: str, path: str, params: tuple[tuple[str, str], ...], key: str, base_url: str
) -> Request:
    return Request(
        vendor=VENDOR,
        endpoint=endpoint,
        url=f"{base_url}{path}",
        params=params,
        headers=(("Authorization", key), ("Accept", "application/json")),
        deadline_s=30.0,
        max_bytes=16 * 1024 * 1024,
    )


def _paged(cursor: int | None) -> tuple[tuple[str, str], ...]:
    size = ("per_page", str(PER_PAGE))
    return (size,) if cursor is None else (size, ("cursor", str(cursor)))


def _days(days: Sequence[date]) -> tuple[tuple[str, str], ...]:
    if not days:
        raise ValueError("balldontlie would answer with every game it knows: name a date")
    return tuple(("dates[]", day.isoformat()) for day in days)


class Meta(msgspec.Struct, frozen=True):
    """`meta` of a page; `next_cursor` is absent on the last one."""

    per_page: int
    next_cursor: int | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list."""

    data: list[T]
    meta: Meta


class Team(msgspec.Struct, frozen=True):
    """A team; its id is the vendor's own."""

    id: int
    abbreviation: str


class Player(msgspec.Struct, frozen=True):
    """A player; his id is the vendor's own."""

    id: int
    first_name: str
    last_name: str

    @property
    def full_name(self) -> str:
        """First and last name; some players have only one."""
        return f"{self.first_name} {self.last_name}".strip()


class _Cursor(msgspec.Struct, frozen=True):
    meta: Meta


@dataclass(frozen=True, slots=True)
class Joined(Generic[T]):
    """The rows of several pages. `is_whole`: the last of them says that none follows."""

    rows: tuple[T, ...]
    is_whole: bool


def every_page(ask: Callable[[int | None], bytes], source: Source) -> tuple[bytes, ...]:
    """All pages of a list, in order; `ask` fetches the one at a cursor (None: the first).

    An error of `ask` goes through: some of the pages are never taken for all of them.

    Raises:
        NotThere: an empty page.
        ContractBroken: a page without `meta`, a cursor that leads back, or more than `MAX_PAGES`.
    """
    bodies: list[bytes] = []
    seen: set[int] = set()
    cursor: int | None = None
    while True:
        body = ask(cursor)
        bodies.append(body)
        cursor = decode(body, _Cursor, source).meta.next_cursor
        if cursor is None:
            return tuple(bodies)
        if cursor in seen:
            raise source.broken(f"$.meta.next_cursor = {cursor} leads back to a page before", body)
        if len(bodies) == MAX_PAGES:
            raise source.broken(
                f"$.meta.next_cursor = {cursor} after {MAX_PAGES} pages: no list is so long", body
            )
        seen.add(cursor)


def join_pages(bodies: Sequence[bytes], form: type[Page[T]], source: Source) -> Joined[T]:
    """The rows of a list's pages, in the order given.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, a missing or retyped field, or a page after the last one.
    """
    rows: list[T] = []
    is_whole = False
    for number, body in enumerate(bodies, start=1):
        if is_whole:
            raise source.broken(f"page {number} follows one that has no next_cursor", body)
        page = decode(body, form, source)
        rows.extend(page.data)
        is_whole = page.meta.next_cursor is None
    return Joined(tuple(rows), is_whole)


def us_date(text: str, path: str, source: Source, body: bytes) -> date:
    """The Eastern date of a game: `2026-01-09`, in older bodies `2024-04-04T00:00:00.000Z`.

    Raises:
        ContractBroken: any other text.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise source.broken(f"{path} = {text!r} is no date", body)
    return iso_date(match[1], path, source, body)
