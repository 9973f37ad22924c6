"""Shares and their Wilson intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.audit.wilson import share


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_known_intervals(part: int, whole: int, low: float, high: float) -> None:
    """Values of the literature (Newcombe 1998, method 3, for 81 of 263)."""
    found = share(part, whole)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_nothing_has_no_rate() -> None:
    """Of nothing there is no share, not even zero."""
    found = share(0, 0)
    assert (found.rate, found.low, found.high) == (None, None, None)


@given(st.integers(1, 10**6), st.data())
def test_the_rate_lies_within(whole: int, data: st.DataObject) -> None:
    """0 <= low <= rate <= high <= 1, and a higher level is wider."""
    part = data.draw(st.integers(0, whole))
    found, wider = share(part, whole), share(part, whole, level=0.99)
    assert found.low is not None and found.rate is not None and found.high is not None
    assert wider.low is not None and wider.high is not None
    assert 0 <= found.low <= found.rate <= found.high <= 1
    assert wider.low <= found.low
    assert wider.high >= found.high


@pytest.mark.parametrize(("part", "whole", "level"), [(2, 1, 0.95), (-1, 1, 0.95), (1, 2, 1.0)])
def test_no_share_of_what_cannot_be(part: int, whole: int, level: float) -> None:
    """More than all, less than none, a certain interval: refused."""
    with pytest.raises(ValueError, match=r"share|level"):
        share(part, whole, level)
