from __future__ import annotations

import pytest

from fullcourt.nba.teams import TEAMS
from fullcourt.vendors.basketball_reference import (
    SECONDS_BETWEEN_REQUESTS,
    RosterPage,
    parse_roster,
    roster_request,
)
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.feed_bodies import roster_cells, roster_page


def _roster(*rows: str) -> RosterPage:
    return parse_roster(roster_page(*rows))


@pytest.mark.parametrize(
    ("tricode", "code"), [("BKN", "BRK"), ("CHA", "CHO"), ("PHX", "PHO"), ("BOS", "BOS")]
)
def test_the_address_of_a_page(tricode: str, code: str) -> None:
    """Three teams have another code here; the year is the one the season ends in."""
    assert roster_request(tricode, 2025).url.endswith(f"/teams/{code}/2025.html")


def test_every_team_has_a_page_of_its_own() -> None:
    """Thirty teams, thirty addresses, at the pace the site allows."""
    assert len({roster_request(team.tricode, 2025).url for team in TEAMS}) == 30
    assert SECONDS_BETWEEN_REQUESTS >= 60 / 10
    with pytest.raises(ValueError, match="team 'BRK' is none of"):
        roster_request("BRK", 2025)


def test_a_roster() -> None:
    """Slug, name, number, height in inches, weight in pounds and years come by cell."""
    page = _roster(roster_cells())
    assert (page.team, page.end_year, page.rejected, page.notes) == ("BKN", 2025, (), ())
    [row] = page.rows
    assert (row.slug, row.player_name, row.is_two_way) == ("brownja02", "Jaylen Brown", False)
    assert (row.jersey_number, row.position) == ("7", "SF")
    assert (row.height_in, row.weight_lb, row.years_experience) == (78, 223, 8)


def test_what_a_cell_leaves_empty_is_none() -> None:
    """No number (hurt), no weight: None; `00` is a number, and a rookie has no years."""
    empty = roster_cells(number="", height="", weight="", years_experience="")
    [row] = _roster(empty).rows
    assert (row.jersey_number, row.height_in, row.weight_lb) == (None, None, None)
    assert row.years_experience is None
    [rookie] = _roster(roster_cells(number="00", years_experience="R")).rows
    assert (rookie.jersey_number, rookie.years_experience) == ("00", 0)


def test_a_two_way_player() -> None:
    """The mark is no part of the name; letters come through as they are."""
    [row] = _roster(roster_cells("jokicni01", "Nikola Joki&#263;&nbsp;(TW)")).rows
    assert (row.player_name, row.is_two_way) == ("Nikola Jokić", True)


def test_headers_between_the_rows_are_no_players() -> None:
    """A repeated header row is not read."""
    header = '<tr class="thead"><th data-stat="number">No.</th></tr>'
    assert len(_roster(roster_cells(), header, roster_cells("a01")).rows) == 2


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (roster_cells(height="6-13"), "height = '6-13'"),
        (roster_cells(height="198cm"), "height = '198cm'"),
        (roster_cells(weight="heavy"), "weight = 'heavy'"),
        (roster_cells(years_experience="-1"), "years_experience = '-1'"),
        (roster_cells(name=""), "player has no name"),
        (roster_cells(slug="../x"), "player links to '/players/b/../x.html'"),
    ],
)
def test_a_row_that_contradicts_itself_is_left_out_and_named(cells: str, said: str) -> None:
    """Team, row and value are named, and the other rows stay."""
    page = _roster(cells, roster_cells("a01"))
    assert [row.slug for row in page.rows] == ["a01"]
    assert said in page.rejected[0]
    assert page.rejected[0].startswith("team BKN roster row 1 ")


def test_a_player_listed_twice() -> None:
    """Equal rows are one player; with two numbers he is none."""
    assert len(_roster(roster_cells(), roster_cells()).rows) == 1
    torn = _roster(roster_cells(), roster_cells(number="8"))
    assert torn.rows == ()
    assert "player brownja02: listed 2 times" in torn.rejected[0]


@pytest.mark.parametrize("cell", ["number", "player", "pos", "height", "weight"])
def test_a_cell_that_is_gone_is_named(cell: str) -> None:
    """A renamed column breaks the page, and what is there is listed."""
    row = roster_cells().replace(f'data-stat="{cell}"', f'data-stat="{cell}_2"')
    with pytest.raises(ContractBroken, match=f"roster row 1: no cell {cell}; found there: "):
        _roster(row)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b" \n", NotThere, "empty body"),
        (b'{"a": 1}', ContractBroken, "no HTML"),
        (b"<html>\xff</html>", ContractBroken, "no UTF-8"),
        (b"<html><body>Rate limited</body></html>", ContractBroken, "canonical is None"),
        (roster_page(roster_cells(), code="XYZ"), ContractBroken, "'XYZ' is in no team table"),
        (roster_page(roster_cells(), table="other"), ContractBroken, "no table with id roster"),
        (roster_page(), NotThere, "the roster has no rows"),
        (
            roster_page(roster_cells()).split(b"</tbody></table><table")[0],
            ContractBroken,
            "cut short",
        ),
    ],
)
def test_a_page_that_is_no_roster(body: bytes, kind: type[Exception], said: str) -> None:
    """Empty, blocked, cut and strange pages are refused by name."""
    with pytest.raises(kind, match=said):
        parse_roster(body)
