"""The ledger's past: every change of a key's state, and the runs of a cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from fullcourt.clock import parse_instant
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


@dataclass(frozen=True, slots=True)
class OneCellRun:
    """A run of a single cell. `last_sign_at`: its last heartbeat; all instants are UTC.

    `keys_held`: the keys it brought (null: it did not end by itself).
    """

    run_id: str
    dataset: str
    game_date: date
    state: str
    opened_at: datetime
    last_sign_at: datetime
    deadline_at: datetime
    closed_at: datetime | None
    keys_held: int | None


def changes(ledger: Ledger, first: date | None = None, last: date | None = None) -> tuple[Any, ...]:
    """Every change of a key's state there was, oldest first, as stored rows; of these game dates
    alone where they are given."""
    query = select(verdict_transitions).order_by(verdict_transitions.c.transition_id)
    if first is not None:
        query = query.where(verdict_transitions.c.game_date >= first.isoformat())
    if last is not None:
        query = query.where(verdict_transitions.c.game_date <= last.isoformat())
    return tuple(ledger.execute(query).all())


def one_cell_runs(ledger: Ledger, first: date, last: date) -> tuple[OneCellRun, ...]:
    """The runs of single cells of these game dates, oldest first."""
    columns = (runs.c.run_id, runs.c.dataset, runs.c.first_date, runs.c.state, runs.c.keys_held)
    instants = (runs.c.opened_at, runs.c.heartbeat_at, runs.c.deadline_at, runs.c.closed_at)
    query = (
        select(*columns, *instants)
        .where(
            runs.c.first_date == runs.c.last_date,
            runs.c.first_date >= first.isoformat(),
            runs.c.first_date <= last.isoformat(),
        )
        .order_by(runs.c.opened_at, runs.c.run_id)
    )
    return tuple(
        OneCellRun(
            run_id=row.run_id,
            dataset=row.dataset,
            game_date=date.fromisoformat(row.first_date),
            state=row.state,
            opened_at=parse_instant(row.opened_at),
            last_sign_at=parse_instant(row.heartbeat_at),
            deadline_at=parse_instant(row.deadline_at),
            closed_at=instant_of(row.closed_at),
            keys_held=row.keys_held,
        )
        for row in ledger.execute(query).all()
    )


def count_range_runs(ledger: Ledger, first: date, last: date) -> int:
    """How many runs over several dates touch these."""
    query = (
        select(func.count())
        .select_from(runs)
        .where(
            runs.c.first_date != runs.c.last_date,
            runs.c.first_date <= last.isoformat(),
            runs.c.last_date >= first.isoformat(),
        )
    )
    return int(ledger.execute(query).scalar_one())


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
class SpanRun:
    """A run with its dates; `rows_written` null: not reported. Instants are UTC."""

    run_id: str
    dataset: str
    first_date: date
    last_date: date
    trigger: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    rows_written: int | None


def runs_between(ledger: Ledger, first: date, last: date) -> tuple[SpanRun, ...]:
    """The runs that worked on any of these game dates, oldest first."""
    query = (
        select(*(runs.c[name] for name in SpanRun.__dataclass_fields__))
        .where(runs.c.first_date <= last.isoformat(), runs.c.last_date >= first.isoformat())
        .order_by(runs.c.opened_at, runs.c.run_id)
    )
    found = []
    for row in ledger.execute(query).all():
        found.append(
            SpanRun(
                run_id=row.run_id,
                dataset=row.dataset,
                first_date=date.fromisoformat(row.first_date),
                last_date=date.fromisoformat(row.last_date),
                trigger=row.trigger,
                state=row.state,
                opened_at=parse_instant(row.opened_at),
                closed_at=instant_of(row.closed_at),
                rows_written=row.rows_written,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """Keys of one dataset that changed alike at one instant (UTC), over their game dates."""

    dataset: str
    from_state: str
    to_state: str
    cause: str | None
    judged_at: datetime
    keys: int
    first_date: date
    last_date: date


def changes_counted(
    ledger: Ledger, first: date, last: date, states: Collection[str]
) -> tuple[ChangeCount, ...]:
    """Changes of keys of these game dates into or out of one of `states`, counted, oldest first.

    A key nobody had judged comes from `not_due`.
    """
    t = verdict_transitions.c
    before = func.coalesce(t.from_state, "not_due")
    grouped = (t.dataset, before, t.to_state, t.cause, t.judged_at)
    query = (
        select(*grouped, func.count(), func.min(t.game_date), func.max(t.game_date))
        .where(t.game_date.between(first.isoformat(), last.isoformat()))
        .where(or_(t.to_state.in_(sorted(states)), t.from_state.in_(sorted(states))))
        .group_by(*grouped)
        .order_by(t.judged_at, func.min(t.transition_id))
    )
    found = []
    rows: Iterable[Any] = ledger.execute(query).all()
    for name, old, new, cause, at, keys, oldest, newest in rows:
        days = date.fromisoformat(oldest), date.fromisoformat(newest)
        found.append(ChangeCount(name, old, new, cause, parse_instant(at), keys, *days))
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
