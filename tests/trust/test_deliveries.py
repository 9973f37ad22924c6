"""One notice over one channel: bounded tries, bounded time, at most one repeat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fullcourt.trust.deliveries import (
    GIVE_UP_AFTER,
    MOST_ATTEMPTS,
    RETRY_AFTER,
    ChannelHealth,
    Delivery,
    DeliveryState,
    aged,
    begun,
    doubted,
    ended,
    health_after,
)

NOW = datetime(2025, 1, 9, 12, tzinfo=UTC)
NEW = Delivery(1, "c", NOW)


def test_a_channel_that_fails_is_asked_less_and_less_often() -> None:
    """The pauses after failures in a row follow the schedule and stay at its last step."""
    health, pauses = ChannelHealth(), []
    for _ in range(7):
        health = health_after(health, "refused", NOW)
        assert health.retry_at is not None
        pauses.append(health.retry_at - NOW)
    assert pauses == [*RETRY_AFTER, RETRY_AFTER[-1], RETRY_AFTER[-1]]
    assert (health.failures, health.broken_since, health.last_error) == (7, NOW, "refused")
    assert health_after(health, None, NOW) == ChannelHealth(last_ok_at=NOW)


def test_a_broken_channel_keeps_the_time_of_its_first_failure() -> None:
    """`broken_since` is when the row of failures began, and a success before it is remembered."""
    fine = health_after(ChannelHealth(), None, NOW)
    first = health_after(fine, "x", NOW + timedelta(hours=1))
    second = health_after(first, "y", NOW + timedelta(hours=2))
    assert (second.broken_since, second.last_ok_at) == (NOW + timedelta(hours=1), NOW)
    assert not second.may_try(NOW + timedelta(hours=2))
    assert second.may_try(NOW + timedelta(hours=2) + RETRY_AFTER[1])


def test_a_sender_lost_in_the_middle_costs_one_repeat() -> None:
    """The first doubt sends again, the second ends it: it arrived once, twice, or nobody knows."""
    once = doubted(begun(NEW), NOW)
    assert (once.state, once.doubts) == (DeliveryState.PENDING, 1)
    twice = doubted(begun(once), NOW)
    assert (twice.state, twice.doubts, twice.attempts) == (DeliveryState.UNPROVEN, 2, 2)


@given(st.lists(st.sampled_from(["ok", "fails", "lost"]), max_size=30), st.integers(1, 400))
def test_every_delivery_ends(endings: list[str], minutes: int) -> None:
    """Whatever happens, tries, repeats and time are bounded, and what has ended stays ended."""
    delivery, now, tries = NEW, NOW, 0
    for ending in [*endings, *["fails"] * 100]:
        delivery = aged(delivery, now)
        if delivery.state is not DeliveryState.PENDING:
            break
        delivery, tries = begun(delivery), tries + 1
        now += timedelta(minutes=minutes)
        error = None if ending == "ok" else "refused"
        delivery = doubted(delivery, now) if ending == "lost" else ended(delivery, error, now)
    assert delivery.state not in (DeliveryState.PENDING, DeliveryState.SENDING)
    assert tries <= MOST_ATTEMPTS
    assert now - NOW <= GIVE_UP_AFTER + timedelta(minutes=minutes)
    assert delivery.doubts <= 2
