"""Workers that die, hang or come back: their runs are closed with the lake's true counts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from fullcourt.errors import HomeBusy, LeaseLost
from fullcourt.pipeline.runner import worker_name
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Run, Stores
from fullcourt.stores.lake import Append
from fullcourt.stores.ledger import Lease, Ledger, RunRow
from fullcourt.stores.ledger.runs import (
    expire_lease,
    get_runs,
    live_leases,
    open_run,
    take_over,
)
from tests.pipeline.holder import COMMITS, RUN_ID
from tests.pipeline.homes import DAY, close, stores_at
from tests.stores.rows import stage

ROOT = Path(__file__).resolve().parents[2]
CELL = ("schedule", DAY)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """A home, and the process that sweeps it."""
    opened = stores_at(tmp_path)
    yield opened
    close(opened)


@contextmanager
def holder(folder: Path, *orders: str) -> Iterator[subprocess.Popen[str]]:
    """A worker at work on the home; it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline.holder", str(folder), *orders],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def kept(stores: Stores) -> int:
    """Rows of the schedule in the lake itself."""
    rows = stores.lake.connection.execute("SELECT count(*) FROM stored.schedule").fetchall()
    return int(rows[0][0])


def run_of(stores: Stores, run_id: str = RUN_ID) -> RunRow:
    """The run's row."""
    (row,) = get_runs(stores.ledger, run_id=run_id)
    return row


def opened_by(stores: Stores, worker: str, deadline: timedelta = timedelta(minutes=15)) -> Lease:
    """A run somebody opened and never closed."""
    return open_run(
        stores.ledger,
        run_id="sch-other",
        dataset="schedule",
        first=DAY,
        last=DAY + timedelta(days=2),
        trigger="backfill",
        deadline=deadline,
        keys_expected=None,
        code_fingerprint="code",
        worker=worker,
    )


@pytest.mark.parametrize(
    ("order", "rows", "commits"),
    [
        ("lake.in_transaction=kill", None, 0),
        ("lake.after=kill", COMMITS[0], 1),
        ("lake.in_transaction=kill2", COMMITS[0], 1),
        ("closing=kill", sum(COMMITS), 2),
    ],
)
def test_a_killed_worker_is_closed_with_the_true_count(
    stores: Stores, tmp_path: Path, order: str, rows: int | None, commits: int
) -> None:
    """After kill -9 at any write the run is closed at once with what the lake really holds."""
    before = stores.lake.snapshot_id()
    with holder(tmp_path, order) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert run_of(stores).state == "running"
    assert set(sweep(stores)) == {CELL}
    row = run_of(stores)
    assert (row.state, row.rows_written, row.error_class) == ("abandoned", rows, "WorkerLost")
    assert kept(stores) == (rows or 0)
    assert stores.lake.snapshot_id() - before == commits
    assert row.snapshot_id == (before + commits if commits else None)
    assert live_leases(stores.ledger) == ()
    assert list(sweep(stores)) == []


def test_a_stopped_worker_cannot_commit_when_it_continues(stores: Stores, tmp_path: Path) -> None:
    """A holder whose lease was taken over while it stood still wakes up and writes nothing."""
    with holder(tmp_path, "lake.before=stop") as process:
        assert process.stdout is not None
        assert [process.stdout.readline().strip() for _ in range(2)] == ["opened", "stopped"]
        (row,) = live_leases(stores.ledger)
        # It lives, and its lease has time left: nobody may touch the run.
        assert list(sweep(stores)) == []
        expire_lease(stores.ledger, row.lease)
        assert set(sweep(stores)) == {CELL}
        os.kill(process.pid, signal.SIGCONT)
        said, _ = process.communicate(timeout=60)
    assert said.split("\n")[0] == "lease lost"
    assert kept(stores) == 0
    row_now = run_of(stores)
    assert (row_now.state, row_now.rows_written) == ("abandoned", None)


def test_of_two_holders_only_one_commits(stores: Stores, tmp_path: Path) -> None:
    """A takeover cannot come between the lease check and the lake's COMMIT."""
    lease = opened_by(stores, worker_name())
    expire_lease(stores.ledger, lease)
    thief = Ledger.open(tmp_path / "ledger.db", stores.clock)
    thief.execute_text("PRAGMA busy_timeout = 20")
    tried: list[str] = []

    def meet(name: str) -> None:
        if name == "lake.in_transaction":
            with pytest.raises(HomeBusy):
                take_over(thief, lease)
            tried.append(name)

    stores.failpoint = meet
    run = Run(stores, lease, DAY, DAY)
    stage(stores.lake, [(DAY, "a"), (DAY, "b")], "made")
    assert run.commit([Append("schedule", "made")], "test").rows_written == 2
    assert take_over(thief, lease) is not None
    with pytest.raises(LeaseLost):
        run.commit([Append("schedule", "made")], "test")
    assert (tried, kept(stores), run.rows_written) == (["lake.in_transaction"], 2, 2)
    thief.close()


def test_a_worker_that_finished_is_not_swept(stores: Stores, tmp_path: Path) -> None:
    """A run that was closed by its worker keeps its own ending."""
    with holder(tmp_path) as process:
        said, _ = process.communicate(timeout=60)
    assert said.split() == ["opened", "closed"]
    assert list(sweep(stores)) == []
    assert (run_of(stores).state, run_of(stores).rows_written) == ("succeeded", sum(COMMITS))


@pytest.mark.parametrize(
    ("worker", "swept"),
    [
        # This very process, alive.
        (worker_name(), False),
        # A process of that number, started at another time: the number was given away again.
        (f"{socket.gethostname()}:{os.getpid()}:1", True),
        (f"{socket.gethostname()}:999999999:5", True),
        # Another machine's processes cannot be looked at: only time tells.
        ("elsewhere:1:5", False),
        ("a name that says nothing", False),
    ],
    ids=["alive", "another start", "no such process", "another host", "no name"],
)
def test_only_a_proven_death_ends_a_lease_early(stores: Stores, worker: str, swept: bool) -> None:
    """A lease with time left is swept only when its process on this host is gone."""
    opened_by(stores, worker)
    days = {DAY + timedelta(days=n) for n in range(3)}
    assert {day for _, day in sweep(stores)} == (days if swept else set())
    assert run_of(stores, "sch-other").state == ("abandoned" if swept else "running")


def test_a_run_past_its_deadline_is_timed_out(stores: Stores) -> None:
    """A holder that lives past its deadline is closed as timed out; it reported no rows."""
    opened_by(stores, worker_name(), deadline=timedelta(0))
    assert len(set(sweep(stores))) == 3
    row = run_of(stores, "sch-other")
    assert (row.state, row.reason, row.rows_written) == ("timed_out", "deadline passed", None)
