"""The columns a section names, picked from its source into one table under our names."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from fullcourt.audit.sources.columns import Column, Naming
from fullcourt.audit.sources.reading import Reading, quoted
from fullcourt.audit.sources.values import Picked
from fullcourt.audit.sources.words_map import like

PICKED = "audit_picked"
ROW = '"place in the source"'


def pick(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    naming: Naming,
    wanted: Mapping[str, tuple[str, str]],
    only: Mapping[str, tuple[str, ...]],
    *,
    keep: bool = False,
) -> Picked:
    """Pick columns: our name to (key of the configuration, their name).

    Rows that hold none of the words of `only` are not of this section. The table has `source_row`
    and the columns, as text where the source holds text. What is dear to
    read, or may change while it is read, is read once; `keep` does so in any case.

    Raises:
        AuditRefused: a column is not there.
    """
    columns = [naming.column(key, name, given) for name, (key, given) in wanted.items()]
    drop_picked(connection)
    is_view = reading.is_cheap and not keep
    listed = ", ".join(f"{_read(column)} AS {quoted(column.name)}" for column in columns)
    # A view counts rows only when it is asked for their numbers: when something is wrong.
    connection.execute(
        f"CREATE TEMP {'VIEW' if is_view else 'TABLE'} {PICKED} AS "
        f"SELECT {ROW} AS source_row, {listed} FROM "
        f"(SELECT {reading.row} AS {ROW}, * FROM {reading.relation}) WHERE {_only(naming, only)} "
        f"{reading.order}"
    )
    return Picked(
        connection,
        PICKED,
        reading.name,
        kinds={column.name: _kind(column) for column in columns},
        given={column.name: column.given for column in columns},
        where={name: naming.where(key) for name, (key, _) in wanted.items()},
    )


def drop_picked(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what was picked last."""
    row = connection.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [PICKED]
    ).fetchone()
    if row is not None:
        connection.execute(f"DROP {'VIEW' if row[0] == 'VIEW' else 'TABLE'} {PICKED}")


def _only(naming: Naming, only: Mapping[str, tuple[str, ...]]) -> str:
    parts = ["true"]
    for given, words in only.items():
        column = f"CAST({naming.column('only', given, given).sql} AS VARCHAR)"
        wanted = [f"{column} {like(word)}" for word in words if not word.startswith("!")]
        if wanted:
            parts.append(f"({' OR '.join(wanted)})")
        barred = [word.removeprefix("!") for word in words if word.startswith("!")]
        # What is not there is not the word that is barred.
        parts += [f"({column} {like(word)}) IS NOT TRUE" for word in barred]
    return " AND ".join(parts)


def _read(column: Column) -> str:
    return f"CAST({column.sql} AS VARCHAR)" if _is_odd(column.kind) else column.sql


def _kind(column: Column) -> str:
    return "VARCHAR" if _is_odd(column.kind) else column.kind


def _is_odd(kind: str) -> bool:
    """A type whose values are read by their text (UUID, ENUM, BLOB, ...)."""
    return kind.startswith(
        ("UUID", "ENUM", "BLOB", "VARCHAR", "JSON", "STRUCT", "MAP", "TIME")
    ) and not kind.startswith("TIMESTAMP")
