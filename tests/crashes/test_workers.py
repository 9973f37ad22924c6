"""A worker process that hangs or dies in its commit: it is gone before the cell is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.opening import open_home
from fullcourt.pipeline import execute
from fullcourt.pipeline.execute import WorkerExecutor
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.runner import RunReport, Task, process_start
from fullcourt.stores.ledger.runs import get_runs
from tests.crashes.account import account_of
from tests.crashes.house import House
from tests.crashes.night import BUSY
from tests.crashes.worker import die_once, first_worker, hang_once

CELL = "odds_player_props"
DEADLINE = timedelta(seconds=BY_NAME[CELL].deadline_s)


@pytest.mark.parametrize(
    ("work", "reported", "closed"),
    [(hang_once, "timed_out", "timed_out"), (die_once, "abandoned", "abandoned")],
)
def test_a_worker_is_gone_before_its_cell_is_tried_again(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[Path, Task], RunReport],
    reported: str,
    closed: str,
) -> None:
    """A worker that hangs or dies leaves no process and no row; the next one does its cell."""
    house.begin_again()
    first_worker(house.home).unlink(missing_ok=True)
    opened = open_home(house.home)
    executor = WorkerExecutor(work, workers=1)
    try:
        clock = opened.stores.clock
        assert isinstance(clock, VirtualClock)
        controller = opened.controller(executor)

        def tick_at(hour: int) -> list[RunReport]:
            clock.advance_to(eastern(BUSY, hour))
            opened.keep_clock()
            return [run for run in controller.tick().runs if run.dataset == CELL]

        tick_at(8)
        # Only this one is given little time: the opening of the stores counts in.
        monkeypatch.setitem(BY_NAME, CELL, replace(BY_NAME[CELL], deadline_s=10))
        monkeypatch.setattr(execute, "_OPENING_S", 0)
        assert [run.state for run in tick_at(13)] == [reported]
        pid = int(first_worker(house.home).read_text(encoding="ascii"))
        assert process_start(pid) == ""
        monkeypatch.undo()
        if reported == "timed_out":
            clock.sleep(DEADLINE.total_seconds())
        opened.keep_clock()
        ended = controller.tick()
        runs = get_runs(opened.stores.ledger, dataset=CELL, game_date=BUSY)
        lost = min(runs, key=lambda run: run.attempt)
        assert (lost.state, lost.rows_written, lost.error_class) == (closed, None, "WorkerLost")
        again = [run for run in ended.runs if run.dataset == CELL] or tick_at(14)
        assert again[0].state == "succeeded"
        assert again[0].rows_written
    finally:
        executor.close()
        opened.close()
    assert account_of(house.home).disagreements == ()
