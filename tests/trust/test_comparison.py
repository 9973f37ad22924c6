"""Comparisons: no more bold than they say, not blind, and the same from either side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from fullcourt.trust.comparison import (
    FEWEST_DATES,
    Better,
    Change,
    Rates,
    Times,
    compare,
)

Random = np.random.Generator
Drawn = Callable[[Random, int, float], Rates | Times]
OTHER = {
    Change.BETTER: Change.WORSE,
    Change.WORSE: Change.BETTER,
    Change.CANNOT_TELL: Change.CANNOT_TELL,
}


def counts(random: Random, dates: int, factor: float) -> Rates:
    """Runs a date that come in clusters: most dates few, a bad one many."""
    bad = random.gamma(1.0, 4.0 * factor, dates)
    return Rates("runs a game date", tuple(map(float, random.poisson(bad))), (1.0,) * dates)


def shares(random: Random, dates: int, factor: float) -> Rates:
    """Successes of a few runs a date; the chance differs from date to date."""
    wholes = random.integers(0, 12, dates)
    chance = np.clip(random.beta(6, 6, dates) * factor, 0, 1)
    parts = random.binomial(wholes, chance)
    return Rates("share of runs", tuple(map(float, parts)), tuple(map(float, wholes)))


def waits(random: Random, dates: int, factor: float) -> Times:
    """Minutes until gaps healed, alike on one date; a fifth of them has not ended."""
    scale = random.gamma(2.0, 30.0, dates) * factor
    of_date = np.repeat(np.arange(dates), random.integers(1, 5, dates))
    values = random.exponential(scale[of_date])
    ended = random.random(len(values)) < 0.8
    return Times(
        "minutes",
        dates,
        tuple(map(int, of_date)),
        tuple(map(float, values)),
        tuple(map(bool, ended)),
    )


@pytest.mark.parametrize("drawn", [counts, shares, waits])
@pytest.mark.parametrize("dates", [(6, 6), (12, 20)])
def test_what_does_not_differ_is_seldom_said_to(drawn: Drawn, dates: tuple[int, int]) -> None:
    """Windows drawn alike are called better or worse in one of twenty at most, but for chance."""
    plays = 80
    random = np.random.default_rng(7)
    found = [
        compare(drawn(random, dates[0], 1.0), drawn(random, dates[1], 1.0), Better.LESS)
        for _ in range(plays)
    ]
    said = sum(one.change is not Change.CANNOT_TELL for one in found)
    assert said <= binom.ppf(0.999, plays, 0.05)


@pytest.mark.parametrize(
    ("drawn", "before", "after", "better", "change"),
    [
        (counts, 1.0, 0.05, Better.LESS, Change.BETTER),
        (counts, 0.2, 2.0, Better.LESS, Change.WORSE),
        (shares, 0.4, 1.8, Better.MORE, Change.BETTER),
        (shares, 1.8, 0.4, Better.MORE, Change.WORSE),
        (waits, 8.0, 0.5, Better.LESS, Change.BETTER),
    ],
)
def test_a_large_effect_is_found(
    drawn: Drawn, before: float, after: float, better: Better, change: Change
) -> None:
    """Over twenty dates a side it is seen nearly always, in its direction, with its interval."""
    random = np.random.default_rng(11)
    found = [
        compare(drawn(random, 20, before), drawn(random, 20, after), better) for _ in range(25)
    ]
    right = [one for one in found if one.change is change]
    assert len(right) >= 23
    for one in right:
        assert one.more_dates is None
        assert one.improvement is not None
        # Only the side away from no change may be unbounded: a base that is drawn as nothing.
        near = one.improvement_low if change is Change.BETTER else one.improvement_high
        assert near is not None
        assert 0 < near <= one.improvement or one.improvement <= near < 0
        assert (near > 0) is (change is Change.BETTER)


def samples() -> st.SearchStrategy[tuple[Rates | Times, Rates | Times]]:
    """Two samples of one kind, of any sizes, with many ties and empty dates."""

    def rates(dates: int) -> st.SearchStrategy[Rates]:
        one = st.tuples(st.integers(0, 4), st.integers(0, 4))
        return st.lists(one, min_size=dates, max_size=dates).map(
            lambda rows: Rates(
                "share of runs",
                tuple(float(min(row)) for row in rows),
                tuple(float(max(row)) for row in rows),
            )
        )

    def times(dates: int) -> st.SearchStrategy[Times]:
        value = st.sampled_from([0.0, 1.0, 2.0, 5.0, 9.0])
        one = st.tuples(st.integers(0, dates - 1), value, st.booleans())
        return st.lists(one, max_size=12).map(
            lambda rows: Times(
                "minutes",
                dates,
                tuple(row[0] for row in rows),
                tuple(row[1] if row[2] else row[1] or math.inf for row in rows),
                tuple(row[2] for row in rows),
            )
        )

    sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
    return sizes.flatmap(
        lambda size: st.one_of(
            st.tuples(rates(size[0]), rates(size[1])), st.tuples(times(size[0]), times(size[1]))
        )
    )


@given(samples(), st.sampled_from(Better))
@settings(max_examples=60)
def test_swapping_the_windows_swaps_the_answer(
    two: tuple[Rates | Times, Rates | Times], better: Better
) -> None:
    """Better becomes worse and back; the difference changes its sign, and nothing else does."""
    there, back = compare(*two, better), compare(two[1], two[0], better)
    if two[0] == two[1]:
        assert back == there and there.change is Change.CANNOT_TELL
        return
    assert back.change is OTHER[there.change]
    assert (back.before, back.after) == (there.after, there.before)
    assert back.p_value == there.p_value
    ends = (there.difference_low, there.difference_high)
    for one, other in zip((back.difference_high, back.difference_low), ends, strict=True):
        assert (one is None) == (other is None)
        assert one is None or other is None or math.isclose(one, -other, abs_tol=1e-12)


@given(samples(), st.sampled_from(Better))
@settings(max_examples=60)
def test_a_change_is_never_said_without_its_grounds(
    two: tuple[Rates | Times, Rates | Times], better: Better
) -> None:
    """Dates enough on both sides, a p value within the level, an interval beside no difference."""
    found = compare(*two, better)
    assert found.reason
    if found.change is Change.CANNOT_TELL:
        assert found.more_dates is None or found.more_dates >= 1
        return
    assert min(found.dates_before, found.dates_after) >= FEWEST_DATES
    assert found.p_value is not None and found.p_value <= 0.05
    low, high = found.difference_low, found.difference_high
    assert (low is None or low > 0) or (high is None or high < 0)
    is_more = found.after is None or (found.before is not None and found.after > found.before)
    assert (found.change is Change.BETTER) == (is_more == (better is Better.MORE))


def rates(*parts: float, whole: float = 1.0) -> Rates:
    """Parts of dates with the same whole."""
    return Rates("runs a game date", parts, (whole,) * len(parts))


def test_different_things_are_not_compared() -> None:
    """Dates are not runs, and a median is not a rate: that is a defect, not a number."""
    one = rates(1, 2, 3, 4, 5)
    with pytest.raises(ValueError, match="'runs a game date' and 'keys a game date'"):
        compare(one, replace(one, unit="keys a game date"), Better.LESS)
    with pytest.raises(ValueError, match="different things"):
        compare(one, Times(one.unit, 5, (), (), ()), Better.LESS)


def test_nothing_before_gives_no_per_cent() -> None:
    """From none to some is worse, by a difference; no percentage is invented."""
    found = compare(rates(*[0.0] * 10), rates(3, 2, 4, 3, 2, 3, 4, 2, 3, 4), Better.LESS)
    assert found.change is Change.WORSE
    assert (found.improvement, found.improvement_low, found.improvement_high) == (None,) * 3
    assert found.difference == pytest.approx(3.0)
    assert found.difference_low is not None and found.difference_low > 0


def test_all_gone_is_a_hundred_per_cent() -> None:
    """From some to none, on dates enough."""
    found = compare(rates(3, 2, 4, 3, 2, 3, 4, 2, 3, 4), rates(*[0.0] * 10), Better.LESS)
    assert (found.change, found.improvement) == (Change.BETTER, 100.0)
    # Ten dates without any do not prove that there is none on the eleventh.
    assert found.improvement_low is not None and 50 < found.improvement_low < 100
    assert found.improvement_high == 100.0


def test_dates_without_spread_still_leave_a_doubt() -> None:
    """One a date against none: an interval of no width would claim more than twelve dates show."""
    found = compare(rates(*[1.0] * 12), rates(*[0.0] * 12), Better.LESS)
    assert found.change is Change.BETTER
    assert found.difference_low is not None and found.difference_high is not None
    assert -1.0 <= found.difference_low < found.difference_high < -0.4
    alike = compare(rates(*[1.0] * 12), rates(*[1.0] * 12), Better.LESS)
    assert (alike.difference_low, alike.difference_high) == (0.0, 0.0)


def test_few_dates_say_nothing() -> None:
    """However large the difference; it is said how many more it takes."""
    found = compare(rates(9, 9, 9, 9), rates(0, 0, 0), Better.LESS)
    assert (found.change, found.more_dates) == (Change.CANNOT_TELL, FEWEST_DATES - 3)
    assert (found.improvement, found.p_value, found.improvement_low) == (100.0, None, None)


def test_dates_with_nothing_to_count_are_no_dates() -> None:
    """Ten dates of which three had a zero run are three."""
    before = Rates("share", (1,) * 3 + (0,) * 7, (2,) * 3 + (0,) * 7)
    found = compare(before, Rates("share", (1,) * 10, (2,) * 10), Better.LESS)
    assert (found.dates_before, found.change) == (3, Change.CANNOT_TELL)


def test_windows_are_compared_per_date() -> None:
    """Twice the dates with the same each is no change."""
    found = compare(rates(*[2, 4] * 5), rates(*[2, 4] * 10), Better.LESS)
    assert (found.before, found.after, found.difference) == (3.0, 3.0, 0.0)
    assert (found.change, found.more_dates) == (Change.CANNOT_TELL, None)


def test_one_bad_date_is_one() -> None:
    """Three hundred zero runs of one night are one date's, not three hundred proofs."""
    found = compare(rates(300, *[0.0] * 9), rates(*[0.0] * 10), Better.LESS)
    assert found.change is Change.CANNOT_TELL


def waited(*minutes: float, ended: bool = True) -> Times:
    """One time a date."""
    dates = len(minutes)
    return Times("minutes", dates, tuple(range(dates)), minutes, (ended,) * dates)


@pytest.mark.parametrize(
    ("times", "median"),
    [
        (waited(5, 1, 3), 3),
        (waited(1, 2, 3, 4), 2),
        (Times("m", 3, (0, 1, 2), (1, 2, 3), (True, False, True)), 3),
        (Times("m", 4, (0, 1, 2, 3), (1, 1, 1, math.inf), (True, True, True, False)), 1),
        (Times("m", 4, (0, 1, 2, 3), (1, math.inf, math.inf, math.inf), (True,) + (False,) * 3),
         None),
        (Times("m", 4, (0, 1, 1, 2), (2, 2, 2, 9), (False, True, True, True)), 2),
    ],
)  # fmt: skip
def test_a_median_counts_what_has_not_ended(times: Times, median: float | None) -> None:
    """It lasted at least so long; a median that half never reached is not a number."""
    assert compare(times, times, Better.LESS).before == median


def test_more_than_half_given_up_is_worse_than_a_median() -> None:
    """From healed within minutes to never: worse, without a percentage."""
    found = compare(waited(*[5.0] * 10), waited(*[math.inf] * 10, ended=False), Better.LESS)
    assert (found.change, found.after, found.improvement) == (Change.WORSE, None, None)


def again(sample: Rates, dates: int) -> Rates:
    """The same dates over and over, until there are at least so many."""
    times = math.ceil(dates / len(sample.parts))
    return Rates(sample.unit, sample.parts * times, sample.wholes * times)


@pytest.mark.parametrize("factor", [0.4, 0.6, 1.5])
def test_the_dates_that_are_said_to_suffice_do(factor: float) -> None:
    """What was seen, seen on so many dates more, is told."""
    random = np.random.default_rng(5)
    played = 0
    for _ in range(12):
        before, after = counts(random, 12, 1.0), counts(random, 12, factor)
        found = compare(before, after, Better.LESS)
        if found.more_dates is None or found.more_dates > 300:
            continue
        played += 1
        if "in each window" in found.reason:
            before = again(before, 12 + found.more_dates)
        after = again(after, 12 + found.more_dates)
        assert compare(before, after, Better.LESS).change is not Change.CANNOT_TELL
    assert played >= 3
