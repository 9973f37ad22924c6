from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fullcourt.nba.schedule import GameStatus
from fullcourt.vendors.espn import (
    EspnScoreboard,
    parse_roster,
    parse_scoreboard,
    roster_request,
    scoreboard_request,
)
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import Json, encoded
from tests.vendors.feed_bodies import (
    espn_athlete,
    espn_event,
    espn_roster,
    espn_scoreboard,
    espn_side,
    espn_status,
)


def _board(*events: Json) -> EspnScoreboard:
    return parse_scoreboard(encoded(espn_scoreboard(*events)))


def test_requests() -> None:
    """A date without dashes, a team by ESPN's id."""
    board = scoreboard_request(date(2024, 1, 15))
    assert board.shown_url == (
        "https://site.api.espn.com/apis/site/v2/sports/basketball/nba/scoreboard"
        "?dates=20240115&limit=100"
    )
    assert roster_request(2).shown_url.endswith("/nba/teams/2?enable=roster")


def test_a_final() -> None:
    """ESPN's codes become tricodes, text scores numbers, and the date is Eastern."""
    [game] = _board(espn_event()).games
    assert (game.home_team, game.away_team) == ("UTA", "NOP")
    assert (game.home_score, game.away_score, game.overtimes) == (124, 115, 0)
    assert game.game_date == date(2024, 1, 15)
    assert game.tip_at == datetime(2024, 1, 16, 2, tzinfo=UTC)
    assert (game.status, game.is_final, game.is_postponed) == (GameStatus.FINAL, True, False)


@pytest.mark.parametrize(
    ("code", "tricode"),
    [("GS", "GSW"), ("NO", "NOP"), ("NY", "NYK"), ("SA", "SAS"), ("UTAH", "UTA"), ("WSH", "WAS")],
)
def test_the_codes_that_differ(code: str, tricode: str) -> None:
    """Six teams have another code at ESPN."""
    assert _board(espn_event(home=code, away="BOS")).games[0].home_team == tricode


@pytest.mark.parametrize(
    ("status", "expected", "postponed", "final"),
    [
        (espn_status("STATUS_SCHEDULED", "pre", 0), GameStatus.SCHEDULED, False, False),
        (espn_status("STATUS_IN_PROGRESS", "in", 3), GameStatus.LIVE, False, False),
        (espn_status("STATUS_POSTPONED", "post", 0), GameStatus.FINAL, True, False),
        (espn_status("STATUS_CANCELED", "post", 0), GameStatus.FINAL, True, False),
        (espn_status("STATUS_FINAL", "post", 6), GameStatus.FINAL, False, True),
    ],
)
def test_a_result_is_of_a_game_that_was_played_out(
    status: Json, expected: GameStatus, postponed: bool, final: bool
) -> None:
    """The zeros of a game that did not start, or was called off, are no score."""
    scores = ("124", "115") if final else ("0", "0")
    [game] = _board(espn_event(scores=scores, status=status)).games
    assert (game.status, game.is_postponed, game.is_final) == (expected, postponed, final)
    assert (game.home_score, game.overtimes) == ((124, 2) if final else (None, None))


def _sides(*sides: Json) -> Json:
    return espn_event(competitions=[{"id": "1", "competitors": list(sides)}])


HOME, AWAY = espn_side("home", "BOS", "1"), espn_side("away", "NY", "2")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (espn_event(scores=("124", None)), "the away score is None"),
        (espn_event(scores=("124", "")), "the away score is ''"),
        (espn_event(scores=("-4", "1")), "the home score is '-4'"),
        (espn_event(scores=("99", "99")), "a score of 99:99"),
        (espn_event(status=espn_status(period=2)), "completed in period 2"),
        (_sides(HOME, HOME), "competitors are ['home', 'home']"),
        (_sides(HOME), "competitors are ['home']"),
        (_sides(HOME, AWAY, AWAY), "competitors are ['home', 'away', 'away']"),
        (espn_event(competitions=[]), "0 competitions"),
    ],
)
def test_an_event_that_contradicts_itself_is_left_out_and_named(event: Json, said: str) -> None:
    """The event, the field and its value are named, and the other events stay."""
    board = _board(event, espn_event("2"))
    assert [game.event_id for game in board.games] == ["2"]
    assert said in board.rejected[0]
    assert board.rejected[0].startswith("event 401585184: ")


def test_an_all_star_game_breaks_nothing() -> None:
    """A team in no table leaves its event out by name."""
    board = _board(espn_event(home="EAST", away="WEST"), espn_event("2"))
    assert board.unknown_teams == ("event 401585184: WEST @ EAST",)
    assert len(board.games) == 1


def test_an_event_listed_twice() -> None:
    """Equal twins are one game; with two scores they are none."""
    assert len(_board(espn_event(), espn_event()).games) == 1
    torn = _board(espn_event(), espn_event(scores=("1", "2")))
    assert torn.games == ()
    assert "different content" in torn.rejected[0]


def test_a_date_without_events() -> None:
    """No events is an answer: whether it is an off day is for the schedule to say."""
    assert _board().games == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date": "2024-01-16T02:00"}, "date = '2024-01-16T02:00' is no UTC instant"),
        ({"id": 401585184}, r"\$\.events\[0\]\.id = 401585184"),
        ({"status": {**espn_status(), "period": "4"}}, r"status\.period = '4'"),
        ({"status": espn_status("STATUS_FINAL", "done")}, "'done'"),
    ],
)
def test_a_bent_event_breaks_the_body(changes: Any, said: str) -> None:
    """Retyped fields and states nobody knows are named with path and value."""
    with pytest.raises(ContractBroken, match=said):
        _board(espn_event(**changes))


def test_a_roster() -> None:
    """Players with their injuries; what ESPN leaves out is None."""
    roster = parse_roster(
        encoded(espn_roster(espn_athlete(), espn_athlete(2, jersey="", injuries=[], position=None)))
    )
    assert roster.team == "WAS"
    hurt, fit = roster.players
    assert (hurt.espn_player_id, hurt.player_name, hurt.jersey_number) == ("1", "First Last1", "7")
    assert hurt.injuries[0].kind == "Knee"
    assert hurt.injuries[0].return_date == date(2025, 10, 1)
    assert (fit.jersey_number, fit.position, fit.injuries) == (None, None, ())


def test_both_places_of_the_athletes() -> None:
    """ESPN's other address has them beside the team: the same roster."""
    inside = espn_roster(espn_athlete())
    beside = {"team": {"id": "27", "abbreviation": "WSH"}, "athletes": [espn_athlete()]}
    assert parse_roster(encoded(beside)) == parse_roster(encoded(inside))


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ({"team": {"abbreviation": "WSH"}}, ContractBroken, "neither"),
        (espn_roster(), NotThere, "team WAS: no athletes"),
        (espn_roster(espn_athlete(), code="EAST"), ContractBroken, "'EAST' is in no team table"),
        (
            espn_roster(espn_athlete(injuries=[{"status": "Out", "date": "Jun 11"}])),
            ContractBroken,
            "'Jun 11' is no UTC instant",
        ),
        (
            espn_roster(espn_athlete(id=1)),
            ContractBroken,
            r"athletes\[0\]\.id = 1",
        ),
    ],
)
def test_a_roster_that_is_none(body: Json, kind: type[Exception], said: str) -> None:
    """A team without players, an unknown team and bent fields are no roster."""
    with pytest.raises(kind, match=said):
        parse_roster(encoded(body))
