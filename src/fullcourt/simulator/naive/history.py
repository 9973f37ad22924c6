"""The run history of the naive pipeline: rows that are opened, closed, doubled and swept too late.

Two of its flaws live here. A run that outlives its message's deadline cannot close its own row (the
message went to another instance meanwhile), so its end is written as a second row. And the watchdog
looks for open rows only when somebody calls it, and never at whether the same run has ended in
another row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from fullcourt.clock import iso

STUCK_AFTER: Final = timedelta(hours=2)
RELEASED_EVERY_DAYS: Final = 9


@dataclass(slots=True)
class RunRow:
    """One row of the history; the columns of `runs.csv`, in this order.

    `records` is what the processor said, None where it said nothing. Instants are UTC.
    """

    row_id: int
    run_id: str
    processor: str
    phase: int
    target: str
    game_date: date
    parameters: str
    triggered_by: str
    revision: str
    started_at: datetime
    finished_at: datetime | None = None
    status: str = "running"
    records: int | None = None
    error: str = ""
    closed_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it."""
        return self.status == "running"


@dataclass(slots=True)
class Trace:
    """What really happened in the run of a row: for the truth, never for the pipeline.

    `position`: of the log of keys when it ended; `rows`: by how many its writes changed the
    target (new, replaced and deleted rows are counted apart); `fault`: what struck it on our side.
    """

    position: int = 0
    inserted: int = 0
    replaced: int = 0
    deleted: int = 0
    game_id: str = ""
    fault: str = ""
    ended_at: datetime | None = None
    is_beside: bool = False
    """Its end stands in another row."""
    is_lost: bool = False
    """Its instance was lost."""


@dataclass(slots=True)
class History:
    """The rows in the order they were opened, and their traces by row id."""

    first_date: date
    rows: list[RunRow] = field(default_factory=list)
    traces: dict[int, Trace] = field(default_factory=dict)
    _done: set[tuple[str, date]] = field(default_factory=set)

    def open(
        self,
        processor: str,
        phase: int,
        target: str,
        game_date: date,
        parameters: Mapping[str, str],
        triggered_by: str,
        at: datetime,
        run_id: str | None = None,
    ) -> RunRow:
        """A new row, open. `run_id` is given where a run gets a second one."""
        number = len(self.rows) + 1
        release = (at.date() - self.first_date).days // RELEASED_EVERY_DAYS + 1
        row = RunRow(
            row_id=number,
            run_id=run_id or f"{processor}-{number:06d}",
            processor=processor,
            phase=phase,
            target=target,
            game_date=game_date,
            parameters=json.dumps({"game_date": game_date.isoformat(), **parameters}),
            triggered_by=triggered_by,
            revision=f"phase{phase}-{release:05d}",
            started_at=at,
        )
        self.rows.append(row)
        self.traces[number] = Trace(game_id=parameters.get("game_id", ""))
        return row

    def close(
        self, row: RunRow, at: datetime, status: str, records: int | None, error: str = ""
    ) -> None:
        """The worker closes its row."""
        row.finished_at, row.status, row.records, row.error = at, status, records, error
        row.closed_by = "worker"
        if status == "success":
            self._done.add((row.processor, row.game_date))

    def has_succeeded(self, processor: str, game_date: date) -> bool:
        """The naive rule: a success of that date, whatever it found, means there is no more."""
        return (processor, game_date) in self._done

    def sweep(self, at: datetime) -> None:
        """The watchdog: close what has been open for long, whatever the run's other row says."""
        for row in self.rows:
            if row.is_open and at - row.started_at > STUCK_AFTER:
                hours = (at - row.started_at).total_seconds() / 3600
                row.finished_at, row.status, row.closed_by = at, "failed", "watchdog"
                row.error = f"closed by the watchdog: open for {hours:.1f} h, since " + iso(
                    row.started_at
                )
