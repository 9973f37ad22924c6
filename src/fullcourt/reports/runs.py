"""Runs as a person reads them: what was tried, how it ended, and what it really wrote."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.stores.ledger.repairs import force_reasons
from fullcourt.stores.ledger.runs import get_runs

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run. `rows_written` and `rows_deleted` are counted by the lake (null: not reported),
    `rows_claimed` is what the processor believed; `keys_expected` are keys asked for, `keys_held`
    keys it brought. `reason` says why nothing was written. `force_reason`: why a repair was let go
    past budgets, horizons and gates.
    """

    run_id: str
    dataset: str
    first_date: date
    last_date: date
    trigger: str
    attempt: int
    state: str
    reason: str | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_at: datetime
    rows_written: int | None
    rows_deleted: int | None
    rows_claimed: int | None
    keys_expected: int | None
    keys_held: int | None
    snapshot_id: int | None
    error_class: str | None
    error_text: str | None
    progress: str
    code_fingerprint: str
    worker: str
    force_reason: str | None


@dataclass(frozen=True, slots=True)
class RunsView:
    """Runs, newest first, at most as many as were asked for."""

    runs: tuple[RunLine, ...]


def runs_view(
    ledger: Ledger, *, dataset: str | None = None, day: date | None = None, limit: int = 50
) -> RunsView:
    """The newest runs, of one dataset or one game date when asked (ranges included)."""
    rows = get_runs(ledger, dataset=dataset, game_date=day, limit=limit)
    forced = force_reasons(ledger, {row.run_id for row in rows})
    return RunsView(
        tuple(
            RunLine(
                **{field.name: getattr(row, field.name) for field in fields(RunLine)[:-1]},
                force_reason=forced.get(row.run_id),
            )
            for row in rows
        )
    )
