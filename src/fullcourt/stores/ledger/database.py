"""The ledger's database: one SQLite file (WAL) that no DuckDB ever opens."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Engine,
    Insert,
    Select,
    Table,
    TextClause,
    Update,
    bindparam,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import Executable

from fullcourt.clock import Clock, parse_instant, require_utc
from fullcourt.errors import HomeBusy, StoreFull, StoreUnreadable, is_full
from fullcourt.stores.ledger import schema

REVISION = "0005"
_CACHE_KIB = 32_768
_READINGS_KEPT = 512
T = TypeVar("T")


class Ledger:
    """One connection to the ledger. Writers take the database lock at BEGIN, never half-way."""

    def __init__(self, engine: Engine, clock: Clock, name: str) -> None:
        self._engine = engine
        self._clock = clock
        self._name = name
        self._connection: Connection = engine.connect()
        self._depth = 0
        self.body_contents: dict[str, Any] = {}
        """What archived bodies say they hold, by digest, as far as this process has read it."""
        self._changes: Counter[str] = Counter()
        self._kept: dict[Hashable, tuple[object, object]] = {}

    @classmethod
    def open(cls, path: Path, clock: Clock) -> Ledger:
        """Open (and when needed create or upgrade) the ledger at `path`.

        Raises:
            StoreUnreadable: the file is there and is no readable ledger.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        ledger = cls._connect(f"sqlite:///{path}", clock, str(path))
        ledger._migrate()
        return ledger

    @classmethod
    def in_memory(cls, clock: Clock) -> Ledger:
        """A ledger that lives with the process: simulation and unit tests."""
        ledger = cls._connect("sqlite://", clock, ":memory:")
        schema.metadata.create_all(ledger._connection)
        return ledger

    @classmethod
    def _connect(cls, url: str, clock: Clock, name: str) -> Ledger:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

        @event.listens_for(engine, "connect")
        def pragmas(raw: Any, _: object) -> None:
            raw.execute("PRAGMA busy_timeout = 30000")
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = NORMAL")
            # A season's ledger has tens of megabytes; the default keeps two of them in memory.
            raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")

        try:
            return cls(engine, clock, name)
        except DatabaseError as error:
            raise _unreadable(name, error) from error

    def _migrate(self) -> None:
        if self._revision() == REVISION:
            return
        if (found := self._revision() or "") > REVISION:
            raise StoreUnreadable(
                f"{self._name}: the ledger has revision {found}; this release knows {REVISION}.",
                next_step="install the newer release again, or restore a backup made before it",
            )
        # Alembic is slow to import and needed once per release.
        from fullcourt.stores.ledger.migrate import upgrade

        # Whole or not at all: half a schema could never be upgraded again.
        with self.write():
            # Another process may have been first.
            if self._revision() != REVISION:
                upgrade(self._connection)

    def _revision(self) -> str | None:
        try:
            tables = self._connection.exec_driver_sql(
                "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            ).scalar_one()
            if not tables:
                return None
            query = "SELECT version_num FROM alembic_version"
            return self._connection.exec_driver_sql(query).scalar()
        except DatabaseError as error:
            raise _unreadable(self._name, error) from error

    def now(self) -> datetime:
        """The instant leases are measured by: the database's own clock, or the virtual one."""
        if self._clock.is_virtual:
            return self._clock.now()
        text = self._connection.exec_driver_sql(
            "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"
        ).scalar_one()
        return parse_instant(text)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One write transaction; nested calls join the outer one. The lock is held throughout."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self.execute_text("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
            self.execute_text("COMMIT")
        except BaseException:
            raw: Any = self._connection.connection.dbapi_connection
            # What was read of the tables meanwhile is not so any more.
            self._kept.clear()
            # SQLite itself ends a transaction that met a full disk.
            if raw.in_transaction:
                self._connection.exec_driver_sql("ROLLBACK")
            raise
        finally:
            self._depth = 0

    def execute_text(self, statement: str) -> None:
        """Execute a bare statement (BEGIN, COMMIT)."""
        try:
            self._connection.exec_driver_sql(statement)
        except OperationalError as error:
            raise _operational(self._name, error) from error

    def execute(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Execute a Core statement, once or for many rows."""
        try:
            result = self._connection.execute(statement, rows)
        except OperationalError as error:
            raise _operational(self._name, error) from error
        except DatabaseError as error:
            raise _unreadable(self._name, error) from error
        finally:
            self._note(statement)
        return result

    def keep(self, name: Hashable, tables: tuple[str, ...], read: Callable[[], T]) -> T:
        """What `read` gave of these tables, read again once one of them was written.

        By us: every statement passes here; by another process: the database counts its commits.
        """
        token = (self._commits_of_others(), *(self._changes[table] for table in tables))
        kept = self._kept.get(name)
        if kept is not None and kept[0] == token:
            return cast("T", kept[1])
        value = read()
        if len(self._kept) >= _READINGS_KEPT:
            self._kept.clear()
        self._kept[name] = (token, value)
        return value

    def _commits_of_others(self) -> int:
        # Past SQLAlchemy, which takes ten times as long as the answer.
        raw: Any = self._connection.connection.dbapi_connection
        try:
            return int(raw.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise _operational(self._name, error) from error

    def _note(self, statement: Executable) -> None:
        if isinstance(statement, Select):
            return
        if isinstance(statement, Insert | Update | Delete) and isinstance(statement.table, Table):
            self._changes[statement.table.name] += 1
        elif not isinstance(statement, TextClause) or not statement.text.startswith("SELECT"):
            # It may have written anything.
            self._kept.clear()

    def insert_or_replace(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert rows; a row with the same primary key takes the new values."""
        if not rows:
            return
        self.execute(_upsert(table, tuple(rows[0])), rows)

    def insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert rows."""
        if rows:
            self.execute(_insert(table), rows)

    def insert_tuples(
        self, table: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
    ) -> None:
        """Insert many rows given as tuples in the order of `columns`."""
        if not rows:
            return
        self._changes[table.name] += 1
        marks = ", ".join("?" * len(columns))
        try:
            self._connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})",
                rows,
            )
        except OperationalError as error:
            raise _operational(self._name, error) from error

    def get_meta(self, name: str) -> str | None:
        """A named value of the home (clock, judged snapshot, ...), or None."""
        return self.execute(_META, {"name": name}).scalar()

    def set_meta(self, name: str, value: str) -> None:
        """Set a named value."""
        with self.write():
            self.insert_or_replace(schema.meta, [{"name": name, "value": value}])

    def close(self) -> None:
        """Release the connection."""
        self._connection.close()
        self._engine.dispose()


# Statements are built once: building one costs more than SQLite needs to answer it.
_META = select(schema.meta.c.value).where(schema.meta.c.name == bindparam("name"))


@cache
def _insert(table: Table) -> Executable:
    return insert(table)


@cache
def _upsert(table: Table, names: tuple[str, ...]) -> Executable:
    statement = upsert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def text_of(instant: datetime | None) -> str | None:
    """An instant as stored: UTC ISO text of fixed width, so that text sorts as time."""
    return None if instant is None else require_utc(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_of(text: str | None) -> datetime | None:
    """The reverse of `text_of`."""
    return None if text is None else parse_instant(text)


def _unreadable(name: str, error: Exception) -> StoreUnreadable:
    return StoreUnreadable(
        f"{name}: the ledger cannot be read ({error.__cause__ or error}).",
        next_step="restore it from a backup, or move it away; verdicts are judged again from "
        "lake and archive",
    )


def _operational(name: str, error: Exception) -> Exception:
    if is_full(str(error)):
        return StoreFull(
            f"{name}: the disk is full.", next_step="free space; the run is tried again"
        )
    if "database is locked" in str(error):
        return HomeBusy(
            f"{name}: another process holds the ledger's lock.",
            next_step="wait for it; `fullcourt runs` shows who is at work",
        )
    return _unreadable(name, error)
