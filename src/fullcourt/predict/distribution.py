"""Counts as a negative binomial (mean, size) or, where size is NaN, as Poisson; by scipy.

All arrays are one-dimensional and of equal length; entry i is one forecast. Variance is
mean + mean^2 / size. Scores follow Gneiting and Raftery (2007); the PIT of a discrete forecast is
the interval of Czado, Gneiting and Held (2009).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaincc, gammaln, xlogy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Forecasts whose whole probability tables are laid out at once.
_CHUNK = 2048
# Probability beyond the end of a table; its square is what the CRPS leaves out per count.
_TAIL = 1e-12


def pmf(count: Floats | Ints, mean: Floats, size: Floats) -> Floats:
    """P(X = count); 0 below 0. Arguments broadcast."""
    k = np.maximum(np.asarray(count, dtype=np.float64), 0.0)
    poisson = np.isnan(size)
    n = np.where(poisson, 1.0, size)
    log_binomial = (
        gammaln(k + n)
        - gammaln(n)
        - gammaln(k + 1)
        + n * np.log(n / (n + mean))
        + xlogy(k, mean / (n + mean))
    )
    log_poisson = xlogy(k, mean) - mean - gammaln(k + 1)
    inside = np.asarray(count) >= 0
    return np.where(inside, np.exp(np.where(poisson, log_poisson, log_binomial)), 0.0)


def cdf(count: Floats | Ints, mean: Floats, size: Floats) -> Floats:
    """P(X <= count); 0 below 0."""
    k = np.maximum(np.asarray(count, dtype=np.float64), 0.0)
    poisson = np.isnan(size)
    n = np.where(poisson, 1.0, size)
    # The negative binomial's by the regularised incomplete beta, Poisson's by the upper gamma.
    binomial = betainc(n, k + 1, n / (n + mean))
    return np.where(
        np.asarray(count) >= 0, np.where(poisson, gammaincc(k + 1, mean), binomial), 0.0
    )


def quantiles(levels: tuple[float, ...], mean: Floats, size: Floats) -> Ints:
    """The smallest counts with P(X <= count) >= level: shape (forecasts, levels)."""
    found = np.zeros((len(mean), len(levels)), dtype=np.int64)
    for rows, table in _tables(mean, size, np.zeros(len(mean))):
        for column, level in enumerate(levels):
            found[rows, column] = (table < level).sum(axis=1)
    return found


def over_under_push(line: Floats, mean: Floats, size: Floats) -> tuple[Floats, Floats, Floats]:
    """P(X > line), P(X < line) and P(X = line); the last is 0 at half lines. NaN lines give NaN."""
    known = np.nan_to_num(line)
    push = np.where(known == np.floor(known), pmf(known, mean, size), 0.0)
    under = cdf(np.ceil(known) - 1, mean, size)
    over = 1.0 - cdf(np.floor(known), mean, size)
    missing = np.isnan(line)
    over, under, push = (np.where(missing, np.nan, p) for p in (over, under, push))
    return over, under, push


def crps(actual: Ints, mean: Floats, size: Floats) -> Floats:
    """The continuous ranked probability score, in counts: the sum of (F(k) - 1{k >= actual})^2."""
    scores = np.zeros(len(mean))
    for rows, table in _tables(mean, size, np.asarray(actual, dtype=np.float64)):
        reached = np.arange(table.shape[1])[None, :] >= np.asarray(actual)[rows, None]
        scores[rows] = ((table - reached) ** 2).sum(axis=1)
    return scores


def pit_interval(actual: Ints, mean: Floats, size: Floats) -> tuple[Floats, Floats]:
    """P(X < actual) and P(X <= actual)."""
    return cdf(np.asarray(actual) - 1, mean, size), cdf(actual, mean, size)


def _tables(mean: Floats, size: Floats, reach: Floats) -> Iterator[tuple[slice, Floats]]:
    """P(X <= k), k = 0, 1, ..., chunk by chunk: `reach` is in, and beyond the end is nothing."""
    for start in range(0, len(mean), _CHUNK):
        rows = slice(start, start + _CHUNK)
        m, n = mean[rows, None], size[rows, None]
        end = int(max(mean[rows].max(), reach[rows].max())) + 16
        while (1.0 - cdf(np.full(len(m), end), mean[rows], size[rows])).max() > _TAIL:
            end *= 2
        yield rows, np.cumsum(pmf(np.arange(end + 1), m, n), axis=1)
