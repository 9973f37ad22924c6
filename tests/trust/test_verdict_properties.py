"""What must hold of `judge` whatever the cell looks like."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

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
    LeaseEvidence,
    Verdict,
)
from tests.trust.cells import MINUTE, START, cell

_MINUTES = 600
instants = st.integers(-_MINUTES, _MINUTES).map(lambda m: START + m * MINUTE)
maybe_instants = st.none() | instants
reasons = st.sampled_from([None, None, "postponed", "two witnesses disagree"])
_HELD = frozenset({KeyState.SUSPECT, KeyState.STALE, KeyState.COMPLETE})
# A state a key without evidence may be in instead of a good one.
_NOT_HELD = frozenset(KeyState) - _HELD


@st.composite
def keys(draw: st.DrawFn, name: str) -> KeyExpectation:
    """A key with any order of its instants, even one no dataset declares."""
    start, due = draw(instants), draw(instants)
    return KeyExpectation(
        key=name,
        name=name,
        start_at=start,
        due_at=due,
        horizon_at=draw(st.none() | st.integers(0, 300).map(lambda m: due + m * MINUTE)),
        why="because",
        retired=draw(reasons),
        unverifiable=draw(reasons),
        unverifiable_at=draw(maybe_instants),
        review_at=draw(maybe_instants),
        ask_once=draw(st.booleans()),
    )


seen_keys = st.builds(
    KeyEvidence,
    held=st.booleans(),
    suspect=reasons,
    stale=reasons,
    attempts=st.integers(0, 3),
    last_attempt_at=maybe_instants,
    cause=st.none() | st.sampled_from(list(Cause)),
    detail=st.sampled_from(["", "said so"]),
    blocked_by=st.sampled_from([None, "upstream"]),
    blocked_forever=st.booleans(),
)
leases = st.none() | st.builds(
    LeaseEvidence, st.just("run"), instants, instants, st.just("batch 1 of 2")
)


@st.composite
def cells(draw: st.DrawFn) -> tuple[Expectation, Evidence]:
    """A cell of up to five keys and what was seen of some of them."""
    names = [f"k{n}" for n in range(draw(st.integers(0, 5)))]
    expected = Expectation(
        cell(),
        tuple(draw(keys(name)) for name in names),
        unverifiable=draw(st.sampled_from([None, None, "no schedule"])),
    )
    seen = {name: draw(seen_keys) for name in names if draw(st.booleans())}
    return expected, Evidence(seen, draw(leases))


def opinion(verdict: Verdict) -> Verdict:
    """The verdict without the instants it was given at."""
    return replace(verdict, judged_at=START, next_change_at=None)


@given(cells(), instants, st.integers(0, 2**32))
def test_order_does_not_matter(
    made: tuple[Expectation, Evidence], now: datetime, seed: int
) -> None:
    """The verdict is the same in whatever order keys and evidence come."""
    expected, evidence = made
    mixed, seen = list(expected.keys), list(evidence.keys.items())
    Random(seed).shuffle(mixed)
    Random(seed + 1).shuffle(seen)
    again = judge(replace(expected, keys=tuple(mixed)), replace(evidence, keys=dict(seen)), now)
    assert again == judge(expected, evidence, now)


@given(cells(), instants, st.data())
def test_less_evidence_is_never_better(
    made: tuple[Expectation, Evidence], now: datetime, data: st.DataObject
) -> None:
    """Dropping evidence never makes a key held, nor a loss complete."""
    expected, evidence = made
    kept = {k: e for k, e in evidence.keys.items() if data.draw(st.booleans())}
    lease = evidence.lease if data.draw(st.booleans()) else None
    before = judge(expected, evidence, now)
    after = judge(expected, Evidence(kept, lease), now)
    held_before = {k.key for k in before.keys if k.state in _HELD}
    assert {k.key for k in after.keys if k.state in _HELD} <= held_before
    assert after.expected == before.expected
    if before.verdict is not CellVerdict.COMPLETE:
        # A key that was suspect or stale has lost the rows too: it is not held any more.
        assert after.verdict is not CellVerdict.COMPLETE
    if before.verdict is not CellVerdict.LEGITIMATE_ZERO:
        assert after.verdict is not CellVerdict.LEGITIMATE_ZERO


@given(cells(), instants, st.integers(0, 2 * _MINUTES))
def test_time_alone_never_takes_a_loss_back(
    made: tuple[Expectation, Evidence], now: datetime, later: int
) -> None:
    """A missing key stays so as time passes, until it is given up, disputed or worked on."""
    expected, evidence = made
    before = {k.key: k.state for k in judge(expected, evidence, now).keys}
    after = {k.key: k.state for k in judge(expected, evidence, now + later * MINUTE).keys}
    for name, state in before.items():
        if state is KeyState.MISSING:
            assert after[name] in {
                KeyState.MISSING,
                KeyState.UNRECOVERABLE,
                KeyState.UNVERIFIABLE,
                KeyState.RUNNING,
            }
        if state in _HELD | {KeyState.RETIRED}:
            assert after[name] is state


@given(cells(), instants, st.integers(0, 10_000))
def test_held_wins_over_the_horizon(
    made: tuple[Expectation, Evidence], now: datetime, days: int
) -> None:
    """A held key that was not withdrawn is held however late it came."""
    expected, evidence = made
    for judged in judge(expected, evidence, now + timedelta(days=days)).keys:
        seen = evidence.keys.get(judged.key, KeyEvidence())
        if seen.held and judged.state is not KeyState.RETIRED:
            assert judged.state in _HELD
        if not seen.held:
            assert judged.state in _NOT_HELD


@given(cells(), instants, st.floats(0, 1, exclude_max=True))
def test_nothing_changes_before_the_next_change(
    made: tuple[Expectation, Evidence], now: datetime, part: float
) -> None:
    """Until `next_change_at` the same evidence gives the same opinion; without one, for ever."""
    expected, evidence = made
    first = judge(expected, evidence, now)
    end = first.next_change_at or now + timedelta(days=3650)
    assert end > now
    tick = timedelta(microseconds=1)
    between = min(now + (end - now) * part, end - tick)
    assert opinion(judge(expected, evidence, between)) == opinion(first)


@given(cells(), instants)
def test_alarms_are_exactly_the_wrong_cells(
    made: tuple[Expectation, Evidence], now: datetime
) -> None:
    """Complete and zero allow no key in another state; a missing key always alarms."""
    judged = judge(*made, now)
    states = {k.state for k in judged.keys} - {KeyState.RETIRED}
    if judged.verdict is CellVerdict.COMPLETE:
        assert states == {KeyState.COMPLETE}
    if judged.verdict is CellVerdict.LEGITIMATE_ZERO:
        assert not states
    if KeyState.MISSING in states:
        assert judged.verdict in ALARMS
    assert judged.reason or judged.verdict is CellVerdict.COMPLETE
