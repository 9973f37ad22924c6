from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fullcourt.vendors.balldontlie import (
    MAX_PAGES,
    active_players_request,
    box_scores_request,
    every_page,
    games_request,
    injuries_request,
    standings_request,
    stats_request,
)
from fullcourt.vendors.balldontlie_games import (
    parse_box_scores,
    parse_games,
    parse_stats,
)
from fullcourt.vendors.balldontlie_lists import (
    parse_active_players,
    parse_injuries,
    parse_standings,
)
from fullcourt.vendors.transport import ContractBroken, NotThere, ServerError
from fullcourt.vendors.wire import Source
from tests.vendors.balldontlie_bodies import (
    AWAY,
    bdl_active,
    bdl_injury,
    bdl_page,
    bdl_standing,
    bdl_stats_row,
    bdl_team,
)
from tests.vendors.bodies import encoded

KEY = "s3cret"
DAY = date(2025, 1, 9)
LIST = Source("balldontlie", "active_players")


@pytest.mark.parametrize(
    ("request_", "url", "params"),
    [
        (active_players_request(KEY), "/v1/players/active", (("per_page", "100"),)),
        (
            injuries_request(KEY, 277),
            "/v1/player_injuries",
            (("per_page", "100"), ("cursor", "277")),
        ),
        (
            games_request(KEY, [DAY, date(2025, 1, 10)]),
            "/v1/games",
            (("dates[]", "2025-01-09"), ("dates[]", "2025-01-10"), ("per_page", "100")),
        ),
        (
            stats_request(KEY, [DAY]),
            "/v1/stats",
            (("dates[]", "2025-01-09"), ("per_page", "100")),
        ),
        (box_scores_request(KEY, DAY), "/v1/box_scores", (("date", "2025-01-09"),)),
        (standings_request(KEY, 2024), "/v1/standings", (("season", "2024"),)),
    ],
)
def test_requests(request_: Any, url: str, params: Any) -> None:
    """The key is bare in a header and in no URL; lists ask for the largest page."""
    assert request_.url == f"https://api.balldontlie.io{url}"
    assert request_.params == params
    assert ("Authorization", KEY) in request_.headers
    assert KEY not in request_.shown_url


def test_games_of_no_date_are_not_asked_for() -> None:
    """Without a date the vendor would answer with every game it knows."""
    with pytest.raises(ValueError, match="name a date"):
        games_request(KEY, [])


def _paging(pages: dict[int | None, bytes]) -> tuple[list[int | None], Callable[..., bytes]]:
    asked: list[int | None] = []

    def ask(cursor: int | None) -> bytes:
        asked.append(cursor)
        return pages[cursor]

    return asked, ask


def test_pages_are_followed_to_the_one_without_a_cursor() -> None:
    """Three pages in order, the last of which has no next_cursor."""
    pages = {
        None: encoded(bdl_page([bdl_active(1)], 10)),
        10: encoded(bdl_page([bdl_active(2)], 20)),
        20: encoded(bdl_page([bdl_active(3)])),
    }
    asked, ask = _paging(pages)
    bodies = every_page(ask, LIST)
    assert asked == [None, 10, 20]
    players = parse_active_players(bodies)
    assert [player.bdl_player_id for player in players.players] == [1, 2, 3]
    assert players.is_whole


def test_a_null_cursor_ends_a_list_too() -> None:
    """Null and absent are the same: no page follows."""
    body = encoded({"data": [bdl_active()], "meta": {"per_page": 100, "next_cursor": None}})
    assert parse_active_players([body]).is_whole


def test_pages_that_stop_early_are_not_whole() -> None:
    """What was fetched is read, and says that more follows."""
    players = parse_active_players([encoded(bdl_page([bdl_active()], 277))])
    assert (len(players.players), players.is_whole) == (1, False)


def test_no_page_is_not_whole() -> None:
    """Nothing fetched is nothing known."""
    assert parse_active_players([]).is_whole is False


@pytest.mark.parametrize("back", [10, 20])
def test_a_cursor_that_leads_back_is_broken(back: int) -> None:
    """Paging that would never end is refused with the cursor."""
    pages = {
        None: encoded(bdl_page([], 10)),
        10: encoded(bdl_page([], 20)),
        20: encoded(bdl_page([], back)),
    }
    _, ask = _paging(pages)
    with pytest.raises(ContractBroken, match=rf"next_cursor = {back} leads back"):
        every_page(ask, LIST)


def test_endless_paging_is_broken() -> None:
    """Ever new cursors end at the limit."""
    asked = 0

    def ask(cursor: int | None) -> bytes:
        nonlocal asked
        asked += 1
        return encoded(bdl_page([], asked))

    with pytest.raises(ContractBroken, match=f"after {MAX_PAGES} pages"):
        every_page(ask, LIST)
    assert asked == MAX_PAGES


def test_a_page_that_fails_fails_the_list() -> None:
    """Some of the pages are never taken for all of them."""

    def ask(cursor: int | None) -> bytes:
        if cursor is None:
            return encoded(bdl_page([bdl_active()], 10))
        raise ServerError("HTTP 502", vendor="balldontlie", endpoint="active_players")

    with pytest.raises(ServerError):
        every_page(ask, LIST)


def test_a_page_without_meta_is_broken() -> None:
    """Without its cursor nobody knows whether a list is whole."""
    with pytest.raises(ContractBroken, match=r"\$\.meta is missing"):
        parse_active_players([encoded({"data": []})])


def test_a_page_after_the_last_is_broken() -> None:
    """Pages of two different lists are not joined."""
    last = encoded(bdl_page([]))
    with pytest.raises(ContractBroken, match="page 2 follows one that has no next_cursor"):
        parse_active_players([last, last])


def test_a_row_of_the_statistics() -> None:
    """Opponent and side follow from the game's two team ids."""
    rows = [bdl_stats_row(1), bdl_stats_row(2, AWAY)]
    body = parse_stats([encoded(bdl_page(rows))])
    assert [(r.line.team, r.line.opponent, r.line.is_home) for r in body.lines] == [
        ("BOS", "NYK", True),
        ("NYK", "BOS", False),
    ]
    assert {(row.bdl_game_id, row.game_date) for row in body.lines} == {(1, DAY)}


def test_a_row_of_a_third_team_is_left_out_and_named() -> None:
    """A player of a team that does not play in his game belongs nowhere."""
    body = parse_stats([encoded(bdl_page([bdl_stats_row(1, team=bdl_team("MIA"))]))])
    assert body.lines == ()
    assert "team MIA does not play in NYK @ BOS" in body.rejected[0]


def test_a_row_of_an_unknown_team_is_named() -> None:
    """A code in no table is no team of the league."""
    body = parse_stats([encoded(bdl_page([bdl_stats_row(1, team=bdl_team("CAN"))]))])
    assert (body.lines, len(body.unknown_teams)) == ((), 1)


def test_a_repeated_row_across_pages_is_one_row() -> None:
    """Paging over a list that moves repeats rows: equal ones are folded and noted."""
    bodies = [encoded(bdl_page([bdl_active(1)], 1)), encoded(bdl_page([bdl_active(1)]))]
    players = parse_active_players(bodies)
    assert (len(players.players), players.is_whole) == (1, True)
    assert "taken once" in players.notes[0]


def test_a_player_of_two_teams_is_left_out_and_named() -> None:
    """A trade between two pages: nobody can tell which roster is the later one."""
    bodies = [encoded(bdl_page([bdl_active(1)], 1)), encoded(bdl_page([bdl_active(1, AWAY)]))]
    players = parse_active_players(bodies)
    assert players.players == ()
    assert "player 1 First Last1" in players.rejected[0]


def test_a_day_without_a_year_stays_text() -> None:
    """`Oct 1` names no year, so no date is made of it."""
    [injury] = parse_injuries([encoded(bdl_page([bdl_injury()]))]).injuries
    assert (injury.team, injury.status, injury.return_text) == ("BOS", "Out", "Oct 1")


@pytest.mark.parametrize("team_id", [None, 45])
def test_an_injury_of_no_team_is_named(team_id: int | None) -> None:
    """A player whose team is in no table is listed, not guessed."""
    body = parse_injuries([encoded(bdl_page([bdl_injury(1, team_id)]))])
    assert (body.injuries, body.unknown_teams) == ((), (f"player 1 First Last1: team {team_id}",))


def test_standings() -> None:
    """Records are read as wins and losses; a text that is none breaks the body."""
    body = parse_standings(encoded({"data": [bdl_standing(), bdl_standing("SEA")]}))
    assert (body.rows[0].home_record, body.rows[0].road_record) == ((34, 7), (30, 11))
    assert body.unknown_teams == ("team 99 SEA",)
    with pytest.raises(ContractBroken, match="BOS road_record = '30:11'"):
        parse_standings(encoded({"data": [bdl_standing(road_record="30:11")]}))


@pytest.mark.parametrize(
    "parse",
    [
        parse_box_scores,
        parse_standings,
        *(
            (lambda body, many=many: many([body]))
            for many in (parse_games, parse_stats, parse_active_players, parse_injuries)
        ),
    ],
)
def test_an_error_page_is_no_list(parse: Callable[[bytes], object]) -> None:
    """Empty, HTML, an error object and a truncated body are refused by vendor and endpoint."""
    with pytest.raises(NotThere, match="balldontlie "):
        parse(b"")
    for body in (b"<html></html>", b'{"error": "Unauthorized"}', b'{"data": [', b"[]"):
        with pytest.raises(ContractBroken, match="balldontlie "):
            parse(body)


@pytest.mark.parametrize("field", ["id", "first_name", "last_name", "team", "position"])
def test_a_renamed_field_of_a_player_is_named(field: str) -> None:
    """A row without a field the parser needs breaks the body, with the path of the field."""
    row = bdl_active()
    row[f"{field}_2"] = row.pop(field)
    with pytest.raises(ContractBroken, match=rf"\$\.data\[0\]\.{field} is missing"):
        parse_active_players([encoded(bdl_page([row]))])
