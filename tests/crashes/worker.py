"""What a worker process does in tests: the real work, but the first one hangs or dies in it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fullcourt.opening import die_with_parent, open_home
from fullcourt.pipeline.runner import RunReport, Task, run_task

_LONGER_THAN_ANY_TEST = 3600


def hang_once(path: Path, task: Task) -> RunReport:
    """The first worker stands still inside its commit; the others work."""
    return _work(path, task, lambda: time.sleep(_LONGER_THAN_ANY_TEST))


def die_once(path: Path, task: Task) -> RunReport:
    """The first worker is killed inside its commit; the others work."""
    return _work(path, task, lambda: os.kill(os.getpid(), signal.SIGKILL))


def first_worker(path: Path) -> Path:
    """Where the first worker leaves its number once it is inside its commit."""
    return path.parent / "first-worker.pid"


def _work(path: Path, task: Task, suffer: Callable[[], None]) -> RunReport:
    die_with_parent()
    opened = open_home(path)

    def reached(name: str) -> None:
        if name == "lake.in_transaction" and not first_worker(path).exists():
            first_worker(path).write_text(str(os.getpid()), encoding="ascii")
            suffer()

    opened.stores.failpoint = reached
    try:
        return replace(run_task(opened.stores, task), snapshot_id=None)
    finally:
        opened.close()
