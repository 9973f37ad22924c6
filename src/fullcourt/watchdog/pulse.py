"""The controller's sign of life: written at every tick and round, read by whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from fullcourt.pipeline.runner import process_is_gone
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.records import LeaseRow

_META = "controller_pulse"
SILENT_AFTER = timedelta(minutes=5)
"""A controller sleeps at most a minute; between two signs it waits for runs, each with a deadline
of its own. Silent for longer than this, with no such run open, it has stopped working."""
_DEADLINE_GRACE = timedelta(minutes=1)


class Pulse(msgspec.Struct, frozen=True):
    """The controller that serves a home: who it is, its last sign, and when it was asked to stop.

    `worker` is `host:pid:start`; instants are UTC.
    """

    worker: str
    started_at: datetime
    beat_at: datetime
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ControllerState:
    """What is known of the controller. `word`: never (none has served), serving, stopped, dead."""

    word: str
    sentence: str
    beat_at: datetime | None


def get_pulse(ledger: Ledger) -> Pulse | None:
    """The newest controller's sign of life; None: none has ever served this home."""
    text = ledger.get_meta(_META)
    return None if text is None else msgspec.json.decode(text, type=Pulse)


def put_pulse(ledger: Ledger, pulse: Pulse) -> None:
    """Write a sign of life."""
    ledger.set_meta(_META, msgspec.json.encode(pulse).decode())


def controller_state(
    pulse: Pulse | None, at_work: tuple[LeaseRow, ...], now: datetime
) -> ControllerState:
    """Whether the controller lives at `now` (UTC), by its signs and the open runs' deadlines."""
    if pulse is None:
        return ControllerState("never", "no controller has served this home", None)
    if pulse.stopped_at is not None:
        said = f"stopped when it was asked to, {pulse.stopped_at:%Y-%m-%d %H:%M} UTC"
        return ControllerState("stopped", said, pulse.beat_at)
    last = f"its last sign of life was {pulse.beat_at:%Y-%m-%d %H:%M:%S} UTC"
    if process_is_gone(pulse.worker):
        return ControllerState(
            "dead", f"its process is gone ({pulse.worker}); {last}", pulse.beat_at
        )
    waits = any(now < row.deadline_at + _DEADLINE_GRACE for row in at_work)
    if now - pulse.beat_at > SILENT_AFTER and not waits:
        return ControllerState("dead", f"it does not tick ({pulse.worker}); {last}", pulse.beat_at)
    return ControllerState("serving", f"serves ({pulse.worker}); {last}", pulse.beat_at)
