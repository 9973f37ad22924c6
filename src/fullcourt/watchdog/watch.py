"""One watch: close what is dead or overdue, look at the slates, say what is wrong, once.

Watches are made by the clock, at every full quarter of an hour, whatever happens or does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fullcourt.alerting.channels import Channel
from fullcourt.alerting.outbox import Sent, flush, next_try, post, sync_channels
from fullcourt.alerting.sending import Sender
from fullcourt.clock import iso, parse_instant
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Stores
from fullcourt.settings import AlertSettings
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.alerts import (
    IncidentRow,
    get_channels,
    open_incidents,
    put_incidents,
)
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.stores.ledger.verdicts import get_summaries
from fullcourt.trust.alerts import (
    AlertCause,
    AlertKind,
    AlertPolicy,
    Folded,
    Incident,
    Notice,
    fold,
    summary,
)
from fullcourt.trust.prediction_breaker import BreakerChange
from fullcourt.watchdog.cancel import Cancelled, cancel_overdue
from fullcourt.watchdog.causes import causes_of, endings_of
from fullcourt.watchdog.pulse import controller_state, get_pulse
from fullcourt.watchdog.slates import look_at_slates

EVERY = timedelta(minutes=15)
WATCHED_AT = "watched_at"
_STARTED_AT = "alerts_started_at"
_CHANNEL_ERROR = "alert_addresses_error"
_SOONEST_RETRY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels as configured; `error`: why they could not be read."""

    found: tuple[Channel, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What one watch did: workers ended, cells whose dead runs it closed, slates that moved the
    breaker, notices it owed, and how each try to send one ended."""

    at: datetime
    cancelled: tuple[Cancelled, ...]
    closed: tuple[tuple[str, date], ...]
    breaker: tuple[BreakerChange, ...]
    notices: tuple[Notice, ...]
    sent: tuple[Sent, ...]


def next_watch(now: datetime) -> datetime:
    """The next full quarter of an hour after `now` (UTC)."""
    return slot_of(now) + EVERY


def slot_of(now: datetime) -> datetime:
    """The quarter of an hour `now` (UTC) lies in, by its first instant."""
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    return midnight + (now - midnight) // EVERY * EVERY


def watched_at(ledger: Ledger) -> datetime | None:
    """When the last watch was made (UTC); None: never."""
    text = ledger.get_meta(WATCHED_AT)
    return None if text is None else parse_instant(text)


def channel_error(ledger: Ledger) -> str | None:
    """Why the last watch could not read the channels' addresses; None: it could."""
    return ledger.get_meta(_CHANNEL_ERROR) or None


def is_due(ledger: Ledger, now: datetime) -> bool:
    """Whether nobody has watched in this quarter of an hour yet."""
    last = watched_at(ledger)
    return last is None or slot_of(last) < slot_of(now)


def policy_of(settings: AlertSettings) -> AlertPolicy:
    """The home's policy of alerts."""
    hours = settings.remind_after_h
    return AlertPolicy(
        remind_after=timedelta(hours=hours) if hours > 0 else None,
        settle=timedelta(minutes=settings.settle_min),
    )


def watch(
    stores: Stores,
    channels: Channels,
    sender: Sender,
    judge: Callable[[], object] = lambda: None,
) -> Watch:
    """Make one watch now. `judge` brings the verdicts up to date where nobody else does."""
    cancelled = cancel_overdue(stores)
    closed = tuple(sweep(stores))
    judge()
    moved = look_at_slates(stores)
    notices, sent = _say(stores, channels, sender, cancelled)
    return Watch(stores.clock.now(), cancelled, closed, moved, notices, sent)


def send_again(stores: Stores, channels: Channels, sender: Sender) -> tuple[Sent, ...]:
    """Try what is on its way and due, between two watches."""
    return flush(
        stores.ledger,
        stores.clock,
        channels.found,
        sender,
        timedelta(seconds=stores.settings.alerts.deadline_s),
        stores.home.path.name,
        stores.failpoint,
    )


def next_wake(ledger: Ledger, now: datetime) -> datetime:
    """When a watcher has something to do next: the next watch, or a retry before it (UTC)."""
    at = next_watch(now)
    retry = next_try(ledger, now)
    return at if retry is None else min(at, max(retry, now + _SOONEST_RETRY))


def _say(
    stores: Stores, channels: Channels, sender: Sender, stuck: Sequence[Cancelled]
) -> tuple[tuple[Notice, ...], tuple[Sent, ...]]:
    """Fold the causes into the incidents and send what is owed; once more when a channel has failed
    or recovered by that, so that the others hear of it now."""
    notices: list[Notice] = []
    sent: list[Sent] = []
    # One instant for both: a cause is counted once a watch.
    now = stores.clock.now()
    for _ in range(2):
        before = _broken(stores.ledger)
        notices += _fold(stores, channels, stuck, now)
        stores.failpoint("ledger.alerts")
        sent += send_again(stores, channels, sender)
        if _broken(stores.ledger) == before:
            break
    return tuple(notices), tuple(sent)


def _broken(ledger: Ledger) -> set[str]:
    return {row.channel for row in get_channels(ledger).values() if row.broken_since is not None}


def _fold(
    stores: Stores, channels: Channels, stuck: Sequence[Cancelled], now: datetime
) -> tuple[Notice, ...]:
    ledger = stores.ledger
    with ledger.write():
        # What was open before is known when something was judged: until then nothing is said.
        is_first = ledger.get_meta(_STARTED_AT) is None
        has_begun = not is_first or bool(get_summaries(ledger))
        is_ready = has_begun and channels.error is None
        fresh = sync_channels(ledger, channels.found, now) if is_ready else ()
        rows = open_incidents(ledger)
        state = controller_state(get_pulse(ledger), live_leases(ledger), now)
        causes = causes_of(ledger, state, stuck, get_channels(ledger).values(), channels.error)
        folded = fold(
            causes,
            [_incident(row) for row in rows],
            now,
            policy_of(stores.settings.alerts),
            quietly=is_first,
            endings=endings_of(ledger, rows),
        )
        put_incidents(ledger, [_row(incident) for incident in folded.incidents])
        notices = _post(ledger, folded, causes, fresh, now)
        if is_first and has_begun:
            ledger.set_meta(_STARTED_AT, iso(now))
        ledger.set_meta(_CHANNEL_ERROR, channels.error or "")
        ledger.set_meta(WATCHED_AT, iso(now))
    return notices


def _post(
    ledger: Ledger,
    folded: Folded,
    causes: Collection[AlertCause],
    fresh: Sequence[str],
    now: datetime,
) -> tuple[Notice, ...]:
    """Put the notices on their way: to known channels as they are, to new ones as one summary."""
    known = [channel for channel in get_channels(ledger) if channel not in fresh]
    for notice in folded.notices:
        # A channel is not told over itself that it fails.
        about = notice.cause or ""
        post(ledger, [notice], [one for one in known if not about.endswith(f":{one}")], now)
    told = summary(folded.incidents) if fresh else None
    if told is None:
        return folded.notices
    post(ledger, [told], fresh, now)
    return (*folded.notices, told)


def _incident(row: IncidentRow) -> Incident:
    return Incident(
        about=AlertCause(
            cause=row.cause,
            kind=AlertKind(row.kind),
            title=row.title,
            detail=row.detail,
            next_step=row.next_step,
            patience=timedelta(seconds=row.patience_s),
        ),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        seen=row.seen,
        said_at=row.said_at,
        gone_since=row.gone_since,
        closed_at=row.closed_at,
        incident_id=row.incident_id,
    )


def _row(incident: Incident) -> IncidentRow:
    about = incident.about
    return IncidentRow(
        incident_id=incident.incident_id,
        cause=about.cause,
        kind=about.kind.value,
        title=about.title,
        detail=about.detail,
        next_step=about.next_step,
        patience_s=about.patience.total_seconds(),
        first_seen_at=incident.first_seen_at,
        last_seen_at=incident.last_seen_at,
        seen=incident.seen,
        said_at=incident.said_at,
        gone_since=incident.gone_since,
        closed_at=incident.closed_at,
    )
