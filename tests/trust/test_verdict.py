"""`judge`, as a table: every state of a key, every verdict of a cell, in the design's order."""

from __future__ import annotations

from datetime import datetime

import pytest

from fullcourt.trust.verdict import judge
from fullcourt.trust.words import (
    ALARMS,
    Cause,
    CellVerdict,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    KeyVerdict,
)
from tests.trust.cells import (
    DUE,
    EARLY,
    GONE,
    HORIZON,
    HOUR,
    LATE,
    MINUTE,
    START,
    STARTED,
    expectation,
    key,
    lease,
    tried,
)

HELD = KeyEvidence(held=True)
SUSPECT = KeyEvidence(held=True, suspect="LAL: points sum to 99, final score 101")
STALE = KeyEvidence(held=True, stale="a newer body lies in the archive")
UNSEEN = KeyEvidence()
BLOCKED = KeyEvidence(blocked_by="player_box_scores LAL@CHA", cause=Cause.VENDOR_EMPTY)
BLOCKED_FOR_EVER = KeyEvidence(blocked_by="player_box_scores LAL@CHA", blocked_forever=True)
GATE = KeyEvidence(
    attempts=1,
    last_attempt_at=STARTED,
    cause=Cause.GATE_CLOSED,
    detail="5 of 9 games, 56 %",
    blocked_by="player_game_summary 5 of 9",
)


def one(
    expected: KeyExpectation,
    seen: KeyEvidence,
    now: datetime,
    lease_until: datetime | None = None,
) -> KeyVerdict:
    """The verdict of a lone key."""
    held_lease = lease(lease_until) if lease_until else None
    verdict = judge(expectation(expected), Evidence({"k": seen}, held_lease), now)
    return verdict.keys[0]


@pytest.mark.parametrize(
    ("expected", "seen", "now", "state"),
    [
        (key(retired="postponed"), SUSPECT, LATE, KeyState.RETIRED),
        (key(retired="postponed"), UNSEEN, LATE, KeyState.RETIRED),
        (key(), KeyEvidence(held=True, suspect="x", stale="y"), LATE, KeyState.SUSPECT),
        (key(), STALE, LATE, KeyState.STALE),
        (key(), HELD, EARLY, KeyState.COMPLETE),
        (key(), HELD, LATE, KeyState.COMPLETE),
        (key(), HELD, GONE, KeyState.COMPLETE),
        (key(unverifiable="disputed"), HELD, LATE, KeyState.COMPLETE),
        (key(unverifiable="disputed"), UNSEEN, EARLY, KeyState.UNVERIFIABLE),
        (key(unverifiable="disputed"), UNSEEN, GONE, KeyState.UNVERIFIABLE),
        (key(unverifiable="late", unverifiable_at=DUE), UNSEEN, DUE, KeyState.UNVERIFIABLE),
        (key(unverifiable="late", unverifiable_at=DUE), UNSEEN, EARLY, KeyState.NOT_DUE),
        (key(unverifiable="late", unverifiable_at=DUE), tried(), STARTED, KeyState.WAITING),
        (key(), UNSEEN, EARLY, KeyState.NOT_DUE),
        (key(), UNSEEN, STARTED, KeyState.NOT_DUE),
        (key(), BLOCKED, EARLY, KeyState.NOT_DUE),
        (key(), tried(), EARLY, KeyState.WAITING),
        (key(), tried(cause=Cause.VENDOR_EMPTY), STARTED, KeyState.WAITING),
        (key(), BLOCKED, STARTED, KeyState.WAITING),
        (key(), BLOCKED, LATE, KeyState.WAITING),
        (key(), BLOCKED_FOR_EVER, LATE, KeyState.UNRECOVERABLE),
        (key(horizon_at=None), BLOCKED_FOR_EVER, LATE, KeyState.UNRECOVERABLE),
        (key(), GATE, STARTED, KeyState.WAITING),
        (key(), GATE, LATE, KeyState.MISSING),
        (key(), UNSEEN, DUE, KeyState.MISSING),
        (key(), tried(7, cause=Cause.VENDOR_FAILED), LATE, KeyState.MISSING),
        (key(), UNSEEN, HORIZON, KeyState.UNRECOVERABLE),
        (key(), tried(cause=Cause.VENDOR_EMPTY), GONE, KeyState.UNRECOVERABLE),
        (key(), BLOCKED, GONE, KeyState.UNRECOVERABLE),
        (key(horizon_at=None), tried(), GONE, KeyState.MISSING),
        (key(ask_once=True), UNSEEN, GONE, KeyState.MISSING),
        (key(ask_once=True), tried(), GONE, KeyState.UNRECOVERABLE),
        # A start after the due time gives no extra time.
        (key(start_at=DUE + HOUR), UNSEEN, LATE, KeyState.MISSING),
    ],
)
def test_state_of_a_key(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, state: KeyState
) -> None:
    """A key's state is the first of the design's table that applies."""
    assert one(expected, seen, now).state is state


@pytest.mark.parametrize(
    ("expected", "seen", "now", "until", "state"),
    [
        (key(), UNSEEN, STARTED, STARTED + MINUTE, KeyState.RUNNING),
        (key(), UNSEEN, LATE, LATE + MINUTE, KeyState.RUNNING),
        (key(), tried(), GONE, GONE + MINUTE, KeyState.RUNNING),
        (key(unverifiable="disputed"), UNSEEN, LATE, LATE + MINUTE, KeyState.RUNNING),
        (key(), HELD, LATE, LATE + MINUTE, KeyState.COMPLETE),
        (key(retired="moved"), UNSEEN, LATE, LATE + MINUTE, KeyState.RETIRED),
        # The night's run has begun, this game has not.
        (key(), UNSEEN, EARLY, START + HOUR, KeyState.NOT_DUE),
        (key(), UNSEEN, LATE, LATE, KeyState.MISSING),
    ],
)
def test_a_live_lease_makes_a_key_running(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, until: datetime, state: KeyState
) -> None:
    """A key that is not held is running while a lease lives, and not a moment longer."""
    assert one(expected, seen, now, until).state is state


@pytest.mark.parametrize("cause", [c for c in Cause if c is not Cause.NEVER_RUN])
def test_the_cause_is_the_witness_word(cause: Cause) -> None:
    """A missing key carries the cause of the last attempt, and its detail in the reason."""
    judged = one(key(), tried(cause=cause, detail="as it was said"), LATE)
    assert (judged.state, judged.cause) == (KeyState.MISSING, cause)
    assert judged.reason == f"{cause.value}: as it was said"


def test_nobody_asked_is_never_run() -> None:
    """A key past its due time that nobody ever asked for is missing: never_run."""
    assert one(key(), UNSEEN, LATE).cause is Cause.NEVER_RUN
    assert one(key(ask_once=True), UNSEEN, GONE).cause is Cause.NEVER_RUN


def test_gate_closed_is_its_own_cause() -> None:
    """A closed gate waits before the due time and is missing: gate_closed after it."""
    assert one(key(), GATE, STARTED).reason == "blocked upstream: player_game_summary 5 of 9"
    late = one(key(), GATE, LATE)
    assert (late.cause, late.reason) == (Cause.GATE_CLOSED, "gate_closed: 5 of 9 games, 56 %")


def test_blocked_upstream_is_named() -> None:
    """What waits for an upstream key says which, and is given up with it under the same name."""
    waiting = one(key(), BLOCKED, LATE)
    lost = one(key(), BLOCKED_FOR_EVER, LATE)
    assert waiting.reason == lost.reason == "blocked upstream: player_box_scores LAL@CHA"
    assert waiting.cause is lost.cause is Cause.BLOCKED_UPSTREAM


# One key in each state, at LATE (the lease lives on one row only).
STATES: dict[KeyState, tuple[KeyExpectation, KeyEvidence]] = {
    KeyState.RETIRED: (key("retired", retired="postponed"), UNSEEN),
    KeyState.SUSPECT: (key("suspect"), SUSPECT),
    KeyState.STALE: (key("stale"), STALE),
    KeyState.COMPLETE: (key("complete"), HELD),
    KeyState.UNVERIFIABLE: (key("unverifiable", unverifiable="disputed"), UNSEEN),
    KeyState.NOT_DUE: (key("not_due", start_at=LATE + HOUR, due_at=LATE + 2 * HOUR), UNSEEN),
    KeyState.WAITING: (key("waiting"), BLOCKED),
    KeyState.MISSING: (key("missing"), UNSEEN),
    KeyState.UNRECOVERABLE: (key("unrecoverable"), BLOCKED_FOR_EVER),
}


def together(*states: KeyState, **changes: str) -> tuple[Expectation, Evidence]:
    """A cell with one key in each of these states."""
    rows = [STATES[state] for state in states]
    return (
        expectation(*(row[0] for row in rows), **changes),
        Evidence({row[0].key: row[1] for row in rows}),
    )


_S = KeyState


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ((), CellVerdict.LEGITIMATE_ZERO),
        ((_S.RETIRED,), CellVerdict.LEGITIMATE_ZERO),
        ((_S.MISSING, _S.COMPLETE), CellVerdict.PARTIAL),
        ((_S.MISSING, _S.SUSPECT, _S.UNVERIFIABLE), CellVerdict.PARTIAL),
        ((_S.MISSING, _S.STALE), CellVerdict.PARTIAL),
        ((_S.MISSING,), CellVerdict.MISSING),
        ((_S.MISSING, _S.UNVERIFIABLE, _S.NOT_DUE, _S.WAITING), CellVerdict.MISSING),
        ((_S.MISSING, _S.UNRECOVERABLE), CellVerdict.MISSING),
        (
            (
                _S.SUSPECT,
                _S.UNVERIFIABLE,
                _S.STALE,
                _S.WAITING,
                _S.NOT_DUE,
                _S.UNRECOVERABLE,
                _S.COMPLETE,
            ),
            CellVerdict.SUSPECT,
        ),
        (
            (
                _S.UNVERIFIABLE,
                _S.STALE,
                _S.WAITING,
                _S.NOT_DUE,
                _S.UNRECOVERABLE,
                _S.COMPLETE,
            ),
            CellVerdict.UNVERIFIABLE,
        ),
        (
            (_S.STALE, _S.WAITING, _S.NOT_DUE, _S.UNRECOVERABLE, _S.COMPLETE),
            CellVerdict.STALE,
        ),
        ((_S.WAITING, _S.NOT_DUE, _S.UNRECOVERABLE, _S.COMPLETE), CellVerdict.WAITING),
        ((_S.NOT_DUE, _S.UNRECOVERABLE, _S.COMPLETE), CellVerdict.NOT_DUE),
        ((_S.UNRECOVERABLE, _S.COMPLETE), CellVerdict.UNRECOVERABLE),
        ((_S.UNRECOVERABLE,), CellVerdict.UNRECOVERABLE),
        ((_S.COMPLETE, _S.RETIRED), CellVerdict.COMPLETE),
        ((_S.COMPLETE,), CellVerdict.COMPLETE),
    ],
)
def test_verdict_of_a_cell(states: tuple[KeyState, ...], verdict: CellVerdict) -> None:
    """The cell's verdict is the first of the fixed table that applies to its keys' states."""
    expected, evidence = together(*states)
    judged = judge(expected, evidence, LATE)
    assert {k.state for k in judged.keys} == set(states)
    assert judged.verdict is verdict
    assert judged.expected == len(set(states) - {KeyState.RETIRED})
    assert judged.held == len(set(states) & {_S.SUSPECT, _S.STALE, _S.COMPLETE})
    assert judged.is_alarm == (verdict in ALARMS)


def test_running_stands_between_stale_and_waiting() -> None:
    """A stale key outranks a run at work; a run at work outranks what is not due."""
    not_due = STATES[KeyState.NOT_DUE][0]
    work = lease(LATE + MINUTE)
    running = judge(expectation(key(), not_due), Evidence({}, work), LATE)
    assert running.verdict is CellVerdict.RUNNING
    assert running.reason == "run nba-1: game 3 of 7"
    stale = judge(expectation(key(), key("stale")), Evidence({"stale": STALE}, work), LATE)
    assert stale.verdict is CellVerdict.STALE


def test_no_proof_is_never_complete() -> None:
    """An unverifiable expectation is unverifiable with no key and with every known key held."""
    for states in ((), (KeyState.RETIRED,), (KeyState.COMPLETE,)):
        expected, evidence = together(*states, unverifiable="no schedule is known for this date")
        judged = judge(expected, evidence, LATE)
        assert judged.verdict is CellVerdict.UNVERIFIABLE
        assert judged.reason == "no schedule is known for this date"


@pytest.mark.parametrize(
    ("states", "changes", "reason"),
    [
        ((), {"zero_reason": "no games"}, "no games"),
        ((), {}, "nothing expected"),
        ((_S.RETIRED,), {}, "postponed"),
        ((_S.COMPLETE,), {}, ""),
        ((_S.MISSING, _S.COMPLETE), {}, "never_run"),
        ((_S.SUSPECT,), {}, "LAL: points sum to 99, final score 101"),
        ((_S.WAITING,), {}, "blocked upstream: player_box_scores"),
        ((_S.NOT_DUE,), {}, "next due 02:01 Eastern on 01-10"),
    ],
)
def test_a_verdict_says_why(
    states: tuple[KeyState, ...], changes: dict[str, str], reason: str
) -> None:
    """Every verdict but complete carries its reason, a zero above all (law 4)."""
    assert judge(*together(*states, **changes), LATE).reason == reason


def test_the_most_frequent_cause_speaks_for_the_cell() -> None:
    """A cell with several causes names the commonest and how many others there are."""
    seen = {
        "a": tried(cause=Cause.VENDOR_EMPTY),
        "b": tried(cause=Cause.VENDOR_EMPTY),
        "c": tried(cause=Cause.HUNG),
    }
    judged = judge(expectation(*(key(name) for name in seen)), Evidence(seen), LATE)
    assert judged.reason == "vendor_empty (and 1 other reason)"


def test_unexpected_keys_are_listed_and_never_held() -> None:
    """A held key that nothing expects is a warning and counts for nothing."""
    judged = judge(expectation(key()), Evidence({}, unexpected=("x", "y")), LATE)
    assert (judged.held, judged.expected) == (0, 1)
    assert judged.warnings == ("2 keys held that nothing expects",)


@pytest.mark.parametrize(
    ("expected", "seen", "now", "change"),
    [
        (key(), UNSEEN, EARLY, START),
        (key(), UNSEEN, STARTED, DUE),
        (key(), UNSEEN, LATE, HORIZON),
        (key(), UNSEEN, GONE, None),
        (key(), HELD, EARLY, None),
        # What is stale may freeze at its horizon, and is then no longer stale.
        (key(), STALE, EARLY, HORIZON),
        (key(), STALE, GONE, None),
        (key(horizon_at=None), STALE, EARLY, None),
        (key(review_at=DUE + HOUR), HELD, LATE, DUE + HOUR),
        (key(review_at=DUE + HOUR, retired="moved"), UNSEEN, LATE, None),
        (key(unverifiable="late", unverifiable_at=DUE + HOUR), UNSEEN, DUE, DUE + HOUR),
        # Given up with its upstream, and yet it may still become disputed.
        (key(unverifiable="late", unverifiable_at=DUE + HOUR), BLOCKED_FOR_EVER, LATE, DUE + HOUR),
    ],
)
def test_next_change(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, change: datetime | None
) -> None:
    """A verdict names the next instant at which time alone may change it."""
    assert judge(expectation(expected), Evidence({"k": seen}), now).next_change_at == change


def test_a_lease_is_looked_at_when_it_runs_out() -> None:
    """The end of a lease is an instant of change even when every key's own instants are past."""
    evidence = Evidence({}, lease(GONE + HOUR))
    assert judge(expectation(key()), evidence, GONE).next_change_at == GONE + HOUR
