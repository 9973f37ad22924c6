"""What `repair` would do, or did: cell by cell, with cost, consequences and proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.declaration import Phase
from fullcourt.pipeline.gates import summaries_gate
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.repairs import CellPlan, RepairEnd
from fullcourt.reports.work import WorkLine, work_lines
from fullcourt.stores.ledger.removals import UsualTime, usual_time
from fullcourt.stores.ledger.vendors import credits_left
from fullcourt.trust.refusals import WRONG, is_whole

if TYPE_CHECKING:
    from fullcourt.pipeline.work import Stores
    from fullcourt.trust.plan import CellView

_NO_RUNS = "unknown: no earlier run of it succeeded"
_NO_TIME = "unknown: this home's clock is virtual, its runs take no time"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A key that cannot be repaired now, and why."""

    key: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class FollowLine:
    """A cell that is made again when the other is repaired. `keys` of it, and why."""

    dataset: str
    game_date: date
    verdict: str
    keys: int
    why: str


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One cell and what would be done about it.

    `action`: fetch, load from archive, recompute; null: nothing can be done, or not before the
    cells of `after` have brought what it is made from. `keys` are asked for
    (0 with an action: whatever the archive holds of the cell). `calls` and `credits` are at the
    most. `minutes` null: unknown; `minutes_basis` says what it is read from, or why not. `gate`: a
    closed gate in the way, in words.
    """

    dataset: str
    game_date: date
    verdict: str
    reason: str
    action: str | None
    keys: int
    calls: int
    credits: int
    minutes: float | None
    minutes_basis: str
    gate: str | None
    after: tuple[str, ...]
    follows: tuple[FollowLine, ...]
    refused: tuple[RefusedLine, ...]


@dataclass(frozen=True, slots=True)
class RepairTotals:
    """Sums over a plan. `cells` are named, `with_action` of them worked on at once, `waiting` once
    others of them are; `following` are made again with them (each once); `minutes` of those known,
    `minutes_unknown` counts the cells it leaves out."""

    cells: int
    with_action: int
    waiting: int
    keys: int
    keys_refused: int
    calls: int
    credits: int
    minutes: float
    minutes_unknown: int
    following: int


@dataclass(frozen=True, slots=True)
class RepairPlanView:
    """A repair as planned at `now` (UTC). `credits_left`: the odds vendor's last word.
    `exit_code`: 1 when something named cannot be repaired, else 0."""

    home: str
    now: datetime
    force_reason: str | None
    cells: tuple[RepairLine, ...]
    totals: RepairTotals
    credits_left: int | None
    exit_code: int


@dataclass(frozen=True, slots=True)
class RepairedCell:
    """A cell before and after. Counts are keys; `still_missing` names those not whole yet, each
    with its why; `is_named` false: a consequence."""

    dataset: str
    game_date: date
    is_named: bool
    before: str
    after: str
    held_before: int
    held_after: int
    expected_after: int
    is_whole: bool
    still_missing: tuple[RefusedLine, ...]


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair at its end, judged by the judge of every other command.

    `runs` are those of this process; `calls` and `credits` are at the most, and of the whole
    repair. `exit_code`: 0 everything named is whole, else 1.
    """

    home: str
    repair_id: str
    scope: str
    force_reason: str | None
    began_at: datetime
    is_resumed: bool
    cells: tuple[RepairedCell, ...]
    runs: tuple[WorkLine, ...]
    calls: int
    credits: int
    exit_code: int


def repair_plan_view(
    stores: Stores, home: str, planned: Sequence[CellPlan], force_reason: str | None
) -> RepairPlanView:
    """The plan as plain data, with what each cell is likely to take."""
    now = stores.clock.now()
    names = {cell.view.expectation.cell.dataset for cell in planned}
    usual = {name: usual_time(stores.ledger, name) for name in names}
    is_virtual = stores.clock.is_virtual
    lines = tuple(
        _line(stores, cell, usual[cell.view.expectation.cell.dataset], is_virtual=is_virtual)
        for cell in planned
    )
    acting = [line for line in lines if line.action is not None]
    known = [line.minutes for line in acting if line.minutes is not None]
    totals = RepairTotals(
        cells=len(lines),
        with_action=len(acting),
        waiting=sum(bool(line.after) and line.action is None for line in lines),
        keys=sum(line.keys for line in acting),
        keys_refused=sum(len(line.refused) for line in lines),
        calls=sum(line.calls for line in acting),
        credits=sum(line.credits for line in acting),
        minutes=round(sum(known), 1),
        minutes_unknown=len(acting) - len(known),
        following=len({(f.dataset, f.game_date) for line in lines for f in line.follows}),
    )
    return RepairPlanView(
        home=home,
        now=now,
        force_reason=force_reason,
        cells=lines,
        totals=totals,
        credits_left=credits_left(stores.ledger, "odds_api"),
        exit_code=1 if any(line.refused for line in lines) else 0,
    )


def repair_view(home: str, end: RepairEnd) -> RepairView:
    """The end of a repair as plain data."""
    before = {(c.dataset, c.game_date): c for c in end.repair.before}
    cells = []
    for view in end.after:
        cell = view.expectation.cell
        then = before[cell.dataset, cell.game_date]
        cells.append(
            RepairedCell(
                dataset=cell.dataset,
                game_date=cell.game_date,
                is_named=then.is_named,
                before=then.verdict,
                after=view.verdict.verdict.value,
                held_before=then.held,
                held_after=view.verdict.held,
                expected_after=view.verdict.expected,
                is_whole=is_whole(view),
                still_missing=_still_missing(end, view),
            )
        )
    return RepairView(
        home=home,
        repair_id=end.repair.repair_id,
        scope=end.repair.scope or "every alarm",
        force_reason=end.repair.force_reason,
        began_at=end.repair.opened_at,
        is_resumed=end.is_resumed,
        cells=tuple(cells),
        runs=work_lines(end.runs),
        calls=end.calls,
        credits=end.credits,
        exit_code=0 if end.is_whole else 1,
    )


def _still_missing(end: RepairEnd, view: CellView) -> tuple[RefusedLine, ...]:
    """Every key that is not whole: with why it was not worked on, or what came of it."""
    said = {r.key: r.why for r in end.refused.get(view.expectation.cell, ())}
    whole_cell = [
        RefusedLine(key, "the whole cell", why) for key, why in said.items() if key == "*"
    ]
    return (
        *whole_cell,
        *(
            RefusedLine(key.key, key.name, f"{key.state.value}: {said.get(key.key) or key.reason}")
            for key in view.verdict.in_state(*WRONG)
        ),
    )


def _line(
    stores: Stores, planned: CellPlan, usual: UsualTime | None, *, is_virtual: bool
) -> RepairLine:
    view, action = planned.view, planned.action
    cell = view.expectation.cell
    minutes, basis = None, _NO_TIME if is_virtual else _NO_RUNS
    if usual is not None and not is_virtual:
        minutes = round(usual.seconds / 60, 2)
        runs = "1 run" if usual.runs == 1 else f"{usual.runs} runs"
        basis = f"median of its newest {runs} of one date"
    return RepairLine(
        dataset=cell.dataset,
        game_date=cell.game_date,
        verdict=view.verdict.verdict.value,
        reason=view.verdict.reason,
        action=_action_word(cell.dataset) if action is not None else None,
        keys=len(action.keys) if action else 0,
        calls=action.calls if action else 0,
        credits=action.credits if action else 0,
        minutes=minutes if action else None,
        minutes_basis=basis if action else "nothing is done",
        gate=_closed_gate(stores, cell.dataset, cell.game_date) if action else None,
        after=tuple(str(first) for first in planned.after),
        follows=tuple(
            FollowLine(f.cell.dataset, f.cell.game_date, f.verdict, f.keys, f.why)
            for f in planned.follows
        ),
        refused=tuple(RefusedLine(r.key, r.name, r.why) for r in planned.refused),
    )


def _action_word(dataset: str) -> str:
    match BY_NAME[dataset].phase:
        case Phase.SCRAPE:
            return "fetch"
        case Phase.RAW:
            return "load from archive"
        case _:
            return "recompute"


def _closed_gate(stores: Stores, dataset: str, day: date) -> str | None:
    if BY_NAME[dataset].gate is None:
        return None
    gate = summaries_gate(stores.lake, day, day, stores.clock.now()).get(day)
    return None if gate is None or gate.is_open else gate.sentence()
