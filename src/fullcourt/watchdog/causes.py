"""What is wrong now, as the ledger says: the causes alerts are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.alerts import (
    ChannelRow,
    IncidentRow,
    given_up_since,
    open_vendor_breakers,
)
from fullcourt.stores.ledger.prediction_breaker import BreakerRow, get_prediction_breaker
from fullcourt.stores.ledger.verdicts import get_summaries, get_verdicts
from fullcourt.trust.alerts import AlertCause, AlertKind
from fullcourt.trust.prediction_breaker import BreakerState
from fullcourt.trust.words import ALARMS, KeyState
from fullcourt.watchdog.cancel import Cancelled
from fullcourt.watchdog.pulse import ControllerState

# The next tick mends most of these: they are said when a second watch still sees them.
_PATIENT = {KeyState.STALE: timedelta(minutes=15), KeyState.SUSPECT: timedelta(minutes=15)}
_KINDS = {
    KeyState.MISSING: AlertKind.MISSING,
    KeyState.SUSPECT: AlertKind.SUSPECT,
    KeyState.STALE: AlertKind.STALE,
}
_MOST_NAMES = 6


@dataclass(slots=True)
class _Keys:
    """Keys of one dataset that are wrong for one cause."""

    names: list[str] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    reasons: set[str] = field(default_factory=set)


def causes_of(
    ledger: Ledger,
    controller: ControllerState,
    stuck: Sequence[Cancelled],
    channels: Iterable[ChannelRow],
    channel_error: str | None,
) -> tuple[AlertCause, ...]:
    """Everything that is wrong now. `channel_error`: why the channels could not be read at all."""
    return (
        *_key_causes(ledger),
        *_vendor_causes(ledger),
        *_breaker_causes(get_prediction_breaker(ledger)),
        *_controller_causes(controller),
        *_stuck_causes(stuck),
        *channel_causes(channels, channel_error),
    )


def channel_causes(channels: Iterable[ChannelRow], error: str | None) -> tuple[AlertCause, ...]:
    """Channels that fail, and addresses that cannot be read."""
    found = [
        AlertCause(
            f"channel_broken:{row.channel}",
            AlertKind.CHANNEL_BROKEN,
            f"the alert channel {row.shown} ({row.channel}) fails: {row.last_error}",
            f"failures in a row: {row.failures}",
            "mend its address or its service; `fullcourt watch --probe` tries it",
        )
        for row in channels
        if row.broken_since is not None
    ]
    if error is not None:
        found.append(
            AlertCause(
                "channel_broken:addresses",
                AlertKind.CHANNEL_BROKEN,
                "the addresses of the alert channels cannot be read",
                error,
                "see `alerts` in the home's settings",
            )
        )
    return tuple(found)


def endings_of(ledger: Ledger, incidents: Iterable[IncidentRow]) -> dict[str, str]:
    """Of incidents of missing keys: how many were given up and not healed, in words, by cause."""
    found = {}
    for row in incidents:
        if row.kind != AlertKind.MISSING:
            continue
        _, dataset, cause = row.cause.split(":")
        lost = given_up_since(ledger, dataset, cause, row.first_seen_at)
        found[row.cause] = (
            f"{lost} of its keys were given up: `fullcourt inventory` names them"
            if lost
            else "none of its keys was given up"
        )
    return found


def _key_causes(ledger: Ledger) -> list[AlertCause]:
    alarms = {verdict.value for verdict in ALARMS}
    cells = [(r.dataset, r.game_date) for r in get_summaries(ledger) if r.verdict in alarms]
    grouped: dict[tuple[KeyState, str, str], _Keys] = defaultdict(_Keys)
    for dataset, text in cells:
        day = date.fromisoformat(text)
        for stored in get_verdicts(ledger, first=day, last=day, dataset=dataset):
            for state_word, cause, reason, name in stored.states.values():
                state = KeyState(state_word)
                if state not in _KINDS:
                    continue
                keys = grouped[state, dataset, cause or ""]
                keys.names.append(name)
                keys.days.add(day)
                keys.reasons.add(reason)
    return [
        _key_cause(state, dataset, cause, keys)
        for (state, dataset, cause), keys in sorted(grouped.items())
    ]


def _key_cause(state: KeyState, dataset: str, cause: str, keys: _Keys) -> AlertCause:
    kind, count = _KINDS[state], len(keys.names)
    named = ", ".join(sorted(keys.names)[:_MOST_NAMES])
    more = f" and {count - _MOST_NAMES} more" if count > _MOST_NAMES else ""
    days = sorted(keys.days)
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]} ({len(days)} dates)"
    reasons = sorted(keys.reasons)
    others = f" (and {len(reasons) - 1} other reasons)" if len(reasons) > 1 else ""
    told = f" ({cause})" if cause else ""
    return AlertCause(
        cause=":".join([kind.value, dataset, *([cause] if state is KeyState.MISSING else [])]),
        kind=kind,
        title=f"{dataset}: {count} {'key' if count == 1 else 'keys'} {kind.value}{told}, {span}",
        detail=f"{named}{more}\n{reasons[0]}{others}".strip(),
        next_step=f"`fullcourt explain {dataset} {days[-1]}`",
        patience=_PATIENT.get(state, timedelta(0)),
    )


def _vendor_causes(ledger: Ledger) -> list[AlertCause]:
    return [
        AlertCause(
            f"vendor_breaker:{row.vendor}",
            AlertKind.VENDOR_BREAKER,
            f"{row.vendor} is not asked: {row.failures} failures in a row",
            row.last_error or "",
            "nothing: it is asked again by itself; `fullcourt doctor` says when",
        )
        for row in open_vendor_breakers(ledger)
    ]


def _breaker_causes(row: BreakerRow | None) -> list[AlertCause]:
    if row is None or row.state == BreakerState.CLOSED:
        return []
    named = ", ".join(day.isoformat() for day in row.failed)
    return [
        AlertCause(
            "prediction_breaker",
            AlertKind.PREDICTION_BREAKER,
            f"predictions are held back: {len(row.failed)} slates in a row failed",
            f"failed: {named}; the first slate from {row.retry_on} on is tried",
            f"`fullcourt explain predictions {row.failed[-1]}`",
        )
    ]


def _controller_causes(state: ControllerState) -> list[AlertCause]:
    if state.word != "dead":
        return []
    return [
        AlertCause(
            "controller_dead",
            AlertKind.CONTROLLER_DEAD,
            "the controller is dead: nothing is fetched, computed or judged",
            state.sentence,
            "start `fullcourt serve` again; its log says why it ended",
        )
    ]


def _stuck_causes(stuck: Sequence[Cancelled]) -> list[AlertCause]:
    return [
        AlertCause(
            f"worker_stuck:{one.holder}",
            AlertKind.WORKER_STUCK,
            f"a worker of {one.dataset} cannot be ended",
            f"run {one.run_id}, process {one.holder}",
            "look at the process: it waits in the kernel, or is another user's",
        )
        for one in stuck
        if not one.is_gone
    ]
