"""Incidents, notices, channels and deliveries as stored. No address of a channel comes here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import (
    alert_channels,
    alert_deliveries,
    alert_incidents,
    alert_notices,
    breakers,
    verdict_transitions,
)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident. Instants UTC; `seen` counts watches; `closed_at` None: open."""

    incident_id: int | None
    cause: str
    kind: str
    title: str
    detail: str
    next_step: str
    patience_s: float
    first_seen_at: datetime
    last_seen_at: datetime
    seen: int
    said_at: datetime | None
    gone_since: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel: the digest of its address, what may be shown of it, and how it does."""

    channel: str
    shown: str
    added_at: datetime
    failures: int
    broken_since: datetime | None
    retry_at: datetime | None
    last_ok_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One notice on its way over one channel, with what it says."""

    notice_id: int
    channel: str
    state: str
    attempts: int
    doubts: int
    sender: str | None
    sending_until: datetime | None
    kind: str
    title: str
    body: str
    made_at: datetime


def open_incidents(ledger: Ledger) -> tuple[IncidentRow, ...]:
    """The incidents that are not over, by cause."""
    query = (
        select(alert_incidents)
        .where(alert_incidents.c.closed_at.is_(None))
        .order_by(alert_incidents.c.cause)
    )
    return tuple(_incident(row) for row in ledger.execute(query).all())


def put_incidents(ledger: Ledger, rows: Sequence[IncidentRow]) -> None:
    """Store incidents: new ones (without an id) get one."""
    for row in rows:
        values = {
            "cause": row.cause,
            "kind": row.kind,
            "title": row.title,
            "detail": row.detail,
            "next_step": row.next_step,
            "patience_s": row.patience_s,
            "first_seen_at": text_of(row.first_seen_at),
            "last_seen_at": text_of(row.last_seen_at),
            "seen": row.seen,
            "said_at": text_of(row.said_at),
            "gone_since": text_of(row.gone_since),
            "closed_at": text_of(row.closed_at),
        }
        if row.incident_id is None:
            ledger.insert(alert_incidents, [values])
        else:
            stored = alert_incidents.c.incident_id == row.incident_id
            ledger.execute(update(alert_incidents).where(stored).values(**values))


def add_notice(
    ledger: Ledger,
    kind: str,
    cause: str | None,
    title: str,
    body: str,
    at: datetime,
    channels: Collection[str],
) -> int:
    """Store a notice and put it on its way over `channels`; its id."""
    values = {"kind": kind, "cause": cause, "title": title, "body": body, "made_at": text_of(at)}
    made = ledger.execute(insert(alert_notices).values(**values)).inserted_primary_key
    assert made is not None
    notice_id = int(made[0])
    ledger.insert(
        alert_deliveries,
        [
            {
                "notice_id": notice_id,
                "channel": channel,
                "state": "pending",
                "attempts": 0,
                "doubts": 0,
                "sender": None,
                "sending_until": None,
                "ended_at": None,
            }
            for channel in sorted(channels)
        ],
    )
    return notice_id


def get_channels(ledger: Ledger) -> dict[str, ChannelRow]:
    """The channels that are configured, as far as a watch has seen them, by digest."""
    query = (
        select(alert_channels)
        .where(alert_channels.c.removed_at.is_(None))
        .order_by(alert_channels.c.added_at, alert_channels.c.channel)
    )
    return {row.channel: _channel(row) for row in ledger.execute(query).all()}


def put_channel(ledger: Ledger, row: ChannelRow) -> None:
    """Store a configured channel."""
    ledger.insert_or_replace(
        alert_channels,
        [
            {
                "channel": row.channel,
                "shown": row.shown,
                "added_at": text_of(row.added_at),
                "failures": row.failures,
                "broken_since": text_of(row.broken_since),
                "retry_at": text_of(row.retry_at),
                "last_ok_at": text_of(row.last_ok_at),
                "last_error": row.last_error,
                "removed_at": None,
            }
        ],
    )


def remove_channel(ledger: Ledger, channel: str, at: datetime) -> None:
    """A channel is configured no longer: what was on its way over it is given up."""
    ledger.execute(
        update(alert_channels)
        .where(alert_channels.c.channel == channel)
        .values(removed_at=text_of(at))
    )
    ledger.execute(
        update(alert_deliveries)
        .where(alert_deliveries.c.channel == channel, alert_deliveries.c.state == "pending")
        .values(state="given_up", ended_at=text_of(at))
    )


def open_deliveries(ledger: Ledger) -> tuple[DeliveryRow, ...]:
    """What is on its way, the oldest notice first."""
    query = (
        select(
            alert_deliveries,
            alert_notices.c.kind,
            alert_notices.c.title,
            alert_notices.c.body,
            alert_notices.c.made_at,
        )
        .join(alert_notices, alert_notices.c.notice_id == alert_deliveries.c.notice_id)
        .where(alert_deliveries.c.state.in_(("pending", "sending")))
        .order_by(alert_deliveries.c.notice_id, alert_deliveries.c.channel)
    )
    return tuple(_delivery(row) for row in ledger.execute(query).all())


def put_delivery(
    ledger: Ledger,
    row: DeliveryRow,
    *,
    was: str,
    ended_at: datetime | None,
) -> bool:
    """Store a delivery that was in state `was`; False when somebody else has moved it since."""
    moved = ledger.execute(
        update(alert_deliveries)
        .where(
            alert_deliveries.c.notice_id == row.notice_id,
            alert_deliveries.c.channel == row.channel,
            alert_deliveries.c.state == was,
        )
        .values(
            state=row.state,
            attempts=row.attempts,
            doubts=row.doubts,
            sender=row.sender,
            sending_until=text_of(row.sending_until),
            ended_at=text_of(ended_at),
        )
    )
    return bool(moved.rowcount)


def deliveries_by_state(ledger: Ledger) -> dict[tuple[str, str], int]:
    """How many notices stand in each state, by (channel, state)."""
    query = select(
        alert_deliveries.c.channel, alert_deliveries.c.state, func.count().label("notices")
    ).group_by(alert_deliveries.c.channel, alert_deliveries.c.state)
    return {(row.channel, row.state): row.notices for row in ledger.execute(query).all()}


def open_vendor_breakers(ledger: Ledger) -> tuple[Any, ...]:
    """The vendors' breakers that are open, as stored rows."""
    query = select(breakers).where(breakers.c.state == "open").order_by(breakers.c.vendor)
    return tuple(ledger.execute(query).all())


def given_up_since(ledger: Ledger, dataset: str, cause: str, since: datetime) -> int:
    """How many keys of a dataset were given up for a cause from `since` (UTC) on."""
    query = select(func.count()).where(
        verdict_transitions.c.dataset == dataset,
        verdict_transitions.c.cause == cause,
        verdict_transitions.c.to_state == "unrecoverable",
        verdict_transitions.c.judged_at >= text_of(since),
    )
    return int(ledger.execute(query).scalar_one())


def _incident(row: Any) -> IncidentRow:
    return IncidentRow(
        incident_id=row.incident_id,
        cause=row.cause,
        kind=row.kind,
        title=row.title,
        detail=row.detail,
        next_step=row.next_step,
        patience_s=row.patience_s,
        first_seen_at=_instant(row.first_seen_at),
        last_seen_at=_instant(row.last_seen_at),
        seen=row.seen,
        said_at=instant_of(row.said_at),
        gone_since=instant_of(row.gone_since),
        closed_at=instant_of(row.closed_at),
    )


def _channel(row: Any) -> ChannelRow:
    return ChannelRow(
        channel=row.channel,
        shown=row.shown,
        added_at=_instant(row.added_at),
        failures=row.failures,
        broken_since=instant_of(row.broken_since),
        retry_at=instant_of(row.retry_at),
        last_ok_at=instant_of(row.last_ok_at),
        last_error=row.last_error,
    )


def _delivery(row: Any) -> DeliveryRow:
    return DeliveryRow(
        notice_id=row.notice_id,
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        doubts=row.doubts,
        sender=row.sender,
        sending_until=instant_of(row.sending_until),
        kind=row.kind,
        title=row.title,
        body=row.body,
        made_at=_instant(row.made_at),
    )


def _instant(text: str) -> datetime:
    instant = instant_of(text)
    if instant is None:
        raise ValueError("a row of the alerts without its instant")
    return instant
