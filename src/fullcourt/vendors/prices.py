"""Betting prices: American odds as decimal odds."""

from __future__ import annotations


def decimal_of_american(price: float) -> float:
    """Decimal odds (stake included) of American odds: -110 is 1.909..., +150 is 2.5.

    Raises:
        ValueError: between -100 and +100 there are no American odds (a decimal price looks so).
    """
    if price >= 100:
        return 1 + price / 100
    if price <= -100:
        return 1 - 100 / price
    raise ValueError(f"{price:g} are no American odds: they are -100 and below, or +100 and above")
