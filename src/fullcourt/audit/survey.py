"""What files hold, as far as looking at them tells: columns, kinds of values, distinct words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb

from fullcourt.audit.configuration import AuditRefused, Source
from fullcourt.audit.sources.databases import attached
from fullcourt.audit.sources.reading import literal, open_source, quoted, read_or_refuse

ENDINGS: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".duckdb": "duckdb",
}
DATE, INSTANT, LOCAL, WHOLE, NUMBER, FLAG, JSON, PATH, TEXT = (
    "date",
    "instant",
    "instant without offset",
    "whole number",
    "number",
    "yes or no",
    "JSON",
    "path",
    "text",
)
_MOST_WORDS = 24
_TYPED: Final[Mapping[str, str]] = {
    "DATE": DATE,
    "TIMESTAMP WITH TIME ZONE": INSTANT,
    "BOOLEAN": FLAG,
    "DOUBLE": NUMBER,
    "FLOAT": NUMBER,
}
_INSTANT = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
_LOOKS: Final[Sequence[tuple[str, str]]] = (
    (DATE, r"^\d{4}-\d{2}-\d{2}$"),
    (INSTANT, _INSTANT + r" ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$"),
    (LOCAL, _INSTANT + "$"),
    (WHOLE, r"^-?(0|[1-9]\d*)$"),
    (NUMBER, r"^-?\d+\.\d+$|^-?(0|[1-9]\d*)$"),
    (JSON, r"(?s)^\s*\{.*\}\s*$"),
    (PATH, r"^[^\s].*/.*\.[A-Za-z0-9]+$"),
)


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column. `kind` is what every value of it looks like; `words`, the distinct values, most
    frequent first, where there are few; `there`: rows with a value."""

    name: str
    kind: str
    there: int
    distinct: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A file or a table of a database. `table` is a DuckDB table with its rows, every column text;
    `lines` lead to it in `audit.toml`."""

    name: str
    source: Source
    lines: tuple[str, ...]
    table: str
    rows: int
    columns: Mapping[str, ColumnLook]

    def of_kind(self, *kinds: str) -> list[str]:
        """The columns of some kinds, in the file's order."""
        return [name for name, column in self.columns.items() if column.kind in kinds]


def survey(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], folder: Path
) -> tuple[list[Look], list[str]]:
    """Look at files, folders and databases; what was seen, and complaints of what cannot be read.

    `folder` is where the configuration will lie: paths in its lines are relative to it.
    """
    looks: list[Look] = []
    complaints: list[str] = []
    for path in _files(paths):
        try:
            for source, lines, name in _sources(connection, path, folder):
                looks.append(_look(connection, source, lines, name, len(looks)))
        except AuditRefused as refused:
            complaints.append(str(refused))
    return looks, complaints


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        if not path.exists():
            raise AuditRefused(f"{path}: no such file.", next_step="name files or folders")
        found += [p for p in inside if p.suffix in ENDINGS or p.suffix in (".txt", ".log", ".ls")]
    if not found:
        raise AuditRefused(
            f"{', '.join(str(path) for path in paths)}: no file to look at.",
            next_step=f"name files that end in {', '.join(ENDINGS)}, .txt",
        )
    return [path.resolve() for path in found]


def _sources(
    connection: duckdb.DuckDBPyConnection, path: Path, folder: Path
) -> list[tuple[Source, tuple[str, ...], str]]:
    base = folder.resolve()
    shown = str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
    kind = ENDINGS.get(path.suffix)
    if kind is None:
        source = Source("lines", files=str(path), row_pattern="^(?P<line>.*)$")
        return [(source, (f"files = {toml_text(shown)}",), path.stem)]
    if kind not in ("sqlite", "duckdb"):
        return [(Source(kind, files=str(path)), (f"files = {toml_text(shown)}",), path.stem)]
    whole = Source(kind, database=str(path), table="")
    catalog = read_or_refuse(whole, lambda: attached(connection, whole))
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1", [catalog]
    ).fetchall()
    lines = (f"kind = {toml_text(kind)}", f"database = {toml_text(shown)}")
    return [
        (replace(whole, table=str(name)), (*lines, f"table = {toml_text(str(name))}"), str(name))
        for (name,) in tables
    ]


def _look(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    lines: tuple[str, ...],
    name: str,
    number: int,
) -> Look:
    reading = read_or_refuse(source, lambda: open_source(connection, source, Path()))
    table = f"audit_look_{number}"
    listed = ", ".join(
        f"nullif({_text(column, kind)}, '') AS {quoted(column)}"
        for column, kind in reading.columns.items()
    )
    read_or_refuse(
        source,
        lambda: connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT {listed} FROM {reading.relation}"
        ),
    )
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    columns = {
        column: _column(connection, table, column, kind) for column, kind in reading.columns.items()
    }
    return Look(name, source, lines, table, int(row[0]) if row else 0, columns)


def _text(column: str, kind: str) -> str:
    if kind == "JSON":
        return f"({quoted(column)} ->> '$')"
    if kind.startswith(("STRUCT", "MAP")):
        return f"CAST(to_json({quoted(column)}) AS VARCHAR)"
    return f"CAST({quoted(column)} AS VARCHAR)"


def _column(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, typed: str
) -> ColumnLook:
    name = quoted(column)
    tests = ", ".join(
        f"count(*) FILTER (regexp_matches({name}, {literal(pattern)}))" for _, pattern in _LOOKS
    )
    row = connection.execute(
        f"SELECT count({name}), count(DISTINCT {name}), {tests} FROM {table}"
    ).fetchone()
    assert row is not None
    there, distinct, *counts = (int(each) for each in row)
    kind = _TYPED.get(typed, "")
    if not kind and typed.startswith("TIMESTAMP"):
        kind = LOCAL
    if not kind:
        fitting = (look for (look, _), count in zip(_LOOKS, counts, strict=True) if count == there)
        kind = next(fitting, TEXT) if there else TEXT
    words: tuple[str, ...] = ()
    if distinct <= _MOST_WORDS:
        found = connection.execute(
            f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL GROUP BY 1 "
            "ORDER BY count(*) DESC, 1"
        ).fetchall()
        words = tuple(str(word) for (word,) in found)
    return ColumnLook(column, kind, there, distinct, words)


def toml_text(text: str) -> str:
    """A text as a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
