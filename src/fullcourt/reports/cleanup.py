"""What `cleanup` would remove, removed, or brought back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.pipeline.runner import RESTORE, RunReport, Task
from fullcourt.reports.work import WorkLine, work_lines
from fullcourt.stores.ledger.removals import RemovalRun, removals
from fullcourt.stores.ledger.runs import asked_of
from fullcourt.trust.leftovers import UPCOMING, Leftover, Leftovers, Withheld

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.pipeline.work import Stores
    from fullcourt.stores.ledger import Ledger


class NothingToRestore(Terminal, FullcourtError):
    """No cleanup has removed anything since the snapshot that was named."""


@dataclass(frozen=True, slots=True)
class LeftoverLine:
    """Leftover rows of one table and date for one reason. Counts are rows and keys."""

    table: str
    game_date: date
    reason: str
    keys: int
    rows: int


@dataclass(frozen=True, slots=True)
class CleanupView:
    """Leftover rows of game dates up to `upto` (Eastern), as judged at `now` (UTC).

    `withheld`: rows that stay for now, with what is in doubt. After `--apply`: `runs` with the
    lake's own counts, `rows_removed` by them, `restore_snapshot` to bring them back from (null:
    nothing was removed) and `restorable_until` (UTC).
    """

    home: str
    now: datetime
    upto: date
    applied: bool
    leftovers: tuple[LeftoverLine, ...]
    withheld: tuple[Withheld, ...]
    rows: int
    runs: tuple[WorkLine, ...]
    rows_removed: int
    restore_snapshot: int | None
    restorable_until: datetime | None
    exit_code: int


@dataclass(frozen=True, slots=True)
class RestoreView:
    """Rows brought back that were removed since `snapshot`. `rows` are the lake's own count."""

    home: str
    snapshot: int
    runs: tuple[WorkLine, ...]
    rows: int
    exit_code: int


def cleanup_view(
    stores: Stores, home: str, upto: date, found: Leftovers, reports: Sequence[RunReport] | None
) -> CleanupView:
    """`reports`: of the runs that removed what was found; None: nothing was to be done."""
    done = _removals_of(stores.ledger, reports or ())
    kept_for = timedelta(days=stores.settings.cleanup.restorable_days)
    failed = any(report.state != "succeeded" for report in reports or ())
    return CleanupView(
        home=home,
        now=stores.clock.now(),
        upto=upto,
        applied=reports is not None,
        leftovers=_lines(found.found),
        withheld=found.withheld,
        rows=sum(row.rows for row in found.found),
        runs=work_lines(reports or ()),
        rows_removed=sum(run.rows_deleted for run in done),
        restore_snapshot=done[0].snapshot_id - 1 if done else None,
        restorable_until=done[0].closed_at + kept_for if done else None,
        exit_code=1 if failed else 0,
    )


def restore(controller: Controller, home: str, snapshot: int) -> RestoreView:
    """Bring back what cleanups have removed since a snapshot, a run a table.

    Raises:
        NothingToRestore: they have removed nothing since.
    """
    ledger = controller.stores.ledger
    gone = [run for run in removals(ledger) if run.snapshot_id > snapshot]
    if not gone:
        kept = removals(ledger)
        known = ", ".join(str(run.snapshot_id - 1) for run in kept[-5:]) or "none"
        raise NothingToRestore(
            f"--restore {snapshot}: no cleanup has removed a row since that snapshot.",
            next_step=f"restore points of earlier cleanups: {known}",
        )
    tasks = [_restore_task(ledger, table, gone) for table in UPCOMING]
    reports = controller.run_tasks([task for task in tasks if task is not None])
    controller.judge_now()
    failed = any(report.state != "succeeded" for report in reports)
    return RestoreView(
        home=home,
        snapshot=snapshot,
        runs=work_lines(reports),
        rows=sum(report.rows_written or 0 for report in reports),
        exit_code=1 if failed else 0,
    )


def _restore_task(ledger: Ledger, table: str, gone: Sequence[RemovalRun]) -> Task | None:
    mine = [run for run in gone if run.table == table]
    keys = sorted({key for run in mine for key in asked_of(ledger, run.run_id)})
    if not keys:
        return None
    return Task(
        table,
        keys[0][0],
        keys[-1][0],
        tuple(keys),
        trigger=RESTORE,
        removed_in=tuple(run.snapshot_id for run in mine),
    )


def _removals_of(ledger: Ledger, reports: Sequence[RunReport]) -> list[RemovalRun]:
    made = {report.run_id for report in reports}
    return [run for run in removals(ledger) if run.run_id in made]


def _lines(found: Sequence[Leftover]) -> tuple[LeftoverLine, ...]:
    keys: Counter[tuple[str, date, str]] = Counter()
    rows: Counter[tuple[str, date, str]] = Counter()
    for row in found:
        name = (row.table, row.game_date, row.reason)
        keys[name] += 1
        rows[name] += row.rows
    return tuple(LeftoverLine(*name, count, rows[name]) for name, count in keys.items())
