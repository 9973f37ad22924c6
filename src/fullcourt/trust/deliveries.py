"""When a notice is sent over a channel again, and when it is given up. Pure.

A channel that fails is tried again by a schedule of its own, with its oldest notice; one notice is
tried a bounded number of times within a bounded time. A sender that was lost between sending and
recording leaves a doubt: the notice is sent once more (it may arrive twice), never a third time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""Pauses after the first failure of a channel in a row, the second, and so on."""
MOST_ATTEMPTS = 8
GIVE_UP_AFTER = timedelta(hours=24)
MOST_DOUBTS = 2


class DeliveryState(StrEnum):
    """`unproven`: senders were lost in the middle twice; nobody knows whether it arrived."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on its way over one channel."""

    notice_id: int
    channel: str
    made_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel does. `failures` in a row; it is broken from the first on."""

    failures: int = 0
    broken_since: datetime | None = None
    retry_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_error: str | None = None

    def may_try(self, now: datetime) -> bool:
        """Whether something may be sent over it now."""
        return self.retry_at is None or now >= self.retry_at


def health_after(health: ChannelHealth, error: str | None, now: datetime) -> ChannelHealth:
    """The channel's health after a try that ended with `error` (None: taken)."""
    if error is None:
        return ChannelHealth(last_ok_at=now)
    pause = RETRY_AFTER[min(health.failures, len(RETRY_AFTER) - 1)]
    return replace(
        health,
        failures=health.failures + 1,
        broken_since=health.broken_since or now,
        retry_at=now + pause,
        last_error=error,
    )


def begun(delivery: Delivery) -> Delivery:
    """The delivery as it is recorded before it is sent."""
    return replace(delivery, state=DeliveryState.SENDING, attempts=delivery.attempts + 1)


def ended(delivery: Delivery, error: str | None, now: datetime) -> Delivery:
    """The delivery after a try that ended with `error` (None: taken)."""
    if error is None:
        return replace(delivery, state=DeliveryState.SENT)
    return aged(replace(delivery, state=DeliveryState.PENDING), now)


def doubted(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery after its sender was lost while it was sending."""
    doubts = delivery.doubts + 1
    if doubts >= MOST_DOUBTS:
        return replace(delivery, state=DeliveryState.UNPROVEN, doubts=doubts)
    return aged(replace(delivery, state=DeliveryState.PENDING, doubts=doubts), now)


def aged(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery, given up when its tries or its time are used up."""
    is_over = delivery.attempts >= MOST_ATTEMPTS or now - delivery.made_at >= GIVE_UP_AFTER
    if delivery.state is DeliveryState.PENDING and is_over:
        return replace(delivery, state=DeliveryState.GIVEN_UP)
    return delivery
