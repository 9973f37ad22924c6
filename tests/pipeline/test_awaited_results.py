"""Results that are awaited: who asked the season's schedule last is known, whoever it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from fullcourt.clock import VirtualClock
from fullcourt.controller import Controller
from fullcourt.pipeline.runner import RunReport, Task
from fullcourt.results import AwaitedResults
from fullcourt.stores.ledger import Ledger
from fullcourt.trust.words import Cell, Expectation, KeyExpectation

DAY = date(2025, 1, 9)
DUE = datetime(2025, 1, 10, 8, tzinfo=UTC)
NOW = DUE + timedelta(hours=3)


class _Bare(Controller):
    """A controller of one game whose result is overdue."""

    def __init__(self) -> None:
        clock = VirtualClock(NOW)
        key = KeyExpectation("0022400001", "A@B", DUE, DUE, None, "", awaits_result=True)
        cell = Cell("nba_boxscore", DAY)
        view = SimpleNamespace(expectation=Expectation(cell, (key,)))
        grid: Any = SimpleNamespace(
            views={cell: view}, mark=lambda cells: None, mark_unverifiable=lambda: None
        )
        stores: Any = SimpleNamespace(
            clock=clock, ledger=Ledger.in_memory(clock), settings=SimpleNamespace(since=DAY)
        )
        self.grid, self.stores = grid, stores
        self.results = AwaitedResults(stores, grid)
        self.say = lambda text: None

    def asks_season_at(self) -> datetime:
        """The last instant there is: the scoreboard's own is earlier."""
        return max(self.results.instants(NOW))


def test_a_morning_run_counts_as_having_asked_the_season() -> None:
    """A run of the schedule's feed puts off the next question for an overdue result."""
    controller = _Bare()
    assert controller.asks_season_at() <= NOW
    task = Task("nba_schedule", DAY, DAY, ((DAY, "schedule"),))
    controller._after(task, RunReport("r", "nba_schedule", "failed", None, {}))
    assert controller.asks_season_at() == NOW + timedelta(hours=1)
    controller.stores.ledger.close()
