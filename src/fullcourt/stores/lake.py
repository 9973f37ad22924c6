"""The lake: DuckLake tables (SQLite catalog, Parquet folder), or the same tables in memory.

Every write is one transaction that carries the run that made it, so a snapshot names its run and
the true row counts can be read from the lake itself, even when the process died before it said so.
"""

from __future__ import annotations

import fcntl
import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from fullcourt.clock import Clock, SystemClock
from fullcourt.errors import StoreFull, StoreUnreadable
from fullcourt.stores.duckdb_extensions import load_extensions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

TABLES: tuple[str, ...] = (
    "schedule",
    "player_box_scores",
    "odds_player_props",
    "player_game_summary",
    "upcoming_player_game_context",
    "player_composite_factors",
    "predictions",
    "grades",
)
_LOCKED_TRIES = 8
_METADATA = "__ducklake_metadata_lake"


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction really changed, counted by the database, not by the processor."""

    snapshot_id: int
    rows_written: int
    rows_deleted: int
    dates: Mapping[str, frozenset[date]]
    """Game dates touched, by table."""


@dataclass(frozen=True, slots=True)
class Change:
    """A snapshot range's effect on one table."""

    table: str
    dates: frozenset[date]


class Write(Protocol):
    """One statement group inside a commit; returns (rows written, rows deleted, game dates)."""

    table: str

    def apply(
        self, connection: duckdb.DuckDBPyConnection
    ) -> tuple[int, int, frozenset[date]]:
        """Execute inside the open transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace rows key by key: `relation` is a temp table or view with the table's columns."""

    table: str
    relation: str
    key_columns: tuple[str, ...]

    def apply(
        self, connection: duckdb.DuckDBPyConnection
    ) -> tuple[int, int, frozenset[date]]:
        """Delete every held row whose key is in `relation`, then insert all of `relation`."""
        on = " AND ".join(f"t.{c} IS NOT DISTINCT FROM s.{c}" for c in self.key_columns)
        touched = _dates_in(connection, self.relation)
        if not touched:
            return 0, 0, frozenset()
        low, high = min(touched), max(touched)
        held = _one(
            connection,
            f"SELECT count(*) FROM lake.{self.table} t SEMI JOIN {self.relation} s ON {on} "
            "WHERE t.game_date BETWEEN ? AND ?",
            [low, high],
        )
        deleted = 0
        if held:
            deleted = _one(
                connection,
                f"DELETE FROM lake.{self.table} t USING {self.relation} s WHERE {on} "
                "AND t.game_date BETWEEN ? AND ?",
                [low, high],
            )
        return _insert(connection, self.table, self.relation), deleted, touched


@dataclass(frozen=True, slots=True)
class Append:
    """Append rows (schedule versions, odds snapshots)."""

    table: str
    relation: str

    def apply(
        self, connection: duckdb.DuckDBPyConnection
    ) -> tuple[int, int, frozenset[date]]:
        """Insert all of `relation`."""
        touched = _dates_in(connection, self.relation)
        return _insert(connection, self.table, self.relation), 0, touched


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete rows by a condition over game dates (`condition` is the house's own SQL, never a user's)."""

    table: str
    condition: str
    parameters: tuple[Any, ...] = ()

    def apply(
        self, connection: duckdb.DuckDBPyConnection
    ) -> tuple[int, int, frozenset[date]]:
        """Delete and report the dates the rows were on."""
        touched = frozenset(
            row[0]
            for row in connection.execute(
                f"SELECT DISTINCT game_date FROM lake.{self.table} WHERE {self.condition}",
                list(self.parameters),
            ).fetchall()
        )
        deleted = _one(
            connection,
            f"DELETE FROM lake.{self.table} WHERE {self.condition}",
            list(self.parameters),
        )
        return 0, deleted, touched


class Lake:
    """One connection to the lake. Not shared between threads; processes open their own."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, in_memory: bool, clock: Clock
    ) -> None:
        self.connection = connection
        self.in_memory = in_memory
        self._clock = clock
        self._memory_log: list[
            tuple[int, str, dict[str, frozenset[date]], int, int]
        ] = []
        for statement in _macro_files():
            connection.execute(statement)

    @classmethod
    def open(
        cls, catalog: Path, data: Path, *, read_only: bool = False, threads: int = 2
    ) -> Lake:
        """Attach the DuckLake of a home, creating it once (under a file lock) when it is absent.

        Raises:
            StoreUnreadable: the catalog exists and cannot be attached.
        """
        connection = duckdb.connect(config={"threads": threads})
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        load_extensions(connection)
        fresh = not catalog.exists()
        if fresh and read_only:
            raise StoreUnreadable(
                f"{catalog}: no lake here yet.",
                next_step="run `fullcourt init` or a first `fullcourt run`",
            )
        data.mkdir(parents=True, exist_ok=True)
        with _creation_lock(catalog.parent / "lake.lock"):
            options = [
                f"DATA_PATH {_quoted(str(data.resolve()) + '/')}",
                "DATA_INLINING_ROW_LIMIT 0",
            ]
            if read_only:
                options.append("READ_ONLY")
            try:
                connection.execute(
                    f"ATTACH {_quoted('ducklake:sqlite:' + str(catalog.resolve()))} AS lake "
                    f"({', '.join(options)})"
                )
                if not read_only:
                    _create_tables(connection, partitioned=True)
            except duckdb.Error as error:
                raise StoreUnreadable(
                    f"{catalog}: the lake's catalog cannot be read: {error}.",
                    next_step="restore it from a backup, or move it away and rebuild from the archive",
                ) from error
        return cls(connection, in_memory=False, clock=SystemClock())

    @classmethod
    def in_memory_lake(cls) -> Lake:
        """The same tables in a plain in-memory database: simulation and unit tests."""
        connection = duckdb.connect(config={"threads": 1})
        connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        _create_tables(connection, partitioned=False)
        return cls(connection, in_memory=True, clock=SystemClock())

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, _parameters(parameters)).fetchall()

    def arrow(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()
    ) -> pa.Table:
        """A query's result as an Arrow table."""
        return self.connection.execute(sql, _parameters(parameters)).to_arrow_table()

    def execute(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()
    ) -> None:
        """Execute without reading a result (temp tables)."""
        self.connection.execute(sql, _parameters(parameters))

    def snapshot_id(self) -> int:
        """The id of the newest snapshot."""
        if self.in_memory:
            return len(self._memory_log)
        return int(self.rows("SELECT id FROM lake.current_snapshot()")[0][0])

    def commit(
        self,
        run_id: str,
        writes: Sequence[Write],
        *,
        note: str,
        before_commit: Callable[[], None] | None = None,
    ) -> Commit:
        """Apply `writes` in one transaction that names `run_id`.

        `before_commit` runs after the writes and before COMMIT (the lease check). A locked catalog is
        tried again with jitter; a full disk raises `StoreFull` and leaves nothing behind.
        """
        for attempt in range(_LOCKED_TRIES):
            try:
                return self._commit_once(run_id, writes, note, before_commit)
            except duckdb.Error as error:
                text = str(error).lower()
                if (
                    "no space left" in text
                    or "disk full" in text
                    or "database or disk is full" in text
                ):
                    raise StoreFull(
                        f"lake: the disk is full ({error}).",
                        next_step="free space; the run is tried again",
                    ) from error
                contended = "database is locked" in text or "conflict" in text
                if not contended or attempt == _LOCKED_TRIES - 1:
                    raise
                self._clock.sleep(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - jitter only
        raise AssertionError("unreachable")

    def _commit_once(
        self,
        run_id: str,
        writes: Sequence[Write],
        note: str,
        before_commit: Callable[[], None] | None,
    ) -> Commit:
        connection = self.connection
        written = deleted = 0
        touched: dict[str, frozenset[date]] = {}
        connection.execute("BEGIN TRANSACTION")
        try:
            if not self.in_memory:
                connection.execute(
                    "CALL lake.set_commit_message('fullcourt', ?, extra_info => ?)",
                    [note, json.dumps({"run_id": run_id})],
                )
            for write in writes:
                rows, gone, dates = write.apply(connection)
                written += rows
                deleted += gone
                touched[write.table] = touched.get(write.table, frozenset()) | dates
            if before_commit is not None:
                before_commit()
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        touched = {table: dates for table, dates in touched.items() if dates}
        if self.in_memory:
            self._memory_log.append(
                (len(self._memory_log) + 1, run_id, touched, written, deleted)
            )
        return Commit(self.snapshot_id(), written, deleted, touched)

    def changes_between(self, after: int, upto: int) -> tuple[Change, ...]:
        """Which tables and game dates changed in the snapshots `after` < id <= `upto`."""
        if after >= upto:
            return ()
        if self.in_memory:
            merged: dict[str, frozenset[date]] = {}
            for snapshot, _, touched, _, _ in self._memory_log:
                if after < snapshot <= upto:
                    for table, dates in touched.items():
                        merged[table] = merged.get(table, frozenset()) | dates
            return tuple(
                Change(table, dates) for table, dates in sorted(merged.items())
            )
        changes = []
        for table in self._tables_changed(after, upto):
            dates = frozenset(
                row[0]
                for way in ("insertions", "deletions")
                for row in self.rows(
                    f"SELECT DISTINCT game_date FROM ducklake_table_{way}('lake', 'main', ?, ?, ?)",
                    [table, after + 1, upto],
                )
            )
            if dates:
                changes.append(Change(table, dates))
        return tuple(changes)

    def _tables_changed(self, after: int, upto: int) -> list[str]:
        # Compactions rewrite files and change no row: they are not in these two lists.
        rows = self.rows(
            f"""SELECT changes_made FROM {_METADATA}.ducklake_snapshot_changes
                WHERE snapshot_id > ? AND snapshot_id <= ?
                AND (changes_made LIKE '%inserted_into_table:%' OR changes_made LIKE '%deleted_from_table:%')""",
            [after, upto],
        )
        ids = {
            int(part.split(":", 1)[1])
            for (made,) in rows
            for part in made.split(",")
            if part.startswith(("inserted_into_table:", "deleted_from_table:"))
        }
        names = dict(
            self.rows(
                f"SELECT table_id, table_name FROM {_METADATA}.ducklake_table WHERE end_snapshot IS NULL"
            )
        )
        return sorted(names[i] for i in ids if names.get(i) in TABLES)

    def written_by(self, run_id: str) -> Commit | None:
        """What the lake's own snapshots say `run_id` committed; None when it committed nothing."""
        if self.in_memory:
            mine = [entry for entry in self._memory_log if entry[1] == run_id]
            if not mine:
                return None
            merged: dict[str, frozenset[date]] = {}
            for entry in mine:
                for table, dates in entry[2].items():
                    merged[table] = merged.get(table, frozenset()) | dates
            return Commit(
                mine[-1][0], sum(e[3] for e in mine), sum(e[4] for e in mine), merged
            )
        snapshots = [
            row[0]
            for row in self.rows(
                f"""SELECT snapshot_id FROM {_METADATA}.ducklake_snapshot_changes
                    WHERE commit_extra_info LIKE ? ORDER BY snapshot_id""",
                [f'%"{run_id}"%'],
            )
        ]
        if not snapshots:
            return None
        written = deleted = 0
        touched: dict[str, frozenset[date]] = {}
        for snapshot in snapshots:
            for table in self._tables_changed(snapshot - 1, snapshot):
                for way in ("insertions", "deletions"):
                    rows = self.rows(
                        f"SELECT game_date, count(*) FROM ducklake_table_{way}('lake', 'main', ?, ?, ?) GROUP BY 1",
                        [table, snapshot, snapshot],
                    )
                    count = sum(n for _, n in rows)
                    written, deleted = (
                        (written + count, deleted)
                        if way == "insertions"
                        else (written, deleted + count)
                    )
                    touched[table] = touched.get(table, frozenset()) | {
                        day for day, _ in rows
                    }
        return Commit(snapshots[-1], written, deleted, touched)

    def compact(self) -> None:
        """Merge small adjacent files; rows and snapshots stay as they are."""
        if not self.in_memory:
            self.connection.execute("CALL lake.merge_adjacent_files()")

    def close(self) -> None:
        """Release the connection."""
        self.connection.close()


def _macro_files() -> tuple[str, ...]:
    root = files("fullcourt")
    found = [root / "nba" / "macros.sql", root / "analytics" / "macros.sql"]
    return tuple(path.read_text(encoding="utf-8") for path in found if path.is_file())


def _create_tables(connection: duckdb.DuckDBPyConnection, *, partitioned: bool) -> None:
    have = {
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        ).fetchall()
    }
    if have >= set(TABLES):
        return
    script = (files("fullcourt.stores") / "tables.sql").read_text(encoding="utf-8")
    connection.execute("BEGIN TRANSACTION")
    connection.execute(script.replace("{lake}", "lake"))
    if partitioned:
        for table in TABLES:
            if table not in have:
                connection.execute(
                    f"ALTER TABLE lake.{table} SET PARTITIONED BY (year(game_date), month(game_date))"
                )
    connection.execute("COMMIT")


@contextmanager
def _creation_lock(path: Path) -> Iterator[None]:
    """The very first attach must not race."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _dates_in(connection: duckdb.DuckDBPyConnection, relation: str) -> frozenset[date]:
    return frozenset(
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT game_date FROM {relation}"
        ).fetchall()
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, relation: str) -> int:
    return _one(
        connection, f"INSERT INTO lake.{table} BY NAME SELECT * FROM {relation}", []
    )


def _one(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any]) -> int:
    row = connection.execute(sql, parameters).fetchone()
    if row is None:
        raise StoreUnreadable(f"lake: no count came back from {sql.split()[0]}")
    return int(row[0])


def _parameters(parameters: Mapping[str, Any] | Sequence[Any]) -> Any:
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
