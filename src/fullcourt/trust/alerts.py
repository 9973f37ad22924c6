"""Which notices are owed, given the causes there are now and what was said of them before. Pure.

A cause that is there opens an incident, once; every later sight of it is folded into that incident.
A cause that has stayed away long enough closes it, with one recovery notice if anything was said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class AlertKind(StrEnum):
    """What is wrong, in one word."""

    MISSING = "missing"
    SUSPECT = "suspect"
    STALE = "stale"
    VENDOR_BREAKER = "vendor_breaker"
    PREDICTION_BREAKER = "prediction_breaker"
    CONTROLLER_DEAD = "controller_dead"
    WORKER_STUCK = "worker_stuck"
    CHANNEL_BROKEN = "channel_broken"
    UNWATCHED = "unwatched"


class NoticeKind(StrEnum):
    """Why something is said. A summary names what was open before its channel was there."""

    ALERT = "alert"
    REMINDER = "reminder"
    RECOVERY = "recovery"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class AlertCause:
    """Something that is wrong now. `cause` is its name and stays the same while it lasts.

    `patience`: nothing is said of it before it has lasted so long.
    """

    cause: str
    kind: AlertKind
    title: str
    detail: str
    next_step: str
    patience: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Incident:
    """A cause from its first sight until it was gone. Instants are UTC; `seen` counts watches.

    `said_at`: the last alert or reminder; `gone_since`: the first watch without it; `closed_at`:
    it is over. `incident_id` None: not stored yet.
    """

    about: AlertCause
    first_seen_at: datetime
    last_seen_at: datetime
    seen: int = 1
    said_at: datetime | None = None
    gone_since: datetime | None = None
    closed_at: datetime | None = None
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `cause` None: a summary of several."""

    kind: NoticeKind
    cause: str | None
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """`remind_after`: a cause that lasts is said again so long after the last word (None: never).

    `settle`: a cause is gone when it was not seen for so long; one that comes back sooner is the
    same incident.
    """

    remind_after: timedelta | None
    settle: timedelta


@dataclass(frozen=True, slots=True)
class Folded:
    """Incidents after a look (those closed by it included), by cause, and the notices it owes."""

    incidents: tuple[Incident, ...]
    notices: tuple[Notice, ...]


def fold(
    causes: Collection[AlertCause],
    incidents: Collection[Incident],
    now: datetime,
    policy: AlertPolicy,
    *,
    quietly: bool = False,
    endings: Mapping[str, str] | None = None,
) -> Folded:
    """The open `incidents` after the look at `now` (UTC) that saw `causes`; order is no matter.

    `quietly`: the first look of all. What it finds is an incident that a summary names, and no
    alert of its own. `endings`: by cause, what a recovery has to say of how it ended.
    """
    seen = {cause.cause: cause for cause in causes}
    known = {incident.about.cause: incident for incident in incidents}
    after: list[Incident] = []
    notices: list[Notice] = []
    for name in sorted(seen.keys() | known.keys()):
        if name in seen:
            incident = _seen(seen[name], known.get(name), now)
            said = _owed(incident, now, policy)
            if said is not None:
                incident = replace(incident, said_at=now)
                if not (quietly and said is NoticeKind.ALERT):
                    notices.append(_notice(said, incident))
        else:
            incident = _unseen(known[name], now, policy)
            if incident.closed_at is not None and incident.said_at is not None:
                notices.append(_recovery(incident, (endings or {}).get(name, "")))
        after.append(incident)
    return Folded(tuple(after), tuple(notices))


def summary(incidents: Sequence[Incident]) -> Notice | None:
    """One notice for a channel that is new: all that was said of and is open; None: nothing is."""
    told = sorted(
        (i for i in incidents if i.said_at is not None and i.closed_at is None),
        key=lambda i: (i.first_seen_at, i.about.cause),
    )
    if not told:
        return None
    lines = [f"- {i.about.title} (since {_instant(i.first_seen_at)})" for i in told]
    title = f"{len(told)} open {'cause' if len(told) == 1 else 'causes'} when watching began"
    return Notice(NoticeKind.SUMMARY, None, title, "\n".join(lines))


def _seen(cause: AlertCause, before: Incident | None, now: datetime) -> Incident:
    if before is None:
        return Incident(cause, now, now)
    is_later = now > before.last_seen_at
    return replace(
        before,
        about=cause,
        last_seen_at=max(now, before.last_seen_at),
        seen=before.seen + is_later,
        gone_since=None,
    )


def _unseen(before: Incident, now: datetime, policy: AlertPolicy) -> Incident:
    gone_since = before.gone_since or now
    # What was never said may go without a word.
    is_over = now - gone_since >= policy.settle or before.said_at is None
    return replace(before, gone_since=gone_since, closed_at=now if is_over else None)


def _owed(incident: Incident, now: datetime, policy: AlertPolicy) -> NoticeKind | None:
    if incident.said_at is None:
        is_ripe = now - incident.first_seen_at >= incident.about.patience
        return NoticeKind.ALERT if is_ripe else None
    if policy.remind_after is not None and now - incident.said_at >= policy.remind_after:
        return NoticeKind.REMINDER
    return None


def _notice(kind: NoticeKind, incident: Incident) -> Notice:
    about = incident.about
    lines = [about.detail, f"since {_instant(incident.first_seen_at)}"]
    if kind is NoticeKind.REMINDER:
        lines[1] += f", seen by {incident.seen} watches"
    lines.append(f"next: {about.next_step}")
    return Notice(kind, about.cause, about.title, "\n".join(line for line in lines if line))


def _recovery(incident: Incident, ending: str) -> Notice:
    assert incident.gone_since is not None
    span = f"{_instant(incident.first_seen_at)} to {_instant(incident.gone_since)}"
    lines = [ending, f"it lasted from {span}, seen by {incident.seen} watches"]
    body = "\n".join(line for line in lines if line)
    return Notice(NoticeKind.RECOVERY, incident.about.cause, f"over: {incident.about.title}", body)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
