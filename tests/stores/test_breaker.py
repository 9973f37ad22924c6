"""The breaker's pauses: they grow, they end at an hour, and weeks of failures do not break them.
Tries that are forgotten: those of our own code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fullcourt.clock import VirtualClock
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.vendors import (
    BREAKER_LONGEST_PAUSE,
    Breaker,
    after_failure,
    attempts_of,
    forget_failures,
    record_attempts,
)

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


def test_only_what_failed_in_our_own_code_is_forgotten() -> None:
    """A vendor's refusals keep their count, and so does another dataset's failure."""
    ledger, day = Ledger.in_memory(VirtualClock(NOW)), NOW.date()
    tried = {(day, "a"): ("processor_failed", "x"), (day, "b"): ("vendor_empty", "y")}
    with ledger.write():
        for name in ("schedule", "grades"):
            record_attempts(ledger, name, tried, NOW, "run")
    assert forget_failures(ledger, ["schedule"]) == (("schedule", day),)
    assert set(attempts_of(ledger, "schedule", day)) == {"b"}
    assert set(attempts_of(ledger, "grades", day)) == {"a", "b"}
