"""Where tasks run: in this process (simulation, replay), or in workers ended at a deadline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as DeadlinePassed
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from fullcourt.errors import LeaseLost
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.runner import RunReport, Task, run_task
from fullcourt.pipeline.work import Stores

# The run's own deadline starts once its worker has opened the stores.
_OPENING_S = 5.0


class Executor(Protocol):
    """Runs tasks and reports how each ended, in the order given."""

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """Run every task to its end (or to the end of its worker)."""
        ...

    def close(self) -> None:
        """Stop the workers."""
        ...


class InlineExecutor:
    """One after the other in this process: a virtual clock cannot be shared with workers."""

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """Run the tasks here."""
        return [_run_or_skip(stores, task) for task in tasks]

    def close(self) -> None:
        """Nothing to stop."""


def _run_or_skip(stores: Stores, task: Task) -> RunReport:
    """A cell somebody else holds is left to him; the next tick looks again."""
    try:
        return run_task(stores, task)
    except LeaseLost as error:
        return _skipped(task, error)


def _skipped(task: Task, error: LeaseLost) -> RunReport:
    return RunReport(None, task.dataset, "skipped", None, {}, str(error))


class WorkerExecutor:
    """Worker processes; one that outlives its task's deadline is killed, and gone, before a retry.

    `work` is a picklable function (home, task) -> RunReport that opens its own stores.
    """

    def __init__(self, work: Callable[[Path, Task], RunReport], workers: int = 2) -> None:
        from pebble import ProcessPool

        self._work = work
        # Forked children would inherit DuckDB threads that do not exist in them.
        self._pool = ProcessPool(max_workers=workers, context=get_context("spawn"))

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """Run the tasks side by side; returns when the last one ended."""
        from pebble import ProcessExpired

        futures = [
            self._pool.schedule(
                self._work,
                args=[stores.home.path, task],
                timeout=BY_NAME[task.dataset].deadline_s + _OPENING_S,
            )
            for task in tasks
        ]
        reports = []
        for task, future in zip(tasks, futures, strict=True):
            try:
                reports.append(future.result())
            except DeadlinePassed:
                # pebble has ended the process; the sweeper closes its run from the lake's snapshot.
                reports.append(
                    RunReport(None, task.dataset, "timed_out", None, {}, "ended at its deadline")
                )
            except ProcessExpired as error:
                reports.append(
                    RunReport(None, task.dataset, "abandoned", None, {}, f"worker lost: {error}")
                )
            except LeaseLost as error:
                reports.append(_skipped(task, error))
            except Exception as error:
                # One task's store error must not leave the other results uncollected.
                said = f"{type(error).__name__}: {error}"
                reports.append(RunReport(None, task.dataset, "failed", None, {}, said))
        return reports

    def close(self) -> None:
        """Stop the workers, running ones included."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
