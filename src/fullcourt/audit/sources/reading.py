"""Sources as DuckDB relations: files, databases, queries. Nothing is interpreted here.

Text stays text (CSV, JSON lines, SQLite), so that what a value means is decided, and refused, by
`fullcourt.audit.sources.values` and not by a reader's guess.
"""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from fullcourt.audit.configuration import AuditRefused, Source
from fullcourt.audit.sources.csv_heads import csv_head
from fullcourt.audit.sources.databases import (
    attached,
    duckdb_view,
    postgres_place,
    run_query,
    table_reference,
    without_secrets,
)

T = TypeVar("T")
FILE_COLUMN = "source file"
"""The relation's column with the file of a row, where there are several files."""


class NothingThere(AuditRefused):
    """A file or table does not exist, or is empty: evidence that is absent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A source that can be read. `relation` stands in FROM; `columns`: name to DuckDB type.

    `row`: SQL of a row's place in its file, from 1 on; `name`: the file or table, for messages.
    """

    name: str
    relation: str
    columns: Mapping[str, str]
    row: str
    is_cheap: bool = False
    """Reading it twice costs little and gives the same."""
    order: str = ""
    """SQL of what rows are ordered by, where counting them may have changed their order."""


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def open_source(connection: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> Reading:
    """Make a source readable on `connection`.

    Raises:
        NothingThere: no such file or table, or an empty file.
        AuditRefused: it cannot be read: with file, reason and next step.
    """
    if source.files is not None:
        return _files(connection, source)
    if source.query is not None:
        return _described(connection, source, *run_query(connection, source, folder))
    return _table(connection, source)


def read_or_refuse(source: Source, work: Callable[[], T]) -> T:
    """What `work` gives, which reads `source`.

    Raises:
        AuditRefused: the source cannot be read: in this program's words and without a password.
    """
    try:
        return work()
    except duckdb.Error as error:
        refused = _unreadable(source, str(error))
    # Not raised in the handler: a traceback would show the driver's words, password and all.
    raise refused


def _unreadable(source: Source, said: str) -> AuditRefused:
    """What DuckDB says of a source; the advice on its own options that follows is left out."""
    if source.kind == "postgresql":
        said = without_secrets(said, *reversed(postgres_place(source)))
    kept = re.sub(r"^[A-Za-z ]*Error: ", "", " ".join(said.partition("Possible")[0].split()))
    return AuditRefused(
        f"{source_name(source)}: cannot be read: {kept[:400]}",
        next_step="mend the file, or name another in the configuration",
    )


def source_name(source: Source) -> str:
    """What a source is called in messages; never a password."""
    if source.files is not None:
        return source.files
    place = source.database or "the configuration's query"
    return f"{place}, {'table ' + source.table if source.table else 'query'}"


def _files(connection: duckdb.DuckDBPyConnection, source: Source) -> Reading:
    assert source.files is not None
    paths = sorted(glob.glob(source.files, recursive=True)) if _is_glob(source.files) else []  # noqa: PTH207 - absolute, with **
    if not paths and Path(source.files).is_file():
        paths = [source.files]
    if not paths:
        raise NothingThere(
            f"{source.files}: no such file.",
            next_step="mend `files`; paths start at the configuration's folder",
        )
    empty = [path for path in paths if not Path(path).stat().st_size]
    if empty and source.kind != "lines":
        raise NothingThere(
            f"{empty[0]}: the file is empty; not even a header is in it.",
            next_step="export it again, or leave it out",
        )
    listed = ", ".join(literal(path) for path in paths)
    several = f", filename = {literal(FILE_COLUMN)}" if len(paths) > 1 else ""
    match source.kind:
        case "parquet":
            relation = (
                f"read_parquet([{listed}], file_row_number = true, union_by_name = true{several})"
            )
            row = "file_row_number + 1"
        case "csv":
            relation, row = _csv(paths, source, several), ""
        case "jsonl":
            relation = (
                f"read_json([{listed}], format = 'newline_delimited', maximum_depth = 1, "
                f"sample_size = -1, union_by_name = true{several})"
            )
            row = ""
        case "json":
            relation, row = _members(connection, source, f"[{listed}]"), "place"
        case _:
            relation, row = _lines(source, f"[{listed}]", several), ""
    return _described(connection, source, relation, row, is_cheap=source.kind == "parquet")


def _is_glob(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def _csv(paths: list[str], source: Source, several: str) -> str:
    head = csv_head(Path(paths[0]), source.header)
    for path in paths[1:]:
        other = csv_head(Path(path), source.header)
        if other.columns != head.columns:
            raise AuditRefused(
                f"{path}: its columns are not those of {paths[0]}: {', '.join(other.columns)}.",
                next_step="make one file of each kind, and a section for each",
            )
    listed = ", ".join(literal(path) for path in paths)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in head.columns)
    return (
        f"read_csv([{listed}], auto_detect = false, header = {not source.header}, "
        f"delim = {literal(head.delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}{several})"
    )


def _members(connection: duckdb.DuckDBPyConnection, source: Source, listed: str) -> str:
    """Members of a list within JSON documents: a column a key of theirs, and `document`."""
    assert source.rows is not None
    path = literal("$" + "".join(f".{json.dumps(step)}" for step in source.rows.split(".")))
    members = (
        f"(SELECT content AS document, unnest(json_extract(content, {path})::JSON[]) AS member, "
        f"generate_subscripts(json_extract(content, {path})::JSON[], 1) AS place "
        f"FROM read_text({listed}))"
    )
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(member)) AS key FROM {members} ORDER BY key"
    ).fetchall()
    named = "".join(
        f", json_extract(member, {literal('$.' + json.dumps(key))}) AS {quoted(key)}"
        for (key,) in keys
    )
    return f"(SELECT document::JSON AS document, place{named} FROM {members})"


def _lines(source: Source, listed: str, several: str) -> str:
    assert source.row_pattern is not None
    names = list(re.compile(source.row_pattern).groupindex)
    pattern = literal(source.row_pattern)
    groups = ", ".join(literal(name) for name in names)
    ignored = literal(source.ignore_pattern or "^$")
    columns = ", ".join(f"parts[{literal(name)}] AS {quoted(name)}" for name in names)
    more = f", {quoted(FILE_COLUMN)}" if several else ""
    read = (
        f"read_csv({listed}, columns = {{'line': 'VARCHAR'}}, delim = chr(1), quote = '', "
        f"escape = '', header = false, auto_detect = false{several})"
    )
    # A line that is no row has NULL in every column, and is complained of like any other NULL.
    return (
        f"(SELECT {columns}{more}, line_no FROM "
        f"(SELECT *, CASE WHEN regexp_matches(line, {pattern}) THEN "
        f"regexp_extract(line, {pattern}, [{groups}]) END AS parts FROM "
        f"(SELECT *, row_number() OVER () AS line_no FROM {read}) "
        f"WHERE line IS NOT NULL AND NOT regexp_matches(line, {ignored})))"
    )


def _table(connection: duckdb.DuckDBPyConnection, source: Source) -> Reading:
    assert source.table is not None
    catalog = attached(connection, source)
    found = table_reference(connection, catalog, source.table)
    if found is None:
        names = connection.execute(
            "SELECT DISTINCT table_name FROM information_schema.tables WHERE table_catalog = ? "
            "ORDER BY 1 LIMIT 12",
            [catalog],
        ).fetchall()
        raise NothingThere(
            f"{source_name(source)}: no such table; there are "
            f"{', '.join(str(row[0]) for row in names) or 'none'}.",
            next_step="mend `table`",
        )
    schema, name = found
    if source.kind == "duckdb" and duckdb_view(connection, catalog, schema, name):
        raise AuditRefused(
            f"{source_name(source)}: it is a view, SQL of somebody else's.",
            next_step="name a table, or write it as a query and give --trust-config",
        )
    relation = ".".join(quoted(part) for part in (catalog, schema, name))
    row = {"duckdb": "rowid + 1", "sqlite": "rowid"}.get(source.kind, "")
    return _described(connection, source, relation, row, is_cheap=source.kind == "duckdb")


def _described(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    relation: str,
    row: str,
    *,
    is_cheap: bool = False,
) -> Reading:
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = {str(name): str(kind) for name, kind, *_ in described}
    order = ""
    if source.kind == "lines":
        del columns["line_no"]
        row = "line_no"
    if source.kind == "json":
        del columns["place"]
    if source.kind == "parquet":
        columns.pop("file_row_number", None)
    if not row:
        row = "row_number() OVER ()"
        if FILE_COLUMN in columns:
            row = f"row_number() OVER (PARTITION BY {quoted(FILE_COLUMN)})"
            order = f"ORDER BY {quoted(FILE_COLUMN)}, source_row"
    columns.pop(FILE_COLUMN, None)
    return Reading(source_name(source), relation, columns, row, is_cheap, order)
