"""Repairs: what was named, how it stood before, and whether it was brought to its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, update

from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import repairs, runs


@dataclass(frozen=True, slots=True)
class CellBefore:
    """A cell as it stood when its repair began. Counts are keys; `is_named`: not a consequence."""

    dataset: str
    game_date: date
    verdict: str
    expected: int
    held: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair. `scope`: what was named, as text; `force_reason`: why it goes past budgets."""

    repair_id: str
    scope: str
    force_reason: str | None
    opened_at: datetime
    before: tuple[CellBefore, ...]


def open_repair(ledger: Ledger, scope: str, force_reason: str | None) -> Repair | None:
    """The repair of exactly this scope that was begun and not ended; None: there is none."""
    row = ledger.execute(
        select(repairs)
        .where(
            repairs.c.scope == scope,
            repairs.c.force_reason.is_not_distinct_from(force_reason),
            repairs.c.closed_at.is_(None),
        )
        .order_by(repairs.c.opened_at.desc())
    ).first()
    return None if row is None else _repair(row)


def put_repair(ledger: Ledger, repair: Repair) -> None:
    """Store a repair that has begun, or more cells of it. Others that were open end here: nobody
    goes on with them."""
    with ledger.write():
        ledger.execute(
            update(repairs)
            .where(repairs.c.closed_at.is_(None), repairs.c.repair_id != repair.repair_id)
            .values(closed_at=text_of(ledger.now()), is_whole=0)
        )
        ledger.insert_or_replace(
            repairs,
            [
                {
                    "repair_id": repair.repair_id,
                    "scope": repair.scope,
                    "force_reason": repair.force_reason,
                    "opened_at": text_of(repair.opened_at),
                    "before": msgspec.msgpack.encode(repair.before),
                }
            ],
        )


def close_repair(ledger: Ledger, repair_id: str, *, is_whole: bool) -> None:
    """End a repair. `is_whole`: whether everything named is."""
    with ledger.write():
        ledger.execute(
            update(repairs)
            .where(repairs.c.repair_id == repair_id)
            .values(closed_at=text_of(ledger.now()), is_whole=int(is_whole))
        )


def keys_asked_by(ledger: Ledger, repair_id: str) -> Mapping[str, int]:
    """How many keys the runs of a repair were opened for, by feed or dataset: of a feed, the calls
    made at the most."""
    query = (
        select(runs.c.dataset, func.sum(runs.c.keys_expected).label("keys"))
        .where(runs.c.repair_id == repair_id)
        .group_by(runs.c.dataset)
    )
    return {row.dataset: int(row.keys or 0) for row in ledger.execute(query).all()}


def force_reasons(ledger: Ledger, run_ids: Collection[str]) -> Mapping[str, str]:
    """Why runs were let go past budgets, horizons and gates, by run id; the others are absent."""
    wanted = sorted(run_ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        query = (
            select(runs.c.run_id, repairs.c.force_reason)
            .join(repairs, repairs.c.repair_id == runs.c.repair_id)
            .where(
                runs.c.run_id.in_(wanted[start : start + 500]), repairs.c.force_reason.is_not(None)
            )
        )
        found |= {row.run_id: row.force_reason for row in ledger.execute(query).all()}
    return found


def get_repairs(ledger: Ledger) -> Sequence[Any]:
    """Every repair, oldest first, as stored rows."""
    return ledger.execute(select(repairs).order_by(repairs.c.opened_at)).all()


def _repair(row: Any) -> Repair:
    opened_at = instant_of(row.opened_at)
    assert opened_at is not None
    return Repair(
        repair_id=row.repair_id,
        scope=row.scope,
        force_reason=row.force_reason,
        opened_at=opened_at,
        before=msgspec.msgpack.decode(row.before, type=tuple[CellBefore, ...]),
    )
