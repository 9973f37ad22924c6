"""Counts: probabilities, quantiles and scores against scipy.stats and against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from fullcourt.predict.distribution import (
    Floats,
    cdf,
    crps,
    over_under_push,
    pit_interval,
    pmf,
    quantiles,
)

MEANS = st.floats(0.01, 45)
SIZES = st.one_of(st.floats(0.05, 80), st.just(float("nan")))


def _one(*values: float) -> tuple[Floats, ...]:
    return tuple(np.array([value], dtype=np.float64) for value in values)


def _reference(mean: float, size: float) -> object:
    return poisson(mean) if np.isnan(size) else nbinom(size, size / (size + mean))


@given(mean=MEANS, size=SIZES, count=st.integers(0, 80))
def test_probabilities_are_scipys(mean: float, size: float, count: int) -> None:
    """pmf and cdf equal scipy.stats for the same mean and size."""
    other = _reference(mean, size)
    (k, m, n) = _one(count, mean, size)
    assert pmf(k, m, n)[0] == pytest.approx(other.pmf(count), rel=1e-9, abs=1e-300)  # type: ignore[attr-defined]
    assert cdf(k, m, n)[0] == pytest.approx(other.cdf(count), rel=1e-9)  # type: ignore[attr-defined]


@given(mean=MEANS, size=SIZES, level=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_a_quantile_is_the_smallest_count(mean: float, size: float, level: float) -> None:
    """F(q) reaches the level and F(q - 1) does not."""
    (m, n) = _one(mean, size)
    q = quantiles((level,), m, n)[:, 0]
    assert cdf(q, m, n)[0] >= level - 1e-12
    assert cdf(q - 1, m, n)[0] < level + 1e-12


@given(mean=MEANS, size=SIZES, halves=st.integers(0, 120))
def test_over_under_and_push_are_all(mean: float, size: float, halves: int) -> None:
    """The three add up to 1; only whole lines can push."""
    (line, m, n) = _one(halves / 2, mean, size)
    over, under, push = (p[0] for p in over_under_push(line, m, n))
    assert over + under + push == pytest.approx(1, abs=1e-9)
    assert (push == 0) == (halves % 2 == 1 or pmf(line, m, n)[0] == 0)


@given(
    mean=MEANS, size=st.one_of(st.floats(0.5, 80), st.just(float("nan"))), actual=st.integers(0, 70)
)
def test_crps_is_its_definition(mean: float, size: float, actual: int) -> None:
    """The score equals E|X - y| - E|X - X'| / 2."""
    (m, n) = _one(mean, size)
    counts = np.arange(6000)
    p = pmf(counts, m, n)
    below = np.cumsum(p)
    spread = 2 * (below * (1 - below)).sum()
    expected = (np.abs(counts - actual) * p).sum() - spread / 2
    assert crps(np.array([actual]), m, n)[0] == pytest.approx(expected, abs=1e-6)


def test_many_forecasts_score_as_each_alone() -> None:
    """Vectors longer than a chunk give what single forecasts give, Poisson among them."""
    random = np.random.default_rng(7)
    mean, size = random.uniform(0.1, 35, 5000), random.uniform(0.5, 30, 5000)
    size[::7] = np.nan
    actual = random.integers(0, 60, 5000)
    together = crps(actual, mean, size)
    middle = quantiles((0.5,), mean, size)[:, 0]
    for place in (0, 7, 2047, 2048, 4999):
        one = slice(place, place + 1)
        assert crps(actual[one], mean[one], size[one])[0] == pytest.approx(together[place])
        assert quantiles((0.5,), mean[one], size[one])[0, 0] == middle[place]


def test_the_pit_interval_is_the_step() -> None:
    """From P(X < y) to P(X <= y); 0 at the lower end of the counts."""
    (m, n) = _one(3.0, 2.0)
    low, high = pit_interval(np.array([0]), m, n)
    assert (low[0], high[0]) == (0, pytest.approx(0.16))
    low, high = pit_interval(np.array([4]), m, n)
    assert high[0] - low[0] == pytest.approx(pmf(np.array([4]), m, n)[0])


def test_a_mean_of_zero_is_certain() -> None:
    """Nothing scored and nothing expected: all probability lies on 0."""
    (m, n) = _one(0.0, float("nan"))
    assert quantiles((0.1, 0.9), m, n).tolist() == [[0, 0]]
    assert crps(np.array([3]), m, n)[0] == 3
    assert [p[0] for p in over_under_push(np.array([0.5]), m, n)] == [0, 1, 0]
