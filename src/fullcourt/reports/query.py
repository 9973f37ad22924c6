"""A user's own question to the lake: one SELECT in a sandbox that reads the lake and nothing else.

External access is off, the lake's data folder is the only one that may be read, the configuration
is locked, the catalog is attached read-only. Table functions are allowed by name: some of DuckDB's
(`sqlite_scan`) read files past those settings, and some of DuckLake's delete files.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from fullcourt.clock import iso
from fullcourt.errors import FullcourtError, StoreUnreadable, Terminal
from fullcourt.stores.duckdb_extensions import load_extensions
from fullcourt.stores.lake_tables import macro_scripts

if TYPE_CHECKING:
    from fullcourt.settings import Home

ALLOWED_TABLE_FUNCTIONS = frozenset(
    "range generate_series unnest repeat_row json_each json_tree read_parquet snapshots "
    "current_snapshot last_committed_snapshot table_info table_changes table_insertions "
    "table_deletions ducklake_snapshots ducklake_current_snapshot ducklake_table_info "
    "ducklake_list_files ducklake_table_changes ducklake_table_insertions "
    "ducklake_table_deletions duckdb_tables duckdb_columns duckdb_views duckdb_functions "
    "duckdb_types duckdb_keywords pragma_table_info pragma_show summary "
    "schedule_as_of".split()
)
_EXPLAIN = re.compile(r"^\s*EXPLAIN(\s+ANALYZE)?\b", re.IGNORECASE)


class QueryRefused(Terminal, FullcourtError):
    """The SQL is no single SELECT, does not run, or asks for what the sandbox forbids."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result: unique column names and rows of plain values (see `plain`)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool

    def objects(self) -> list[dict[str, Any]]:
        """The rows as objects, by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def query(home: Home, text: str, *, most_rows: int | None = None) -> Answer:
    """Run one SELECT (or EXPLAIN of one) over the home's lake.

    Tables need no prefix; `schedule_as_of(instant)` is there too. At most `most_rows` rows.

    Raises:
        QueryRefused: see there.
        StoreUnreadable: there is no lake, or it cannot be read.
    """
    with _sandbox(home) as connection:
        _check(connection, text)
        try:
            result = connection.execute(text)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall() if most_rows is None else result.fetchmany(most_rows + 1)
        except duckdb.Error as error:
            raise QueryRefused(
                f"sql: {error}", next_step="`fullcourt sql 'SHOW TABLES'` lists the tables"
            ) from error
    is_cut = most_rows is not None and len(rows) > most_rows
    shown = rows[:most_rows] if is_cut else rows
    return Answer(
        tuple(_unique(names)), tuple(tuple(plain(value) for value in row) for row in shown), is_cut
    )


def plain(value: Any) -> Any:
    """A value of DuckDB as JSON has it: dates and times ISO, instants ISO with `Z`, NaN and
    infinities null, decimals as numbers, bytes base64, spans in seconds."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return float(value) if value.is_finite() else None
        case datetime():
            return value.isoformat() if value.tzinfo is None else iso(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return str(value)


def _sandbox(home: Home) -> duckdb.DuckDBPyConnection:
    if not home.catalog_file.exists():
        raise StoreUnreadable(
            f"{home.catalog_file}: no lake here yet.", next_step="run `fullcourt init` first"
        )
    data = str(home.lake_dir.resolve()) + "/"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET temp_directory = ''")
    load_extensions(connection)
    try:
        connection.execute(
            f"ATTACH {_quoted('ducklake:sqlite:' + str(home.catalog_file))} AS lake "
            f"(READ_ONLY, DATA_PATH {_quoted(data)})"
        )
    except duckdb.Error as error:
        raise StoreUnreadable(
            f"{home.catalog_file}: the lake's catalog cannot be read: {error}.",
            next_step="`fullcourt doctor` looks at every store",
        ) from error
    for script in macro_scripts():
        connection.execute(script)
    connection.execute("USE lake")
    connection.execute(f"SET allowed_directories = [{_quoted(data)}]")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def _check(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """Refuse everything but one SELECT (or EXPLAIN of one) over allowed table functions."""
    kind = _only_statement(connection, text)
    inner = text
    if kind == duckdb.StatementType.EXPLAIN:
        inner = _EXPLAIN.sub("", text)
        if inner == text:
            raise _refused("write EXPLAIN first, without a comment before it")
        kind = _only_statement(connection, inner)
    if kind != duckdb.StatementType.SELECT:
        raise _refused(f"it is {_named(kind)}")
    row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [inner]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True, "error_message": "it cannot be parsed"}
    if tree.get("error"):
        raise _refused(str(tree.get("error_message")))
    for name in _table_functions(tree):
        if name.lower() not in ALLOWED_TABLE_FUNCTIONS:
            raise _refused(f"the table function {name}() is not allowed here")


def _only_statement(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.StatementType:
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise QueryRefused(f"sql: {error}", next_step="mend the statement") from error
    if len(statements) != 1:
        raise _refused(f"it holds {len(statements)} statements")
    return statements[0].type


def _named(kind: duckdb.StatementType) -> str:
    name = str(kind).rpartition(".")[2]
    return f"an {name}" if name[:1] in "AEIOU" else f"a {name}"


def _table_functions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield str(node["function"]["function_name"])
        for child in node.values():
            yield from _table_functions(child)
    elif isinstance(node, list):
        for child in node:
            yield from _table_functions(child)


def _refused(why: str) -> QueryRefused:
    return QueryRefused(
        f"sql: only one SELECT over the lake is run here; {why}.",
        next_step="to change the lake attach it with your own DuckDB",
    )


def _unique(names: list[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
