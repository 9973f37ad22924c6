"""The breaker's pauses: they grow, they end at an hour, and weeks of failures do not break them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fullcourt.stores.ledger.vendors import BREAKER_LONGEST_PAUSE, Breaker, after_failure

NOW = datetime(2025, 1, 9, 12, tzinfo=UTC)


def test_a_vendor_dead_for_weeks_is_asked_hourly() -> None:
    """After two thousand failures in a row the pause is the longest one, no shorter, no error."""
    breaker, pauses = Breaker(), []
    for _ in range(2000):
        breaker = after_failure(breaker, NOW, "refused", None)
        pauses.append(timedelta(0) if breaker.retry_at is None else breaker.retry_at - NOW)
    assert pauses == sorted(pauses)
    assert pauses[-1] == BREAKER_LONGEST_PAUSE
    assert breaker.failures == 2000
