"""Whether two windows of game dates differ, by how much, and whether that can be told. Pure.

The unit is the game date: what happens on one date hangs together (one outage, one slate), so
dates are drawn and exchanged whole, never single runs or keys.

* Test: dates are dealt to the windows anew, and the difference, divided by its standard error, is
  compared with the one seen. Exact where dates are exchangeable (Fisher 1935), right for many dates
  where windows only have the same mean (Janssen 1997; Chung and Romano 2013). All deals when there
  are few, else a seeded sample of them, counted so that it is never too bold (Phipson and Smyth
  2010). Times are tested by their log-rank scores (martingale residuals: Therneau, Grambsch and
  Fleming 1990), which know what has not ended yet.
* Interval: percentiles of a seeded bootstrap over dates (Efron and Tibshirani 1993, ch. 13). A
  window whose dates are all alike would have none: it is widened by Laplace's rule of succession.
* Standard error of a rate: of a ratio of sums over dates (Cochran 1977, 6.4).
* Median of times that may not have ended: Kaplan and Meier (1958).

A change is named when test and interval agree. Dates that follow one another are taken as
independent: trouble that lasts for many dates counts as many.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
FEWEST_DATES = 5
"""With fewer dates in a window nothing is said of it: four against four can hardly differ."""
_DRAWS = 1_999
_SEED = 20_250_109
_POWER_Z = 1.959964 + 0.841621
"""Standard normal quantiles: two-sided 5 %, and a chance of 80 % to see what is there."""
_MOST_CELLS = 2_000_000
_MOST_UNKNOWN = 0.05

Array = npt.NDArray[np.float64]


class Better(StrEnum):
    """Which way a number is better."""

    LESS = "less"
    MORE = "more"


class Change(StrEnum):
    """What can be said of a change."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell yet"


@dataclass(frozen=True, slots=True)
class Rates:
    """A part and a whole for each game date; the value is the sum of parts over that of wholes.

    `unit` names both (`runs a game date`, `share of keys`).
    """

    unit: str
    parts: tuple[float, ...]
    wholes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Times, each of one of `dates` game dates (by place); the value is their median.

    A time that has not ended (`is_ended` false) is known to be at least so long; infinite: it will
    never end.
    """

    unit: str
    dates: int
    of_date: tuple[int, ...]
    values: tuple[float, ...]
    is_ended: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before and after, in the samples' unit. Null: not known, or not bounded.

    `improvement` is in per cent of `before`, positive when better; null when `before` is 0.
    `dates_before`, `dates_after`: game dates with anything to count. `more_dates`: so many game
    dates more would tell with a chance of 80 % if what is seen is real (null: no number would).
    """

    before: float | None
    after: float | None
    dates_before: int
    dates_after: int
    change: Change = Change.CANNOT_TELL
    reason: str = ""
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    improvement: float | None = None
    improvement_low: float | None = None
    improvement_high: float | None = None
    p_value: float | None = None
    more_dates: int | None = None


def compare(before: Rates | Times, after: Rates | Times, better: Better) -> Comparison:
    """Compare two samples of the same kind and unit.

    Raises:
        ValueError: they are of different kinds or units.
    """
    if type(before) is not type(after) or before.unit != after.unit:
        raise ValueError(f"{before.unit!r} and {after.unit!r} are different things")
    pool = _Pool(before, after)
    seen_before, seen_after = (float(seen[0]) for seen in pool.seen())
    observed = _minus(seen_after, seen_before)
    counted = _dates_counted(before), _dates_counted(after)
    made = Comparison(_finite(seen_before), _finite(seen_after), *counted)
    if math.isnan(observed):
        sides = (("before", seen_before), ("after", seen_after))
        empty = " and ".join(word for word, value in sides if math.isnan(value))
        return replace(made, reason=f"there was none {empty}")
    made = replace(
        made,
        difference=_finite(observed),
        improvement=_percent(seen_before, seen_after, better),
    )
    if min(counted) < FEWEST_DATES:
        return replace(
            made,
            more_dates=FEWEST_DATES - min(counted),
            reason=f"fewer than {FEWEST_DATES} game dates with any in a window",
        )
    return _judged(made, observed, pool.p_value(), pool.drawn(), better)


def _judged(
    made: Comparison, observed: float, p_value: float, drawn: tuple[Array, Array], better: Better
) -> Comparison:
    first, second = drawn
    low, high = _interval(_minus(second, first))
    if made.improvement is not None:
        ends = _interval(_ratio(first, second))
        ends = ends if better is Better.MORE else (ends[1], ends[0])
        sign = 100 if better is Better.MORE else -100
        bounds = [None if math.isnan(end) else _finite(sign * (end - 1)) for end in ends]
        made = replace(made, improvement_low=bounds[0], improvement_high=bounds[1])
    made = replace(
        made, p_value=p_value, difference_low=_finite(low), difference_high=_finite(high)
    )
    if p_value <= 1 - LEVEL and (low > 0 or high < 0):
        grew = Change.BETTER if better is Better.MORE else Change.WORSE
        shrank = Change.WORSE if better is Better.MORE else Change.BETTER
        chance = f"by chance alone: 1 in {round(1 / p_value):,}"
        return replace(made, change=grew if observed > 0 else shrank, reason=chance)
    more, reason = _more_dates(made, observed, drawn)
    return replace(made, more_dates=more, reason=reason)


def _more_dates(
    made: Comparison, observed: float, drawn: tuple[Array, Array]
) -> tuple[int | None, str]:
    """From the usual formula for two means: their variances, which shrink with the dates, against
    the square of the difference seen."""
    if observed == 0:
        return None, "no difference seen so far"
    if not all(np.isfinite(side).all() for side in (observed, *drawn)):
        return None, "too little has ended, or is there, to know how it spreads"
    noise_before, noise_after = (float(np.var(side)) for side in drawn)
    wanted = (observed / _POWER_Z) ** 2
    if wanted > noise_before:
        more = math.ceil(made.dates_after * noise_after / (wanted - noise_before))
        return max(1, more - made.dates_after), "if this difference is real"
    factor = (noise_before + noise_after) / wanted
    more = math.ceil(max(made.dates_before, made.dates_after) * (factor - 1))
    return max(1, more), "in each window, if this difference is real"


class _Pool:
    """The dates of both windows together, and the value of any weighing of them.

    The windows are put in an order of their own, so that swapping them swaps the answer and
    nothing else.
    """

    def __init__(self, before: Rates | Times, after: Rates | Times) -> None:
        self._is_swapped = _place(after) < _place(before)
        first, second = (after, before) if self._is_swapped else (before, after)
        self._first, self._second = _dates(first), _dates(second)
        self._value = _value_of(first, second)
        tested = first, second
        if isinstance(first, Times) and isinstance(second, Times):
            tested = _scores(first, second)
        assert isinstance(tested[0], Rates) and isinstance(tested[1], Rates)
        self._parts = np.array(tested[0].parts + tested[1].parts, dtype=float)
        self._wholes = np.array(tested[0].wholes + tested[1].wholes, dtype=float)

    def seen(self) -> tuple[Array, Array]:
        """The values before and after, as they are."""
        mask = np.zeros((1, self._first + self._second))
        mask[0, : self._first] = 1
        return self._in_order(self._value(mask), self._value(1 - mask))

    def drawn(self) -> tuple[Array, Array]:
        """Values before and after when the dates of each window are drawn again, with return.

        A window whose dates are all alike is drawn with one date of the other beside its own: what
        was not seen on n dates may still be so on one of n + 1.
        """
        first, dates = self._first, self._first + self._second
        random = np.random.default_rng(_SEED)
        sides = []
        for own, other in (
            (range(first), range(first, dates)),
            (range(first, dates), range(first)),
        ):
            more = int(self._is_alike(own))
            share = np.full(len(own) + more, 1 / (len(own) + more))
            picked = random.multinomial(len(own), share, size=_DRAWS)
            strange = random.integers(other.start, other.stop, _DRAWS)
            weights = np.zeros((_DRAWS, dates))
            weights[:, own.start : own.stop] = picked[:, : len(own)]
            if more:
                weights[np.arange(_DRAWS), strange] += picked[:, -1]
            sides.append(self._value(weights))
        return self._in_order(sides[0], sides[1])

    def _is_alike(self, own: range) -> bool:
        mask = np.zeros((1, self._first + self._second))
        mask[0, own.start : own.stop] = 1
        return bool(self._rate(mask)[1][0] == 0)

    def p_value(self) -> float:
        """How often dates that are dealt to the windows anew differ by at least so much."""
        dates = self._first + self._second
        is_exact = math.comb(dates, self._first) <= _DRAWS
        if is_exact:
            dealt = np.zeros((math.comb(dates, self._first), dates))
            for row, places in enumerate(combinations(range(dates), self._first)):
                dealt[row, list(places)] = 1
        else:
            dealt = np.zeros((_DRAWS, dates))
            dealt[:, : self._first] = 1
            dealt = np.random.default_rng(_SEED).permuted(dealt, axis=1)
        seen = np.zeros((1, dates))
        seen[0, : self._first] = 1
        sizes, size = self._sizes(dealt), self._sizes(seen)[0]
        # A deal that leaves a window empty says nothing: it counts against a difference.
        beyond = int(np.count_nonzero(np.isnan(sizes) | (sizes >= size * (1 - 1e-9))))
        return beyond / len(dealt) if is_exact else (beyond + 1) / (len(dealt) + 1)

    def _sizes(self, dealt: Array) -> Array:
        """The difference of each deal in standard errors, without its sign."""
        (one, noise), (other, more) = self._rate(dealt), self._rate(1 - dealt)
        gap, error = np.abs(_minus(one, other)), np.sqrt(noise + more)
        # Windows without any spread differ surely, or not at all.
        sure = np.where(gap > 0, np.inf, 0.0)
        return np.where(np.isnan(gap), np.nan, np.where(error > 0, _ratio(error, gap), sure))

    def _rate(self, mask: Array) -> tuple[Array, Array]:
        """The rate of the dates of each row, and its squared standard error over dates."""
        dates, wholes = mask.sum(axis=1), mask @ self._wholes
        rate = _ratio(wholes, mask @ self._parts)
        rest = np.where(mask > 0, self._parts - rate[:, None] * self._wholes, 0.0)
        rest[np.abs(rest) < 1e-12 * np.abs(self._parts).max(initial=0.0)] = 0.0
        return rate, _ratio(wholes**2 * (dates - 1), dates * (rest**2).sum(axis=1))

    def _in_order(self, first: Array, second: Array) -> tuple[Array, Array]:
        return (second, first) if self._is_swapped else (first, second)


def _scores(first: Times, second: Times) -> tuple[Rates, Rates]:
    """Of each date how many times ended beyond what all of both windows together let expect."""
    values = np.array(first.values + second.values, dtype=float)
    ended = np.array(first.is_ended + second.is_ended, dtype=bool)
    at, happened = np.unique(values[ended], return_counts=True)
    at_risk = len(values) - np.searchsorted(np.sort(values), at, side="left")
    hazard = np.concatenate([[0.0], np.cumsum(happened / at_risk)])
    scores = ended - hazard[np.searchsorted(at, values, side="right")]
    sides = []
    for sample, own in (
        (first, scores[: len(first.values)]),
        (second, scores[len(first.values) :]),
    ):
        places = np.array(sample.of_date, dtype=int)
        parts = np.bincount(places, weights=own, minlength=sample.dates)
        wholes = np.bincount(places, minlength=sample.dates)
        sides.append(Rates(sample.unit, tuple(map(float, parts)), tuple(map(float, wholes))))
    return sides[0], sides[1]


def _value_of(first: Rates | Times, second: Rates | Times) -> Callable[[Array], Array]:
    """The value of both samples' dates by their weights: a row a draw, a column a date."""
    if isinstance(first, Rates) and isinstance(second, Rates):
        parts = np.array(first.parts + second.parts, dtype=float)
        wholes = np.array(first.wholes + second.wholes, dtype=float)
        return lambda weights: _ratio(weights @ wholes, weights @ parts)
    assert isinstance(first, Times) and isinstance(second, Times)
    of_date = first.of_date + tuple(first.dates + place for place in second.of_date)
    values_of, ended_of = first.values + second.values, first.is_ended + second.is_ended
    times = list(zip(values_of, ended_of, of_date, strict=True))
    # Of equal times those that ended come first: the others lasted longer.
    times.sort(key=lambda one: (one[0], not one[1]))
    values = np.array([one[0] for one in times], dtype=float)
    ended = np.array([one[1] for one in times], dtype=bool)
    places = np.array([one[2] for one in times], dtype=int)
    return lambda weights: _medians(weights, values, ended, places)


def _medians(
    weights: Array, values: Array, ended: npt.NDArray[np.bool_], places: npt.NDArray[np.int64]
) -> Array:
    """The Kaplan-Meier median of each row of weights: infinite when it is not reached."""
    found = np.full(len(weights), np.nan)
    if not len(values):
        return found
    step = max(1, _MOST_CELLS // len(values))
    for start in range(0, len(weights), step):
        own = weights[start : start + step][:, places]
        at_risk = np.cumsum(own[:, ::-1], axis=1)[:, ::-1]
        leave = np.divide(own, at_risk, out=np.zeros_like(own), where=at_risk > 0)
        left = np.cumprod(np.where(ended, 1 - leave, 1.0), axis=1)
        reached = left <= 0.5 + 1e-12
        place = np.argmax(reached, axis=1)
        median = np.where(reached[np.arange(len(own)), place], values[place], np.inf)
        found[start : start + step] = np.where(at_risk[:, 0] > 0, median, np.nan)
    return found


def _ratio(below: Array, above: Array) -> Array:
    """`above / below`; nothing over nothing is unknown, something over nothing infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / below, dtype=float)


def _minus(one: Any, other: Any) -> Any:
    """The difference; two medians that are both not reached do not differ."""
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(one) & (one == other), 0.0, np.subtract(one, other))
    return gap if gap.ndim else float(gap)


def _interval(draws: Array) -> tuple[float, float]:
    """Percentiles at LEVEL; not a number when too many draws say nothing."""
    known = np.sort(draws[~np.isnan(draws)])
    if len(known) < len(draws) * (1 - _MOST_UNKNOWN):
        return math.nan, math.nan
    tail = math.floor(len(known) * (1 - LEVEL) / 2)
    return float(known[tail]), float(known[-1 - tail])


def _percent(before: float, after: float, better: Better) -> float | None:
    if before == 0 or math.isinf(before) or math.isinf(after):
        return None
    change = 100 * (after / before - 1)
    return change if better is Better.MORE else -change


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _dates(sample: Rates | Times) -> int:
    return len(sample.parts) if isinstance(sample, Rates) else sample.dates


def _dates_counted(sample: Rates | Times) -> int:
    if isinstance(sample, Rates):
        return sum(whole > 0 for whole in sample.wholes)
    return len(set(sample.of_date))


def _place(sample: Rates | Times) -> tuple[Any, ...]:
    if isinstance(sample, Rates):
        return len(sample.parts), sample.parts, sample.wholes
    return sample.dates, sample.values, sample.of_date, sample.is_ended
