from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fullcourt.nba.schedule import GameStatus
from fullcourt.vendors.nba_cdn import (
    parse_schedule,
    parse_scoreboard,
    schedule_request,
    scoreboard_request,
)
from fullcourt.vendors.nba_games import overtimes_of
from fullcourt.vendors.nba_stats import scoreboard_v3_request
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import (
    Bend,
    Json,
    encoded,
    schedule,
    schedule_game,
    scoreboard,
    scoreboard_game,
    side,
)


def _schedule_message(body: bytes) -> str:
    with pytest.raises(ContractBroken) as caught:
        parse_schedule(body)
    assert caught.value.body == body
    return str(caught.value)


def test_a_listing_in_the_leagues_terms() -> None:
    """Tip from the UTC field, date from the Eastern list, no scores before the final."""
    [game] = parse_schedule(encoded(schedule([schedule_game()]))).games
    assert (game.game_id, game.game_date) == ("0022400524", date(2025, 1, 9))
    assert game.tip_at == datetime(2025, 1, 10, 3, 30, tzinfo=UTC)
    assert (game.home_team, game.away_team) == ("LAL", "CHA")
    assert game.status is GameStatus.SCHEDULED
    assert (game.home_score, game.away_score, game.overtimes) == (None, None, None)
    assert not game.is_postponed


@pytest.mark.parametrize("day", ["12/11/2020 12:00:00 AM", "12/11/2020 00:00:00"])
def test_both_date_forms_are_read(day: str) -> None:
    """The two spellings the schedule's dates have had mean the same day."""
    body = encoded(schedule([schedule_game(gameDateEst="2020-12-11T00:00:00Z")], day))
    listed = parse_schedule(body)
    assert listed.games[0].game_date == date(2020, 12, 11)
    assert listed.notes == ()


@pytest.mark.parametrize(
    ("time", "instant"),
    [
        ("2025-01-09T12:00:00.000Z", datetime(2025, 1, 9, 17, 0, tzinfo=UTC)),
        ("2025-01-09 12:00:00.1234", datetime(2025, 1, 9, 17, 0, 0, 123400, tzinfo=UTC)),
        ("2025-07-09T12:00:00Z", datetime(2025, 7, 9, 16, 0, tzinfo=UTC)),
        ("2025-01-09T12:00:00-05:00", datetime(2025, 1, 9, 17, 0, tzinfo=UTC)),
        ("2025-01-09T12:00:00+00:00", datetime(2025, 1, 9, 12, 0, tzinfo=UTC)),
        ("2025-11-02T01:30:00Z", datetime(2025, 11, 2, 6, 30, tzinfo=UTC)),
    ],
)
def test_the_served_time_is_eastern_whatever_its_z_says(time: str, instant: datetime) -> None:
    """Bare or with a false Z it is New York's clock; an offset is believed; the later of two."""
    assert parse_schedule(encoded(schedule([schedule_game()], time=time))).served_at == instant


@pytest.mark.parametrize(
    "changes",
    [
        {"gameStatusText": "TBD", "gameDateTimeUTC": "2025-01-09T05:00:00Z"},
        {"gameDateTimeUTC": ""},
        {"gameDateTimeUTC": None},
        {"gameDateTimeUTC": "1900-01-01T00:00:00Z"},
    ],
)
def test_a_time_to_be_determined_is_none(changes: Json) -> None:
    """TBD, an absent time and the 1900 placeholder are no tip."""
    assert parse_schedule(encoded(schedule([schedule_game(**changes)]))).games[0].tip_at is None


@pytest.mark.parametrize("team", [side("", team_id=0), side(None), side("TBD", team_id=0)])
def test_a_team_to_be_determined_is_none(team: Json) -> None:
    """Team id 0 and an empty tricode are no team."""
    assert (
        parse_schedule(encoded(schedule([schedule_game(homeTeam=team)]))).games[0].home_team is None
    )


def test_teams_of_other_leagues_pass_through() -> None:
    """All-Star, guest and simulated teams keep the tricode they are served with."""
    body = encoded(schedule([schedule_game(homeTeam=side("SHQ", team_id=1610616852))]))
    assert parse_schedule(body).games[0].home_team == "SHQ"


@pytest.mark.parametrize("text", ["PPD", "Postponed", "Cancelled", "Canceled", " ppd "])
def test_postponement_is_told_by_the_text(text: str) -> None:
    """Status 3 with null scores on the old date is a postponement, not a final."""
    game = schedule_game(
        gameStatus=3, gameStatusText=text, homeTeam=side("LAL", None), awayTeam=side("CHA", None)
    )
    [listed] = parse_schedule(encoded(schedule([game]))).games
    assert listed.is_postponed
    assert not listed.is_final
    assert listed.home_score is None


@pytest.mark.parametrize("flag", ["N", "A", "Y", "P"])
def test_the_postponed_flag_is_not_read(flag: str) -> None:
    """The flag has marked whole seasons; a game with a time is on."""
    assert (
        not parse_schedule(encoded(schedule([schedule_game(postponedStatus=flag)])))
        .games[0]
        .is_postponed
    )


@pytest.mark.parametrize("scores", [(None, None), (0, 0), (110, None)])
def test_a_final_without_both_scores_is_not_final(scores: tuple[int | None, int | None]) -> None:
    """Nulls and 0:0 are no result, whatever the status says."""
    game = schedule_game(
        gameStatus=3,
        gameStatusText="Final",
        homeTeam=side("LAL", scores[0]),
        awayTeam=side("CHA", scores[1]),
    )
    [listed] = parse_schedule(encoded(schedule([game]))).games
    assert (listed.is_final, listed.home_score, listed.overtimes) == (False, None, None)


@pytest.mark.parametrize(
    ("text", "period", "overtimes"),
    [
        ("Final", None, 0),
        ("Final", 4, 0),
        ("Final", 5, 1),
        ("Final/OT", None, 1),
        ("Final/OT", 5, 1),
        ("Final/OT2", 6, 2),
        ("Final/2OT", None, 2),
        ("Final/OT2", 5, None),
        ("Final - forfeit", None, None),
        ("Final - forfeit", 4, 0),
        ("Final", 0, 0),
    ],
)
def test_overtimes_from_text_and_period(
    text: str, period: int | None, overtimes: int | None
) -> None:
    """The period corrects a bare Final; a contradiction is not known."""
    assert overtimes_of(text, period) == overtimes


def test_an_equal_duplicate_is_folded() -> None:
    """The same game twice on a date counts once, with a note."""
    listed = parse_schedule(encoded(schedule([schedule_game(), schedule_game()])))
    assert len(listed.games) == 1
    assert "listed twice" in listed.notes[0]


def test_a_contradicting_duplicate_breaks_the_schedule() -> None:
    """Two truths about one game and date are refused: dropping it would look like a removal."""
    twin = schedule_game(gameDateTimeUTC="2025-01-10T01:00:00Z")
    assert "0022400524 is listed twice" in _schedule_message(
        encoded(schedule([schedule_game(), twin]))
    )


def test_a_game_may_stand_on_two_dates() -> None:
    """A postponed game is listed on its old date and on its new one."""
    tree = schedule([schedule_game(gameStatusText="PPD")])
    tree["leagueSchedule"]["gameDates"].append(
        {
            "gameDate": "02/19/2025 00:00:00",
            "games": [schedule_game(gameDateEst="2025-02-19T00:00:00Z")],
        }
    )
    assert [game.is_postponed for game in parse_schedule(encoded(tree)).games] == [True, False]


def test_a_date_that_disagrees_is_noted() -> None:
    """The date a game is listed under counts; another gameDateEst is reported."""
    body = encoded(schedule([schedule_game(gameDateEst="2025-01-10T00:00:00Z")]))
    assert "gameDateEst" in parse_schedule(body).notes[0]


def _rename(tree: Json) -> None:
    game = tree["leagueSchedule"]["gameDates"][0]["games"][0]
    game["gameDateTimeUtc"] = game.pop("gameStatus")


def _set(path: str, value: Any) -> Bend:
    def bend(tree: Json) -> None:
        *way, last = path.split(".")
        node: Any = tree
        for step in way:
            node = node[int(step)] if step.isdigit() else node[step]
        node[last] = value

    return bend


GAME = "leagueSchedule.gameDates.0.games.0"


@pytest.mark.parametrize(
    ("bend", "named"),
    [
        (_rename, "$.leagueSchedule.gameDates[0].games[0].gameStatus is missing"),
        (_set(f"{GAME}.gameStatus", "1"), "games[0].gameStatus = '1'"),
        (_set(f"{GAME}.gameStatus", 4), "games[0].gameStatus = 4"),
        (_set(f"{GAME}.gameId", 22400524), "games[0].gameId = 22400524"),
        (_set(f"{GAME}.gameId", "22400524"), "games[0].gameId = '22400524'"),
        (_set(f"{GAME}.ifNecessary", "false"), "games[0].ifNecessary = 'false'"),
        (_set(f"{GAME}.homeTeam.teamId", "7"), "homeTeam.teamId = '7'"),
        (_set(f"{GAME}.homeTeam.score", "101"), "homeTeam.score = '101'"),
        (_set(f"{GAME}.homeTeam", None), "games[0].homeTeam = None"),
        (_set("leagueSchedule.gameDates", {}), "$.leagueSchedule.gameDates = {}"),
        (_set(f"{GAME}.gameDateTimeUTC", "soon"), "gameDateTimeUTC = 'soon'"),
        (_set(f"{GAME}.gameDateTimeUTC", "2025-01-10T03:30:00"), "gameDateTimeUTC = '2025-01-10T"),
        (_set("leagueSchedule.gameDates.0.gameDate", "2025-01-09"), "gameDate = '2025-01-09'"),
        (_set("meta.time", "now"), "meta.time = 'now'"),
    ],
)
def test_a_bent_field_is_named_with_its_value(bend: Bend, named: str) -> None:
    """A missing, renamed, retyped or unreadable field names its path and what stands there."""
    message = _schedule_message(encoded(schedule([schedule_game()]), bend))
    assert named in message
    assert "nba_cdn schedule" in message


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (encoded(schedule([schedule_game()]))[:-40], "no valid JSON"),
        (b"<html><body>Access Denied</body></html>", "HTML or XML"),
        (b"\xff\xfe\x00", "no valid JSON"),
        (b"[]", "field $ = []"),
        (b"null", "field $ = None"),
        (b'{"meta": {"time": 5}, "leagueSchedule"', "$.meta.time"),
    ],
)
def test_a_body_that_is_none_is_broken(body: bytes, named: str) -> None:
    """Truncated JSON, HTML and other forms are the contract's end, with the reason."""
    assert named in _schedule_message(body)


@pytest.mark.parametrize("parse", [parse_schedule, parse_scoreboard])
def test_an_empty_body_says_nothing_exists(parse: Any) -> None:
    """No bytes are no contract broken, but nothing there."""
    with pytest.raises(NotThere):
        parse(b" \n")


def test_a_scoreboard_of_the_cdn() -> None:
    """A final has scores and overtimes; the older form without ifNecessary is read."""
    listed = parse_scoreboard(encoded(scoreboard([scoreboard_game(period=6)])))
    [game] = listed.games
    assert (listed.game_date, game.game_date) == (date(2025, 1, 9), date(2025, 1, 9))
    assert listed.served_at == datetime(2025, 1, 10, 6, 11, 39, 113900, tzinfo=UTC)
    assert (game.is_final, game.home_score, game.away_score, game.overtimes) == (True, 110, 99, 2)
    assert game.if_necessary is False


def test_a_live_game_has_no_score_yet() -> None:
    """A score that still moves is not a result."""
    live = scoreboard_game(gameStatus=2, gameStatusText="Q3 5:12", period=3)
    [game] = parse_scoreboard(encoded(scoreboard([live]))).games
    assert (game.status, game.home_score, game.overtimes) == (GameStatus.LIVE, None, None)


def test_an_empty_scoreboard_is_a_day_without_games() -> None:
    """No games is a valid answer."""
    assert parse_scoreboard(encoded(scoreboard([]))).games == ()


def test_the_requests_are_polite() -> None:
    """The CDN's Referer is sent, the base URL is the caller's."""
    request = schedule_request()
    assert request.url == "https://cdn.nba.com/static/json/staticData/scheduleLeagueV2.json"
    assert ("Referer", "https://www.nba.com/") in request.headers
    assert not any(name.lower() == "user-agent" for name, _ in request.headers)
    assert (
        scoreboard_request("http://x").url
        == "http://x/liveData/scoreboard/todaysScoreboard_00.json"
    )
    shown = scoreboard_v3_request(date(2025, 1, 9), "http://x").shown_url
    assert shown == "http://x/scoreboardv3?GameDate=2025-01-09&LeagueID=00"
