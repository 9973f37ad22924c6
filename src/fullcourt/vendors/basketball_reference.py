"""Basketball-Reference: a team's roster page (HTML).

The site blocks for an hour, or a day, whoever asks too often: one request in 6.5 s, and the first
429 ends the round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from fullcourt.vendors import team_codes
from fullcourt.vendors.once import once
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, looks_like_markup

VENDOR = "basketball_reference"
BASE_URL = "https://www.basketball-reference.com"
SECONDS_BETWEEN_REQUESTS = 6.5
_SOURCE = Source(VENDOR, "roster")
_SLUG = re.compile(r"/players/[a-z]/([a-z0-9.']+)\.html", re.ASCII)
_HEIGHT = re.compile(r"(\d)-(\d{1,2})", re.ASCII)
_TWO_WAY = "(TW)"
_CELLS = ("number", "player", "pos", "height", "weight")


def roster_request(team: str, end_year: int, base_url: str = BASE_URL) -> Request:
    """A team's page of the season that ends in `end_year`.

    Raises:
        ValueError: `team` is no NBA tricode.
    """
    codes = {tricode: code for code, tricode in team_codes.BASKETBALL_REFERENCE.items()}
    if team not in codes:
        raise ValueError(f"team {team!r} is none of {', '.join(sorted(codes))}")
    return Request(
        vendor=VENDOR,
        endpoint="roster",
        url=f"{base_url}/teams/{codes[team]}/{end_year}.html",
        headers=(("Accept", "text/html"),),
        deadline_s=30.0,
        max_bytes=8 * 1024 * 1024,
    )


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One player of a roster. `slug` is the site's id; what a cell leaves empty is None.

    `jersey_number` is text, because `00` is another number than `0`; height is in inches, weight in
    pounds; `years_experience` is 0 for a rookie.
    """

    slug: str
    player_name: str
    is_two_way: bool
    jersey_number: str | None
    position: str | None
    height_in: int | None
    weight_lb: int | None
    years_experience: int | None


@dataclass(frozen=True, slots=True)
class RosterPage:
    """A team's roster. `team` is a tricode; `rejected` names rows left out, `notes` what was
    folded."""

    team: str
    end_year: int
    rows: tuple[RosterRow, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


def parse_roster(
    body: bytes, teams: Mapping[str, str] = team_codes.BASKETBALL_REFERENCE
) -> RosterPage:
    """The roster of a team's page. `teams`: the site's code -> tricode.

    Raises:
        NotThere: empty body, or a roster without rows.
        ContractBroken: no HTML, no address of a team's page in it, no roster table, a cell that is
            gone, or a page that ends inside the table.
    """
    if not body.strip():
        raise _SOURCE.nothing("empty body", body)
    if not looks_like_markup(body):
        raise _SOURCE.broken(f"no HTML; the body starts {body[:60]!r}", body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _SOURCE.broken(f"no UTF-8 ({error})", body) from error
    page = _Page()
    page.feed(text)
    page.close()
    address = re.search(r"/teams/([A-Z]{3})/(\d{4})\.html", page.canonical or "")
    if address is None:
        raise _SOURCE.broken(
            f"link rel=canonical is {page.canonical!r}, no address of a team's page", body
        )
    team = teams.get(address[1])
    if team is None:
        raise _SOURCE.broken(f"team {address[1]!r} is in no team table", body)
    if not page.has_table:
        raise _SOURCE.broken("no table with id roster", body)
    if page.in_table:
        raise _SOURCE.broken("the page ends inside the roster table: it is cut short", body)
    if not page.rows:
        raise _SOURCE.nothing(f"team {team}: the roster has no rows", body)
    return _roster(team, int(address[2]), page, body)


def _roster(team: str, end_year: int, page: _Page, body: bytes) -> RosterPage:
    read: list[RosterRow] = []
    rejected: list[str] = []
    for number, cells in enumerate(page.rows, start=1):
        gone = [name for name in _CELLS if name not in cells]
        if gone:
            raise _SOURCE.broken(
                f"roster row {number}: no cell {', '.join(gone)}; found there: {', '.join(cells)}",
                body,
            )
        try:
            read.append(_row(cells))
        except ValueError as error:
            rejected.append(f"team {team} roster row {number} {cells['player'].text}: {error}")
    unique = once(read, lambda row: row.slug, lambda row: f"team {team} player {row.slug}")
    return RosterPage(team, end_year, unique.rows, (*rejected, *unique.rejected), unique.notes)


def _row(cells: Mapping[str, _Cell]) -> RosterRow:
    player = cells["player"]
    slug = _SLUG.fullmatch(player.link or "")
    if slug is None:
        raise ValueError(f"player links to {player.link!r}, no player's page")
    name = player.text.removesuffix(_TWO_WAY).strip()
    if not name:
        raise ValueError("player has no name")
    experience = cells.get("years_experience")
    return RosterRow(
        slug=slug[1],
        player_name=name,
        is_two_way=player.text.endswith(_TWO_WAY),
        jersey_number=cells["number"].text or None,
        position=cells["pos"].text or None,
        height_in=_inches(cells["height"].text),
        weight_lb=_whole("weight", cells["weight"].text),
        years_experience=None if experience is None else _experience(experience.text),
    )


def _inches(text: str) -> int | None:
    if not text:
        return None
    match = _HEIGHT.fullmatch(text)
    if match is None or int(match[2]) > 11:
        raise ValueError(f"height = {text!r} is not feet-inches")
    return int(match[1]) * 12 + int(match[2])


def _experience(text: str) -> int | None:
    return 0 if text == "R" else _whole("years_experience", text)


def _whole(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} = {text!r} is no whole number")
    return int(text)


@dataclass(slots=True)
class _Cell:
    text: str = ""
    link: str | None = None


class _Page(HTMLParser):
    """Collects the page's own address and the body rows of its roster table.

    The site hides other tables in comments, which are not read.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.canonical: str | None = None
        self.has_table = False
        self.in_table = False
        self.rows: list[dict[str, _Cell]] = []
        self._in_body = False
        self._cell: _Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "link" and told.get("rel") == "canonical":
            self.canonical = told.get("href")
        elif tag == "table":
            if told.get("id") == "roster":
                self.has_table = self.in_table = True
        elif not self.in_table:
            return
        elif tag == "tbody":
            self._in_body = True
        elif tag == "tr" and self._in_body:
            # Long tables repeat their header between the rows.
            if "thead" not in (told.get("class") or "").split():
                self.rows.append({})
        elif tag in ("td", "th") and self.rows:
            self._cell = self.rows[-1].setdefault(told.get("data-stat") or "", _Cell())
        elif tag == "a" and self._cell is not None and self._cell.link is None:
            self._cell.link = told.get("href")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.in_table = self._in_body = False
        elif tag == "tbody":
            self._in_body = False
        if tag in ("td", "th", "tr", "table"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text = " ".join(f"{self._cell.text} {data}".split())
