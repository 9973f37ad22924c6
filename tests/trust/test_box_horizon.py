"""How long a box score is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fullcourt.trust.expectations import box_horizon
from tests.trust.nights import final, game


def test_a_box_score_is_given_up_a_fortnight_after_it_was_due() -> None:
    """Due 3 h after the end, asked for 14 days more; never given up before the game is over."""
    played = final()
    assert played.final_at is not None
    assert box_horizon(played) == played.final_at + timedelta(hours=3, days=14)
    assert box_horizon(game()) is None
    assert box_horizon(replace(played, final_at=None, tip_at=None)) is None
