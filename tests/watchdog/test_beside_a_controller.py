"""A watch opens the home again in the controller's own process: neither disturbs the other."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from fullcourt.cli.watch import watching
from fullcourt.opening import create_home, open_home, sole_controller
from fullcourt.pipeline.work import Run
from fullcourt.settings import Home, Settings
from fullcourt.stores.lake import Append, Lake
from fullcourt.stores.ledger import RunOutcome
from fullcourt.stores.ledger.runs import close_run, open_run
from fullcourt.watchdog.watch import Channels, watch
from tests.pipeline.homes import DAY
from tests.stores.rows import stage
from tests.watchdog.homes import SOMEBODY, Mailbox

COMMITS = 30


def test_watches_while_the_same_process_commits(tmp_path: Path) -> None:
    """Thirty commits and as many watches from a thread: every row is there, nothing is damaged."""
    home = create_home(tmp_path / "home", Settings(since=DAY))
    stopped, watches = threading.Event(), []
    failures: list[BaseException] = []

    def look() -> None:
        try:
            while not stopped.is_set():
                with watching(Home(home.path)) as opened:
                    watches.append(watch(opened.stores, Channels(), Mailbox(), opened.judge))
        except BaseException as error:
            failures.append(error)
            raise

    with sole_controller(home):
        opened = open_home(home.path, vendors=False)
        stores, thread = opened.stores, threading.Thread(target=look)
        thread.start()
        for n in range(COMMITS):
            lease = open_run(
                stores.ledger,
                run_id=f"sch-{n}",
                dataset="schedule",
                first=DAY,
                last=DAY,
                trigger="schedule",
                deadline=timedelta(minutes=15),
                keys_expected=2,
                code_fingerprint="code",
                worker=SOMEBODY,
            )
            run = Run(stores, lease, DAY, DAY)
            rows = [(DAY, f"{n}-a"), (DAY, f"{n}-b")]
            run.commit([Append("schedule", stage(stores.lake, rows, "made", f"sch-{n}"))], "test")
            close_run(stores.ledger, lease, RunOutcome("succeeded", rows_written=run.rows_written))
        stopped.set()
        thread.join()
        opened.close()
    assert failures == []
    assert watches
    lake = Lake.open(home.catalog_file, home.lake_dir, read_only=True)
    count = lake.connection.execute("SELECT count(*) FROM stored.schedule").fetchall()
    lake.close()
    assert count == [(2 * COMMITS,)]
