"""What is owed: one alert a cause, repeats folded, one recovery, a quiet start."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.trust.alerts import (
    AlertCause,
    AlertKind,
    AlertPolicy,
    Incident,
    Notice,
    NoticeKind,
    fold,
    summary,
)

START = datetime(2025, 1, 9, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
POLICY = AlertPolicy(remind_after=timedelta(hours=24), settle=timedelta(minutes=30))
NAMES = ("controller_dead", "missing:schedule:hung", "vendor_breaker:odds_api")


def cause(name: str, patience: timedelta = timedelta(0)) -> AlertCause:
    """A cause of that name."""
    return AlertCause(name, AlertKind.MISSING, f"{name} is wrong", "how", "mend it", patience)


def walk(
    nights: Sequence[Sequence[str]],
    policy: AlertPolicy = POLICY,
    *,
    patience: timedelta = timedelta(0),
    quietly: bool = False,
) -> list[tuple[datetime, Notice]]:
    """What is said when each look, a quarter of an hour apart, sees these causes."""
    incidents: tuple[Incident, ...] = ()
    said = []
    for look, names in enumerate(nights):
        now = START + look * QUARTER
        folded = fold(
            [cause(name, patience) for name in names],
            incidents,
            now,
            policy,
            quietly=quietly and look == 0,
        )
        incidents = tuple(i for i in folded.incidents if i.closed_at is None)
        said += [(now, notice) for notice in folded.notices]
    return said


def words(said: Sequence[tuple[datetime, Notice]]) -> str:
    """The kinds of notices by look: `alert@0 recovery@4`."""
    return " ".join(f"{n.kind.value}@{int((at - START) / QUARTER)}" for at, n in said)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        # x: the cause is there, -: it is not.
        ("", ""),
        ("---", ""),
        ("x", "alert@0"),
        ("xxxx", "alert@0"),
        ("xx-", "alert@0"),
        ("xx--", "alert@0"),
        ("xx---", "alert@0 recovery@4"),
        ("xx-----", "alert@0 recovery@4"),
        ("x-x-x-x-", "alert@0"),
        ("x-x---", "alert@0 recovery@5"),
        ("x---x---", "alert@0 recovery@3 alert@4 recovery@7"),
        ("x" * 97, "alert@0 reminder@96"),
        ("x" * 193, "alert@0 reminder@96 reminder@192"),
    ],
)
def test_one_cause_from_its_first_sight_to_its_end(looks: str, expected: str) -> None:
    """A cause is said once, again after a day, and once when it has stayed away for 30 minutes."""
    assert words(walk([["c"] if look == "x" else [] for look in looks])) == expected


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ("x", ""),
        ("x-", ""),
        ("xx", "alert@1"),
        ("x-x", ""),
        ("x-xx", "alert@3"),
        ("xx---", "alert@1 recovery@4"),
    ],
)
def test_what_may_pass_by_itself_is_said_when_it_lasts(looks: str, expected: str) -> None:
    """A patient cause that is gone before its time goes without a word."""
    said = walk([["c"] if look == "x" else [] for look in looks], patience=QUARTER)
    assert words(said) == expected


def test_reminders_can_be_switched_off() -> None:
    """Without a reminder a cause is said once however long it lasts."""
    never = AlertPolicy(remind_after=None, settle=POLICY.settle)
    assert words(walk([["c"]] * 400, never)) == "alert@0"


def test_a_quiet_start_is_one_summary_and_ends_with_recoveries() -> None:
    """What the first look of all finds is named once, together; its end is said like any other."""
    opened = fold([cause(n) for n in NAMES], (), START, POLICY, quietly=True)
    assert opened.notices == ()
    told = summary(opened.incidents)
    assert told is not None
    assert told.kind is NoticeKind.SUMMARY
    assert all(f"{name} is wrong" in told.body for name in NAMES)
    assert words(walk([NAMES, [], [], []], quietly=True)) == " ".join(["recovery@3"] * 3)


def test_no_summary_of_what_is_over_or_was_never_said() -> None:
    """A channel that is new is told only of what was said and is still open."""
    said = Incident(cause("a"), START, START, said_at=START)
    over = Incident(cause("b"), START, START, said_at=START, closed_at=START)
    unsaid = Incident(cause("c"), START, START)
    assert summary([over, unsaid]) is None
    told = summary([over, unsaid, said])
    assert told is not None
    assert told.title.startswith("1 open cause ")


def test_a_recovery_says_how_it_ended() -> None:
    """The ending that was found for a cause stands in its recovery."""
    before = Incident(cause("a"), START, START, said_at=START, gone_since=START)
    later = START + POLICY.settle
    (notice,) = fold([], [before], later, POLICY, endings={"a": "3 of its keys"}).notices
    assert notice.body.startswith("3 of its keys")


LOOKS = st.lists(st.lists(st.sampled_from(NAMES), unique=True, max_size=3), max_size=250)
POLICIES = st.builds(
    AlertPolicy,
    remind_after=st.none() | st.integers(1, 100).map(lambda n: n * QUARTER),
    settle=st.integers(0, 8).map(lambda n: n * QUARTER),
)


@given(LOOKS, POLICIES, st.integers(0, 4), st.booleans())
def test_no_cause_is_said_twice_within_its_time(
    looks: list[list[str]], policy: AlertPolicy, patience: int, quietly: bool
) -> None:
    """Words on an open cause lie the folding time apart; alert and recovery take turns."""
    said = walk(looks, policy, patience=patience * QUARTER, quietly=quietly)
    for name in NAMES:
        last: tuple[datetime, NoticeKind] | None = None
        is_open = quietly and patience == 0 and bool(looks) and name in looks[0]
        for at, notice in said:
            if notice.cause != name:
                continue
            if notice.kind is NoticeKind.ALERT:
                assert not is_open
                is_open = True
            elif notice.kind is NoticeKind.REMINDER:
                assert is_open
                assert policy.remind_after is not None
                assert last is None or at - last[0] >= policy.remind_after
            else:
                assert is_open
                is_open = False
            last = (at, notice.kind)


@given(LOOKS, POLICIES)
def test_every_alert_is_over_in_the_end(looks: list[list[str]], policy: AlertPolicy) -> None:
    """When all causes have stayed away for long, there are as many recoveries as alerts."""
    said = walk([*looks, *[[] for _ in range(12)]], policy)
    kinds = Counter((notice.cause, notice.kind) for _, notice in said)
    for name in NAMES:
        assert kinds[name, NoticeKind.ALERT] == kinds[name, NoticeKind.RECOVERY]


@given(LOOKS, POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_causes_and_incidents_is_no_matter(
    looks: list[list[str]], policy: AlertPolicy, dice: random.Random
) -> None:
    """Shuffled causes and incidents give the same incidents and the same notices."""
    incidents: tuple[Incident, ...] = ()
    for look, names in enumerate(looks):
        now = START + look * QUARTER
        causes = [cause(name) for name in names]
        folded = fold(causes, incidents, now, policy)
        shuffled = list(incidents)
        dice.shuffle(causes)
        dice.shuffle(shuffled)
        assert fold(causes, shuffled, now, policy) == folded
        incidents = tuple(i for i in folded.incidents if i.closed_at is None)


@given(LOOKS)
def test_a_second_look_at_the_same_instant_says_nothing_new(looks: list[list[str]]) -> None:
    """Two watchers at one instant owe what one owes, and count one sight."""
    incidents: tuple[Incident, ...] = ()
    for look, names in enumerate(looks):
        now = START + look * QUARTER
        causes = [cause(name) for name in names]
        folded = fold(causes, incidents, now, POLICY)
        incidents = tuple(i for i in folded.incidents if i.closed_at is None)
        again = fold(causes, incidents, now, POLICY)
        assert again.notices == ()
        assert again.incidents == incidents
