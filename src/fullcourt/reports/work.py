"""What `run`, `serve` and `backfill` did, or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.campaign import backfill_step
from fullcourt.pipeline.graph import GRAPH
from fullcourt.reports.grid import cells_between, exit_code_of
from fullcourt.scrape.odds import props_cost
from fullcourt.stores.ledger.verdicts import get_summaries

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.pipeline.runner import RunReport


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One run made. `rows_written` is counted by the lake; null: not reported (feeds)."""

    run_id: str | None
    dataset: str
    state: str
    rows_written: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class WorkView:
    """What the loop did. `judged` counts judgements of cells, `totals` cells by verdict afterwards,
    `next_wake` is when something may have to be done again. `exit_code`: 1 when something is
    overdue or wrong (partial, missing, suspect, stale), else 0.
    """

    now: datetime
    ticks: int
    judged: int
    runs: tuple[WorkLine, ...]
    totals: Mapping[str, int]
    next_wake: datetime | None
    exit_code: int


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One task a backfill would start with: keys, and vendor calls and credits at most."""

    dataset: str
    first_date: date
    last_date: date
    keys: int
    calls: int
    credits: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """What a backfill would ask for, by what is known now: keys that need a body which is not there
    yet come up when it is. `credits_left` is the odds vendor's last word.
    """

    first_date: date
    last_date: date
    steps: tuple[PlanLine, ...]
    keys: int
    calls: int
    credits: int
    credits_left: int | None


@dataclass(frozen=True, slots=True)
class BackfillView:
    """A backfill done: its runs, and the range's cells by verdict afterwards. `exit_code` as in
    `status`, over the range.
    """

    first_date: date
    last_date: date
    runs: tuple[WorkLine, ...]
    totals: Mapping[str, int]
    exit_code: int


def work_lines(reports: Sequence[RunReport]) -> tuple[WorkLine, ...]:
    """Runs as plain data."""
    return tuple(WorkLine(r.run_id, r.dataset, r.state, r.rows_written, r.error) for r in reports)


def work_view(
    controller: Controller, ticks: int, judged: int, runs: Sequence[RunReport]
) -> WorkView:
    """The state of the home after the loop."""
    summaries = get_summaries(controller.stores.ledger)
    return WorkView(
        now=controller.stores.clock.now(),
        ticks=ticks,
        judged=judged,
        runs=work_lines(runs),
        totals=dict(sorted(Counter(row.verdict for row in summaries).items())),
        next_wake=controller.next_wake(),
        exit_code=1 if controller.verdicts_wrong() else 0,
    )


def plan_view(
    controller: Controller, first: date, last: date, datasets: Sequence[str] | None
) -> PlanView:
    """What a backfill of the range would ask for now; no call is made."""
    from fullcourt.stores.ledger.vendors import credits_left

    stores = controller.stores
    lines = []
    for declaration in GRAPH:
        if datasets is not None and declaration.name not in datasets:
            continue
        paid = declaration.name == "odds_event_props"
        cost = props_cost(stores.settings.odds) if paid else 0
        step = backfill_step(controller, declaration.name, first, last, cost_per_key=cost)
        if step is not None:
            lines.append(
                PlanLine(
                    step.dataset, step.first, step.last, len(step.keys), step.calls, step.credits
                )
            )
    return PlanView(
        first_date=first,
        last_date=last,
        steps=tuple(lines),
        keys=sum(line.keys for line in lines),
        calls=sum(line.calls for line in lines),
        credits=sum(line.credits for line in lines),
        credits_left=credits_left(stores.ledger, "odds_api"),
    )


def backfill_view(
    controller: Controller,
    first: date,
    last: date,
    datasets: Sequence[str] | None,
    runs: Sequence[RunReport],
) -> BackfillView:
    """The range's cells after a backfill."""
    cells = cells_between(controller.stores.ledger, first, last, datasets)
    totals = Counter(cell.verdict for cell in cells)
    return BackfillView(
        first, last, work_lines(runs), dict(sorted(totals.items())), exit_code_of(totals)
    )
