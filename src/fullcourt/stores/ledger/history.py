"""The ledger's past: every change of a key's state, and the runs of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fullcourt.stores.ledger.database import Ledger, instant_of
from fullcourt.stores.ledger.schema import run_cells, runs, verdict_transitions


@dataclass(frozen=True, slots=True)
class CellRun:
    """A run that worked on a cell; `rows_written` of the cell, null: not known of it alone."""

    run_id: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    rows_written: int | None


def changes(ledger: Ledger) -> tuple[Any, ...]:
    """Every change of a key's state there was, oldest first, as stored rows."""
    query = select(verdict_transitions).order_by(verdict_transitions.c.transition_id)
    return tuple(ledger.execute(query).all())


def runs_of_cell(ledger: Ledger, dataset: str, day: date) -> tuple[CellRun, ...]:
    """The closed runs that say what they did for one cell, oldest first."""
    query = (
        select(runs.c.run_id, runs.c.state, runs.c.opened_at, runs.c.closed_at)
        .add_columns(run_cells.c.rows_written)
        .join(run_cells, run_cells.c.run_id == runs.c.run_id)
        .where(run_cells.c.dataset == dataset, run_cells.c.game_date == day.isoformat())
        .order_by(runs.c.opened_at)
    )
    found = []
    for row in ledger.execute(query).all():
        opened_at = instant_of(row.opened_at)
        assert opened_at is not None
        closed_at = instant_of(row.closed_at)
        found.append(CellRun(row.run_id, row.state, opened_at, closed_at, row.rows_written))
    return tuple(found)


def runs_by_cell(ledger: Ledger) -> tuple[Any, ...]:
    """Every run with each cell it said something of, oldest first, as stored rows: the columns of
    `runs`, `game_date` and `cell_rows` (the lake's count for that cell), both null for a run that
    never came to say."""
    query = (
        select(runs, run_cells.c.game_date, run_cells.c.rows_written.label("cell_rows"))
        .outerjoin(run_cells, run_cells.c.run_id == runs.c.run_id)
        .order_by(runs.c.opened_at, runs.c.run_id, run_cells.c.game_date)
    )
    return tuple(ledger.execute(query).all())
