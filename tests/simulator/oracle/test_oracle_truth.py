from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.oracle.words import Held, Truth
from tests.simulator.oracle.perfect import an_oracle, perfect, small_league, without

SEED = 3
CALM = frozenset({"complete", "not_due", "waiting", "retired"})
LEAGUE = small_league(SEED)


def _instants() -> list[datetime]:
    first = LEAGUE.config.first_date
    return [eastern(first, 6, 30) + timedelta(hours=7 * step) for step in range(32)]


def _all(at: datetime, held: Held) -> dict[tuple[str, object], Mapping[str, Truth]]:
    oracle = an_oracle(LEAGUE)
    return {
        (name, day): oracle.truth(name, day, at, held)
        for name, day in oracle.cells(at)
        if day in LEAGUE.nights
    }


@pytest.mark.parametrize("at", _instants())
def test_a_flawless_home_is_never_blamed(at: datetime) -> None:
    """Everything held as it should be is complete, not due, waiting or retired at every instant."""
    blamed = {
        (cell, key, truth.why): truth.states
        for cell, truths in _all(at, perfect(SEED, at)).items()
        for key, truth in truths.items()
        if not truth.states & CALM
    }
    assert blamed == {}


def test_the_league_fills_every_kind_of_cell() -> None:
    """The small league is not proof by emptiness: every dataset has complete keys at its end."""
    at = eastern(LEAGUE.nights[-1], 13)
    complete = {
        name
        for (name, _), truths in _all(at, perfect(SEED, at)).items()
        for truth in truths.values()
        if truth.states == {"complete"}
    }
    assert len(complete) == 12


def test_a_withdrawn_game_is_retired_in_every_cell_that_names_it() -> None:
    """A postponed and a moved game leave retired keys on their old dates."""
    at = eastern(LEAGUE.nights[-1], 13)
    truths = _all(at, perfect(SEED, at))
    old = [
        (game.game_id, appointment.game_date)
        for game in LEAGUE.games
        for appointment in game.appointments
        if appointment.withdrawal is not None
    ]
    assert old
    for game_id, day in old:
        assert truths["schedule", day][game_id].states == {"retired"}
        assert truths["nba_boxscore", day][game_id].states == {"retired"}


@pytest.mark.parametrize(
    ("dataset", "state"),
    [
        ("schedule", "missing"),
        ("player_box_scores", "missing"),
        ("odds_player_props", "unrecoverable"),
        ("player_game_summary", "missing"),
        ("upcoming_player_game_context", "unrecoverable"),
        ("player_composite_factors", "unrecoverable"),
        ("predictions", "unrecoverable"),
        ("grades", "missing"),
    ],
)
def test_one_row_gone_is_one_key_lost(dataset: str, state: str) -> None:
    """Any row taken out of a flawless home after its due time makes exactly that key a loss."""
    at = eastern(LEAGUE.nights[-1], 13)
    whole = perfect(SEED, at)
    oracle = an_oracle(LEAGUE)
    dice = random.Random(dataset)
    for day in LEAGUE.nights[:-2]:
        before = oracle.truth(dataset, day, at, whole)
        losable = sorted(
            key
            for key, truth in before.items()
            if truth.states == {"complete"} and key in whole.rows.get((dataset, day), {})
        )
        for key in dice.sample(losable, min(2, len(losable))):
            after = oracle.truth(dataset, day, at, without(whole, (dataset, day), key))
            assert after[key].states == {state}, key
            assert {k: t for k, t in after.items() if k != key} == {
                k: t for k, t in before.items() if k != key
            }


@pytest.mark.parametrize(
    ("minutes", "states"),
    [(-2, {"not_due"}), (1, {"missing"}), (61, {"unrecoverable"})],
)
def test_lines_that_never_came(minutes: int, states: set[str]) -> None:
    """Without a body the lines of a game are early, then missing, then unrecoverable at the tip."""
    game = next(g for g in LEAGUE.games if g.game_date == LEAGUE.nights[1])
    at = game.tip_at - timedelta(hours=1) + timedelta(minutes=minutes)
    whole = perfect(SEED, at)
    feed = ("odds_event_props", game.game_date)
    bodies = {key: found for key, found in whole.bodies[feed].items() if key != game.game_id}
    held = replace(whole, bodies={**whole.bodies, feed: bodies})
    truth = an_oracle(LEAGUE).truth(*feed, at, held)[game.game_id]
    assert truth.states == states
    assert minutes < 0 or truth.causes == frozenset({"never_run"})


def test_a_row_that_says_something_else_is_suspect() -> None:
    """Points nobody scored are seen against the archived body, and by no other player's key."""
    at = eastern(LEAGUE.nights[-1], 13)
    day = LEAGUE.nights[0]
    whole = perfect(SEED, at)
    cell = ("player_box_scores", day)
    key = min(k for k, row in whole.rows[cell].items() if row.values[4])
    row = whole.rows[cell][key]
    wrong = replace(row, values=(*row.values[:6], row.values[6] + 1, *row.values[7:]))
    held = replace(whole, rows={**whole.rows, cell: {**whole.rows[cell], key: wrong}})
    truths = an_oracle(LEAGUE).truth(*cell, at, held)
    assert truths[key].states == {"suspect"}
    summary = an_oracle(LEAGUE).truth("player_game_summary", day, at, held)
    assert summary[key].states == {"stale"}
    feed = an_oracle(LEAGUE).truth("nba_boxscore", day, at, held)
    assert feed[key.partition("/")[0]].states == {"suspect"}


def test_a_body_that_contradicts_the_final_score_is_suspect() -> None:
    """Rows true to a body whose sum is not the schedule's score are suspect, the whole game."""
    at = eastern(LEAGUE.nights[-1], 13)
    day = LEAGUE.nights[0]
    whole = perfect(SEED, at)
    game_id = min(whole.bodies["nba_boxscore", day])
    body = whole.bodies["nba_boxscore", day][game_id][0]
    said = body.facts
    assert isinstance(said, BoxScore)
    liar = next(line for line in said.lines if line.points)
    lines = tuple(replace(line, points=0) if line is liar else line for line in said.lines)
    box = replace(said, lines=lines)
    feed, cell = ("nba_boxscore", day), ("player_box_scores", day)
    key = f"{game_id}/{liar.player_id}"
    row = whole.rows[cell][key]
    zero = replace(row, values=(*row.values[:6], 0, *row.values[7:]))
    held = replace(
        whole,
        bodies={
            **whole.bodies,
            feed: {**whole.bodies[feed], game_id: (replace(body, facts=box),)},
        },
        rows={**whole.rows, cell: {**whole.rows[cell], key: zero}},
    )
    truths = an_oracle(LEAGUE).truth(*cell, at, held)
    states = {k: t.states for k, t in truths.items() if k.startswith(game_id)}
    assert set(states.values()) == {frozenset({"suspect"})}


def test_a_wrong_grade_is_not_complete() -> None:
    """A grade that says over where the player stayed under is stale."""
    at = eastern(LEAGUE.nights[-1], 13)
    day = LEAGUE.nights[0]
    whole = perfect(SEED, at)
    cell = ("grades", day)
    key = min(k for k, row in whole.rows[cell].items() if row.values[3] == "under")
    row = whole.rows[cell][key]
    wrong = replace(row, values=(*row.values[:3], "over", *row.values[4:]))
    held = replace(whole, rows={**whole.rows, cell: {**whole.rows[cell], key: wrong}})
    assert an_oracle(LEAGUE).truth(*cell, at, held)[key].states == {"stale"}


def test_a_lost_body_is_named() -> None:
    """A body deleted behind our back is missing with its own cause; its rows stay complete."""
    at = eastern(LEAGUE.nights[-1], 13)
    day = LEAGUE.nights[0]
    whole = perfect(SEED, at)
    feed = ("nba_boxscore", day)
    game_id = min(whole.bodies[feed])
    gone = tuple(replace(body, digest_ok=False) for body in whole.bodies[feed][game_id])
    held = replace(whole, bodies={**whole.bodies, feed: {**whole.bodies[feed], game_id: gone}})
    truth = an_oracle(LEAGUE).truth(*feed, at, held)[game_id]
    assert truth.states == {"missing"}
    assert truth.causes == frozenset({"archive_lost"})
    rows = an_oracle(LEAGUE).truth("player_box_scores", day, at, held)
    assert {t.states for k, t in rows.items() if k.startswith(game_id)} == {frozenset({"complete"})}


def test_a_box_score_that_never_came_blocks_what_is_made_from_it() -> None:
    """Without a body: one key a team, missing; summaries and grades wait, then cannot be had."""
    day = LEAGUE.nights[0]
    game = min((g for g in LEAGUE.games if g.game_date == day), key=lambda g: g.game_id)
    at = eastern(LEAGUE.nights[-1], 13)
    held = perfect(SEED, at)
    for cell in (("player_box_scores", day), ("player_game_summary", day), ("grades", day)):
        keys = held.rows[cell]
        kept = {k: row for k, row in keys.items() if not k.startswith(game.game_id)}
        held = replace(held, rows={**held.rows, cell: kept})
    feed = ("nba_boxscore", day)
    bodies = {k: found for k, found in held.bodies[feed].items() if k != game.game_id}
    held = replace(
        held,
        bodies={**held.bodies, feed: bodies},
        attempts={feed: {game.game_id: 9}},
    )
    home = f"{game.game_id}/{game.home}"
    for instant, box, blocked in (
        (at, "missing", "waiting"),
        (at + timedelta(days=15), "unrecoverable", "unrecoverable"),
    ):
        oracle = an_oracle(LEAGUE)
        assert oracle.truth("player_box_scores", day, instant, held)[home].states == {box}
        assert oracle.truth("player_game_summary", day, instant, held)[home].states == {blocked}
        graded = oracle.truth("grades", day, instant, held)
        mine = {t.states for k, t in graded.items() if k.startswith(game.game_id)}
        assert mine == {frozenset({blocked})}


def test_the_order_of_what_is_held_does_not_matter() -> None:
    """Mappings in another order give the same truth."""
    at = eastern(LEAGUE.nights[5], 20)
    whole = perfect(SEED, at)
    dice = random.Random(1)

    def shuffled(mapping: Mapping[object, object]) -> dict[object, object]:
        keys = list(mapping)
        dice.shuffle(keys)
        return {k: shuffled(v) if isinstance(v := mapping[k], dict) else mapping[k] for k in keys}

    mixed = Held(shuffled(whole.bodies), shuffled(whole.rows))  # type: ignore[arg-type]
    assert _all(at, whole) == _all(at, mixed)


def test_time_alone_never_turns_a_loss_into_something_early() -> None:
    """A key that is missing or lost for good never becomes not due or waiting by waiting."""
    start = eastern(LEAGUE.nights[2], 6, 30)
    held = perfect(SEED, start)
    oracle = an_oracle(LEAGUE)
    lost: set[tuple[str, object, str]] = set()
    for step in range(60):
        at = start + timedelta(hours=3 * step)
        for name in ("nba_schedule", "schedule", "odds_event_props", "predictions"):
            for day in LEAGUE.nights[:6]:
                for key, truth in oracle.truth(name, day, at, held).items():
                    if truth.states & {"missing", "unrecoverable"}:
                        lost.add((name, day, key))
                    else:
                        assert (name, day, key) not in lost, (name, day, key, at, truth)
    assert lost


def test_the_oracle_does_not_depend_on_what_it_was_asked_before() -> None:
    """Asked forwards, backwards and afresh it gives the same answers."""
    instants = _instants()[::5]
    afresh = {at: _all(at, perfect(SEED, at)) for at in instants}
    oracle = an_oracle(LEAGUE)
    for at in [*instants, *reversed(instants)]:
        for (name, day), truths in afresh[at].items():
            assert oracle.truth(name, day, at, perfect(SEED, at)) == truths  # type: ignore[arg-type]


def test_a_slate_sleeps_until_its_time() -> None:
    """Nothing is asked of a slate in the early morning; from its first hour on it is."""
    day = LEAGUE.nights[0]
    tip = min(g.tip_at for g in LEAGUE.games if g.game_date == day)
    for hours, asleep in ((12, True), (3, False)):
        at = tip - timedelta(hours=hours)
        oracle = an_oracle(LEAGUE)
        assert oracle.sleeps("predictions", day, at, perfect(SEED, at)) is asleep
        assert not oracle.sleeps("schedule", day, at, perfect(SEED, at))
