"""How a home is watched: the controller, the breaker, what is open, and the alerts' channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fullcourt.stores.ledger.alerts import (
    ChannelRow,
    deliveries_by_state,
    get_channels,
    open_incidents,
)
from fullcourt.stores.ledger.prediction_breaker import (
    breaker_changes,
    get_prediction_breaker,
    prediction_holds_between,
)
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.trust.deliveries import DeliveryState
from fullcourt.trust.prediction_breaker import BreakerState
from fullcourt.watchdog.pulse import controller_state, get_pulse
from fullcourt.watchdog.watch import EVERY, channel_error, watched_at

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger
    from fullcourt.watchdog.watch import Watch

_LATE = 2 * EVERY


@dataclass(frozen=True, slots=True)
class ControllerLine:
    """The controller: never (none has served), serving, stopped (when asked to) or dead."""

    state: str
    sentence: str
    beat_at: datetime | None


@dataclass(frozen=True, slots=True)
class BreakerLine:
    """The prediction breaker: closed, open or half_open; the failed slates in a row; the game dates
    held back now; the first date that may be tried; and why it last changed."""

    state: str
    failed: tuple[date, ...]
    held_dates: tuple[date, ...]
    retry_on: date | None
    changed_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One open cause. `seen` counts watches; `said_at` null: nothing was said of it yet."""

    cause: str
    kind: str
    title: str
    detail: str
    next_step: str
    since: datetime
    seen: int
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel: ok, broken or untried. `shown` is all that is kept of its address beside the
    digest `channel`; `pending`, `sent`, `given_up` and `unproven` count notices.
    """

    channel: str
    shown: str
    state: str
    failures: int
    broken_since: datetime | None
    retry_at: datetime | None
    last_ok_at: datetime | None
    last_error: str | None
    pending: int
    sent: int
    given_up: int
    unproven: int


@dataclass(frozen=True, slots=True)
class WatchState:
    """How a home is watched. `is_late`: a controller serves and nobody has watched for half an
    hour; `channels_error`: why the channels' addresses cannot be read.
    """

    watched_at: datetime | None
    is_late: bool
    controller: ControllerLine
    breaker: BreakerLine
    incidents: tuple[IncidentLine, ...]
    channels: tuple[ChannelLine, ...]
    channels_error: str | None

    @property
    def fails(self) -> bool:
        """Whether alerts cannot go out, or the controller is dead."""
        broken = any(channel.state == "broken" for channel in self.channels)
        return broken or self.channels_error is not None or self.controller.state == "dead"


@dataclass(frozen=True, slots=True)
class EndedWorker:
    """A worker past its time: `is_gone` false means that it could not be ended."""

    run_id: str
    dataset: str
    worker: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice owed by this watch: alert, reminder, recovery or summary."""

    kind: str
    cause: str | None
    title: str


@dataclass(frozen=True, slots=True)
class SentLine:
    """One try to send a notice (`notice_id` null: a probe): `error` null when it was taken."""

    notice_id: int | None
    shown: str
    error: str | None


@dataclass(frozen=True, slots=True)
class WatchView:
    """One watch and what stands after it. `closed`: cells whose dead runs it closed. `exit_code`: 1
    when a cause is open or a channel fails, else 0.
    """

    home: str
    now: datetime
    ended: tuple[EndedWorker, ...]
    closed: tuple[str, ...]
    breaker_changes: tuple[str, ...]
    notices: tuple[NoticeLine, ...]
    sent: tuple[SentLine, ...]
    state: WatchState
    exit_code: int


@dataclass(frozen=True, slots=True)
class ProbeView:
    """A test message over every channel. `exit_code`: 1 when one did not take it, else 0."""

    home: str
    channels: tuple[SentLine, ...]
    channels_error: str | None
    exit_code: int


def watch_state(ledger: Ledger, now: datetime) -> WatchState:
    """How the home is watched, as recorded; the controller's state as of `now` (UTC)."""
    controller = controller_state(get_pulse(ledger), live_leases(ledger), now)
    last = watched_at(ledger)
    late = last is None or now - last > _LATE
    counts = deliveries_by_state(ledger)
    return WatchState(
        watched_at=last,
        is_late=controller.word == "serving" and late,
        controller=ControllerLine(controller.word, controller.sentence, controller.beat_at),
        breaker=_breaker(ledger, now),
        incidents=tuple(
            IncidentLine(
                row.cause,
                row.kind,
                row.title,
                row.detail,
                row.next_step,
                row.first_seen_at,
                row.seen,
                row.said_at,
            )
            for row in open_incidents(ledger)
        ),
        channels=tuple(_channel(row, counts) for row in get_channels(ledger).values()),
        channels_error=channel_error(ledger),
    )


def watch_view(home: str, ledger: Ledger, made: Watch) -> WatchView:
    """One watch, and what stands after it."""
    state = watch_state(ledger, made.at)
    return WatchView(
        home=home,
        now=made.at,
        ended=tuple(
            EndedWorker(one.run_id, one.dataset, one.holder, one.is_gone) for one in made.cancelled
        ),
        closed=tuple(f"{dataset} {day}" for dataset, day in made.closed),
        breaker_changes=tuple(f"{c.to_state.value}: {c.reason}" for c in made.breaker),
        notices=tuple(NoticeLine(n.kind.value, n.cause, n.title) for n in made.notices),
        sent=tuple(SentLine(s.notice_id, s.shown, s.error) for s in made.sent),
        state=state,
        exit_code=1 if state.incidents or state.fails else 0,
    )


def probe_view(home: str, tried: Sequence[SentLine], error: str | None) -> ProbeView:
    """How a test message went."""
    failed = error is not None or any(line.error is not None for line in tried)
    return ProbeView(home, tuple(tried), error, 1 if failed else 0)


def _breaker(ledger: Ledger, now: datetime) -> BreakerLine:
    row = get_prediction_breaker(ledger)
    changes = breaker_changes(ledger)
    last = changes[-1] if changes else None
    around = timedelta(days=30)
    holds = prediction_holds_between(ledger, (now - around).date(), (now + around).date())
    return BreakerLine(
        state=BreakerState.CLOSED.value if row is None else row.state,
        failed=() if row is None else row.failed,
        held_dates=tuple(day for day, hold in holds.items() if hold.is_closed),
        retry_on=None if row is None else row.retry_on,
        changed_at=None if last is None else last.changed_at,
        reason=None if last is None else last.reason,
    )


def _channel(row: ChannelRow, counts: Mapping[tuple[str, str], int]) -> ChannelLine:
    def count(*states: DeliveryState) -> int:
        return sum(counts.get((row.channel, state.value), 0) for state in states)

    word = "untried" if row.last_ok_at is None else "ok"
    return ChannelLine(
        channel=row.channel,
        shown=row.shown,
        state="broken" if row.broken_since is not None else word,
        failures=row.failures,
        broken_since=row.broken_since,
        retry_at=row.retry_at,
        last_ok_at=row.last_ok_at,
        last_error=row.last_error,
        pending=count(DeliveryState.PENDING, DeliveryState.SENDING),
        sent=count(DeliveryState.SENT),
        given_up=count(DeliveryState.GIVEN_UP),
        unproven=count(DeliveryState.UNPROVEN),
    )
