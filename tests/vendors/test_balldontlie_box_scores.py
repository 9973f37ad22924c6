from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fullcourt.vendors.balldontlie_games import (
    BoxScoresBody,
    parse_box_scores,
    parse_games,
)
from fullcourt.vendors.balldontlie_rows import BdlLine
from fullcourt.vendors.transport import ContractBroken
from tests.vendors.balldontlie_bodies import (
    bdl_box_game,
    bdl_box_scores,
    bdl_figures,
    bdl_listed_game,
    bdl_page,
    bdl_player,
    bdl_team,
)
from tests.vendors.bodies import Json, encoded

DAY = date(2025, 1, 9)


def _boxes(*games: Json) -> BoxScoresBody:
    return parse_box_scores(encoded(bdl_box_scores(*games)))


def _line(row: Json) -> BdlLine:
    return _boxes(bdl_box_game([row], [])).lines[0]


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


def test_a_retyped_count_is_named() -> None:
    """Text is never taken for a number."""
    with pytest.raises(ContractBroken, match=r"players\[0\]\.pts = '25'"):
        _boxes(bdl_box_game([bdl_figures(1, pts="25")]))
    with pytest.raises(ContractBroken, match=r"player\.id = '70'"):
        _boxes(bdl_box_game([bdl_figures(1, player=bdl_player(id="70"))]))
