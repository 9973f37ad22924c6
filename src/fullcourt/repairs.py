"""Repair: plan what brings cells back to whole, carry it out, and judge them again.

There is one planner, `fullcourt.trust.plan`; a repair asks it with another urgency. What was begun
is kept in the ledger, so that a process that died is followed by one that goes on.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from fullcourt.controller import Controller
from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.graph import BY_NAME, GRAPH, ORDER
from fullcourt.pipeline.runner import WHOLE_CELL, RunReport, Task
from fullcourt.scrape.odds import cost_of_key
from fullcourt.stores.ledger.repairs import (
    CellBefore,
    Repair,
    close_repair,
    keys_asked_by,
    open_repair,
    put_repair,
)
from fullcourt.stores.ledger.runs import get_runs
from fullcourt.trust.ceilings import NO_CEILING, Ceilings, costing, within
from fullcourt.trust.consequences import Consequence, consequences
from fullcourt.trust.effects import SLATE_DATASETS, made_from
from fullcourt.trust.named import Named, named_cells
from fullcourt.trust.plan import Action, CellView, Urgency, VendorState, plan
from fullcourt.trust.refusals import OPEN, WRONG, Refusal, is_whole, refusals
from fullcourt.trust.words import Cell, CellVerdict

_MAX_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class CellPlan:
    """What is to be done about a cell (`action` None: nothing can be, yet), and what follows from
    it. `after`: cells of the same plan that bring what its keys wait for."""

    view: CellView
    action: Action | None
    refused: tuple[Refusal, ...]
    follows: tuple[Consequence, ...]
    after: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class RepairEnd:
    """A repair at its end: how its cells stood before and stand now, what was run and what it cost.

    `calls` and `credits` are at the most, an earlier process's share included.
    """

    repair: Repair
    after: tuple[CellView, ...]
    refused: Mapping[Cell, tuple[Refusal, ...]]
    runs: tuple[RunReport, ...]
    calls: int
    credits: int
    is_whole: bool
    is_resumed: bool


def plan_repair(
    controller: Controller,
    only: Sequence[Named] = (),
    *,
    forced: bool = False,
    ceilings: Ceilings = NO_CEILING,
) -> tuple[CellPlan, ...]:
    """What a repair would begin with, cell by cell, as judged now. No call is made.

    Raises:
        NoSuchCell: see `named_cells`.
    """
    now = controller.stores.clock.now()
    views = controller.look(named_cells(controller.grid, only))
    views.sort(key=lambda view: _place(view.expectation.cell))
    actions, held_back = within(
        _actions(controller, views, Urgency.FORCED if forced else Urgency.REPAIR, now), ceilings
    )
    vendors = controller.vendor_states(now)
    follows = _consequences(controller, views, now)
    found = []
    for view in views:
        cell = view.expectation.cell
        action = actions.get(cell)
        refused = _refused(view, action, held_back.get(cell, ()), vendors, now)
        # What another cell of this plan brings is no obstacle.
        after = [first for first in actions if any(c.cell == cell for c in follows[first])]
        if after and any(key.waits for key in refused):
            refused = tuple(key for key in refused if not key.waits)
        else:
            after = []
        found.append(CellPlan(view, action, refused, follows[cell], tuple(after)))
    return tuple(found)


def carry_out(
    controller: Controller,
    only: Sequence[Named] = (),
    *,
    reason: str | None = None,
    ceilings: Ceilings = NO_CEILING,
) -> RepairEnd:
    """Repair, go on to what follows from it, and judge the result. Safe to call again at any time.

    `reason`: why it goes past spent budgets, horizons and closed gates.

    Raises:
        NoSuchCell: see `named_cells`.
    """
    controller.judge_now()
    stores = controller.stores
    ledger, now = stores.ledger, stores.clock.now()
    scope = " ".join(sorted(map(str, only)))
    begun = open_repair(ledger, scope, reason)
    views = controller.look(named_cells(controller.grid, only))
    known = {(c.dataset, c.game_date) for c in begun.before} if begun else set()
    after_it = _consequences(controller, views, now)
    before = list(begun.before) if begun else []
    before += [_before(v, is_named=True) for v in views if _id(v) not in known]
    known |= {(c.dataset, c.game_date) for c in before}
    later = {c.cell for found in after_it.values() for c in found}
    others = [cell for cell in later if (cell.dataset, cell.game_date) not in known]
    before += [_before(v, is_named=False) for v in controller.look(others)]
    repair = Repair(
        begun.repair_id if begun else f"repair-{secrets.token_hex(6)}",
        scope,
        reason,
        begun.opened_at if begun else ledger.now(),
        tuple(before),
    )
    if before:
        put_repair(ledger, repair)
    work = _Work(controller, repair, ceilings)
    work.until_nothing_moves()
    controller.judge_now()
    after = controller.look([Cell(c.dataset, c.game_date) for c in repair.before])
    after.sort(key=lambda view: _place(view.expectation.cell))
    named = {Cell(c.dataset, c.game_date) for c in repair.before if c.is_named}
    whole = all(is_whole(v) for v in after if v.expectation.cell in named)
    close_repair(ledger, repair.repair_id, is_whole=whole)
    calls, credits = work.spent()
    now = stores.clock.now()
    vendors = controller.vendor_states(now)
    # What is still in the plan was tried in vain: its verdict says why.
    left = {action.cell: action for action in work.wanted(after)}
    refused = {
        cell: _refused(view, left.get(cell), work.held_back.get(cell, ()), vendors, now)
        for view in after
        for cell in [view.expectation.cell]
    }
    return RepairEnd(
        repair, tuple(after), refused, tuple(work.runs), calls, credits, whole, begun is not None
    )


@dataclass(slots=True)
class _Work:
    """A repair at work: rounds of plan and runs, the earliest dataset first, until none helps."""

    controller: Controller
    repair: Repair
    ceilings: Ceilings
    runs: list[RunReport] = field(default_factory=list)
    held_back: dict[Cell, tuple[Refusal, ...]] = field(default_factory=dict)
    _tried: dict[tuple[Cell, str], int] = field(default_factory=dict)
    """How much had been brought upstream when a key was tried last."""
    _moved: Counter[str] = field(default_factory=Counter)
    """Runs that brought something, by dataset."""

    def until_nothing_moves(self) -> None:
        for _ in range(_MAX_ROUNDS):
            self.controller.judge_now()
            actions = self._next()
            if not actions:
                return
            self._run(actions)

    def spent(self) -> tuple[int, int]:
        """Vendor calls made at the most, and credits, by this process and those before it."""
        asked = keys_asked_by(self.controller.stores.ledger, self.repair.repair_id)
        odds = self.controller.stores.settings.odds
        feeds = {name: keys for name, keys in asked.items() if BY_NAME[name].is_feed}
        return sum(feeds.values()), sum(
            keys * cost_of_key(name, odds) for name, keys in feeds.items()
        )

    def wanted(self, views: Sequence[CellView]) -> list[Action]:
        """The plan over cells: what was named as it was asked for, what follows within budgets."""
        now = self.controller.stores.clock.now()
        named = {Cell(c.dataset, c.game_date) for c in self.repair.before if c.is_named}
        forced = self.repair.force_reason is not None
        mine = [view for view in views if view.expectation.cell in named]
        others = [view for view in views if view.expectation.cell not in named]
        urgency = Urgency.FORCED if forced else Urgency.REPAIR
        found = _actions(self.controller, mine, urgency, now)
        return found + _actions(self.controller, others, Urgency.REPAIR, now)

    def _next(self) -> list[Action]:
        controller, now = self.controller, self.controller.stores.clock.now()
        named = [Cell(c.dataset, c.game_date) for c in self.repair.before if c.is_named]
        upto = max([game_date_of(now), *(cell.game_date for cell in controller.grid.memos)])
        later = set().union(*(made_from(cell, upto) for cell in named)) - set(named)
        # What has just got its input is not due for a while, and is made all the same.
        is_open = {verdict.value for verdict in OPEN | {CellVerdict.NOT_DUE}}
        memos = controller.grid.memos
        later = {cell for cell in later if cell in memos and memos[cell].verdict in is_open}
        found = self.wanted(controller.look([*named, *later]))
        wanted = [fresh for fresh in map(self._untried, found) if fresh is not None]
        wanted.sort(key=lambda action: (ORDER[action.cell.dataset], action.cell.game_date))
        first = [a for a in wanted if a.cell.dataset == wanted[0].cell.dataset]
        calls, credits = self.spent()
        allowed, back = within(first, self.ceilings, calls, credits)
        self.held_back |= back
        if not allowed and first:
            # The ceiling is reached for this feed; what needs no vendor may still be done.
            for action in first:
                self._note(action)
            return self._next()
        return list(allowed.values())

    def _run(self, actions: Sequence[Action]) -> None:
        forced = self.repair.force_reason
        named = {Cell(c.dataset, c.game_date) for c in self.repair.before if c.is_named}
        tasks = []
        for action in actions:
            cell = action.cell
            why = forced if cell in named else None
            tasks.append(
                Task(
                    cell.dataset,
                    cell.game_date,
                    cell.game_date,
                    tuple((cell.game_date, key) for key in action.keys),
                    trigger="repair",
                    override_gate=why if BY_NAME[cell.dataset].gate is not None else None,
                    planned_epoch=self.controller.grid.epoch_of(cell),
                    repair_id=self.repair.repair_id,
                    forced=why,
                )
            )
            self._note(action)
        reports = self.controller.run_tasks(tasks)
        self.runs += reports
        for report in reports:
            if report.run_id is None:
                continue
            rows = get_runs(self.controller.stores.ledger, run_id=report.run_id)
            if any(row.keys_held or row.rows_written for row in rows):
                self._moved[report.dataset] += 1

    def _untried(self, action: Action) -> Action | None:
        """The action over its keys that were not tried yet, or not since more was brought."""
        stamp, cell = self._stamp(action), action.cell
        if not action.keys:
            return action if self._tried.get((cell, WHOLE_CELL), -1) < stamp else None
        keys = tuple(key for key in action.keys if self._tried.get((cell, key), -1) < stamp)
        return costing(action, keys, action.credits // len(action.keys)) if keys else None

    def _note(self, action: Action) -> None:
        for key in action.keys or (WHOLE_CELL,):
            self._tried[action.cell, key] = self._stamp(action)

    def _stamp(self, action: Action) -> int:
        place = ORDER[action.cell.dataset]
        return sum(count for name, count in self._moved.items() if ORDER[name] < place)


def _actions(
    controller: Controller, views: Sequence[CellView], urgency: Urgency, now: datetime
) -> list[Action]:
    """The plan over these cells, with what each action costs."""
    if not views:
        return []
    cells = {view.expectation.cell for view in views}
    unloaded = {cell: seen for cell, seen in controller.unloaded().items() if cell in cells}
    planned = plan(views, GRAPH, controller.vendor_states(now), unloaded, now, urgency)
    odds = controller.stores.settings.odds
    return [
        costing(action, action.keys, cost_of_key(action.cell.dataset, odds))
        for action in planned.actions
    ]


def _refused(
    view: CellView,
    action: Action | None,
    held_back: Sequence[Refusal],
    vendors: Mapping[str, VendorState],
    now: datetime,
) -> tuple[Refusal, ...]:
    declaration = BY_NAME[view.expectation.cell.dataset]
    names = {key.key: key.name for key in view.verdict.keys}
    wrong = {key.key for key in view.verdict.in_state(*WRONG)}
    back = [replace(r, name=names.get(r.key, r.key)) for r in held_back if r.key in wrong]
    asked = {*(action.keys if action else ()), *(refusal.key for refusal in back)}
    if action is not None and not action.keys:
        # It loads whatever the archive holds of the cell.
        return tuple(back)
    vendor = vendors.get(declaration.vendor or "", VendorState())
    return (*refusals(view, declaration, vendor, asked, now), *back)


def _consequences(
    controller: Controller, views: Sequence[CellView], now: datetime
) -> Mapping[Cell, tuple[Consequence, ...]]:
    """What follows from each of these cells, by cell."""
    memos = controller.grid.memos
    today = game_date_of(now)
    upto = max([today, *(cell.game_date for cell in memos)])
    quiet = {CellVerdict.LEGITIMATE_ZERO.value, CellVerdict.NOT_DUE.value}
    wanted: dict[Cell, frozenset[Cell]] = {}
    for view in views:
        cell = view.expectation.cell
        wanted[cell] = frozenset(
            later
            for later in made_from(cell, upto)
            if later in memos
            and memos[later].verdict not in quiet
            # A slate that is over is frozen: only what is open of it can follow.
            and (
                memos[later].verdict != CellVerdict.COMPLETE.value
                or later.dataset not in SLATE_DATASETS
                or (today - later.game_date).days <= 1
            )
        )
    looked = {v.expectation.cell: v for v in controller.look(frozenset().union(*wanted.values()))}
    return {
        view.expectation.cell: consequences(
            view, [looked[later] for later in wanted[view.expectation.cell]], now
        )
        for view in views
    }


def _before(view: CellView, *, is_named: bool) -> CellBefore:
    verdict, cell = view.verdict, view.expectation.cell
    return CellBefore(
        cell.dataset,
        cell.game_date,
        verdict.verdict.value,
        verdict.expected,
        verdict.held,
        is_named,
    )


def _id(view: CellView) -> tuple[str, date]:
    return view.expectation.cell.dataset, view.expectation.cell.game_date


def _place(cell: Cell) -> tuple[date, int]:
    return cell.game_date, ORDER[cell.dataset]
