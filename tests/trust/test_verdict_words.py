"""What a verdict says: the reason of every key and cell, and what it was judged from."""

from __future__ import annotations

from datetime import datetime

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import (
    ALARMS,
    Cause,
    CellVerdict,
    Evidence,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    LeaseEvidence,
)
from tests.trust.cells import (
    DAY,
    DUE,
    EARLY,
    GONE,
    HOUR,
    LATE,
    MINUTE,
    START,
    STARTED,
    cell,
    expectation,
    key,
    lease,
    tried,
)

UPSTREAM = "player_box_scores LAL@CHA"
UNSEEN = KeyEvidence()
BLOCKED = KeyEvidence(blocked_by=UPSTREAM)
EMPTY = tried(cause=Cause.VENDOR_EMPTY)
REFUSED = tried(cause=Cause.VENDOR_BLOCKED, detail="403")


@pytest.mark.parametrize(
    ("seen", "now", "state", "cause", "reason"),
    [
        (KeyEvidence(held=True), LATE, KeyState.COMPLETE, None, ""),
        # Nobody tried: the expectation's own word.
        (UNSEEN, EARLY, KeyState.NOT_DUE, None, "due 3 h after final"),
        (UNSEEN, STARTED, KeyState.NOT_DUE, None, "due 3 h after final"),
        # Tried before it was due: how that ended.
        (tried(), STARTED, KeyState.WAITING, None, "tried"),
        (tried(detail="204"), STARTED, KeyState.WAITING, None, "tried: 204"),
        (EMPTY, STARTED, KeyState.WAITING, Cause.VENDOR_EMPTY, "vendor_empty"),
        (REFUSED, STARTED, KeyState.WAITING, Cause.VENDOR_BLOCKED, "vendor_blocked: 403"),
        # In the way of it: what, under the cause the witness gave.
        (
            KeyEvidence(blocked_by=UPSTREAM, cause=Cause.VENDOR_EMPTY),
            STARTED,
            KeyState.WAITING,
            Cause.VENDOR_EMPTY,
            f"blocked upstream: {UPSTREAM}",
        ),
        (
            BLOCKED,
            LATE,
            KeyState.WAITING,
            Cause.BLOCKED_UPSTREAM,
            f"blocked upstream: {UPSTREAM}",
        ),
        # A gate that gave no detail: what it counted.
        (
            KeyEvidence(blocked_by="player_game_summary 5 of 9", cause=Cause.GATE_CLOSED),
            LATE,
            KeyState.MISSING,
            Cause.GATE_CLOSED,
            "gate_closed: blocked upstream: player_game_summary 5 of 9",
        ),
        # Missing and given up say the same.
        (UNSEEN, LATE, KeyState.MISSING, Cause.NEVER_RUN, "never_run"),
        (UNSEEN, GONE, KeyState.UNRECOVERABLE, Cause.NEVER_RUN, "never_run"),
        (EMPTY, LATE, KeyState.MISSING, Cause.VENDOR_EMPTY, "vendor_empty"),
        (EMPTY, GONE, KeyState.UNRECOVERABLE, Cause.VENDOR_EMPTY, "vendor_empty"),
        (REFUSED, LATE, KeyState.MISSING, Cause.VENDOR_BLOCKED, "vendor_blocked: 403"),
        (REFUSED, GONE, KeyState.UNRECOVERABLE, Cause.VENDOR_BLOCKED, "vendor_blocked: 403"),
        # Given up behind something else is not "nobody tried".
        (
            BLOCKED,
            GONE,
            KeyState.UNRECOVERABLE,
            Cause.BLOCKED_UPSTREAM,
            f"blocked upstream: {UPSTREAM}",
        ),
    ],
)
def test_a_key_says_why(
    seen: KeyEvidence, now: datetime, state: KeyState, cause: Cause | None, reason: str
) -> None:
    """A key that is not held carries its cause and the witness's detail; a held one needs none."""
    (judged,) = judge(expectation(key()), Evidence({"k": seen}), now).keys
    assert (judged.state, judged.cause, judged.reason) == (state, cause, reason)


def test_a_run_that_said_nothing_yet_has_started() -> None:
    """A key that is worked on names the run and how far it is."""
    silent = LeaseEvidence("nba-1", LATE + MINUTE, LATE + HOUR, "")
    for work, said in ((silent, "started"), (lease(LATE + MINUTE), "game 3 of 7")):
        (judged,) = judge(expectation(key()), Evidence({}, work), LATE).keys
        assert judged.reason == f"run nba-1: {said}"


@pytest.mark.parametrize(
    ("expected", "seen", "work", "state"),
    [
        # The first instant of the window belongs to it.
        (key(), UNSEEN, lease(START + HOUR), KeyState.RUNNING),
        (key(), BLOCKED, None, KeyState.WAITING),
        (key(start_at=START + MINUTE), BLOCKED, None, KeyState.NOT_DUE),
        (key(due_at=START), UNSEEN, None, KeyState.MISSING),
        (key(start_at=START + HOUR, due_at=START), UNSEEN, None, KeyState.MISSING),
    ],
)
def test_an_instant_belongs_to_what_begins_with_it(
    expected: KeyExpectation, seen: KeyEvidence, work: LeaseEvidence | None, state: KeyState
) -> None:
    """At its start a key may be worked on or wait; at its due time it is missing."""
    (judged,) = judge(expectation(expected), Evidence({"k": seen}, work), START).keys
    assert judged.state is state


def test_a_verdict_names_what_it_was_judged_from() -> None:
    """Cell, evidence, instant, and each key with its name and its game."""
    expected = expectation(key(game_id="0022400001"), warnings=("J. Doe: not resolved",))
    judged = judge(expected, Evidence({}, unexpected=("x",), digest="d1"), LATE)
    assert (judged.cell, judged.evidence_digest, judged.judged_at) == (cell(), "d1", LATE)
    assert judged.warnings == ("J. Doe: not resolved", "1 keys held that nothing expects")
    (one,) = judged.keys
    assert (one.key, one.name, one.game_id) == ("k", "the key k", "0022400001")
    assert judged.in_state(KeyState.MISSING, KeyState.STALE) == (one,)
    assert judged.in_state(KeyState.COMPLETE) == ()


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (eastern(DAY, 23, 30), "next due 23:30 Eastern"),
        (eastern(DAY, 23, 59), "next due 23:59 Eastern"),
        (DUE, "next due 00:00 Eastern on 01-10"),
    ],
)
def test_the_next_due_time_names_its_date_when_it_is_another(due: datetime, reason: str) -> None:
    """Eastern wall-clock time, with the date only where it is not the cell's own."""
    later = key("z", start_at=EARLY, due_at=due + HOUR)
    first = key("a", start_at=EARLY, due_at=due)
    held = key("h", due_at=due - HOUR)
    judged = judge(
        expectation(later, first, held),
        Evidence({"h": KeyEvidence(held=True)}),
        min(EARLY, due - HOUR),
    )
    assert (judged.verdict, judged.reason) == (CellVerdict.NOT_DUE, reason)


def seen_of(**causes: str) -> dict[str, KeyEvidence]:
    """Keys that were tried, each with its cause and a detail of its own."""
    return {name: tried(cause=Cause(word), detail=name) for name, word in causes.items()}


@pytest.mark.parametrize(
    ("seen", "now", "reason"),
    [
        # The details differ, the cause is one.
        (seen_of(a="hung", b="hung"), LATE, "hung"),
        (seen_of(a="hung", b="hung"), STARTED, "hung"),
        (seen_of(a="hung", b="hung"), GONE, "hung"),
        # As many of each: by the alphabet, so that the words do not change from tick to tick.
        (seen_of(a="vendor_empty", b="hung"), LATE, "hung (and 1 other reason)"),
        (
            seen_of(a="vendor_failed", b="hung", c="vendor_empty"),
            LATE,
            "hung (and 2 other reasons)",
        ),
        (
            seen_of(a="hung", b="vendor_failed", c="vendor_failed"),
            LATE,
            "vendor_failed (and 1 other reason)",
        ),
        # Many keys behind one dataset are one reason.
        (
            {
                "a": KeyEvidence(blocked_by="player_box_scores LAL@CHA"),
                "b": KeyEvidence(blocked_by="player_box_scores NYK@BOS"),
            },
            LATE,
            "blocked upstream: player_box_scores",
        ),
    ],
)
def test_a_cell_says_why_in_short(seen: dict[str, KeyEvidence], now: datetime, reason: str) -> None:
    """The commonest cause without any key's detail, and how many others there are."""
    assert judge(expectation(*map(key, seen)), Evidence(seen), now).reason == reason


def test_only_the_keys_that_make_the_verdict_give_its_reason() -> None:
    """A cell with missing keys does not speak of those that wait or were withdrawn."""
    seen = {"a": tried(cause=Cause.HUNG), "b": BLOCKED, "c": BLOCKED}
    gone = key("d", retired="postponed")
    judged = judge(expectation(gone, *map(key, seen)), Evidence(seen), LATE)
    assert (judged.verdict, judged.reason) == (CellVerdict.MISSING, "hung")
    zero = judge(expectation(gone, key("e", retired="moved")), Evidence(), LATE)
    assert zero.reason == "moved (and 1 other reason)"


def test_four_verdicts_are_alarms() -> None:
    """`status` exits 1 for what is partial, missing, suspect or stale, and for nothing else."""
    assert {verdict.value for verdict in ALARMS} == {"partial", "missing", "suspect", "stale"}
