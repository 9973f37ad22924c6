"""Close what died: runs whose lease ran out, with the true counts from the lake's own snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fullcourt.nba.calendar import dates
from fullcourt.pipeline.runner import process_is_gone
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger import Lease, RunOutcome
from fullcourt.stores.ledger.records import LeaseRow
from fullcourt.stores.ledger.runs import (
    WORKER_LOST,
    asked_of,
    close_run,
    expire_lease,
    live_leases,
    losses_in_a_row,
    take_over,
)
from fullcourt.stores.ledger.vendors import record_attempts

LOSSES_FORGIVEN = 5
"""So many losses of a cell's worker in a row are no tries of its keys."""


def sweep(stores: Stores) -> Iterator[tuple[str, date]]:
    """Close every run that can no longer be alive; yields (dataset, game date) to be judged again.

    A lease of a process on this host that is gone runs out at once, any other only by its time.
    The epoch is raised first, so that a stopped holder that continues later cannot commit.
    """
    ledger = stores.ledger
    for row in live_leases(ledger):
        if process_is_gone(row.holder):
            expire_lease(ledger, row.lease)
        elif row.expires_at > ledger.now():
            continue
        # One transaction: a sweeper that dies half-way has done nothing.
        with ledger.write():
            taken = take_over(ledger, row.lease)
            if taken is None:
                continue
            stores.failpoint("ledger.taken_over")
            _close(stores, row, taken)
        stores.failpoint("ledger.swept")
        for day in dates(row.first_date, row.last_date):
            yield row.lease.dataset, day


def _close(stores: Stores, row: LeaseRow, taken: Lease) -> None:
    ledger, run_id, dataset = stores.ledger, taken.run_id, taken.dataset
    written = stores.lake.written_by(run_id)
    late = ledger.now() >= row.deadline_at
    close_run(
        ledger,
        taken,
        RunOutcome(
            state="timed_out" if late else "abandoned",
            reason="deadline passed" if late else "worker lost",
            rows_written=written.rows_written if written else None,
            rows_deleted=written.rows_deleted if written else None,
            snapshot_id=written.snapshot_id if written else None,
            error_class=WORKER_LOST,
            error_text=f"{row.holder} stopped answering; progress: {row.progress or 'none'}",
        ),
    )
    lost = losses_in_a_row(ledger, dataset, row.first_date, row.last_date)
    if not late and lost <= LOSSES_FORGIVEN:
        # A process that was killed has said nothing of its keys: they are worked on at once.
        return
    # Its keys were tried: without this a worker that always dies would be sent for ever.
    word = "hung" if late else "processor_failed"
    said = f"run {run_id} was ended: {'deadline passed' if late else 'worker lost'}"
    tried = dict.fromkeys(asked_of(ledger, run_id), (word, said))
    record_attempts(ledger, dataset, tried, ledger.now(), run_id)
