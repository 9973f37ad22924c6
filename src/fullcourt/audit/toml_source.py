"""The keys of `audit.toml` that say where rows come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fullcourt.audit.configuration import Source
from fullcourt.toml_lines import Table

FILE_KINDS = ("csv", "parquet", "jsonl", "json", "lines")
DATABASE_KINDS = ("sqlite", "postgresql", "duckdb")
KINDS = (*FILE_KINDS, *DATABASE_KINDS, "none")
_ENDINGS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".duckdb": "duckdb",
}
_PACKED = (".gz", ".zst")
_POSTGRES = ("postgresql", "postgres")


def take_source(table: Table, base: Path) -> Source:
    """The source a section describes; relative paths start at `base`.

    Raises:
        TomlRefused: keys are missing, contradict each other, or hold a password.
    """
    kind = _kind(table)
    words = {
        key: table.take(key, str, "") or None
        for key in ("files", "database", "table", "query", "password_env", "rows", "reason")
    }
    patterns = {key: _regex(table, key) for key in ("row_pattern", "ignore_pattern")}
    header = table.take("header", list, [])
    _fit(table, kind)
    files, database = words.pop("files"), words.pop("database")
    if files is not None and "://" in files:
        raise table.refused("files", f"{files!r} is no path", "copy the files here and name them")
    if database is not None and kind == "postgresql":
        _check_url(table, database)
    elif database is not None:
        database = str(base / database)
    return Source(
        kind=kind,
        files=None if files is None else str(base / files),
        database=database,
        header=tuple(str(each) for each in header),
        line=table.line_of("kind"),
        **patterns,
        **words,
    )


def _kind(table: Table) -> str:
    if table.has("kind"):
        return table.take_word("kind", KINDS, "")
    for key in ("files", "database"):
        given = table.take(key, str, "")
        if given.partition("://")[0] in _POSTGRES:
            return "postgresql"
        path = Path(given)
        if path.suffix in _PACKED:
            path = path.with_suffix("")
        if path.suffix in _ENDINGS:
            return _ENDINGS[path.suffix]
    raise table.refused("kind", "it is missing", f"say which: {', '.join(KINDS)}")


def _fit(table: Table, kind: str) -> None:
    """The keys a kind needs, and none it has no use for."""
    uses = {"reason"}
    if kind in FILE_KINDS:
        table.require("files")
        uses = {"files"} | ({"header"} if kind == "csv" else set())
        if kind == "json":
            table.require("rows")
            uses.add("rows")
        if kind == "lines":
            table.require("row_pattern")
            uses |= {"row_pattern", "ignore_pattern"}
    elif kind in DATABASE_KINDS:
        uses = {"database", "table", "query"}
        uses |= {"password_env"} if kind == "postgresql" else set()
        if table.has("table") == table.has("query"):
            raise table.refused(
                "table", "name a table or a query, one of the two", "drop the other"
            )
        if kind != "duckdb" or table.has("table"):
            table.require("database")
    else:
        table.require("reason")
    every = (
        "files",
        "header",
        "rows",
        "row_pattern",
        "ignore_pattern",
        "database",
        "table",
        "query",
    )
    for key in (*every, "password_env", "reason"):
        if table.has(key) and key not in uses:
            raise table.refused(key, f"kind = {kind} has no use for it", "leave it out")


def _regex(table: Table, key: str) -> str | None:
    text = table.take(key, str, "")
    if not text:
        return None
    try:
        groups = re.compile(text).groupindex
    except re.error as error:
        raise table.refused(key, f"no regular expression: {error}", "mend it") from error
    if key == "row_pattern" and not groups:
        raise table.refused(key, "it names no columns", "write groups as (?P<path>.*)")
    return text


def _check_url(table: Table, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        raise table.refused("database", "it is no URL", "write postgresql://USER@HOST:PORT/NAME")
    # The value is not repeated: what it holds is a secret.
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise table.refused(
            "database",
            "it holds a password",
            'take it out and name an environment variable: password_env = "..."',
        )
