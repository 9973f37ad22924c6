"""Ten nights of `ordinary` on each of two seeds."""

from __future__ import annotations

import pytest

from tests.rehearsal.profiles import SEEDS, play


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_that_is_not_true(seed: int) -> None:
    """No difference, loss missed, false alarm, lost, double or miscounted row; healed in time."""
    play("ordinary", seed)
