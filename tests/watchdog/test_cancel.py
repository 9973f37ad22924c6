"""Work past its time is really ended: the process is gone before anybody tries again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

import pytest

from fullcourt.clock import SystemClock, VirtualClock
from fullcourt.errors import HomeBusy
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.runs import expire_lease, get_runs, live_leases
from fullcourt.watchdog import cancel
from fullcourt.watchdog.cancel import cancel_overdue
from tests.pipeline.holder import COMMITS, RUN_ID
from tests.pipeline.homes import DAY, close, stores_at
from tests.pipeline.test_sweep import holder, kept


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """A home, and the process that watches it."""
    opened = stores_at(tmp_path)
    yield opened
    close(opened)


def said(process: Popen[str], words: int) -> list[str]:
    """The next words of a worker."""
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(words)]


def test_a_hung_worker_is_gone_before_its_run_is_closed(stores: Stores, tmp_path: Path) -> None:
    """A worker whose lease ran out is ended, then swept with what it really wrote."""
    with holder(tmp_path, "lake.after=stop") as process:
        assert said(process, 2) == ["opened", "stopped"]
        assert cancel_overdue(stores) == ()
        (row,) = live_leases(stores.ledger)
        expire_lease(stores.ledger, row.lease)
        (ended,) = cancel_overdue(stores)
        assert (ended.run_id, ended.dataset, ended.is_gone) == (RUN_ID, "schedule", True)
        assert process.wait(10) == -signal.SIGKILL
        assert list(sweep(stores)) == [("schedule", DAY)]
    (run,) = get_runs(stores.ledger)
    assert (run.state, run.rows_written) == ("abandoned", COMMITS[0])
    assert kept(stores) == COMMITS[0]


def test_a_worker_that_holds_the_ledger_for_ever_is_ended_too(
    stores: Stores, tmp_path: Path
) -> None:
    """Stopped in a commit it keeps others out: past its deadline it is ended, its commit void."""
    with holder(tmp_path, "lake.in_transaction=stop") as process:
        assert said(process, 2) == ["opened", "stopped"]
        later = VirtualClock(SystemClock().now() + timedelta(minutes=3))
        stores.ledger.close()
        stores.ledger = Ledger.open(tmp_path / "ledger.db", later)
        stores.ledger.execute_text("PRAGMA busy_timeout = 50")
        # Its lease ran out and its deadline has not passed: nobody can tell whose lock it is.
        with pytest.raises(HomeBusy):
            cancel_overdue(stores)
        assert process.poll() is None
        later.sleep(3600)
        (ended,) = cancel_overdue(stores)
        assert ended.is_gone
        assert process.wait(10) == -signal.SIGKILL
        assert list(sweep(stores)) == [("schedule", DAY)]
    (run,) = get_runs(stores.ledger)
    assert (run.state, run.rows_written) == ("timed_out", None)
    assert kept(stores) == 0


def test_the_controller_itself_is_never_ended(stores: Stores, tmp_path: Path) -> None:
    """A run that the lock's holder makes in its own process is left to the sweeper."""
    with holder(tmp_path, "lake.before=stop") as process:
        said(process, 2)
        (tmp_path / "controller.lock").write_text(str(process.pid), encoding="utf-8")
        (row,) = live_leases(stores.ledger)
        expire_lease(stores.ledger, row.lease)
        assert cancel_overdue(stores) == ()
        assert list(sweep(stores)) == [("schedule", DAY)]
        os.kill(process.pid, signal.SIGCONT)
        assert said(process, 1) == ["lease lost"]
    assert kept(stores) == 0


def test_a_worker_that_cannot_be_ended_is_named(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kernel does not let go, the watch says so instead of waiting for ever."""
    monkeypatch.setattr(cancel, "_DYING_S", 0.2)
    with holder(tmp_path, "lake.before=stop") as process:
        said(process, 2)
        (row,) = live_leases(stores.ledger)
        expire_lease(stores.ledger, row.lease)
        (ended,) = cancel_overdue(stores, end=lambda pid: None)
        assert not ended.is_gone
        assert process.poll() is None
