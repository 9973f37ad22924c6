"""Anybody's pipeline, read into the normal form of `fullcourt.audit.relations`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import duckdb

from fullcourt.audit.configuration import AuditConfig, AuditRefused, Source, TableConfig
from fullcourt.audit.sources.columns import is_sql
from fullcourt.audit.sources.databases import detach_all
from fullcourt.audit.sources.games import fill_games
from fullcourt.audit.sources.held import fill_table, unread
from fullcourt.audit.sources.listings import fill_listing
from fullcourt.audit.sources.lookups import drop_lookup, fill_lookup
from fullcourt.audit.sources.picking import drop_picked
from fullcourt.audit.sources.reading import NothingThere, read_or_refuse
from fullcourt.audit.sources.runs import fill_runs
from fullcourt.audit.toml_config import load_config

__all__ = ["fill", "load_config"]


def fill(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, *, trust_config: bool
) -> tuple[str, ...]:
    """Fill `audit.runs`, `games`, `held`, `objects` and `unread` from the sources of `config`.

    Returns complaints: what of the input could not be used, by file, column and row. A table or
    listing that is not there is one of them, and in `audit.unread`.

    Raises:
        AuditRefused: SQL in a configuration that is not trusted (nothing is read then); a source
            that cannot be read; a value that can be read in two ways.
    """
    if not trust_config:
        _refuse_sql(config)
    complaints: list[str] = []
    with _reading(connection, config):
        for lookup in config.lookups.values():
            read = partial(fill_lookup, connection, config, lookup)
            complaints += read_or_refuse(lookup.source, read)
        games = partial(fill_games, connection, config)
        complaints += read_or_refuse(config.schedule.source, games)
        complaints += read_or_refuse(config.runs.source, partial(fill_runs, connection, config))
        for table in config.tables:
            complaints += _fill_table(connection, config, table)
    return tuple(complaints)


def _fill_table(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, table: TableConfig
) -> tuple[str, ...]:
    """One table or listing; one that is not there is complained of and unread."""
    what = "listing" if table.is_listing else "table"
    if table.source.kind == "none":
        unread(connection, table.name, table.source.reason or "", f"the {what} itself")
        return ()
    read = partial(fill_listing if table.is_listing else fill_table, connection, config, table)
    try:
        return read_or_refuse(table.source, read)
    except NothingThere as absent:
        unread(connection, table.name, str(absent), f"the {what} itself")
        return (str(absent),)


@contextmanager
def _reading(connection: duckdb.DuckDBPyConnection, config: AuditConfig) -> Iterator[None]:
    """No extension is fetched meanwhile, and nothing of a source is left on the connection."""
    kept = {
        name: connection.execute(f"SELECT current_setting('{name}')").fetchone()
        for name in ("autoinstall_known_extensions", "autoload_known_extensions", "TimeZone")
    }
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false; SET TimeZone = 'UTC'")
    try:
        yield
    finally:
        drop_picked(connection)
        for lookup in config.lookups.values():
            drop_lookup(connection, lookup)
        detach_all(connection)
        for name, value in kept.items():
            if value is not None:
                connection.execute(f"SET {name} = '{value[0]}'")


def _refuse_sql(config: AuditConfig) -> None:
    """Name the first SQL of the configuration.

    Raises:
        AuditRefused: there is some.
    """
    for where, line in _sql_of(config):
        raise AuditRefused(
            f"{config.path}:{line}: {where}: SQL of a configuration is not run unasked.",
            next_step="read it, then give --trust-config",
        )


def _sql_of(config: AuditConfig) -> Iterator[tuple[str, int]]:
    sections: list[tuple[str, Source, Mapping[str, str], Mapping[str, int]]] = [
        ("runs", config.runs.source, config.runs.columns, config.runs.lines),
        ("schedule", config.schedule.source, config.schedule.columns, config.schedule.lines),
    ]
    for table in config.tables:
        given = {f"key {n}": each for n, each in enumerate(table.key)}
        given |= {"date": table.date, "game": table.game or "", "path": table.path or ""}
        given |= {"written_at": table.written_at or "", "bytes": table.bytes or ""}
        given |= {"first_written_at": table.first_written_at or ""}
        sections.append((table.name, table.source, given, table.lines))
    for lookup in config.lookups.values():
        given = {f"match {n}": each for n, each in enumerate(lookup.match)}
        given["give"] = lookup.give
        sections.append((lookup.name, lookup.source, given, {}))
    for name, source, columns, lines in sections:
        if source.query is not None:
            yield f"{name}, query", source.line or 1
        for ours, theirs in columns.items():
            if any(is_sql(part) for part in theirs.replace("->", "|").split("|")):
                line = lines.get(f"columns.{ours}") or lines.get(ours.partition(" ")[0])
                yield f"{name}, {ours}", line or source.line or 1
    for processor in config.processors:
        if processor.query is not None:
            yield f"{processor.name}, query", processor.line or 1
