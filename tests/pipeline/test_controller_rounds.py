"""One tick's rounds: what changes nothing is left alone, and keeps nobody else from his turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fullcourt.controller import Controller
from fullcourt.errors import StoreFull
from fullcourt.pipeline.runner import Task
from fullcourt.trust.plan import Action, Plan
from fullcourt.trust.words import Cell

DAY = date(2025, 1, 9)
NAMES = ("schedule", "odds_player_props", "player_box_scores", "player_game_summary", "grades")


@dataclass
class _Grid:
    """A grid in which no run ever changes anything."""

    memos: dict[Cell, Any] = field(default_factory=dict)
    views: dict[Cell, Any] = field(default_factory=dict)

    def keep_views(self) -> None:
        """Nothing to keep."""

    def notice_lake(self, now: datetime) -> None:
        """Nobody writes."""

    def judge_dirty(self, now: datetime) -> int:
        """Nothing to judge."""
        return 0


class _Hopeless(Controller):
    """Plans the same five actions for ever and notes which were carried out."""

    def __init__(self) -> None:
        now = datetime(2025, 1, 9, 12, tzinfo=UTC)
        self.stores: Any = SimpleNamespace(clock=SimpleNamespace(now=lambda: now))
        self.grid: Any = _Grid()
        self.upkeep: Any = SimpleNamespace(tidy_weekly=lambda now: None)
        self._tried = {}
        self.beat = lambda: None
        self.ran: list[str] = []

    def judge_now(self) -> int:
        """Nothing is judged."""
        return 0

    def _clean_once_a_day(self, now: datetime) -> list[Any]:
        return []

    def _heed_breaker(self, now: datetime) -> None:
        pass

    def _try_again_what_other_code_failed_at(self) -> None:
        pass

    def _poll(self, now: datetime) -> None:
        pass

    def _judge_news(self, now: datetime) -> int:
        return 0

    def _plan(self, now: datetime) -> Plan:
        return Plan(tuple(Action(Cell(name, DAY), ("key",), "due") for name in NAMES))

    def _act(self, actions: list[Action]) -> list[Any]:
        self.ran += [action.cell.dataset for action in actions]
        return []


def test_work_without_progress_ends_and_starves_nobody() -> None:
    """Every action has its turn, twice at the most at one instant."""
    controller = _Hopeless()
    controller.tick()
    assert {name: controller.ran.count(name) for name in NAMES} == dict.fromkeys(NAMES, 2)


def test_cells_of_a_run_that_could_not_be_closed_are_looked_at_again() -> None:
    """The disk fills up under a run: its lease stays open, and the next look judges its cell."""
    controller = _Hopeless()
    marked: set[Cell] = set()
    controller.grid.mark = marked.update

    def run(stores: Any, tasks: list[Task]) -> list[Any]:
        raise StoreFull("ledger: the disk is full.", next_step="free space")

    controller.executor = SimpleNamespace(run=run)
    controller._index_may_lack = False
    with pytest.raises(StoreFull):
        controller.run_tasks([Task("schedule", DAY, DAY, None)])
    assert marked == {Cell("schedule", DAY)}
