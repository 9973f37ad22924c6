"""The ledger's past: every change of a key's state, and the runs of a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from fullcourt.stores.ledger.database import Ledger, instant_of
from fullcourt.stores.ledger.runs import asked_of
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


@dataclass(frozen=True, slots=True)
class RemovalRun:
    """A run that removed leftover rows. `snapshot_id`: the lake's snapshot that did it; the one
    before still holds them. `closed_at` is UTC."""

    run_id: str
    table: str
    closed_at: datetime
    rows_deleted: int
    snapshot_id: int


def removals(ledger: Ledger) -> tuple[RemovalRun, ...]:
    """Every run that removed leftover rows, oldest first, however it ended."""
    query = (
        select(runs.c.run_id, runs.c.dataset, runs.c.closed_at)
        .add_columns(runs.c.rows_deleted, runs.c.snapshot_id)
        .where(runs.c.trigger == "cleanup", runs.c.rows_deleted > 0)
        .where(runs.c.snapshot_id.is_not(None))
        .order_by(runs.c.snapshot_id)
    )
    found = []
    for row in ledger.execute(query).all():
        closed_at = instant_of(row.closed_at)
        assert closed_at is not None
        found.append(
            RemovalRun(row.run_id, row.dataset, closed_at, row.rows_deleted, row.snapshot_id)
        )
    return tuple(found)


def restored_keys(ledger: Ledger) -> Mapping[str, frozenset[tuple[date, str]]]:
    """The (game date, key) pairs whose rows were brought back after a removal, by table."""
    query = select(runs.c.run_id, runs.c.dataset).where(
        runs.c.trigger == "restore", runs.c.state == "succeeded"
    )
    found: dict[str, frozenset[tuple[date, str]]] = defaultdict(frozenset)
    for row in ledger.execute(query).all():
        found[row.dataset] |= frozenset(asked_of(ledger, row.run_id))
    return found


@dataclass(frozen=True, slots=True)
class UsualTime:
    """How long a dataset's runs take: the median in seconds, of so many runs."""

    seconds: float
    runs: int


def usual_time(ledger: Ledger, dataset: str, most: int = 20) -> UsualTime | None:
    """The median of the newest `most` runs of one date that succeeded; None: there is none."""
    query = (
        select(runs.c.opened_at, runs.c.closed_at)
        .where(runs.c.dataset == dataset, runs.c.state == "succeeded")
        .where(runs.c.first_date == runs.c.last_date, runs.c.keys_held > 0)
        .where(runs.c.trigger.not_in(("cleanup", "restore")))
        .order_by(runs.c.opened_at.desc())
        .limit(most)
    )
    spans = []
    for row in ledger.execute(query).all():
        opened_at, closed_at = instant_of(row.opened_at), instant_of(row.closed_at)
        assert opened_at is not None
        assert closed_at is not None
        spans.append((closed_at - opened_at).total_seconds())
    return UsualTime(median(spans), len(spans)) if spans else None
