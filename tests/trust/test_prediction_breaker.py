"""The prediction breaker: which slates fail, when it opens, whom it holds back, how it closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.nba.calendar import eastern
from fullcourt.trust.prediction_breaker import (
    HELD_BACK_DAYS,
    BreakerChange,
    BreakerState,
    PredictionBreaker,
    Slate,
    SlateEnd,
    advance,
    override,
    slate_of,
)

DAY = date(2025, 1, 9)
ONE = timedelta(days=1)
NEW = PredictionBreaker(DAY - ONE)
ENDS = {"g": SlateEnd.GOOD, "F": SlateEnd.FAILED, ".": SlateEnd.SILENT, "o": SlateEnd.OPEN}
LOST, HELD = ("unrecoverable", "processor_failed"), ("complete", None)


@pytest.mark.parametrize(
    ("keys", "seen", "expected"),
    [
        ({}, "", "silent"),
        ({"a": HELD, "b": HELD}, "", "good"),
        ({"a": LOST, "b": LOST}, "", "failed"),
        # Nine in ten are enough, eight are not.
        ({"x": LOST, **{f"k{n}": HELD for n in range(9)}}, "", "good"),
        ({"x": LOST, **{f"k{n}": HELD for n in range(8)}}, "", "failed"),
        ({"a": ("unrecoverable", "hung")}, "", "failed"),
        # Nobody ran it: only when somebody saw it missing before the tip.
        ({"a": ("unrecoverable", "never_run")}, "a", "failed"),
        ({"a": ("unrecoverable", "never_run")}, "", "silent"),
        # Not ours: upstream, a vendor, this breaker itself, a game called off.
        ({"a": ("unrecoverable", "blocked_upstream")}, "a", "silent"),
        ({"a": ("unrecoverable", "vendor_empty"), "b": HELD}, "", "good"),
        ({"a": ("unrecoverable", "gate_closed")}, "a", "silent"),
        ({"a": ("retired", None)}, "", "silent"),
        ({"a": ("retired", None), "b": LOST}, "", "failed"),
        ({"a": ("suspect", None), "b": ("stale", None)}, "", "good"),
        # Its last game has not begun.
        ({"a": LOST, "b": ("missing", "processor_failed")}, "", "open"),
        ({"a": HELD, "b": ("not_due", None)}, "", "open"),
        ({"a": HELD, "b": ("unverifiable", None)}, "", "open"),
    ],
)
def test_what_a_slate_says(
    keys: dict[str, tuple[str, str | None]], seen: str, expected: str
) -> None:
    """A slate fails by what our own side lost of it; everything else says nothing or good."""
    assert slate_of(DAY, keys, set(seen), DAY + ONE).end.value == expected


@pytest.mark.parametrize("keys", [{}, {"a": ("retired", None)}])
def test_a_slate_without_a_key_is_waited_for_until_its_date_is_over(
    keys: dict[str, tuple[str, str | None]],
) -> None:
    """In the morning nobody knows yet who is owed: that is no silent slate."""
    assert slate_of(DAY, keys, (), DAY).end is SlateEnd.OPEN
    assert slate_of(DAY, keys, (), DAY + ONE).end is SlateEnd.SILENT


def test_a_slate_disputed_for_days_is_not_waited_for() -> None:
    """An open slate is silent two days later."""
    keys = {"a": ("unverifiable", None)}
    assert slate_of(DAY, keys, (), DAY + ONE).end is SlateEnd.OPEN
    assert slate_of(DAY, keys, (), DAY + 2 * ONE).end is SlateEnd.SILENT


def play(ends: str) -> tuple[PredictionBreaker, list[BreakerChange]]:
    """The breaker after nights that end so, looked at late in each."""
    breaker, changes = NEW, list[BreakerChange]()
    slates: list[Slate] = []
    for n, letter in enumerate(ends):
        today = DAY + n * ONE
        slates.append(Slate(today, ENDS[letter], failed=5, held=7))
        breaker, made = advance(breaker, slates, eastern(today, 23), today)
        changes += made
    return breaker, changes


def told(changes: Sequence[BreakerChange]) -> str:
    """`open[01-12] half_open closed`: the states and the dates held back."""
    return " ".join(
        change.to_state.value
        + (f"[{' '.join(f'{day:%d}' for day in change.held_dates)}]" if change.held_dates else "")
        for change in changes
    )


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("gggg", ""),
        ("FF", ""),
        ("FFgFF", ""),
        ("FFF", "open[12]"),
        # A silent slate neither counts nor breaks the row.
        ("F.F..F", "open[15]"),
        # The date held back says nothing; the next one is tried.
        ("FFF.g", "open[12] half_open closed"),
        ("FFF.F", "open[12] half_open open[14 15]"),
        ("FFF.F..F", "open[12] half_open open[14 15] half_open open[17 18 19 20]"),
        ("FFF.F..g", "open[12] half_open open[14 15] half_open closed"),
        # An off day leaves the trial to the next slate that has a word to say.
        ("FFF...g", "open[12] half_open closed"),
        # After a trial that went well the row begins anew.
        ("FFF.gFF", "open[12] half_open closed"),
        ("FFF.gFFF", "open[12] half_open closed open[17]"),
        # What was made of a date held back is no trial.
        ("FFFg", "open[12]"),
        ("FFFF", "open[12]"),
    ],
)
def test_the_breaker_opens_tries_and_closes(ends: str, expected: str) -> None:
    """Three failed slates in a row hold back one date; then one slate decides."""
    assert told(play(ends)[1]) == expected


def test_the_reason_names_the_slates() -> None:
    """Whoever is held back reads which slates failed."""
    (change,) = play("FFF")[1]
    assert "2025-01-09, 2025-01-10, 2025-01-11" in change.reason


def test_a_breaker_found_late_holds_back_from_today_on() -> None:
    """Slates that are read days later hold back no date that is over."""
    slates = [Slate(DAY + n * ONE, SlateEnd.FAILED, 5, 0) for n in range(3)]
    today = DAY + 6 * ONE
    breaker, (change,) = advance(NEW, slates, eastern(today, 9), today)
    assert change.held_dates == (today,)
    assert breaker.retry_on == today + ONE


def test_a_person_closes_it() -> None:
    """An override closes an open breaker, with its reason; a closed one has nothing to close."""
    opened, _ = play("FFF")
    closed, change = override(opened, "the model is mended")
    assert change == BreakerChange(BreakerState.OPEN, BreakerState.CLOSED, "the model is mended")
    assert closed == PredictionBreaker(opened.read_through)
    assert override(closed, "again") == (closed, None)


NIGHTS = st.text(alphabet="gF.", max_size=60)


@given(NIGHTS)
def test_it_is_never_open_for_ever(ends: str) -> None:
    """Every opening holds back at most a week, and good slates close it soon after."""
    _, changes = play(ends + "." * 8 + "g")
    assert all(len(change.held_dates) <= HELD_BACK_DAYS[-1] for change in changes)
    assert not changes or changes[-1].to_state is BreakerState.CLOSED


@given(NIGHTS)
def test_looking_twice_or_rarely_comes_to_the_same_states(ends: str) -> None:
    """A slate is counted once: a second look at the same instant changes nothing."""
    breaker = NEW
    slates: list[Slate] = []
    for n, letter in enumerate(ends):
        today = DAY + n * ONE
        slates.append(Slate(today, ENDS[letter], 5, 7))
        breaker, _ = advance(breaker, slates, eastern(today, 23), today)
        assert advance(breaker, slates, eastern(today, 23), today) == (breaker, ())


@given(NIGHTS)
def test_its_changes_are_a_chain(ends: str) -> None:
    """Each change starts where the last one ended, and it opens only after three failures."""
    breaker, changes = play(ends)
    state = BreakerState.CLOSED
    for change in changes:
        assert change.from_state is state
        assert change.to_state is not state
        state = change.to_state
    assert breaker.state is state
    if changes:
        assert ends.replace(".", "").find("FFF") >= 0
