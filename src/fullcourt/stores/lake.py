"""The lake: DuckLake tables (SQLite catalog, Parquet folder), read through a mirror in memory.

Every write is one transaction that carries the run that made it, so a snapshot names its run and
the true row counts can be read from the lake itself, even when the process died before it said so.

On the connection `stored` is the DuckLake and `lake` the mirror: a copy of whole tables, filled
when a query first names them, kept in step with our own commits and read again by date when another
process has written. A catalog round trip costs ten times what the query itself does.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from fullcourt.clock import Clock, SystemClock
from fullcourt.errors import HomeBusy, StoreFull, StoreUnreadable, is_full
from fullcourt.stores.absent_modules import remember_absent_modules
from fullcourt.stores.catalog_watch import CatalogWatch
from fullcourt.stores.duckdb_extensions import load_extensions
from fullcourt.stores.lake_migrations import lake_version, migrate, newest
from fullcourt.stores.lake_mirror import Mirror
from fullcourt.stores.lake_snapshots import (
    Change,
    Commit,
    changes_between,
    expire,
    is_kept,
    last_committed,
    merged,
    newest_snapshot,
    written_by,
)
from fullcourt.stores.lake_tables import TABLES, create_tables, creation_lock
from fullcourt.stores.lake_writes import Append, Applied, Delete, Replace, Write
from fullcourt.stores.table_changes import TableChanges

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TABLES", "Append", "Change", "Commit", "Delete", "Lake", "Replace", "Write"]

T = TypeVar("T")
_LOCKED_TRIES = 8
_JOURNAL = "META_JOURNAL_MODE 'WAL'"


class Lake:
    """One connection to the lake. Not shared between threads; processes open their own."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        in_memory: bool,
        clock: Clock,
        connect: Callable[[], duckdb.DuckDBPyConnection] | None = None,
        watch: CatalogWatch | None = None,
    ) -> None:
        self.connection = connection
        self._connect = connect
        self._watch = watch
        self.in_memory = in_memory
        self._clock = clock
        self._memory_log: list[tuple[str, Commit]] = []
        self._mirror = Mirror(whole=in_memory)
        self._mirror.begin(connection)
        remember_absent_modules()

    @property
    def changes(self) -> TableChanges:
        """How often this connection saw the rows of each table change."""
        return self._mirror.changes

    @classmethod
    def open(cls, catalog: Path, data: Path, *, read_only: bool = False, threads: int = 1) -> Lake:
        """Attach the DuckLake of a home, creating it once (under a file lock) when it is absent.

        Raises:
            StoreUnreadable: the catalog exists and cannot be attached.
        """
        connect = partial(_connected, catalog, data, read_only=read_only, threads=threads)
        clock = SystemClock()
        watch = CatalogWatch(catalog, clock)
        return cls(connect(), in_memory=False, clock=clock, connect=connect, watch=watch)

    @classmethod
    def in_memory_lake(cls) -> Lake:
        """The same tables without a DuckLake behind them: simulation and unit tests."""
        connection = duckdb.connect(config={"threads": 1})
        connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        create_tables(connection, "lake", partitioned=False)
        return cls(connection, in_memory=True, clock=SystemClock())

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with _full_disk_told():
            return self._mirror.execute(self.connection, sql, parameters).fetchall()

    def arrow(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> pa.Table:
        """A query's result as an Arrow table."""
        with _full_disk_told():
            return self._mirror.execute(self.connection, sql, parameters).to_arrow_table()

    def execute(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> None:
        """Execute without reading a result (temp tables)."""
        with _full_disk_told():
            self._mirror.execute(self.connection, sql, parameters)

    def snapshot_id(self) -> int:
        """The id of the newest snapshot."""
        if self.in_memory:
            return len(self._memory_log)
        with _full_disk_told():
            if self._watch is None:
                return newest_snapshot(self.connection)
            return self._watch.newest(lambda: newest_snapshot(self.connection))

    def commit(
        self,
        run_id: str,
        writes: Sequence[Write],
        *,
        note: str,
        before_commit: Callable[[], None] | None = None,
    ) -> Commit:
        """Apply `writes` in one transaction that names `run_id`.

        `before_commit` runs after the writes and before COMMIT (the lease check). A locked catalog
        is tried again with jitter; a full disk raises `StoreFull` and leaves nothing behind.
        """
        return self._unless_locked(
            lambda: self._commit_once(run_id, writes, note, before_commit),
        )

    def _unless_locked(self, write: Callable[[], T]) -> T:
        """Write; again with jitter while another process holds the catalog's lock."""
        for attempt in range(_LOCKED_TRIES):
            try:
                with _full_disk_told():
                    return write()
            except duckdb.Error as error:
                text = str(error).lower()
                contended = "database is locked" in text or "conflict" in text
                if not contended:
                    raise
                if attempt == _LOCKED_TRIES - 1:
                    raise HomeBusy(
                        f"lake: another process holds the catalog's lock ({error}).",
                        next_step="wait for it; `fullcourt runs` shows who is at work",
                    ) from error
                jitter = 0.5 + random.random()  # noqa: S311 - spreads retries, guards nothing
                self._clock.sleep(0.02 * 2**attempt * jitter)
        raise AssertionError("unreachable")

    def _commit_once(
        self,
        run_id: str,
        writes: Sequence[Write],
        note: str,
        before_commit: Callable[[], None] | None,
    ) -> Commit:
        database = "lake" if self.in_memory else "stored"
        before = self.snapshot_id()
        in_step = not self.in_memory and self._mirror.in_step_with == before
        done: list[tuple[Write, Applied]] = []
        self.connection.execute("BEGIN TRANSACTION")
        try:
            if not self.in_memory:
                self.connection.execute(
                    "CALL stored.set_commit_message('fullcourt', ?, extra_info => ?)",
                    [note, json.dumps({"run_id": run_id})],
                )
            for write in writes:
                # Whoever commits holds the ledger's lock: what was in step before still is.
                mirror = "lake" if in_step and self._mirror.holds(write.table) else None
                done.append((write, write.apply(self.connection, database, mirror=mirror)))
            if before_commit is not None:
                before_commit()
            self.connection.execute("COMMIT")
        except BaseException:
            # A COMMIT that failed has ended the transaction already: its own error is to be told.
            with suppress(duckdb.TransactionException):
                self.connection.execute("ROLLBACK")
            raise
        written = sum(applied.rows_written for _, applied in done)
        deleted = sum(applied.rows_deleted for _, applied in done)
        touched: dict[str, frozenset[date]] = {}
        for write, applied in done:
            if applied.dates:
                touched[write.table] = touched.get(write.table, frozenset()) | applied.dates
        for table, dates in touched.items():
            self.changes.note(table, dates)
        if self.in_memory:
            commit = Commit(len(self._memory_log) + 1, written, deleted, touched)
            self._memory_log.append((run_id, commit))
            return commit
        self._mirror.follow(self.connection, done)
        # A commit without a row makes no snapshot of its own.
        newest = last_committed(self.connection) if touched else self.snapshot_id()
        commit = Commit(newest, written, deleted, touched)
        if in_step and commit.snapshot_id == before + 1:
            self._mirror.in_step_with = commit.snapshot_id
        return commit

    def changes_between(self, after: int, upto: int) -> tuple[Change, ...]:
        """Which tables and game dates changed in the snapshots `after` < id <= `upto`."""
        if after >= upto:
            return ()
        if self.in_memory:
            return merged(c for _, c in self._memory_log if after < c.snapshot_id <= upto)
        with _full_disk_told():
            return changes_between(self.connection, after, upto)

    def refresh(self, table: str, dates: Collection[date]) -> None:
        """Read these dates of a mirrored table again: another process has written them."""
        with _full_disk_told():
            self._mirror.refresh(self.connection, table, dates)

    def caught_up(self, snapshot: int) -> None:
        """Everything written up to `snapshot` has been refreshed."""
        self._mirror.in_step_with = snapshot

    def written_by(self, run_id: str) -> Commit | None:
        """What the lake's own snapshots say `run_id` committed; None when it committed nothing."""
        if not self.in_memory:
            with _full_disk_told():
                return written_by(self.connection, run_id)
        mine = [commit for name, commit in self._memory_log if name == run_id]
        if not mine:
            return None
        return Commit(
            mine[-1].snapshot_id,
            sum(c.rows_written for c in mine),
            sum(c.rows_deleted for c in mine),
            {change.table: change.dates for change in merged(mine)},
        )

    def use_threads(self, count: int) -> None:
        """How many threads a query may use: one plans small queries cheapest; ranges want all."""
        self.connection.execute(f"SET threads = {count}")

    def compact(self) -> None:
        """Merge small adjacent files; rows and snapshots stay as they are."""
        if not self.in_memory:
            merge = "CALL stored.merge_adjacent_files()"
            self._unless_locked(lambda: self.connection.execute(merge))

    def expire(
        self,
        keep: int,
        pinned: int,
        runs: Collection[str] = (),
        restorable: Collection[int] = (),
    ) -> int:
        """Forget old snapshots, see `lake_snapshots.expire`; how many were forgotten."""
        if self.in_memory:
            return 0
        return self._unless_locked(lambda: expire(self.connection, keep, pinned, runs, restorable))

    def keeps_snapshot(self, snapshot: int) -> bool:
        """Whether rows can be read as they stood at a snapshot (never in memory)."""
        return not self.in_memory and is_kept(self.connection, snapshot)

    def open_again(self) -> None:
        """A new connection in place of this one: after weeks of small commits it is slower and
        larger than a fresh one. The mirror fills anew as queries name tables."""
        if self._connect is None:
            return
        # The new one first: when it cannot be had, the old one still serves.
        fresh = self._connect()
        self.connection.close()
        self.connection = fresh
        self._mirror.begin(fresh)

    def close(self) -> None:
        """Release the connection."""
        self.connection.close()


@contextmanager
def _full_disk_told() -> Iterator[None]:
    """A full disk is met by readers too: SQLite writes beside the catalog what it reads through."""
    try:
        yield
    except duckdb.Error as error:
        if is_full(str(error)):
            raise _full(error) from error
        raise


def _full(error: duckdb.Error) -> StoreFull:
    said = str(error).partition("\n")[0]
    return StoreFull(
        f"lake: the disk is full ({said}).", next_step="free space; the run is tried again"
    )


def _connected(
    catalog: Path, data: Path, *, read_only: bool, threads: int
) -> duckdb.DuckDBPyConnection:
    """A connection with the home's DuckLake as `stored` and an empty mirror as `lake`."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    load_extensions(connection)
    if read_only and not catalog.exists():
        raise StoreUnreadable(
            f"{catalog}: no lake here yet.",
            next_step="run `fullcourt init` or a first `fullcourt run`",
        )
    data.mkdir(parents=True, exist_ok=True)
    with creation_lock(catalog.parent / "lake.lock"):
        options = [
            f"DATA_PATH {_quoted(str(data.resolve()) + '/')}",
            "DATA_INLINING_ROW_LIMIT 0",
            # With the default journal one commit that meets a long reader locks the catalog
            # for everybody, for as long as its process lives.
            "READ_ONLY" if read_only else _JOURNAL,
        ]
        source = _quoted("ducklake:sqlite:" + str(catalog.resolve()))
        try:
            connection.execute(f"ATTACH {source} AS stored ({', '.join(options)})")
            if read_only and lake_version(connection, "stored") != newest():
                _upgrade(source, options[:-1])
                connection.execute(
                    f"DETACH stored; ATTACH {source} AS stored ({', '.join(options)})"
                )
            if not read_only:
                migrate(connection, "stored")
                create_tables(connection, "stored", partitioned=True)
        except duckdb.Error as error:
            if is_full(str(error)):
                raise _full(error) from error
            raise StoreUnreadable(
                f"{catalog}: the lake's catalog cannot be read: {error}.",
                next_step="restore it from a backup, or move it away: it is rebuilt from "
                "the archive",
            ) from error
    connection.execute("ATTACH ':memory:' AS lake")
    create_tables(connection, "lake", partitioned=False)
    return connection


def _upgrade(source: str, options: list[str]) -> None:
    """Who only looks at an older lake brings it up to date first, like the ledger."""
    writer = duckdb.connect(config={"threads": 1})
    try:
        load_extensions(writer)
        writer.execute(
            f"ATTACH {source} AS stored ({', '.join([*options, _JOURNAL])})",
        )
        migrate(writer, "stored")
        create_tables(writer, "stored", partitioned=True)
    finally:
        writer.close()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
