"""Worker processes: what outlives its deadline is ended, and gone, before anything is retried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from fullcourt.pipeline.execute import WorkerExecutor
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.runner import Task, process_start
from fullcourt.pipeline.work import Stores
from tests.pipeline.fake_work import work
from tests.pipeline.homes import DAY, close, stores_at


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """A home for the workers."""
    opened = stores_at(tmp_path)
    yield opened
    close(opened)


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerExecutor]:
    """Two workers; the schedule's deadline is a second."""
    monkeypatch.setitem(BY_NAME, "schedule", replace(BY_NAME["schedule"], deadline_s=1))
    workers = WorkerExecutor(work)
    yield workers
    workers.close()


def task(how: str, dataset: str = "schedule") -> Task:
    """A task that ends like this."""
    return Task(dataset, DAY, DAY, (), trigger=how)


def is_alive(home: Path, how: str) -> bool:
    """Whether the process that worked like this still exists, as a zombie too."""
    return process_start(int((home / f"{how}.pid").read_text(encoding="ascii"))) != ""


def test_a_hung_task_is_ended_at_its_deadline(
    stores: Stores, tmp_path: Path, executor: WorkerExecutor
) -> None:
    """A task that hangs is reported as timed out, and its process is gone by then."""
    started = monotonic()
    reports = executor.run(stores, [task("hang"), task("well", "grades")])
    assert 1 <= monotonic() - started < 20, "the deadline is a second, and is kept"
    assert [(r.dataset, r.state) for r in reports] == [
        ("schedule", "timed_out"),
        ("grades", "succeeded"),
    ]
    # Not reported is not zero, and a run nobody named has no id.
    assert (reports[0].rows_written, reports[0].run_id) == (None, None)
    assert not is_alive(tmp_path, "hang")
    assert [r.state for r in executor.run(stores, [task("well")])] == ["succeeded"]


def test_a_crashed_worker_is_reported_as_abandoned(
    stores: Stores, tmp_path: Path, executor: WorkerExecutor
) -> None:
    """A worker process that dies takes only its own task with it."""
    reports = executor.run(stores, [task("crash", "grades"), task("well", "predictions")])
    assert [(r.dataset, r.state, r.rows_written) for r in reports] == [
        ("grades", "abandoned", None),
        ("predictions", "succeeded", 3),
    ]
    assert not is_alive(tmp_path, "crash")


def test_reports_come_in_the_order_of_the_tasks(stores: Stores, executor: WorkerExecutor) -> None:
    """Whoever is done first, each task's report stands at its place."""
    names = ["grades", "predictions", "schedule", "odds_player_props", "player_game_summary"]
    reports = executor.run(stores, [task("well", name) for name in names])
    assert [report.dataset for report in reports] == names
    assert executor.run(stores, []) == []


def test_closing_ends_the_workers(stores: Stores, tmp_path: Path) -> None:
    """Closing the workers leaves no process behind."""
    workers = WorkerExecutor(work, workers=1)
    assert [r.state for r in workers.run(stores, [task("well", "grades")])] == ["succeeded"]
    assert is_alive(tmp_path, "well")
    workers.close()
    assert not is_alive(tmp_path, "well")
