"""Really end the work of a run whose time is up: its process is gone before anybody tries again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from fullcourt.clock import SystemClock
from fullcourt.errors import HomeBusy
from fullcourt.pipeline.runner import process_is_gone, process_of
from fullcourt.pipeline.work import Stores
from fullcourt.settings import Home
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.records import LeaseRow
from fullcourt.stores.ledger.runs import live_leases

_DYING_S, _LOOK_S = 5.0, 0.05


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A worker that was ended, or (`is_gone` False) that would not go."""

    run_id: str
    dataset: str
    holder: str
    is_gone: bool


def cancel_overdue(
    stores: Stores, end: Callable[[int], None] = lambda pid: os.kill(pid, signal.SIGKILL)
) -> tuple[Cancelled, ...]:
    """End every worker of this host whose run's lease has run out (its deadline passed, or its
    progress stands still). The sweeper then closes the run.

    A controller that works in its own process is never ended, nor are processes of other hosts:
    their runs are closed all the same, and the raised epoch keeps them from writing.
    """
    ledger = stores.ledger
    spared = {os.getpid(), _controller_of(stores.home)}
    found = []
    for row in live_leases(ledger):
        pid = process_of(row.holder)
        if row.expires_at > ledger.now() or pid is None or pid in spared:
            continue
        if process_is_gone(row.holder):
            continue
        try:
            # Under the lock a commit is made under: nobody is ended in the middle of one, and
            # nobody who has just moved on.
            with ledger.write():
                if not _is_over(ledger, row):
                    continue
                _end(pid, end)
        except HomeBusy:
            # It may be this very worker who holds the lock for ever.
            if ledger.now() < row.deadline_at:
                raise
            _end(pid, end)
        found.append(_wait(row))
    return tuple(found)


def _is_over(ledger: Ledger, row: LeaseRow) -> bool:
    return any(
        now.lease == row.lease and now.expires_at <= ledger.now() for now in live_leases(ledger)
    )


def _end(pid: int, end: Callable[[int], None]) -> None:
    try:
        end(pid)
    except (ProcessLookupError, PermissionError):
        # Gone meanwhile, or not ours to end: whoever waits for it sees which.
        return


def _wait(row: LeaseRow) -> Cancelled:
    # The kernel's time, whatever clock the home lives by.
    clock, waited = SystemClock(), 0.0
    while not process_is_gone(row.holder) and waited < _DYING_S:
        clock.sleep(_LOOK_S)
        waited += _LOOK_S
    gone = process_is_gone(row.holder)
    return Cancelled(row.lease.run_id, row.lease.dataset, row.holder, gone)


def _controller_of(home: Home) -> int | None:
    """The process that holds the home's lock, as it wrote itself into it."""
    try:
        text = home.lock_file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return int(text) if text.isdigit() else None
