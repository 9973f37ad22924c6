"""Ten nights of `january` on each of two seeds: weeks in which a naive pipeline lost its data."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rehearsal.profiles import SEEDS, play

# From October 1st on it is preseason, which raises no cells.
SINCE = {SEEDS[0]: date(2025, 11, 10), SEEDS[1]: date(2025, 12, 18)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_that_is_not_true(seed: int) -> None:
    """No difference, loss missed, false alarm, lost, double or miscounted row; healed in time."""
    play("january", seed, SINCE[seed])
