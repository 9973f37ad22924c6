from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fullcourt.nba.box import BoxScore
from fullcourt.vendors.nba_cdn import boxscore_request, parse_boxscore
from fullcourt.vendors.nba_stats import boxscore_v3_request, parse_boxscore_v3
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import Json, cdn_box, cdn_player, encoded, statistics, v3_box, v3_player

DNP = {"played": "0", "starter": "0"}


def _cdn(*home: Json, **changes: Any) -> BoxScore:
    return parse_boxscore(encoded(cdn_box(home, [cdn_player(99)], **changes)))


def _v3(*home: Json) -> BoxScore:
    return parse_boxscore_v3(encoded(v3_box(home, [v3_player(99)])))


def test_a_cdn_final() -> None:
    """Teams, scores, overtimes, served time and every figure of a line come through."""
    box = _cdn(cdn_player(1))
    assert (box.home_team, box.away_team) == ("LAL", "CHA")
    assert (box.is_final, box.home_score, box.away_score, box.overtimes) == (True, 110, 99, 1)
    assert box.served_at == datetime(2025, 1, 10, 6, 51, 25, 282704, tzinfo=UTC)
    line, other = box.lines
    assert (line.team, line.opponent, line.is_home) == ("LAL", "CHA", True)
    assert (other.team, other.opponent, other.is_home) == ("CHA", "LAL", False)
    assert (line.seconds_played, line.points, line.rebounds, line.assists) == (1501, 21, 5, 8)
    assert (line.offensive_rebounds, line.defensive_rebounds) == (1, 4)
    assert (line.threes, line.threes_attempted, line.steals, line.blocks) == (2, 5, 1, 0)
    assert (line.field_goals, line.field_goals_attempted) == (6, 12)
    assert (line.free_throws, line.free_throws_attempted) == (7, 7)
    assert (line.turnovers, line.fouls, line.plus_minus) == (2, 1, -4)
    assert (line.is_starter, line.played, line.not_playing_reason) == (True, True, None)
    assert box.rejected == ()


def test_a_live_cdn_box_is_not_final() -> None:
    """Lines of a running game are read; its score is not a result."""
    box = _cdn(cdn_player(1), gameStatus=2, gameStatusText="Q3 5:12", period=3)
    assert (box.is_final, box.home_score, box.overtimes) == (False, None, None)
    assert box.lines[0].points == 21


def test_who_did_not_appear_has_no_figures() -> None:
    """A DNP's zeros are not zeros: every count is None, and the reason is kept."""
    box = _cdn(
        cdn_player(1, "PT00M00.00S", **DNP, notPlayingReason="INACTIVE_INJURY"),
        cdn_player(
            2,
            "PT00M00.00S",
            **DNP,
            notPlayingReason="DNP_COACH",
            notPlayingDescription="Coach's Decision",
        ),
        cdn_player(3, None, **DNP),
    )
    assert [line.not_playing_reason for line in box.lines[:3]] == [
        "INACTIVE_INJURY",
        "DNP_COACH: Coach's Decision",
        None,
    ]
    for line in box.lines[:3]:
        assert not line.played
        assert (line.seconds_played, line.points, line.blocks, line.plus_minus) == (None,) * 4


def test_no_whole_second_on_court_is_an_appearance() -> None:
    """`played` = 1 with no time, and V3's 0:00, have appeared: zeros are counts."""
    box = _cdn(cdn_player(1, "PT00M00.00S"))
    assert (box.lines[0].played, box.lines[0].seconds_played, box.lines[0].points) == (True, 0, 0)
    line = _v3(v3_player(1, "0:00")).lines[0]
    assert (line.played, line.seconds_played, line.points) == (True, 0, 0)


@pytest.mark.parametrize(
    ("player", "said"),
    [
        (cdn_player(1, "-1:0-57"), "statistics.minutes '-1:0-57'"),
        (cdn_player(1, "45:58"), "statistics.minutes '45:58'"),
        (cdn_player(1, "37"), "statistics.minutes '37'"),
        (cdn_player(1, None), "statistics.minutes is null"),
        (cdn_player(1, ""), "statistics.minutes = ''"),
        (cdn_player(1, "PT12M00.00S", **DNP), "played = '0', but statistics.minutes"),
        (
            cdn_player(1, **DNP, statistics=statistics("PT00M00.00S", points=3)),
            "did not appear, but statistics.points = 3",
        ),
        (
            cdn_player(1, statistics=statistics("PT25M01.00S", points=-2)),
            "statistics.points = -2 is negative",
        ),
        (
            cdn_player(1, statistics=statistics("PT25M01.00S", plusMinusPoints=1.5)),
            "statistics.plusMinusPoints = 1.5",
        ),
    ],
)
def test_a_cdn_row_that_contradicts_itself_is_left_out_and_named(player: Json, said: str) -> None:
    """Game, player, field and value are named, and the other rows stay."""
    box = _cdn(player, cdn_player(2))
    assert [line.player_id for line in box.lines] == [2, 99]
    [row] = box.rejected
    assert (row.player_id, row.player_name, row.team) == (1, "First Family1", "LAL")
    assert said in row.reason
    assert "game 0022400524" in row.reason


@pytest.mark.parametrize(
    ("player", "said"),
    [
        (v3_player(1, "-1:0-57"), "statistics.minutes '-1:0-57'"),
        (v3_player(1, "PT25M01.00S"), "statistics.minutes 'PT25M01.00S'"),
        (v3_player(1, None), "statistics.minutes is null"),
        (v3_player(1, "", statistics=statistics("", points=2)), "statistics.points = 2"),
    ],
)
def test_a_v3_row_that_contradicts_itself_is_left_out_and_named(player: Json, said: str) -> None:
    """The V3 form keeps the same rule."""
    box = _v3(player, v3_player(2))
    assert [line.player_id for line in box.lines] == [2, 99]
    assert said in box.rejected[0].reason


def test_a_v3_box_score() -> None:
    """A position marks a starter, a comment explains a DNP, and finality is not told."""
    box = _v3(
        v3_player(1, position="F"),
        v3_player(2),
        v3_player(3, "", comment="DNP - Coach's Decision"),
        v3_player(4, ""),
        v3_player(5, None, comment="NWT - Personal"),
        v3_player(6, "19:60"),
    )
    assert (box.is_final, box.overtimes, box.home_score, box.away_score) == (None, None, 110, None)
    assert [line.is_starter for line in box.lines[:2]] == [True, False]
    assert [line.played for line in box.lines] == [True, True, False, False, False, True, True]
    assert [line.not_playing_reason for line in box.lines[2:5]] == [
        "DNP - Coach's Decision",
        None,
        "NWT - Personal",
    ]
    assert box.lines[5].seconds_played == 1200
    assert box.lines[2].points is None


def test_an_equal_duplicate_is_one_player() -> None:
    """The same row twice is taken once, with a note."""
    box = _cdn(cdn_player(1), cdn_player(1))
    assert [line.player_id for line in box.lines] == [1, 99]
    assert "all equal; taken once" in box.notes[0]
    assert box.rejected == ()


@pytest.mark.parametrize("twin", [cdn_player(1, "PT26M00.00S"), cdn_player(1, "45:58")])
def test_contradicting_duplicates_are_all_left_out(twin: Json) -> None:
    """Nobody can tell which of two rows is true, so neither is."""
    box = _cdn(cdn_player(1), twin)
    assert [line.player_id for line in box.lines] == [99]
    [row] = box.rejected
    assert "listed 2 times in game 0022400524 with different content" in row.reason


def test_a_player_on_both_teams_is_left_out() -> None:
    """Equal figures on two teams contradict each other all the same."""
    box = _cdn(cdn_player(99), cdn_player(2))
    assert [line.player_id for line in box.lines] == [2]
    assert [(row.player_id, row.team) for row in box.rejected] == [(99, "LAL"), (99, "CHA")]


def _drop(*path: Any) -> Callable[[Json], None]:
    def bend(tree: Json) -> None:
        node: Any = tree
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return bend


def _put(value: Any, *path: Any) -> Callable[[Json], None]:
    def bend(tree: Json) -> None:
        node: Any = tree
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return bend


PLAYER = ("game", "homeTeam", "players", 0)


@pytest.mark.parametrize(
    ("bend", "named"),
    [
        (_drop("game", "homeTeam"), "$.game.homeTeam is missing"),
        (_drop("game", "homeTeam", "players"), "$.game.homeTeam.players is missing"),
        (_drop(*PLAYER, "personId"), "players[0].personId is missing"),
        (_drop(*PLAYER, "played"), "players[0].played is missing"),
        (_drop(*PLAYER, "statistics", "points"), "players[0].statistics.points is missing"),
        (_drop(*PLAYER, "statistics", "minutes"), "players[0].statistics.minutes is missing"),
        (_put("21", *PLAYER, "statistics", "points"), "statistics.points = '21'"),
        (_put(21.5, *PLAYER, "statistics", "points"), "statistics.points = 21.5"),
        (_put(None, *PLAYER, "statistics", "points"), "statistics.points = None"),
        (_put(25, *PLAYER, "statistics", "minutes"), "statistics.minutes = 25"),
        (_put("7", *PLAYER, "personId"), "personId = '7'"),
        (_put(1, *PLAYER, "played"), "played = 1"),
        (_put("yes", *PLAYER, "starter"), "starter = 'yes'"),
        (_put("", "game", "awayTeam", "teamTricode"), "a team is not named"),
        (_put({}, "game", "awayTeam", "players"), "awayTeam.players = {}"),
    ],
)
def test_a_structural_field_breaks_the_whole_body(bend: Callable[[Json], None], named: str) -> None:
    """A missing or retyped field means the form has changed: nothing of the body is taken."""
    body = encoded(cdn_box([cdn_player(1)], [cdn_player(99)]), bend)
    with pytest.raises(ContractBroken) as caught:
        parse_boxscore(body)
    assert named in str(caught.value)
    assert caught.value.body == body


@pytest.mark.parametrize("field", ["personId", "position", "comment", "statistics", "familyName"])
def test_a_missing_v3_field_breaks_the_whole_body(field: str) -> None:
    """The V3 form keeps the same rule, and names the path."""
    body = encoded(
        v3_box([v3_player(1)], []), _drop("boxScoreTraditional", "homeTeam", "players", 0, field)
    )
    with pytest.raises(ContractBroken, match=rf"players\[0\]\.{field} is missing"):
        parse_boxscore_v3(body)


def test_a_v3_body_before_the_game_is_nothing_there() -> None:
    """Null instead of a box score, or teams without names and players, is no contract broken."""
    null = encoded({"meta": {"time": "2025-01-10T01:50:11Z"}, "boxScoreTraditional": None})
    unnamed = encoded(
        v3_box([], []),
        lambda tree: tree["boxScoreTraditional"]["homeTeam"].update(teamTricode=None),
    )
    for body in (null, unnamed):
        with pytest.raises(NotThere):
            parse_boxscore_v3(body)


def test_players_without_a_team_break_a_v3_body() -> None:
    """A team that lost its name but has players is a broken body."""
    body = encoded(
        v3_box([v3_player(1)], []),
        lambda tree: tree["boxScoreTraditional"]["homeTeam"].update(teamTricode=""),
    )
    with pytest.raises(ContractBroken, match="players without a team"):
        parse_boxscore_v3(body)


def test_a_statistics_error_page_is_a_broken_contract() -> None:
    """The 200 that says an error has occurred is no empty game."""
    with pytest.raises(ContractBroken, match="found there: Message"):
        parse_boxscore_v3(b'{"Message":"An error has occurred."}')


def test_the_requests_name_their_game() -> None:
    """Both forms are asked for one game; the hanging host gets a short deadline."""
    assert boxscore_request("0022400524", "http://x").url == (
        "http://x/liveData/boxscore/boxscore_0022400524.json"
    )
    request = boxscore_v3_request("0022400524")
    assert request.params[0] == ("GameID", "0022400524")
    assert request.deadline_s <= 30
