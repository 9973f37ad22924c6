"""Shares with their intervals."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from fullcourt.audit.result import Share


def share(part: int, whole: int, level: float = 0.95) -> Share:
    """`part` of `whole` with the Wilson score interval (Wilson 1927); no rate without a whole.

    Raises:
        ValueError: `part` is not between 0 and `whole`, or `level` not between 0 and 1.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if not 0 < level < 1:
        raise ValueError(f"no interval has the level {level}")
    if whole == 0:
        return Share(part, whole, None, None, None, level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = part / whole
    spread = 1 + z * z / whole
    middle = (rate + z * z / (2 * whole)) / spread
    half = z * sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole)) / spread
    # The ends of 0 and of all are exact; rounding would leave them a hair beside it.
    low = 0.0 if part == 0 else middle - half
    high = 1.0 if part == whole else middle + half
    return Share(part, whole, rate, low, high, level)
