from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
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
    BoxScoresBody,
    parse_box_scores,
    parse_games,
    parse_stats,
)
from fullcourt.vendors.balldontlie_lists import (
    parse_active_players,
    parse_injuries,
    parse_standings,
)
from fullcourt.vendors.balldontlie_rows import BdlLine
from fullcourt.vendors.transport import ContractBroken, NotThere, ServerError
from fullcourt.vendors.wire import Source
from tests.vendors.bodies import Json, encoded
from tests.vendors.feed_bodies import (
    AWAY,
    bdl_active,
    bdl_box_game,
    bdl_box_scores,
    bdl_figures,
    bdl_injury,
    bdl_listed_game,
    bdl_page,
    bdl_player,
    bdl_standing,
    bdl_stats_row,
    bdl_team,
)

KEY = "s3cret"
DAY = date(2025, 1, 9)
LIST = Source("balldontlie", "active_players")


def _boxes(*games: Json) -> BoxScoresBody:
    return parse_box_scores(encoded(bdl_box_scores(*games)))


def _line(row: Json) -> BdlLine:
    return _boxes(bdl_box_game([row], [])).lines[0]


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


def test_a_box_score_of_the_older_form() -> None:
    """Teams, scores and every figure; minutes are whole ones, and no tip is made up."""
    body = _boxes(bdl_box_game())
    assert (body.unknown_teams, body.rejected, body.notes) == ((), (), ())
    [box] = body.boxes
    game = box.game
    assert (game.home_team, game.away_team, game.home_score, game.away_score) == (
        "BOS",
        "NYK",
        24,
        12,
    )
    assert (game.game_date, game.tip_at, game.bdl_game_id, game.is_final) == (DAY, None, None, True)
    line = box.lines[0]
    assert (line.bdl_player_id, line.player_name) == (1, "First Last1")
    assert (line.team, line.opponent, line.is_home) == ("BOS", "NYK", True)
    assert (line.played, line.undecided) == (True, None)
    assert (line.seconds_played, line.precision_s) == (2220, 60)
    assert (line.points, line.rebounds, line.assists, line.turnovers) == (12, 5, 6, 3)
    assert (line.offensive_rebounds, line.defensive_rebounds, line.fouls) == (1, 4, 2)
    assert (line.field_goals, line.field_goals_attempted) == (5, 9)
    assert (line.threes, line.threes_attempted) == (1, 3)
    assert (line.free_throws, line.free_throws_attempted) == (1, 2)
    assert (line.steals, line.blocks, line.plus_minus) == (2, 1, None)
    assert [one.team for one in body.lines] == ["BOS", "BOS", "BOS", "NYK"]


def test_a_box_score_of_the_newer_form() -> None:
    """Id, tip and plus-minus came later, and are read where they are there."""
    row = bdl_figures(1, plus_minus=-4)
    body = _boxes(bdl_box_game([row], id=18447346, datetime="2025-01-10T00:30:00.000Z"))
    assert body.boxes[0].game.bdl_game_id == 18447346
    assert body.boxes[0].game.tip_at == datetime(2025, 1, 10, 0, 30, tzinfo=UTC)
    assert body.lines[0].plus_minus == -4


@pytest.mark.parametrize("minutes", ["00", "0", "0:00", "", None])
def test_a_zero_nobody_can_read_is_undecided(minutes: str | None) -> None:
    """No minutes and no figures: whether he appeared is unknown, and nothing is counted."""
    line = _line(bdl_figures(1, minutes))
    assert line.undecided
    assert line.played is None
    assert (line.seconds_played, line.points, line.rebounds, line.fouls) == (None,) * 4


def test_a_figure_proves_an_appearance() -> None:
    """A foul in no whole minute: he played, and for how long is not known."""
    line = _line(bdl_figures(1, "00", pf=1))
    assert (line.played, line.undecided) == (True, None)
    assert (line.seconds_played, line.precision_s, line.fouls, line.points) == (None, None, 1, 0)


def test_a_minute_without_figures_is_an_appearance() -> None:
    """Minutes decide: zeros beside them are counts."""
    zeros = {name: 0 for name, value in bdl_figures(1).items() if isinstance(value, int)}
    line = _line(bdl_figures(1, "01", **zeros))
    assert (line.played, line.points, line.seconds_played) == (True, 0, 60)


def test_a_figure_left_out_is_not_zero() -> None:
    """A null count stays unknown beside the others."""
    line = _line(bdl_figures(1, stl=None))
    assert (line.steals, line.blocks) == (None, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (bdl_figures(1, "37.5"), "min '37.5' is not of the form"),
        (bdl_figures(1, "-5"), "min '-5'"),
        (bdl_figures(1, pts=-1), "pts = -1 is negative"),
    ],
)
def test_a_row_that_contradicts_itself_is_left_out_and_named(row: Json, said: str) -> None:
    """Team, date, player, field and value are named, and the other rows stay."""
    body = _boxes(bdl_box_game([row, bdl_figures(2)], home_team_score=12))
    assert [line.bdl_player_id for line in body.lines] == [2, 4]
    [rejected] = body.rejected
    assert said in rejected
    assert rejected.startswith("BOS 2025-01-09 player 1 First Last1")


def test_a_player_listed_twice() -> None:
    """Equal rows are one; different ones are none, because nobody knows which is true."""
    equal = _boxes(bdl_box_game([bdl_figures(1), bdl_figures(1), bdl_figures(2)]))
    assert [line.bdl_player_id for line in equal.lines] == [1, 2, 4]
    assert "all equal; taken once" in equal.notes[0]
    torn = _boxes(bdl_box_game([bdl_figures(1), bdl_figures(1, "12"), bdl_figures(2)]))
    assert [line.bdl_player_id for line in torn.lines] == [2, 4]
    assert "different content" in torn.rejected[0]


def test_a_game_listed_twice() -> None:
    """The same game with two scores is left out and named."""
    torn = _boxes(bdl_box_game(), bdl_box_game(home_team_score=99))
    assert torn.boxes == ()
    assert "game 2025-01-09 NYK @ BOS: listed 2 times" in torn.rejected[0]


def test_rows_that_do_not_add_up_are_noted() -> None:
    """A partial box score is seen by its sum, and nothing is mended."""
    body = _boxes(bdl_box_game(home_team_score=124))
    assert len(body.lines) == 4
    assert body.notes == ("BOS 2025-01-09: 3 rows add up to 24 points, the score is 124",)


def test_a_game_that_has_not_started() -> None:
    """Period 0 and no players: a game without rows, a result or a sum to check."""
    game = bdl_box_game(
        [],
        [],
        status="2025-01-10T00:30:00Z",
        period=0,
        time=None,
        home_team_score=0,
        visitor_team_score=0,
    )
    body = _boxes(game)
    [box] = body.boxes
    assert (box.lines, box.game.is_final, box.game.home_score, body.notes) == ((), False, None, ())


@pytest.mark.parametrize(
    ("status", "scores", "final", "postponed"),
    [
        ("Final", (124, 115), True, False),
        ("Final/OT", (124, 115), True, False),
        ("Final", (0, 0), False, False),
        ("Postponed", (0, 0), False, True),
        ("3rd Qtr", (80, 79), False, False),
        ("Final", (124, None), False, False),
    ],
)
def test_what_is_a_result(
    status: str, scores: tuple[int, int | None], final: bool, postponed: bool
) -> None:
    """Only a final with a score has one; what was called off or runs has none."""
    game = bdl_listed_game(status=status, home_team_score=scores[0], visitor_team_score=scores[1])
    [read] = parse_games([encoded(bdl_page([game]))]).games
    assert (read.is_final, read.is_postponed) == (final, postponed)
    assert (read.home_score, read.away_score) == (scores if final else (None, None))


def test_an_all_star_game_breaks_nothing() -> None:
    """A team in no table leaves its game out by name."""
    star = bdl_box_game()
    star["home_team"].update(bdl_team("CAN"))
    body = _boxes(star, bdl_box_game(date="2025-01-10"))
    assert body.unknown_teams == ("2025-01-09 NYK @ CAN",)
    assert len(body.boxes) == 1


@pytest.mark.parametrize("text", ["2025-01-09", "2025-01-09T00:00:00.000Z"])
def test_both_spellings_of_a_date(text: str) -> None:
    """The older form writes the US date as midnight of a false zone."""
    assert _boxes(bdl_box_game(date=text)).boxes[0].game.game_date == DAY


@pytest.mark.parametrize("text", ["2025-01-09T19:30:00.000Z", "Jan 9", "2025-13-09", ""])
def test_another_date_is_broken(text: str) -> None:
    """An instant is not cut down to a date."""
    with pytest.raises(ContractBroken, match="is no date"):
        _boxes(bdl_box_game(date=text))


def test_the_documented_form_of_a_box_score_is_named_as_broken() -> None:
    """The vendor documents the team below `team`; served so, the field is named."""
    game = bdl_box_game()
    game["home_team"] = {"team": bdl_team(), "players": []}
    with pytest.raises(ContractBroken, match=r"home_team\.id is missing; found there: players"):
        _boxes(game)


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


def test_a_retyped_count_is_named() -> None:
    """Text is never taken for a number."""
    with pytest.raises(ContractBroken, match=r"players\[0\]\.pts = '25'"):
        _boxes(bdl_box_game([bdl_figures(1, pts="25")]))
    with pytest.raises(ContractBroken, match=r"player\.id = '70'"):
        _boxes(bdl_box_game([bdl_figures(1, player=bdl_player(id="70"))]))
