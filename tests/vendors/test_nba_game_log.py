from __future__ import annotations

import json
from typing import Any

import pytest

from fullcourt.vendors.nba_game_log import COLUMNS, game_body, parse_game_log, parse_log_box
from fullcourt.vendors.transport import ContractBroken, NotThere

GAME = "0022300001"


def line(player: int, team: str, **changed: Any) -> dict[str, Any]:
    """A player's line of the game."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, 1)
    row |= {"PLAYER_ID": player, "PLAYER_NAME": f"Player {player}", "TEAM_ABBREVIATION": team}
    row |= {"GAME_ID": GAME, "GAME_DATE": "2023-11-01", "MATCHUP": "BOS vs. NYK", "MIN": 12}
    return row | changed


def body(*lines: dict[str, Any]) -> bytes:
    """A body of the game, BOS at home."""
    return game_body(GAME, "BOS", "NYK", lines)


def test_a_game_of_a_log_is_a_box_score() -> None:
    """Whole minutes become seconds of that precision; who starts is not known."""
    box = parse_log_box(body(line(1, "BOS", PTS=7), line(2, "NYK", MIN=0)))
    assert (box.home_team, box.away_team, box.precision_s) == ("BOS", "NYK", 60)
    one, two = box.lines
    assert (one.points, one.seconds_played, one.is_home, one.is_starter) == (7, 720, True, None)
    assert (two.played, two.seconds_played, two.is_home) == (True, 0, False)


def test_a_line_that_contradicts_itself_is_rejected_alone() -> None:
    """Negative counts and minutes that are none break their row, not the body."""
    box = parse_log_box(body(line(1, "BOS"), line(2, "BOS", PTS=-1), line(3, "NYK", MIN=None)))
    assert [found.player_id for found in box.lines] == [1]
    assert [found.player_id for found in box.rejected] == [2, 3]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (b"", NotThere),
        (b"<html></html>", ContractBroken),
        (b'{"resultSets": [{"name": "Other", "headers": [], "rowSet": []}]}', ContractBroken),
        (
            b'{"resultSets": [{"name": "LeagueGameLog", "headers": ["A"], "rowSet": [[1, 2]]}]}',
            ContractBroken,
        ),
        (b'{"resultSets": [{"name": "LeagueGameLog", "headers": ["A"], "rowSet": []}]}', NotThere),
    ],
)
def test_bad_bodies_are_named(broken: bytes, error: type[Exception]) -> None:
    """An empty, foreign, or crooked body is no log."""
    with pytest.raises(error, match="nba_stats leaguegamelog"):
        parse_game_log(broken)


@pytest.mark.parametrize(
    "changed", [{"GAME_ID": "0022300002"}, {"TEAM_ABBREVIATION": "LAL"}, {"PTS": "7"}]
)
def test_a_stranger_in_a_game_breaks_its_body(changed: dict[str, Any]) -> None:
    """A row of another game or team, or a retyped column, is the body's defect."""
    with pytest.raises(ContractBroken):
        parse_log_box(body(line(1, "BOS", **changed)))


def test_columns_are_found_by_name() -> None:
    """Another order of columns, and columns more, change nothing."""
    plain = json.loads(body(line(1, "BOS")))
    table = plain["resultSets"][0]
    table["headers"] = ["NEW", *reversed(table["headers"])]
    table["rowSet"] = [[None, *reversed(row)] for row in table["rowSet"]]
    assert (
        parse_log_box(json.dumps(plain).encode()).lines == parse_log_box(body(line(1, "BOS"))).lines
    )
