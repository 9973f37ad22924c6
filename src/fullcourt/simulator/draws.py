"""Random draws that are the same on every platform.

Only the generator's raw uniforms are used, with additions, products and comparisons: the
distributions of numpy call the C library's `exp` and `log`, whose last digit differs by platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")


class Purpose(IntEnum):
    """What a stream of numbers is for: one purpose's draws never move another's."""

    PEOPLE = 1
    FIXTURES = 2
    ABSENCES = 3
    MOVES = 4
    GAME = 5
    MARKET = 6
    SQUAD = 7
    WIRE = 8
    CHANGES = 9
    NEWCOMERS = 10
    CUP = 11
    POSTSEASON = 12


def stream(seed: int, purpose: Purpose, *keys: int) -> np.random.Generator:
    """A generator of its own for (seed, purpose, keys); keys are non-negative."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, purpose, *keys])))


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of `items`, uniformly."""
    return items[int(rng.random() * len(items))]


def shuffled(rng: np.random.Generator, items: Sequence[T]) -> list[T]:
    """`items` in random order (the input is left alone)."""
    order = np.argsort(rng.random(len(items)), kind="stable")
    return [items[int(index)] for index in order]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A uniform number in [low, high)."""
    return low + (high - low) * float(rng.random())


def bell(rng: np.random.Generator, size: int) -> Floats:
    """Numbers of mean 0, variance 1, within [-3, 3]: three uniforms summed (Irwin-Hall, n = 3)."""
    total: Floats = (rng.random((size, 3)).sum(axis=1) - 1.5) * 2.0
    return total


def counts(rng: np.random.Generator, means: Floats, trials_per_event: int = 10) -> Ints:
    """Counts with the given means: binomial, with so many trials per expected event.

    Ten trials are close to Poisson; two have half its variance (a team takes about as many shots
    every night).
    """
    trials = np.ceil(means * trials_per_event).astype(np.int64) + 1
    return successes(rng, trials, means / trials)


def successes(rng: np.random.Generator, attempts: Ints, chances: Floats) -> Ints:
    """How many of each number of attempts succeed, each with its own chance."""
    widest = int(attempts.max(initial=0))
    tried = np.arange(widest)[None, :] < attempts[:, None]
    hits: Ints = (tried & (rng.random((attempts.size, widest)) < chances[:, None])).sum(axis=1)
    return hits


def apportion(weights: Floats, total: int) -> Ints:
    """Integers proportional to `weights` that sum exactly to `total` (largest remainders)."""
    exact = weights * (total / weights.sum())
    whole: Ints = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:short]] += 1
    return whole
