"""The faults of our own side, as far as one process can suffer them honestly.

They strike at the failpoints, where a home writes, or between two ticks. What needs a process of
its own (SIGKILL, SIGSTOP) is not here.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import duckdb
from sqlalchemy import text

from fullcourt.errors import HomeBusy, StoreFull
from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.runner import RunReport, Task
from fullcourt.pipeline.work import Stores
from fullcourt.rehearsal.home import RehearsalHome, lose_body
from fullcourt.rehearsal.seen import HeldReader
from fullcourt.simulator.worldspec import AT_ONCE, OursFault, OursKind
from fullcourt.stores.lake import Delete

_FULL_AT = {
    "lake": "lake.in_transaction",
    "archive": "archive.body",
    "ledger": "ledger.before_close",
}
_NEXT = "free space; the run is tried again"


class WorkerLost(BaseException):
    """The process that did the work is gone, in the middle of it."""


@dataclass(slots=True)
class Strikes:
    """The faults of our own side, when they strike, and how often they did."""

    faults: Sequence[OursFault]
    home: RehearsalHome
    reader: HeldReader
    witness: Callable[[str], None] = lambda failpoint: None
    """Told of every failpoint, before anything strikes there."""
    struck: Counter[OursKind] = field(default_factory=Counter)
    deleted: set[tuple[str, date, str]] = field(default_factory=set)
    """Keys (dataset, game date, key) whose rows a fault deleted."""
    hit: set[int] = field(default_factory=set)
    """The faults (by their place in `faults`) that struck at least once."""
    _times: Counter[int] = field(default_factory=Counter)
    _done: set[int] = field(default_factory=set)
    _task: Task | None = None
    _fingerprint: str = ""

    def __post_init__(self) -> None:
        self._fingerprint = self.home.stores.fingerprint
        self.home.stores.failpoint = self.reached
        self.home.stores.count_claimed = self.claimed

    @property
    def blows(self) -> int:
        """How often a fault broke something off; a wrong count breaks nothing."""
        return self.struck.total() - self.struck[OursKind.WRONG_COUNT]

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """An executor: each task in this process, its faults with it."""
        inner = InlineExecutor()
        reports = []
        for task in tasks:
            self._task = task
            reports += inner.run(stores, [task])
            self._task = None
        return reports

    def close(self) -> None:
        """Nothing to stop."""

    def next_instant(self, after: datetime) -> datetime | None:
        """The next instant (of the world) at which something happens by itself."""
        instants = [
            at
            for fault in self.faults
            for at in (fault.start, fault.end)
            if at > after and (fault.kind in AT_ONCE or fault.kind in _STATES)
        ]
        return min(instants, default=None)

    def pass_time(self) -> None:
        """What happens between ticks: rows and bodies vanish, the clock steps, releases change."""
        now = self.home.clock.world.now()
        off, release = timedelta(0), self._fingerprint
        for index, fault in enumerate(self.faults):
            if fault.kind in AT_ONCE and fault.start <= now and index not in self._done:
                self._done.add(index)
                self._delete(index, fault)
            if not fault.start <= now < fault.end:
                continue
            if fault.kind is OursKind.CLOCK_STEP:
                off += timedelta(hours=fault.hours)
                self.hit.add(index)
            elif fault.kind is OursKind.BAD_RELEASE:
                release = f"{self._fingerprint}-bad{index}"
        if off and not self.home.clock.off:
            self.struck[OursKind.CLOCK_STEP] += 1
        self.home.clock.off = off
        self.home.stores.fingerprint = release

    def reached(self, failpoint: str) -> None:
        """A write is about to happen, or has just happened.

        Raises:
            WorkerLost: the process dies here.
            RuntimeError, StoreFull, HomeBusy, duckdb.IOException: the fault that strikes here.
        """
        self.witness(failpoint)
        now = self.home.clock.world.now()
        dataset = self._task.dataset if self._task is not None else "nba_schedule"
        for index, fault in enumerate(self.faults):
            if not fault.covers(dataset, now) or not _strikes_at(fault, dataset, failpoint):
                continue
            # A poll has no run that could fail: only what hits a whole home hits it.
            if self._task is None and fault.kind not in (OursKind.DISK_FULL, OursKind.WORKER_LOST):
                continue
            if fault.times is not None and self._times[index] >= fault.times:
                continue
            self._times[index] += 1
            self._note(index)
            self._strike(fault, dataset, failpoint)

    def _strike(self, fault: OursFault, dataset: str, failpoint: str) -> None:
        match fault.kind:
            case OursKind.WORKER_LOST:
                raise WorkerLost(f"{dataset} at {failpoint}")
            case OursKind.HUNG:
                self.home.clock.sleep(BY_NAME[dataset].deadline_s + 5)
                raise WorkerLost(f"{dataset} hung at {failpoint} until its deadline")
            case OursKind.DISK_FULL:
                raise StoreFull(f"{fault.store}: the disk is full.", next_step=_NEXT)
            case OursKind.DATABASE_LOCKED if failpoint == "lake.in_transaction":
                raise duckdb.IOException("database is locked")
            case OursKind.DATABASE_LOCKED:
                raise HomeBusy("ledger: another process holds the lock.", next_step="wait for it")
            case OursKind.BAD_RELEASE:
                raise RuntimeError(f"release {self.home.stores.fingerprint}: {dataset} is broken")
            case _:
                raise RuntimeError(f"{dataset}: the processor broke off half-way")

    def bury(self) -> None:
        """The dead process's leases stay; the kernel knows that their holder is gone."""
        gone = f"{socket.gethostname()}:{os.getpid()}:0"
        ledger = self.home.stores.ledger
        with ledger.write():
            ledger.execute(
                text("UPDATE leases SET holder = :gone WHERE run_id IS NOT NULL"), {"gone": gone}
            )
        self._task = None

    def claimed(self, rows: int) -> int:
        """What the processor says of `rows` it writes: zero, where a fault makes it lie."""
        now = self.home.clock.world.now()
        task = self._task
        for index, fault in enumerate(self.faults):
            if fault.kind is not OursKind.WRONG_COUNT or task is None or not rows:
                continue
            if not fault.covers(task.dataset, now):
                continue
            if fault.times is None or self._times[index] < fault.times:
                self._times[index] += 1
                self._note(index)
                return 0
        return rows

    def _note(self, index: int) -> None:
        self.hit.add(index)
        self.struck[self.faults[index].kind] += 1

    def _delete(self, index: int, fault: OursFault) -> None:
        if fault.kind is OursKind.ROWS_DELETED:
            self._delete_rows(index, fault)
        else:
            self._delete_body(index, fault)

    def _delete_rows(self, index: int, fault: OursFault) -> None:
        lake = self.home.stores.lake
        # The rows are there for whoever looks: this is no fault of the mirror.
        table = f"{'lake' if lake.in_memory else 'stored'}.{fault.dataset}"
        days = lake.connection.execute(
            f"SELECT max(game_date) FROM {table} WHERE game_date = coalesce(?, game_date) "
            "AND game_date <= ?",
            [fault.game_date, game_date_of(self.home.clock.now())],
        ).fetchone()
        if days is None or days[0] is None:
            return
        key = "game_id" if fault.dataset in _BY_GAME else "game_id || '/' || player_id"
        keys = lake.connection.execute(
            f"SELECT DISTINCT {key} FROM {table} WHERE game_date = ? ORDER BY 1 LIMIT ?",
            [days[0], fault.rows],
        ).fetchall()
        condition = f"game_date = ? AND {key} IN (SELECT unnest(?))"
        gone = Delete(fault.dataset, condition, (days[0], [row[0] for row in keys]))
        lake.commit("another-process", [gone], note="rows deleted by another process")
        self.deleted |= {(fault.dataset, days[0], row[0]) for row in keys}
        self._note(index)

    def _delete_body(self, index: int, fault: OursFault) -> None:
        stores = self.home.stores
        query = (
            "SELECT digest FROM manifests WHERE outcome = 'ok' AND digest IS NOT NULL "
            "AND feed = :feed AND game_date = coalesce(:day, game_date) "
            "ORDER BY game_date DESC, key, fetched_at DESC LIMIT :most"
        )
        day = fault.game_date.isoformat() if fault.game_date else None
        words = {"feed": fault.dataset, "day": day, "most": 1}
        for row in stores.ledger.execute(text(query), words).all():
            self.reader.body_lost(row.digest)
            lose_body(stores.archive, stores.home.archive_dir, row.digest)
            self._note(index)


_BY_GAME = ("schedule", "odds_player_props")
_STATES = frozenset({OursKind.CLOCK_STEP, OursKind.BAD_RELEASE})


def _strikes_at(fault: OursFault, dataset: str, failpoint: str) -> bool:
    match fault.kind:
        case OursKind.WORKER_LOST:
            return failpoint == fault.failpoint
        case OursKind.DISK_FULL:
            return failpoint == _FULL_AT[fault.store]
        case OursKind.DATABASE_LOCKED:
            return failpoint in ("lake.in_transaction", "ledger.before_close")
        case OursKind.HUNG | OursKind.PROCESSOR_RAISES:
            # Half-way: rows are in the transaction, or bodies in the archive.
            is_feed = BY_NAME[dataset].is_feed
            return failpoint == ("archive.body" if is_feed else "lake.in_transaction")
        case OursKind.BAD_RELEASE:
            return failpoint in ("archive.body", "lake.before")
        case _:
            return False
