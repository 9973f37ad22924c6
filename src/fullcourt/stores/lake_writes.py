"""What may be written to the lake: keyed replacement, append, and deletion by the house's own SQL.

Each write names the database it goes to, so that the same write keeps the mirror in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import duckdb

from fullcourt.errors import StoreUnreadable


@dataclass(frozen=True, slots=True)
class Applied:
    """What one write did: rows written, rows deleted, game dates touched."""

    rows_written: int
    rows_deleted: int
    dates: frozenset[date]


class Write(Protocol):
    """One statement group inside a commit."""

    @property
    def table(self) -> str:
        """The table it changes."""
        ...

    def apply(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: str,
        known: Applied | None = None,
        mirror: str | None = None,
    ) -> Applied:
        """Execute in `database` inside the open transaction.

        `known`: what the same write did elsewhere to the same rows. `mirror`: a database that is
        known to hold the same rows, where looking is cheap.
        """
        ...


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace rows key by key: `relation` is a temp table with the table's columns."""

    table: str
    relation: str
    key_columns: tuple[str, ...]

    def apply(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: str,
        known: Applied | None = None,
        mirror: str | None = None,
    ) -> Applied:
        """Delete every held row whose key is in `relation`, then insert all of `relation`."""
        dates = _dates_in(connection, self.relation) if known is None else known.dates
        if not dates:
            return Applied(0, 0, frozenset())
        on = " AND ".join(f"t.{c} IS NOT DISTINCT FROM s.{c}" for c in self.key_columns)
        where = f"t.game_date BETWEEN '{min(dates)}' AND '{max(dates)}'"
        target = f"{database}.{self.table}"
        if known is None:
            # A DELETE that finds nothing costs more than to look first.
            held = _one(
                connection,
                f"SELECT count(*) FROM {mirror or database}.{self.table} AS t "
                f"SEMI JOIN {self.relation} AS s ON {on} WHERE {where}",
            )
        else:
            held = known.rows_deleted
        deleted = 0
        if held:
            # Each key once: DuckLake counts a row as often as the join finds it.
            keys = f"(SELECT DISTINCT {', '.join(self.key_columns)} FROM {self.relation})"
            deleted = _one(
                connection, f"DELETE FROM {target} AS t USING {keys} AS s WHERE {on} AND {where}"
            )
        return Applied(_insert(connection, target, self.relation), deleted, dates)


@dataclass(frozen=True, slots=True)
class Append:
    """Append rows (schedule versions, odds snapshots)."""

    table: str
    relation: str

    def apply(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: str,
        known: Applied | None = None,
        mirror: str | None = None,
    ) -> Applied:
        """Insert all of `relation`."""
        dates = _dates_in(connection, self.relation) if known is None else known.dates
        return Applied(_insert(connection, f"{database}.{self.table}", self.relation), 0, dates)


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete rows by a condition over game dates (the house's own SQL, never a user's)."""

    table: str
    condition: str
    parameters: tuple[Any, ...] = ()

    def apply(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: str,
        known: Applied | None = None,
        mirror: str | None = None,
    ) -> Applied:
        """Delete and report the dates the rows were on."""
        target, parameters = f"{database}.{self.table}", list(self.parameters)
        rows = connection.execute(
            f"SELECT DISTINCT game_date FROM {target} WHERE {self.condition}", parameters
        ).fetchall()
        if not rows:
            return Applied(0, 0, frozenset())
        deleted = _one(connection, f"DELETE FROM {target} WHERE {self.condition}", parameters)
        return Applied(0, deleted, frozenset(row[0] for row in rows))


def _dates_in(connection: duckdb.DuckDBPyConnection, relation: str) -> frozenset[date]:
    rows = connection.execute(f"SELECT DISTINCT game_date FROM {relation}").fetchall()
    return frozenset(row[0] for row in rows)


def _insert(connection: duckdb.DuckDBPyConnection, target: str, relation: str) -> int:
    return _one(connection, f"INSERT INTO {target} BY NAME SELECT * FROM {relation}")


def _one(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None
) -> int:
    row = connection.execute(sql, parameters or []).fetchone()
    if row is None:
        raise StoreUnreadable(f"lake: no count came back from {sql.partition(' ')[0]}")
    return int(row[0])
