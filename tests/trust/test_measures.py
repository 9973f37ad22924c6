"""Measures: what counts for a game date, until when, and what is left out of every window alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.nba.calendar import eastern
from fullcourt.trust.comparison import Rates, Times
from fullcourt.trust.gaps import Ending, KeyChange, gaps
from fullcourt.trust.measures import (
    MEASURES,
    NightRun,
    Window,
    followed_at,
    settled_at,
)

NIGHT = date(2025, 1, 9)
NEXT = date(2025, 1, 10)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DUE = eastern(NEXT, 3)
LATER = datetime(2025, 3, 1, tzinfo=UTC)
BY_NAME = {measure.name: measure for measure in MEASURES}


def run(opened: datetime = DUE, **changes: Any) -> NightRun:
    """A run of the night that succeeded and wrote."""
    made = NightRun(
        "run", NIGHT, "succeeded", opened, opened + MINUTE, opened + HOUR, opened + 2 * MINUTE,
        is_zero=False, is_false_positive=None,
    )  # fmt: skip
    return replace(made, **changes)


def change(
    at: datetime, state: str, key: str = "a", dataset: str = "grades", night: date = NIGHT
) -> KeyChange:
    """A key's state from an instant on."""
    return KeyChange(dataset, night, key, state, None, state, at)


def window(changes: Iterable[KeyChange] = (), runs: Iterable[NightRun] = (), **more: Any) -> Window:
    """The two nights, followed long since; every key due at DUE, every healed gap by a run."""
    history = tuple(changes)
    found = gaps(history)
    made = Window(
        nights=(NIGHT, NEXT),
        runs=tuple(runs),
        gaps=found,
        changes=history,
        due={(one.dataset, one.game_date, one.key): DUE for one in history},
        brought=frozenset(gap for gap in found if gap.ending is Ending.HEALED),
        now=LATER,
    )
    return replace(made, **more)


def rates(name: str, of: Window) -> list[tuple[float, float]]:
    """Part and whole of each night."""
    sample = BY_NAME[name].sample(of)
    assert isinstance(sample, Rates)
    return list(zip(sample.parts, sample.wholes, strict=True))


def times(name: str, of: Window) -> list[tuple[int, float, bool]]:
    """Night's place, minutes, and whether they ended."""
    sample = BY_NAME[name].sample(of)
    assert isinstance(sample, Times)
    return list(zip(sample.of_date, sample.values, sample.is_ended, strict=True))


def test_a_night_settles_at_noon_and_is_followed_for_three_days() -> None:
    """Eastern noon of the next day, also over a change of the clocks."""
    assert settled_at(NIGHT) == datetime(2025, 1, 10, 17, tzinfo=UTC)
    assert settled_at(date(2025, 3, 8)) == datetime(2025, 3, 9, 16, tzinfo=UTC)
    assert followed_at(NIGHT) - settled_at(NIGHT) == timedelta(hours=72)


def test_runs_count_for_the_night_they_are_of() -> None:
    """Zero runs and successes of each night; a run that is open is neither."""
    runs = [
        run(),
        run(is_zero=True, is_false_positive=True),
        run(is_zero=True, is_false_positive=False, state="failed"),
        run(is_zero=True, state="skipped"),
        run(state="running", closed_at=None),
        run(game_date=NEXT),
    ]
    of = window(runs=runs)
    assert rates("zero runs", of) == [(3, 1), (0, 1)]
    assert rates("false-positive rate", of) == [(1, 2), (0, 0)]
    assert rates("run success rate", of) == [(2, 3), (1, 1)]


@pytest.mark.parametrize(
    ("opened", "counts"),
    [
        (settled_at(NIGHT), 1),
        (settled_at(NIGHT) + MINUTE, 0),
        (DUE - MINUTE, 1),
        (DUE + MINUTE, 1),
    ],
)
def test_what_runs_later_is_left_out(opened: datetime, counts: int) -> None:
    """A backfill of an old night is no run of that night."""
    assert rates("zero runs", window(runs=[run(opened, is_zero=True)]))[0] == (counts, 1)


def test_what_runs_after_the_deployment_is_not_before_it() -> None:
    """The last night before may be finished by the new code: those runs are left out."""
    runs = [run(DUE, is_zero=True), run(DUE + HOUR, is_zero=True)]
    assert rates("zero runs", window(runs=runs, runs_before=DUE + HOUR))[0] == (1, 1)


@pytest.mark.parametrize(
    ("changes", "hours"),
    [
        ({"state": "timed_out", "closed_at": DUE + 3 * HOUR, "last_sign_at": DUE + HOUR}, 2),
        ({"state": "abandoned", "closed_at": DUE + 3 * HOUR, "last_sign_at": DUE}, 3),
        ({"state": "failed", "closed_at": DUE + 3 * HOUR, "last_sign_at": DUE}, 0),
        ({"state": "running", "closed_at": None, "last_sign_at": LATER - 5 * HOUR}, 5),
        ({"state": "running", "closed_at": None, "deadline_at": LATER + HOUR}, 0),
    ],
)
def test_a_run_is_stuck_from_its_last_sign_of_life(changes: dict[str, Any], hours: float) -> None:
    """Until it was ended; a long run that lives is not stuck."""
    assert rates("hours stuck", window(runs=[run(**changes)]))[0] == (hours, 1)


def test_losses_are_keys_and_recovered_in_time() -> None:
    """Withdrawn ones were none; one healed on the fifth day, or given up, is not recovered."""
    at = DUE + MINUTE
    history = [
        *(change(at, "missing", key) for key in "abcd"),
        change(at + HOUR, "complete", "a"),
        change(at + HOUR, "retired", "b"),
        change(followed_at(NIGHT) + MINUTE, "complete", "c"),
        change(at + 2 * HOUR, "unrecoverable", "d"),
    ]
    assert rates("losses found", window(history)) == [(3, 1), (0, 1)]
    assert rates("losses recovered", window(history)) == [(1, 3), (0, 0)]


def test_a_night_that_is_not_followed_yet_says_nothing_of_losses() -> None:
    """Its losses had less time to be found and healed; its runs count as soon as it has settled."""
    history = [change(DUE, "missing"), change(DUE + HOUR, "complete")]
    young = window(history, [run(is_zero=True)], now=followed_at(NIGHT))
    assert rates("losses found", young) == [(1, 1)]
    assert rates("losses found", replace(young, now=followed_at(NIGHT) - MINUTE)) == []
    assert len(rates("zero runs", young)) == 2


def test_detection_runs_from_due_to_found() -> None:
    """Of keys that were never held before, whose due time is known and had passed."""
    history = [
        change(DUE + 20 * MINUTE, "missing", "a"),
        change(DUE - HOUR, "complete", "b"),
        change(DUE + 30 * MINUTE, "missing", "b"),
        change(DUE - MINUTE, "missing", "c"),
        change(DUE + 40 * MINUTE, "missing", "d"),
        change(DUE + 50 * MINUTE, "missing", "e", night=NEXT),
    ]
    of = window(history)
    known = {key: due for key, due in of.due.items() if key[2] != "d"}
    assert times("time to detect", replace(of, due=known)) == [(0, 20, True), (1, 50, True)]


def test_healing_counts_what_has_not_healed() -> None:
    """An open gap is at least so long; one that was given up is longer than any."""
    history = [
        *(change(DUE, "missing", key, dataset=key) for key in "abcd"),
        change(DUE + HOUR, "complete", "a", dataset="a"),
        change(DUE + HOUR, "unrecoverable", "b", dataset="b"),
        change(DUE + 2 * HOUR, "retired", "c", dataset="c"),
    ]
    found = {(minutes, ended) for _, minutes, ended in times("time to heal", window(history))}
    open_for = (LATER - DUE) / MINUTE
    assert found == {(60, True), (inf, False), (120, False), (open_for, False)}


@pytest.mark.parametrize(
    ("found", "healed", "overdue"),
    [
        (DUE, None, 1),
        (DUE, settled_at(NIGHT), 0),
        (DUE, settled_at(NIGHT) + MINUTE, 1),
        # Found late, but due long before: it was overdue all the same.
        (settled_at(NIGHT) + HOUR, settled_at(NIGHT) + 2 * HOUR, 1),
    ],
)
def test_a_cell_is_overdue_at_noon(found: datetime, healed: datetime | None, overdue: int) -> None:
    """With a key missing then, whoever had noticed; two keys of one cell are one cell."""
    history = [change(found, "missing", key) for key in "ab"]
    history += [change(healed, "complete", key) for key in "ab"] if healed else []
    assert rates("overdue cells", window(history))[0] == (overdue, 1)


def test_an_alarm_is_confirmed_by_what_came_or_never_came() -> None:
    """A run brought it, or it was given up; held without a run, or withdrawn, it was false."""
    at = DUE + MINUTE
    history = [
        *(change(at, "missing", key, dataset=key) for key in "abcde"),
        change(at + HOUR, "complete", "a", dataset="a"),
        change(at + HOUR, "complete", "b", dataset="b"),
        change(at + HOUR, "unrecoverable", "c", dataset="c"),
        change(at + HOUR, "retired", "d", dataset="d"),
    ]
    of = window(history)
    by_run = frozenset(gap for gap in of.brought if gap.dataset == "a")
    assert rates("alarms confirmed", replace(of, brought=by_run))[0] == (2, 4)


def test_a_verdict_is_overturned_when_what_it_said_was_not_so() -> None:
    """Complete and then missing or suspect; missing, and then there without a run."""
    at = DUE + MINUTE
    history = [
        change(at, "complete", "a"),
        change(at + HOUR, "missing", "a"),
        change(at + 2 * HOUR, "complete", "a"),
        change(at, "complete", "b"),
        change(at + HOUR, "stale", "b"),
        change(at, "complete", "c"),
        change(at + HOUR, "suspect", "c"),
        change(at, "missing", "d", dataset="schedule"),
        change(at + HOUR, "complete", "d", dataset="schedule"),
        change(at, "complete", "e"),
        change(followed_at(NIGHT) + MINUTE, "missing", "e"),
    ]
    of = window(history)
    assert rates("verdicts overturned", of)[0] == (2, 1)
    by_run = frozenset(gap for gap in of.brought if gap.dataset == "grades")
    assert rates("verdicts overturned", replace(of, brought=by_run))[0] == (3, 1)


STATES = ["not_due", "waiting", "missing", "complete", "stale", "retired", "unrecoverable"]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(STATES), st.sampled_from([NIGHT, NEXT])),
        max_size=14,
    )
)
def test_no_part_is_more_than_its_whole(events: list[tuple[str, str, date]]) -> None:
    """Whatever the history: a share is one, nothing is negative, each night has its place."""
    history = [
        change(DUE + hour * HOUR, state, key, night=night)
        for hour, (key, state, night) in enumerate(events)
    ]
    of = window(history)
    for measure in MEASURES:
        sample = measure.sample(of)
        if isinstance(sample, Times):
            assert all(value >= 0 for value in sample.values)
            assert all(0 <= place < sample.dates for place in sample.of_date)
            continue
        assert len(sample.parts) == len(sample.wholes) == len(of.nights)
        assert all(part >= 0 for part in sample.parts)
        if measure.is_share:
            pairs = zip(sample.parts, sample.wholes, strict=True)
            assert all(part <= whole for part, whole in pairs)


def test_every_measure_has_its_own_name_and_unit() -> None:
    """Shares say of what, counts say per game date, times are minutes."""
    assert len(BY_NAME) == len(MEASURES) == 11
    for measure in MEASURES:
        unit = measure.sample(window()).unit
        assert unit.startswith("share of ") is measure.is_share
        assert measure.is_share or unit.endswith("a game date") or unit == "minutes (median)"
