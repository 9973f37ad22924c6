"""What repairs and cleanups need of past runs: removals, what was brought back, usual times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import select

from fullcourt.stores.ledger.database import Ledger, instant_of
from fullcourt.stores.ledger.runs import asked_of
from fullcourt.stores.ledger.schema import runs


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
