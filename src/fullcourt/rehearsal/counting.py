"""Whether each run's counts are the lake's: law 1, looked at from outside."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import text

from fullcourt.pipeline.work import Stores
from fullcourt.rehearsal.report import Miscounted


@dataclass(slots=True)
class RunCounts:
    """Compares every closed run with what the lake's snapshots say it wrote, each run once.

    Look at least once a night: the lake forgets its oldest snapshots.
    """

    stores: Stores
    miscounted: list[Miscounted] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Compare the runs closed since the last look."""
        found = self.stores.ledger.execute(
            text(
                "SELECT run_id, dataset, rows_written, rows_deleted FROM runs "
                "WHERE state <> 'running' ORDER BY opened_at, run_id"
            )
        ).all()
        for row in found:
            if row.run_id in self._seen:
                continue
            self._seen.add(row.run_id)
            commit = self.stores.lake.written_by(row.run_id)
            said = (row.rows_written, row.rows_deleted)
            true = (None, None) if commit is None else (commit.rows_written, commit.rows_deleted)
            if said != true:
                self.miscounted.append(
                    Miscounted(row.run_id, row.dataset, said[0], true[0], said[1], true[1])
                )
