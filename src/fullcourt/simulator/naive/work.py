"""One run of the naive pipeline: opened, worked, closed by its worker if it lives so long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from fullcourt.simulator.naive.history import History, RunRow, Trace
from fullcourt.simulator.naive.tables import Row, Tables
from fullcourt.simulator.world import BuiltinWorld
from fullcourt.simulator.worldspec import OursFault, OursKind
from fullcourt.vendors.transport import Request, Transport, VendorError

# No purpose of the league's own streams.
_DURATIONS: Final = 202
# A message that is not acknowledged within this time is delivered again, to another instance.
_ACK_S: Final = 60.0
_SLOW: Final = 0.012
# The platform ends an instance that works longer than this on one message.
_KILLED_AFTER_S: Final = 59.0
_KEPT_DAYS: Final = timedelta(days=3)


class InstanceGone(Exception):
    """The instance that did the work is gone; nobody closes its row."""


class FetchFailed(Exception):
    """A vendor did not answer, or with a status that is no answer."""


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor: its phase, the table or folder it fills, and whose faults of our side hit it."""

    name: str
    phase: int
    target: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """One question to a vendor and what came of it (`ok`, `empty`, `failed`): for the truth.

    `listed` are the games a body named for its date, `final` those it called over.
    """

    at: datetime
    feed: str
    game_date: date
    game_id: str
    outcome: str
    listed: frozenset[str] = frozenset()
    final: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One raw file of the bucket."""

    path: str
    size: int
    created_at: datetime


@dataclass(slots=True)
class Naive:
    """The pipeline's world and what it has so far."""

    world: BuiltinWorld
    transport: Transport
    seed: int
    ours: Sequence[OursFault]
    history: History
    tables: Tables = field(default_factory=Tables)
    objects: dict[str, StoredObject] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    fetches: list[Fetch] = field(default_factory=list)
    struck: Counter[OursKind] = field(default_factory=Counter)
    redelivered: list[Callable[[], object]] = field(default_factory=list)
    _times: Counter[int] = field(default_factory=Counter)

    def now(self) -> datetime:
        """The machine's clock, off by what a fault steps it."""
        at = self.world.clock.now()
        steps = [f for f in self.ours if f.kind is OursKind.CLOCK_STEP and f.start <= at < f.end]
        return at + sum((timedelta(hours=f.hours) for f in steps), timedelta(0))

    def utc_today(self) -> date:
        """What this pipeline takes for today: in the evening it is tomorrow's slate."""
        return self.now().date()

    def run(
        self,
        processor: Processor,
        game_date: date,
        work: Callable[[Work], int],
        *,
        triggered_by: str,
        parameters: Mapping[str, str] | None = None,
    ) -> RunRow:
        """Run a processor's work and write its history; a slow run's message comes again."""
        words = dict(parameters or {})
        start = self.now()
        row = self.history.open(
            processor.name, processor.phase, processor.target, game_date, words, triggered_by, start
        )
        mine = Work(self, processor, row, self.history.traces[row.row_id])
        takes = self._takes(row.row_id)
        try:
            mine.reached("before")
            records = work(mine)
            mine.reached("after")
            self.world.clock.sleep(takes)
            self._close(row, mine, "success", mine.said(records))
            mine.reached("closed")
        except InstanceGone:
            # Even where the row is closed by now: the message to the next processor is never sent.
            mine.trace.is_lost = True
        except (FetchFailed, VendorError, RuntimeError, ValueError) as error:
            self._close(row, mine, "failed", None, f"{type(error).__name__}: {error}"[:200])
        self._end(mine)
        if takes > _ACK_S and triggered_by != "redelivery":
            self.redelivered.append(
                lambda: self.run(
                    processor, game_date, work, triggered_by="redelivery", parameters=words
                )
            )
        return row

    def announces(self, row: RunRow) -> bool:
        """Whether a run sends the message that starts the next one."""
        return row.status == "success" and not self.history.traces[row.row_id].is_lost

    def skip(self, processor: Processor, game_date: date, triggered_by: str) -> RunRow:
        """A run that does nothing because one of that date has succeeded."""
        at = self.now()
        row = self.history.open(
            processor.name, processor.phase, processor.target, game_date, {}, triggered_by, at
        )
        self.history.close(row, at, "skipped", 0, "already processed")
        self.history.traces[row.row_id].ended_at = self.world.clock.now()
        self.history.traces[row.row_id].position = self.tables.log.position
        return row

    def put(self, folder: str, game_date: date, name: str, body: bytes) -> str:
        """Store a raw file; its path."""
        path = f"{folder}/{game_date.isoformat()}/{name}"
        self.objects[path] = StoredObject(path, len(body), self.now())
        self.bodies[path] = body
        return path

    def forget_bodies(self) -> None:
        """Nobody reads the bodies of days ago."""
        oldest = self.now() - _KEPT_DAYS
        for path in [p for p in self.bodies if self.objects[p].created_at < oldest]:
            del self.bodies[path]

    def ask(self, request: Request) -> bytes | None:
        """A vendor's answer: whatever a 200 holds, None for "there is nothing".

        Raises:
            FetchFailed: another status. VendorError: no answer.
        """
        response = self.transport.send(request)
        if response.status == 200:
            return response.body
        if response.status in (204, 404):
            return None
        raise FetchFailed(f"HTTP {response.status} from {request.endpoint}")

    def strike(self, processor: Processor, *kinds: OursKind) -> OursFault | None:
        """The fault of our own side that strikes here and now, counted."""
        at = self.world.clock.now()
        for index, fault in enumerate(self.ours):
            if fault.kind in kinds and self._hits(index, fault, processor, at):
                self._times[index] += 1
                self.struck[fault.kind] += 1
                return fault
        return None

    def peek(self, processor: Processor, kind: OursKind) -> OursFault | None:
        """The fault of a kind that would strike here and now; nothing is counted."""
        at = self.world.clock.now()
        for index, fault in enumerate(self.ours):
            if self._hits(index, fault, processor, at) and fault.kind is kind:
                return fault
        return None

    def _hits(self, index: int, fault: OursFault, processor: Processor, at: datetime) -> bool:
        return (
            fault.start <= at < fault.end
            and (not fault.dataset or fault.dataset in processor.datasets)
            and (fault.times is None or self._times[index] < fault.times)
        )

    def _takes(self, number: int) -> float:
        """Seconds a run takes: a few; one in a hundred waits for a cold start and more."""
        seeds = np.random.SeedSequence([self.seed, _DURATIONS, number])
        draws = np.random.Generator(np.random.PCG64(seeds)).random(2)
        first, second = float(draws[0]), float(draws[1])
        return 61.0 + 240.0 * second if first < _SLOW else 0.5 + 3.0 * second

    def _close(
        self, row: RunRow, work: Work, status: str, records: int | None, error: str = ""
    ) -> None:
        at = self.now()
        work.trace.ended_at = self.world.clock.now()
        if (at - row.started_at).total_seconds() <= _ACK_S:
            self.history.close(row, at, status, records, error)
            return
        # The message went to another instance meanwhile: this one may not touch the open row.
        beside = self.history.open(
            row.processor,
            row.phase,
            row.target,
            row.game_date,
            {"game_id": work.trace.game_id} if work.trace.game_id else {},
            row.triggered_by,
            row.started_at,
            row.run_id,
        )
        self.history.close(beside, at, status, records, error)
        work.trace.is_beside = True
        own, other = work.trace, self.history.traces[beside.row_id]
        other.inserted, other.replaced, other.deleted = own.inserted, own.replaced, own.deleted
        other.fault, other.ended_at = own.fault, own.ended_at
        other.position = self.tables.log.position

    def _end(self, work: Work) -> None:
        work.trace.position = self.tables.log.position


@dataclass(slots=True)
class Work:
    """What a processor's work is handed: its writes, and the faults that strike at them."""

    naive: Naive
    processor: Processor
    row: RunRow
    trace: Trace

    @property
    def table(self) -> str:
        """The table it fills."""
        return self.processor.target

    def merge(self, rows: Collection[Row]) -> int:
        """MERGE; it reports what was new, and nothing of what it replaced."""
        self._halfway()
        new = self.naive.tables.merge(self.table, rows)
        self.trace.inserted += new
        self.trace.replaced += len(rows) - new
        return new

    def insert(self, rows: Collection[Row]) -> int:
        """INSERT without a look at what is there."""
        self._halfway()
        self.trace.inserted += len(rows)
        return self.naive.tables.insert(self.table, rows)

    def replace(self, days: Collection[date], rows: Collection[Row]) -> int:
        """DELETE, commit, INSERT; it reports by how much the table has grown. When a row first
        came is read before the DELETE, and lost with whoever breaks off."""
        tables = self.naive.tables
        before = tables.count(self.table)
        first_loads = tables.first_loads(self.table, days)
        self.trace.deleted += tables.delete(self.table, days)
        self._halfway()
        tables.insert(self.table, rows, first_loads)
        self.trace.inserted += len(rows)
        return max(0, tables.count(self.table) - before)

    def hold(self, game_date: date, key: str) -> None:
        """A file with content lies in the folder."""
        log = self.naive.tables.log
        cell = (self.table, game_date)
        log.note(cell, log.finally_held(cell) | {key})
        self.trace.inserted += 1

    def check_alive(self) -> None:
        """The platform ends what works for too long.

        Raises:
            InstanceGone: it has.
        """
        worked = (self.naive.now() - self.row.started_at).total_seconds()
        if worked > _KILLED_AFTER_S:
            raise InstanceGone(f"{self.processor.name}: ended by the platform")

    def said(self, records: int) -> int:
        """What the processor says it wrote."""
        counts = records > 0 and self.processor.phase > 1
        fault = self.naive.strike(self.processor, OursKind.WRONG_COUNT) if counts else None
        if fault is None:
            return records
        self.trace.fault = str(fault.kind)
        return 0

    def reached(self, place: str) -> None:
        """Before the work, after it, or with the row closed: an instance may be lost here.

        Raises:
            InstanceGone: it is. RuntimeError: the database of the history is full.
        """
        lost = self.naive.peek(self.processor, OursKind.WORKER_LOST)
        if lost is not None and _PLACES.get(lost.failpoint, "before") == place:
            self._gone(OursKind.WORKER_LOST)
        if place == "before" and self.naive.peek(self.processor, OursKind.HUNG) is not None:
            self._gone(OursKind.HUNG)
        full = self.naive.peek(self.processor, OursKind.DISK_FULL)
        if place == "after" and full is not None and full.store == "ledger":
            self._gone(OursKind.DISK_FULL)

    def _gone(self, kind: OursKind) -> None:
        self.naive.strike(self.processor, kind)
        self.trace.fault = str(kind)
        raise InstanceGone(f"{self.processor.name}: {kind}")

    def _halfway(self) -> None:
        fault = self.naive.strike(self.processor, *_BREAK_OFF)
        full = self.naive.peek(self.processor, OursKind.DISK_FULL)
        if fault is None and full is not None and full.store != "ledger":
            fault = self.naive.strike(self.processor, OursKind.DISK_FULL)
        if fault is not None:
            self.trace.fault = str(fault.kind)
            raise RuntimeError(f"{self.processor.name}: {fault.kind}")


_BREAK_OFF = (OursKind.PROCESSOR_RAISES, OursKind.BAD_RELEASE, OursKind.DATABASE_LOCKED)
_PLACES = {"lake.after": "after", "ledger.before_close": "after", "ledger.closed": "closed"}
