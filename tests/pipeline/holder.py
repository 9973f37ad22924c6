"""A worker in a process of its own: opens a run on one cell, commits, and ends as it is told.

Run as `python -m tests.pipeline.holder HOME NAME=HOW ...`: at the failpoint NAME (`lake.before`,
`lake.in_transaction`, `lake.after`, or `closing`) it is killed (HOW = kill) or stopped until
somebody continues it (HOW = stop), the second time it comes there with HOW = kill2. It prints the
words a test waits for, one a line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from fullcourt.errors import LeaseLost
from fullcourt.pipeline.runner import worker_name
from fullcourt.pipeline.work import Run
from fullcourt.stores.lake import Append
from fullcourt.stores.ledger import RunOutcome
from fullcourt.stores.ledger.runs import close_run, open_run
from tests.pipeline.homes import DAY, stores_at
from tests.stores.rows import stage

RUN_ID = "sch-worker"
COMMITS = (3, 2)
"""Rows of each commit the worker makes."""


def main(folder: str, orders: list[str]) -> None:
    """Do the work of one run."""
    told = dict(order.split("=") for order in orders)
    passed: Counter[str] = Counter()

    def at(name: str) -> None:
        passed[name] += 1
        order = told.get(name)
        if order == "kill" or (order == "kill2" and passed[name] == 2):
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "stop":
            print("stopped", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)

    stores = stores_at(Path(folder))
    stores.failpoint = at
    lease = open_run(
        stores.ledger,
        run_id=RUN_ID,
        dataset="schedule",
        first=DAY,
        last=DAY,
        trigger="schedule",
        deadline=timedelta(minutes=15),
        keys_expected=sum(COMMITS),
        code_fingerprint="code",
        worker=worker_name(),
    )
    run = Run(stores, lease, DAY, DAY)
    print("opened", flush=True)
    try:
        for part, rows in enumerate(COMMITS):
            games = [(DAY, f"{part}-{n}") for n in range(rows)]
            run.commit([Append("schedule", stage(stores.lake, games, "made", RUN_ID))], "test")
            run.progress(part + 1, len(COMMITS), "batch")
    except LeaseLost:
        print("lease lost", flush=True)
        return
    at("closing")
    close_run(stores.ledger, lease, RunOutcome("succeeded", rows_written=run.rows_written))
    print("closed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
