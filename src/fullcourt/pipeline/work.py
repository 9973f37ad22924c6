"""What a run works with: the stores, the clock, the vendors, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fullcourt.clock import Clock
from fullcourt.nba.teams import FULL_NAMES
from fullcourt.settings import Home, Settings
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Commit, Lake, Write
from fullcourt.stores.ledger import Lease, Ledger
from fullcourt.stores.ledger.runs import heartbeat, holding
from fullcourt.vendors.transport import Transport


@dataclass(slots=True)
class Stores:
    """Everything a process needs to work on a home."""

    home: Home
    settings: Settings
    clock: Clock
    ledger: Ledger
    lake: Lake
    archive: Archive
    transport: Transport
    fingerprint: str
    odds_key: str | None = None
    odds_teams: Mapping[str, str] = field(default_factory=lambda: FULL_NAMES)
    kept: dict[str, tuple[object, Any]] = field(default_factory=dict)
    """Values derived from the lake, with the state of their tables (the resolver)."""
    failpoint: Callable[[str], None] = lambda name: None
    """Called with a name at every write; tests end the process there."""
    count_claimed: Callable[[int], int] = lambda rows: rows
    """What a processor says of rows it writes; a rehearsal lets it say something else."""


@dataclass(slots=True)
class Run:
    """One run in progress. Commits go through it: the lease is held over the lake's COMMIT."""

    stores: Stores
    lease: Lease
    first: date
    last: date
    override_gate: str | None = None
    spends_reserve: bool = False
    """Whether credits that are kept for later nights may be spent: a person forces it."""
    rows_written: int | None = None
    rows_deleted: int | None = None
    rows_claimed: int | None = None
    snapshot_id: int | None = None
    commits: int = 0
    only_results: bool = False
    """A schedule load that added nothing but results."""
    touched: dict[str, frozenset[date]] = field(default_factory=dict)
    archive_refs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def run_id(self) -> str:
        """The id every row of this run carries."""
        return self.lease.run_id

    def progress(self, done: int, total: int | None, note: str) -> None:
        """Say how far the run is; only a counter that moves keeps the lease."""
        heartbeat(self.stores.ledger, self.lease, done, total, note)
        self.stores.failpoint("ledger.heartbeat")

    def claim(self, rows: int) -> None:
        """The processor's own word on rows it is about to write: kept beside the lake's count."""
        self.rows_claimed = (self.rows_claimed or 0) + self.stores.count_claimed(rows)

    def commit(self, writes: Sequence[Write], note: str) -> Commit:
        """Write to the lake under the lease; the counts are the database's own.

        Raises:
            LeaseLost: the run was taken over; nothing was written.
        """
        fail = self.stores.failpoint
        fail("lake.before")
        with holding(self.stores.ledger, self.lease):
            commit = self.stores.lake.commit(
                self.run_id, writes, note=note, before_commit=lambda: fail("lake.in_transaction")
            )
        fail("lake.after")
        self.rows_written = (self.rows_written or 0) + commit.rows_written
        self.rows_deleted = (self.rows_deleted or 0) + commit.rows_deleted
        self.snapshot_id = commit.snapshot_id
        self.commits += 1
        for table, dates in commit.dates.items():
            self.touched[table] = self.touched.get(table, frozenset()) | dates
        return commit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did for each key it was asked for: `ok`, or a cause word with its detail."""

    keys: Mapping[tuple[date, str], tuple[str, str]]
    reason: str | None = None
    input_fingerprint: str | None = None
