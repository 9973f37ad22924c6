"""What is on its way: put there with the incident it speaks of, sent once, recorded.

A delivery is recorded as begun before it is sent and as ended after. A process that dies in between
leaves a doubt, and doubt errs on the side of saying it again: once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fullcourt.alerting.channels import Channel
from fullcourt.alerting.sending import Sender
from fullcourt.clock import Clock
from fullcourt.pipeline.runner import process_is_gone, worker_name
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.alerts import (
    ChannelRow,
    DeliveryRow,
    add_notice,
    get_channels,
    open_deliveries,
    put_channel,
    put_delivery,
    remove_channel,
)
from fullcourt.trust.alerts import Notice
from fullcourt.trust.deliveries import (
    ChannelHealth,
    Delivery,
    DeliveryState,
    aged,
    begun,
    doubted,
    ended,
    health_after,
)

# Beyond a send's own deadline, before its sender is taken for lost while its process lives.
_GRACE = timedelta(minutes=2)
_MAY_BE_A_REPEAT = "(this may be a repeat: its first sender was lost)"


@dataclass(frozen=True, slots=True)
class Sent:
    """How one try ended: `error` None when the channel took the notice (None: a probe)."""

    notice_id: int | None
    shown: str
    error: str | None


def sync_channels(ledger: Ledger, channels: Collection[Channel], now: datetime) -> tuple[str, ...]:
    """Remember the configured channels and forget the others; the digests of those that are new.

    Belongs into the transaction that also says what a new channel is told first.
    """
    known = get_channels(ledger)
    wanted = {channel.digest: channel for channel in channels}
    for digest in known.keys() - wanted.keys():
        remove_channel(ledger, digest, now)
    fresh = tuple(sorted(wanted.keys() - known.keys()))
    for digest in fresh:
        shown = wanted[digest].shown
        put_channel(ledger, ChannelRow(digest, shown, now, 0, None, None, None, None))
    return fresh


def post(
    ledger: Ledger, notices: Sequence[Notice], channels: Collection[str], now: datetime
) -> tuple[int, ...]:
    """Put notices on their way over channels (digests); their ids."""
    return tuple(
        add_notice(ledger, n.kind.value, n.cause, n.title, n.body, now, channels) for n in notices
    )


def flush(
    ledger: Ledger,
    clock: Clock,
    channels: Collection[Channel],
    sender: Sender,
    deadline: timedelta,
    home: str,
    failpoint: Callable[[str], None] = lambda name: None,
) -> tuple[Sent, ...]:
    """Send what is on its way and due, the oldest notice first; a channel that fails gets no other
    before its retry. `home` is named in each. Returns how each try ended."""
    _settle(ledger, clock.now())
    by_digest = {channel.digest: channel for channel in channels}
    tried: list[Sent] = []
    for row in open_deliveries(ledger):
        channel = by_digest.get(row.channel)
        state = get_channels(ledger).get(row.channel)
        if channel is None or state is None or row.state != DeliveryState.PENDING:
            continue
        if not _health(state).may_try(clock.now()):
            continue
        until = clock.now() + deadline + _GRACE
        claim = _as_row(row, begun(_delivery(row)), worker_name(), until)
        if not put_delivery(ledger, claim, was=row.state, ended_at=None):
            continue
        failpoint("alert.begun")
        error = sender.send(channel, _title(row), _body(row, home), row.kind)
        failpoint("alert.sent")
        _record(ledger, claim, error, clock.now())
        tried.append(Sent(row.notice_id, channel.shown, error))
    return tuple(tried)


def probe(
    ledger: Ledger, clock: Clock, channels: Sequence[Channel], sender: Sender
) -> tuple[Sent, ...]:
    """Send a test message over every channel, retries or not, and remember how each did."""
    tried = []
    for channel in channels:
        error = sender.send(channel, "[fullcourt] probe", "This channel works.", "probe")
        with ledger.write():
            sync = get_channels(ledger).get(channel.digest)
            if sync is not None:
                health = health_after(_health(sync), error, clock.now())
                put_channel(ledger, _with_health(sync, health))
        tried.append(Sent(None, channel.shown, error))
    return tuple(tried)


def next_try(ledger: Ledger, now: datetime) -> datetime | None:
    """When something that is on its way may be tried next (UTC); None: nothing is."""
    channels = get_channels(ledger)
    instants = [
        channels[row.channel].retry_at or now
        for row in open_deliveries(ledger)
        if row.channel in channels and row.state == DeliveryState.PENDING
    ]
    return min(instants, default=None)


def _settle(ledger: Ledger, now: datetime) -> None:
    """Give up what has waited too long, and take back what a lost sender left in the middle."""
    with ledger.write():
        for row in open_deliveries(ledger):
            delivery = _delivery(row)
            if row.state == DeliveryState.PENDING:
                after = aged(delivery, now)
            elif process_is_gone(row.sender or "") or now >= (row.sending_until or now):
                after = doubted(delivery, now)
            else:
                continue
            if after != delivery:
                over = after.state is not DeliveryState.PENDING
                put_delivery(
                    ledger,
                    _as_row(row, after, None, None),
                    was=row.state,
                    ended_at=now if over else None,
                )


def _record(ledger: Ledger, claim: DeliveryRow, error: str | None, now: datetime) -> None:
    with ledger.write():
        after = ended(_delivery(claim), error, now)
        over = after.state is not DeliveryState.PENDING
        put_delivery(
            ledger,
            _as_row(claim, after, None, None),
            was=claim.state,
            ended_at=now if over else None,
        )
        state = get_channels(ledger).get(claim.channel)
        if state is not None:
            put_channel(ledger, _with_health(state, health_after(_health(state), error, now)))


def _health(row: ChannelRow) -> ChannelHealth:
    return ChannelHealth(
        row.failures, row.broken_since, row.retry_at, row.last_ok_at, row.last_error
    )


def _with_health(row: ChannelRow, health: ChannelHealth) -> ChannelRow:
    return replace(
        row,
        failures=health.failures,
        broken_since=health.broken_since,
        retry_at=health.retry_at,
        last_ok_at=health.last_ok_at,
        last_error=health.last_error,
    )


def _delivery(row: DeliveryRow) -> Delivery:
    state = DeliveryState(row.state)
    return Delivery(row.notice_id, row.channel, row.made_at, state, row.attempts, row.doubts)


def _as_row(
    row: DeliveryRow, delivery: Delivery, sender: str | None, until: datetime | None
) -> DeliveryRow:
    return replace(
        row,
        state=delivery.state.value,
        attempts=delivery.attempts,
        doubts=delivery.doubts,
        sender=sender,
        sending_until=until,
    )


def _title(row: DeliveryRow) -> str:
    return f"[fullcourt] {row.kind}: {row.title}"


def _body(row: DeliveryRow, home: str) -> str:
    lines = [row.body, f"{home}, notice {row.notice_id}, {row.made_at:%Y-%m-%d %H:%M} UTC"]
    return "\n".join([*lines, _MAY_BE_A_REPEAT] if row.doubts else lines)
