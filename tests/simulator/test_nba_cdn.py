from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fullcourt.nba.calendar import EASTERN, REGULAR, eastern, game_type
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.vendors.nba_boxscore import boxscore_body
from fullcourt.simulator.vendors.nba_cdn import scoreboard_body
from fullcourt.simulator.world import BuiltinWorld
from fullcourt.vendors import nba_cdn
from tests.simulator.worlds import (
    SCHEDULE,
    SCOREBOARD,
    a_world,
    box_url,
    cdn,
    changed_game,
    clock_of,
    tree,
)


@pytest.fixture
def world() -> BuiltinWorld:
    """A world at the first morning."""
    return a_world()


def _regular(world: BuiltinWorld) -> list[Game]:
    return [game for game in world.league.games if game_type(game.game_id) == REGULAR]


def _late_game(world: BuiltinWorld) -> Game:
    return next(g for g in _regular(world) if g.tip_at.astimezone(EASTERN).hour == 22)


def test_without_the_referer_everything_is_denied(world: BuiltinWorld) -> None:
    """403 and an HTML page, as the real edge answers."""
    for url in (SCHEDULE, SCOREBOARD, "https://cdn.nba.com/static/json/nothing.json"):
        answer = cdn(world, url, referer="")
        assert answer.status == 403 and b"Access Denied" in answer.body
        assert answer.headers["content-type"] == "text/html"


def test_a_box_score_is_denied_before_the_tip(world: BuiltinWorld) -> None:
    """A future game and a game that does not exist look alike: 403."""
    game = _regular(world)[0]
    clock_of(world).advance_to(game.tip_at - timedelta(seconds=1))
    assert cdn(world, box_url(game)).status == 403
    clock_of(world).advance_to(game.tip_at)
    assert cdn(world, box_url(game)).status == 200
    assert cdn(world, box_url(replace(game, game_id="0022599999"))).status == 403


def test_the_client_reads_every_final_box_score_as_it_is_true(world: BuiltinWorld) -> None:
    """Parsed by the real client, each final body equals the league's own box score."""
    clock_of(world).advance_to(max(game.final_at for game in world.league.games))
    for game in world.league.games:
        parsed = nba_cdn.parse_boxscore(cdn(world, box_url(game)).body)
        truth = world.league.box(game.game_id)
        assert not parsed.rejected
        assert set(parsed.lines) == set(truth.lines)
        assert replace(parsed, lines=(), served_at=None) == replace(truth, lines=(), served_at=None)
        assert parsed.served_at == clock_of(world).now()


def test_the_client_reads_the_schedule_all_the_time(world: BuiltinWorld) -> None:
    """Every six hours the parsed schedule and scoreboard equal the league's state of that time."""
    clock = clock_of(world)
    while clock.now() < max(game.final_at for game in world.league.games):
        schedule = nba_cdn.parse_schedule(cdn(world, SCHEDULE).body)
        assert not schedule.notes and schedule.season == "2025-26"
        wanted = {
            (state.game_id, state.game_date): state
            for _, state in world.league.listings(clock.now())
        }
        assert {(g.game_id, g.game_date) for g in schedule.games} == set(wanted)
        for listed in schedule.games:
            state = wanted[listed.game_id, listed.game_date]
            assert (listed.tip_at, listed.status) == (state.tip_at, state.status)
            assert listed.is_postponed == state.is_postponed
            if state.status is GameStatus.FINAL and not state.is_postponed:
                assert (listed.home_score, listed.away_score) == (
                    state.home_score,
                    state.away_score,
                )
                assert listed.overtimes == world.league.game(listed.game_id).overtimes
        board = nba_cdn.parse_scoreboard(cdn(world, SCOREBOARD).body)
        assert {g.game_id for g in board.games} == {
            game_id for game_id, day in wanted if day == board.game_date
        }
        clock.sleep(6 * 3600 + 61)


def test_the_scoreboard_turns_over_at_five_eastern(world: BuiltinWorld) -> None:
    """At 04:59 it shows last night (the late game final), at 05:00 today."""
    game = _late_game(world)
    clock_of(world).advance_to(eastern(game.game_date + timedelta(days=1), 4, 59))
    board = nba_cdn.parse_scoreboard(cdn(world, SCOREBOARD).body)
    assert board.game_date == game.game_date
    assert next(g for g in board.games if g.game_id == game.game_id).is_final
    clock_of(world).sleep(60)
    assert nba_cdn.parse_scoreboard(cdn(world, SCOREBOARD).body).game_date == (
        game.game_date + timedelta(days=1)
    )


def test_the_scoreboard_turns_over_by_the_wall_clock_when_clocks_change() -> None:
    """On the night daylight saving ends 05:00 is 05:00 on the wall."""
    league = a_world().league
    changeover = date(2025, 11, 2)
    for minute, day in ((-1, date(2025, 11, 1)), (0, changeover)):
        at = eastern(changeover, 5) + timedelta(minutes=minute)
        assert scoreboard_body(league, at)["scoreboard"]["gameDate"] == day.isoformat()


def test_a_live_game_has_a_part_of_its_final_numbers(world: BuiltinWorld) -> None:
    """Status 2, a period, a clock; points only grow, players sum to the score at every minute."""
    game = next(game for game in _regular(world) if game.overtimes)
    last = 0
    texts = set()
    at = game.tip_at
    while at < game.final_at:
        body = boxscore_body(world.league, game.game_id, at)
        assert body is not None
        live = body["game"]
        assert live["gameStatus"] == 2 and 1 <= live["period"] <= 4 + game.overtimes
        score = 0
        for side in ("homeTeam", "awayTeam"):
            points = sum(p["statistics"]["points"] for p in live[side]["players"])
            assert points == live[side]["score"] == sum(p["score"] for p in live[side]["periods"])
            assert len(live[side]["periods"]) == live["period"]
            score += points
        assert score >= last
        last = score
        texts.add(live["gameStatusText"].split()[0])
        at += timedelta(minutes=1)
    assert {"Q1", "Q2", "Halftime", "Q3", "Q4", "OT"} <= texts
    final = world.league.box(game.game_id)
    assert last <= (final.home_score or 0) + (final.away_score or 0)


def test_overtime_follows_a_level_regulation(world: BuiltinWorld) -> None:
    """After four periods of an overtime game both teams have the same points."""
    for seed in range(1, 6):
        league = a_world(seed).league
        for game in league.games:
            if not game.overtimes:
                continue
            body = boxscore_body(league, game.game_id, game.final_at)
            assert body is not None
            four = [
                sum(p["score"] for p in body["game"][side]["periods"][: 3 + game.overtimes])
                for side in ("homeTeam", "awayTeam")
            ]
            assert four[0] == four[1]


def test_the_wire_traps_are_there(world: BuiltinWorld) -> None:
    """False Z, flags as text, zeros for who did not play, ISO minutes, a lying postponed flag."""
    game = _late_game(world)
    clock_of(world).advance_to(game.final_at)
    body = tree(cdn(world, box_url(game)))["game"]
    tip = game.tip_at.astimezone(EASTERN)
    assert body["gameEt"] == f"{tip:%Y-%m-%dT%H:%M:%S}Z"
    assert body["gameTimeUTC"] == f"{game.tip_at:%Y-%m-%dT%H:%M:%S}Z"
    players = body["homeTeam"]["players"] + body["awayTeam"]["players"]
    assert {p["played"] for p in players} == {"0", "1"} == {p["starter"] for p in players}
    absent = next(p for p in players if p["played"] == "0")
    assert absent["statistics"]["points"] == 0 and absent["notPlayingReason"]
    assert absent["statistics"]["minutes"] == "PT00M00.00S"
    listed = [
        g for day in tree(cdn(world, SCHEDULE))["leagueSchedule"]["gameDates"] for g in day["games"]
    ]
    assert {g["postponedStatus"] for g in listed} == {"A", "N"}
    assert all(g["gameTimeEst"].startswith("1900-01-01T") for g in listed)


def test_a_postponed_game_stays_on_its_date_with_null_scores(world: BuiltinWorld) -> None:
    """Status 3, text PPD, null scores on the old date, and the same id on the new one."""
    game = changed_game(world, Withdrawal.POSTPONED)
    old, new = game.appointments
    clock_of(world).advance_to(new.known_from)
    found = [
        (g["gameStatus"], g["gameStatusText"], g["homeTeam"]["score"])
        for day in tree(cdn(world, SCHEDULE))["leagueSchedule"]["gameDates"]
        for g in day["games"]
        if g["gameId"] == game.game_id
    ]
    assert found[0] == (3, "PPD", None)
    assert found[1][0] == 1 and found[1][2] == 0
    assert cdn(world, box_url(game)).status == 403
    assert old.game_date < new.game_date
