"""Lookups: tables that translate a value of one kind into another (event ids into game ids)."""

from __future__ import annotations

import duckdb

from fullcourt.audit.configuration import AuditConfig, Lookup
from fullcourt.audit.sources import values
from fullcourt.audit.sources.columns import LOOKUP_PREFIX, Naming
from fullcourt.audit.sources.picking import pick
from fullcourt.audit.sources.reading import open_source, quoted


def fill_lookup(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, lookup: Lookup
) -> tuple[str, ...]:
    """Make the temporary table of a lookup: one `value`, what it `gives`.

    A value that gives two things gives none; it is complained of.
    """
    reading = open_source(connection, lookup.source, config.path.resolve().parent)
    naming = Naming(connection, reading, str(config.path))
    matches = {f"match {n}": ("match", each) for n, each in enumerate(lookup.match, start=1)}
    wanted = {**matches, "gives": ("give", lookup.give)}
    picked = pick(connection, reading, naming, wanted, lookup.only)
    gives = values.text(picked, "gives").sql
    pairs = " UNION ALL ".join(
        f"SELECT {values.text(picked, name).sql} AS value, {gives} AS gives FROM {picked.table}"
        for name in matches
    )
    table = quoted(LOOKUP_PREFIX + lookup.name)
    connection.execute(
        f"CREATE TEMP TABLE {table} AS SELECT value, any_value(gives) AS gives, "
        f"count(DISTINCT gives) AS found FROM ({pairs}) "
        "WHERE value IS NOT NULL AND gives IS NOT NULL GROUP BY value"
    )
    twice = connection.execute(f"SELECT value FROM {table} WHERE found > 1 ORDER BY 1").fetchall()
    connection.execute(f"DELETE FROM {table} WHERE found > 1")
    if not twice:
        return ()
    return (
        f"{reading.name}: {lookup.match[0]} {twice[0][0]!r} gives more than one {lookup.give} "
        f"({len(twice):,} such values); it is translated to nothing",
    )


def drop_lookup(connection: duckdb.DuckDBPyConnection, lookup: Lookup) -> None:
    """Drop the table of a lookup."""
    connection.execute(f"DROP TABLE IF EXISTS {quoted(LOOKUP_PREFIX + lookup.name)}")
