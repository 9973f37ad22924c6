"""The truth table: one key, what is held of it, an instant, and the states it may be in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fullcourt.simulator.oracle.words import Truth


@dataclass(frozen=True, slots=True)
class Owed:
    """A key a cell must hold.

    `start_at`: before it nothing can be there; `due_at`: absent after it is a loss; `horizon_at`:
    after it nobody asks any more (None: never). `retired`, `disputed`: why it does not count, why
    nobody can say; the latter from `disputed_from` on (None: at once). `ask_once`: given up only
    after it was asked for.
    """

    key: str
    game_id: str
    start_at: datetime
    due_at: datetime
    horizon_at: datetime | None
    retired: str | None = None
    disputed: str | None = None
    disputed_from: datetime | None = None
    ask_once: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the stores hold of a key. `states`: what a held key may be called, empty: not held.

    `until`: from then on what is held is no longer enough. `blocked`: what it is made from and is
    not there; `lost_from`: from then on it will not come any more. `causes`: the admissible causes
    when it is missing (None: any).
    """

    states: frozenset[str] = frozenset()
    why: str = ""
    attempts: int = 0
    until: datetime | None = None
    blocked: str | None = None
    lost_from: datetime | None = None
    causes: frozenset[str] | None = None


NOTHING = Found()
COMPLETE = Found(frozenset({"complete"}))


def _truth(state: str, why: str, causes: frozenset[str] | None = None) -> Truth:
    return Truth(frozenset({state}), causes, why)


_COMPLETE = _truth("complete", "held, and as it should be")
_NOT_DUE = _truth("not_due", "nothing can be there yet")
_UNTRIED = _truth("not_due", "before its due time, and nothing was tried yet")


def judge(owed: Owed, found: Found, at: datetime, running: bool) -> Truth:
    """The true state of a key at `at`; `running`: a live lease is on its cell.

    The first that applies: withdrawn; held (by its checks); a run is at work; nobody can say; its
    input is gone for good; not due yet; given up; its input is missing (one loss, one alarm);
    missing.
    """
    if owed.retired is not None:
        return _truth("retired", owed.retired)
    if found.states and (found.until is None or at < found.until):
        return _COMPLETE if found is COMPLETE else Truth(found.states, found.causes, found.why)
    if running and at >= owed.start_at:
        return _truth("running", "a run is at work")
    return _not_held(owed, found, at)


def _not_held(owed: Owed, found: Found, at: datetime) -> Truth:
    if owed.disputed is not None and (owed.disputed_from is None or at >= owed.disputed_from):
        return _truth("unverifiable", owed.disputed)
    if found.blocked is not None and found.lost_from is not None and at >= found.lost_from:
        return _truth("unrecoverable", f"{found.blocked} will not come any more")
    if at < min(owed.start_at, owed.due_at) and not found.attempts:
        return _NOT_DUE
    if at < owed.due_at:
        if found.blocked is not None:
            return _truth("waiting", f"{found.blocked} is not there")
        if found.attempts:
            return _truth("waiting", "tried, and not due yet")
        return _UNTRIED
    given_up = owed.horizon_at is not None and at >= owed.horizon_at
    if given_up and (found.attempts or not owed.ask_once):
        return _truth("unrecoverable", "past its horizon", found.causes)
    if found.blocked is not None:
        return _truth("waiting", f"{found.blocked} is missing")
    return _truth("missing", found.why or "due and not held", found.causes)


def turns_at(owed: Owed, found: Found, after: datetime) -> datetime | None:
    """The earliest instant after `after` at which time alone may change the key's state."""
    if owed.retired is not None or (found.states and found.until is None):
        return None
    asked = (owed.start_at, owed.due_at, owed.horizon_at, owed.disputed_from)
    times = (*asked, found.until, found.lost_from)
    return min((t for t in times if t is not None and t > after), default=None)
