from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.facts import Game
from fullcourt.simulator.oracle.campaign import (
    SCHEDULE_PATH,
    Call,
    counted_calls,
    duplicates,
    healable_by,
    recovered_at,
    rows_lost,
    unplanned_calls,
    wasted_calls,
)
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from tests.simulator.oracle.perfect import perfect, policy_of, small_league, with_rows, without

SEED = 3
LEAGUE = small_league(SEED)
POLICY = policy_of(LEAGUE)
HOUR = timedelta(hours=1)


def _fault(endpoint: str, start: datetime, hours: float, vendor: str = "nba_cdn") -> Fault:
    return Fault(vendor, endpoint, start, start + hours * HOUR, FaultKind.HANG)


def _a_game() -> Game:
    return min(
        (g for g in LEAGUE.games if g.game_date == LEAGUE.nights[0]), key=lambda g: g.game_id
    )


def test_recovery_is_the_end_of_the_last_fault_in_a_row() -> None:
    """Faults that follow each other, or leave too short a gap, are one outage."""
    start = eastern(LEAGUE.nights[0], 6)
    faults = [_fault("*schedule*", start, 2), _fault("*schedule*", start + 2.5 * HOUR, 1)]
    endpoint = ("nba_cdn", SCHEDULE_PATH)
    assert recovered_at(endpoint, faults, start) == start + 2 * HOUR
    assert recovered_at(endpoint, faults, start, HOUR) == start + 3.5 * HOUR
    assert recovered_at(("odds_api", "/v4/x"), faults, start) == start


def test_without_faults_a_key_is_there_after_two_attempts() -> None:
    """The morning's schedule by 06:15, a box score within half an hour of the known result."""
    day = LEAGUE.nights[0]
    by = healable_by(LEAGUE, (), POLICY, "nba_schedule", day, "schedule")
    assert by is not None and by <= eastern(day, 7, 15)
    game = _a_game()
    box = healable_by(LEAGUE, (), POLICY, "nba_boxscore", day, game.game_id)
    assert box is not None and box <= game.final_at + HOUR


def test_an_outage_moves_the_instant_and_the_horizon_ends_it() -> None:
    """A box score heals after the outage; a morning's schedule cannot heal the next day."""
    day, game = LEAGUE.nights[0], _a_game()
    outage = _fault("*boxscore*", game.final_at - HOUR, 30)
    by = healable_by(LEAGUE, [outage], POLICY, "nba_boxscore", day, game.game_id)
    assert by is not None and outage.end < by <= outage.end + 4 * HOUR
    rows = healable_by(
        LEAGUE, [outage], POLICY, "player_box_scores", day, f"{game.game_id}/{game.home}"
    )
    assert rows is not None and rows > by
    dead = _fault("*", eastern(day, 5), 48)
    assert healable_by(LEAGUE, [dead], POLICY, "nba_schedule", day, "schedule") is None
    lines = _fault("*odds*", game.tip_at - 12 * HOUR, 20, "odds_api")
    assert healable_by(LEAGUE, [lines], POLICY, "odds_event_props", day, game.game_id) is None
    never = _fault("*boxscore*", game.final_at - HOUR, 24 * 30)
    assert healable_by(LEAGUE, [never], POLICY, "nba_boxscore", day, game.game_id) is None


def test_a_postponed_date_has_no_box_score_to_heal() -> None:
    """Nothing is owed of a date the game left, nor of a game nobody knows."""
    game = next(g for g in LEAGUE.games if len(g.appointments) > 1)
    day = game.appointments[0].game_date
    assert healable_by(LEAGUE, (), POLICY, "nba_boxscore", day, game.game_id) is None
    assert healable_by(LEAGUE, (), POLICY, "nba_boxscore", day, "0029999999") is None


def test_rows_that_never_shrink_are_lost_when_they_go() -> None:
    """A box score row that goes is lost; its summary may not stay away while the row is there."""
    at = eastern(LEAGUE.nights[-1], 13)
    day, whole = LEAGUE.nights[0], perfect(SEED, at)
    box, summary = ("player_box_scores", day), ("player_game_summary", day)
    key = min(k for k, row in whole.rows[box].items() if row.values[4])
    assert [(loss.cell, loss.key) for loss in rows_lost(whole, without(whole, box, key), at)] == [
        (box, key)
    ]
    lone = without(whole, summary, key)
    assert [loss.cell for loss in rows_lost(whole, lone, at)] == [summary]
    both = without(without(whole, box, key), summary, key)
    assert [loss.cell for loss in rows_lost(whole, both, at)] == [box]
    assert rows_lost(whole, whole, at) == ()


def test_a_slate_may_change_until_its_tip() -> None:
    """A context row that goes before the tip follows its inputs; after it, it is lost."""
    at = eastern(LEAGUE.nights[-1], 13)
    day, whole = LEAGUE.nights[0], perfect(SEED, at)
    cell = ("upcoming_player_game_context", day)
    key = min(whole.rows[cell])
    tip = whole.rows[cell][key].values[3]
    less = without(whole, cell, key)
    assert rows_lost(whole, less, tip - HOUR) == ()
    assert [loss.rows for loss in rows_lost(whole, less, tip)] == [1]


def test_double_rows_are_counted() -> None:
    """Two rows of one key are one too many, and none is missed."""
    at = eastern(LEAGUE.nights[-1], 13)
    cell, whole = ("grades", LEAGUE.nights[0]), perfect(SEED, at)
    key = min(whole.rows[cell])
    twice = replace(whole.rows[cell][key], count=2, doubled=1)
    assert duplicates(whole) == ()
    found = duplicates(with_rows(whole, cell, lambda keys: keys.update({key: twice})))
    assert [(loss.cell, loss.key, loss.rows) for loss in found] == [(cell, key, 1)]


def test_polls_of_a_failing_endpoint_do_not_count() -> None:
    """Calls within an outage are free; a box score asked for again after a good answer is waste."""
    start = eastern(LEAGUE.nights[0], 20)
    path = "/static/json/liveData/boxscore/boxscore_1.json"
    outage = _fault("*boxscore*", start, 1)
    calls = [
        Call("nba_cdn", path, start + timedelta(minutes=30), "hung"),
        Call("nba_cdn", path, start + 2 * HOUR, "ok"),
        Call("nba_cdn", path, start + 3 * HOUR, "ok"),
    ]
    assert counted_calls(calls, [outage]) == tuple(calls[1:])
    assert wasted_calls(calls, [outage]) == (calls[2],)


def test_a_call_no_plan_allows() -> None:
    """Sooner after a refusal than the shortest step, unless our own side was in trouble."""
    start = eastern(LEAGUE.nights[0], 22)
    box, quarter = "/static/json/liveData/boxscore/boxscore_0022500001.json", HOUR / 4
    refused = [Call("nba_cdn", box, start + n * quarter, "vendor_empty") for n in range(3)]
    assert unplanned_calls(refused, []) == []
    hasty = Call("nba_cdn", box, start + 2.5 * quarter, "ok")
    assert unplanned_calls([*refused, hasty], []) == [hasty]
    assert unplanned_calls([*refused, hasty], [(start, start + HOUR)]) == []
    often = [Call("nba_cdn", box, start + n * HOUR, "vendor_empty") for n in range(151)]
    assert unplanned_calls(often, []) == [often[-1]]
