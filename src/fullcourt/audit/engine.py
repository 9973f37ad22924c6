"""The audit itself, over the relations of schema `audit`: whose pipeline they are does not matter.

Everything is counted for all runs at once; classes and states are asked of pure functions once a
distinct pattern. What was counted stays in the connection: `audit.keys` (a unit owed),
`audit.cells` and `audit.dates` (a table on a date), `audit.run_counts` and `audit.run_classes` (a
history row).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from fullcourt.audit.classes import Range, RowKind, RunFacts, date_class, run_class
from fullcourt.audit.findings import date_findings, lies, lost_keys, run_findings
from fullcourt.audit.result import AuditView
from fullcourt.audit.summaries import summaries
from fullcourt.clock import elapsed_timer
from fullcourt.sql_files import sql
from fullcourt.trust.words import CellVerdict

_KINDS = tuple(RowKind)
FLAGS = (
    "says_nothing",
    "is_unknown",
    "has_open_keys",
    "owed",
    "due_least",
    "due_most",
    "held_least",
    "held_most",
    "lacked_least",
    "lacked_most",
    "lost",
    "held_now",
    "may_be_gone",
)
"""The bits of `audit.run_counts.code` above its three lowest, which number a `RowKind`."""


@dataclass(frozen=True, slots=True)
class Audited:
    """A processor as the engine sees it: what it fills, and how long an honest run may take.

    `listings`: those of `fills` that are folders of files and not tables. `archives`: of a table or
    listing, the listing its answers lie in, and whether that holds one file a date. `upstream`: of
    a table or listing, the tables it is made from (a listing: those that say what to ask for).
    """

    name: str
    fills: tuple[str, ...]
    listings: frozenset[str] = frozenset()
    archive: str | None = None
    is_archive_daily: bool = False
    upstream: tuple[str, ...] = ()
    longest_s: float | None = None


def prepare(connection: duckdb.DuckDBPyConnection, processors: Sequence[Audited]) -> None:
    """Create `audit.processors`, `audit.fills` and `audit.reads`: who fills what, and from what."""
    connection.execute(
        "CREATE TABLE audit.processors (processor VARCHAR, longest_s DOUBLE);"
        "CREATE TABLE audit.fills (target VARCHAR, processor VARCHAR, is_listing BOOLEAN,"
        " feed VARCHAR, is_feed_daily BOOLEAN);"
        "CREATE TABLE audit.reads (target VARCHAR, upstream VARCHAR);"
    )
    fills: dict[str, list[Any]] = {}
    reads = []
    for each in processors:
        connection.execute(
            "INSERT INTO audit.processors VALUES (?, ?)", [each.name, each.longest_s]
        )
        for target in each.fills:
            feed = target if target in each.listings else each.archive
            row = [target, each.name, target in each.listings, feed, each.is_archive_daily]
            if fills.setdefault(target, row) is row:
                reads += [[target, upstream] for upstream in each.upstream]
    for table, rows in (("fills", list(fills.values())), ("reads", reads)):
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO audit.{table} VALUES ({marks})", rows)
    _name_targets(connection, processors)


def _name_targets(connection: duckdb.DuckDBPyConnection, processors: Sequence[Audited]) -> None:
    """A row that names no table is of the one its processor fills, where that is one."""
    only = [[each.name, *each.fills] for each in processors if len(each.fills) == 1]
    unnamed = "FROM audit.runs WHERE target IS NULL"
    if only and connection.execute(f"SELECT 1 {unnamed} LIMIT 1").fetchone():
        connection.execute("CREATE TEMP TABLE only_fills (processor VARCHAR, target VARCHAR)")
        connection.executemany("INSERT INTO only_fills VALUES (?, ?)", only)
        connection.execute(
            "UPDATE audit.runs SET target = o.target FROM only_fills AS o"
            " WHERE o.processor = runs.processor AND runs.target IS NULL"
        )


def span(
    connection: duckdb.DuckDBPyConnection, first: date | None, last: date | None
) -> tuple[date | None, date | None]:
    """The first and last date to audit: those asked for, else those of the history."""
    row = connection.execute("SELECT min(game_date), max(game_date) FROM audit.runs").fetchone()
    assert row is not None
    return first or row[0], last or row[1]


def audit(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: str,
    now: datetime,
    processors: Sequence[Audited],
    *,
    first: date | None,
    last: date | None,
    all_runs: bool = False,
    most: int | None = None,
    complaints: tuple[str, ...] = (),
    seconds: dict[str, float] | None = None,
) -> AuditView:
    """The whole audit, of relations whose keys and cells have been judged.

    `all_runs` lists every history row. `most` lists at most so many rows and lost keys, the first
    of each, and of the dates only those that are neither complete nor a legitimate zero; all are
    counted, and stay in the connection. `now` is UTC.
    """
    began = elapsed_timer()
    times = dict(seconds or {})
    days = {"first": first, "last": last}
    games = connection.execute(
        "SELECT count(*) > 0 FROM audit.runs WHERE game_id IS NOT NULL"
    ).fetchone()
    assert games is not None
    _each(connection, "run_scopes", {"now": now} | days)
    _each(connection, "steps", {"now": now, "has_game_runs": games[0]})
    times["steps"] = elapsed_timer() - began
    _each(connection, "run_counts", {})
    times["counts"] = elapsed_timer() - began
    _each(connection, "row_steps", {})
    connection.execute(_sql("may_be_gone"))
    times["rows"] = elapsed_timer() - began
    _class_runs(connection)
    times["classes"] = elapsed_timer() - began
    _class_dates(connection)
    _each(connection, "over_claims", {})
    times["claims"] = elapsed_timer() - began
    connection.execute(_sql("open_reasons"))
    total, each = summaries(connection, processors)
    times["summaries"] = elapsed_timer() - began
    _each(connection, "listed", {"all_runs": all_runs, "most": most})
    view = AuditView(
        name=name,
        source=source,
        now=now,
        first_date=first,
        last_date=last,
        total=total,
        processors=each,
        findings=run_findings(connection),
        dates=date_findings(connection, most),
        lost=lost_keys(connection, now, most),
        lies=lies(connection, days),
        complaints=complaints,
        seconds=times,
    )
    times["listed"] = elapsed_timer() - began
    return view


def facts_of(code: int) -> RunFacts:
    """What a code of `audit.run_counts` stands for."""
    flags = {name: bool(code >> (3 + bit) & 1) for bit, name in enumerate(FLAGS)}
    return RunFacts(
        row=_KINDS[code & 7],
        says_nothing=flags["says_nothing"],
        is_unknown=flags["is_unknown"],
        has_open_keys=flags["has_open_keys"],
        owed=flags["owed"],
        due=Range(flags["due_least"], flags["due_most"]),
        held=Range(flags["held_least"], flags["held_most"]),
        lacked=Range(flags["lacked_least"], flags["lacked_most"]),
        lost=flags["lost"],
        held_now=flags["held_now"],
        may_be_gone=flags["may_be_gone"],
    )


def _class_runs(connection: duckdb.DuckDBPyConnection) -> None:
    codes = connection.execute("SELECT DISTINCT code FROM audit.run_counts ORDER BY 1").fetchall()
    connection.execute("CREATE TABLE audit.classed (code INTEGER, class VARCHAR)")
    if codes:
        connection.executemany(
            "INSERT INTO audit.classed VALUES (?, ?)",
            [[code, run_class(facts_of(code)).value] for (code,) in codes],
        )
    connection.execute(
        "CREATE VIEW audit.run_classes AS SELECT c.row_no, c.actor, c.cell, c.records, k.class"
        " FROM audit.run_counts AS c INNER JOIN audit.classed AS k USING (code)"
    )


def _class_dates(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_sql("dates"))
    distinct = connection.execute(
        "SELECT DISTINCT verdict, held > 0, lost > 0 FROM audit.dates ORDER BY ALL"
    ).fetchall()
    for verdict, held, lost in distinct:
        connection.execute(
            "UPDATE audit.dates SET class = $class"
            " WHERE verdict = $verdict AND (held > 0) = $held AND (lost > 0) = $lost",
            {
                "class": date_class(CellVerdict(verdict), held=held, lost=lost).value,
                "verdict": verdict,
                "held": held,
                "lost": lost,
            },
        )


def _each(connection: duckdb.DuckDBPyConnection, name: str, words: dict[str, Any]) -> None:
    for statement in duckdb.extract_statements(_sql(name)):
        named = statement.named_parameters
        connection.execute(statement, {key: words[key] for key in words if key in named})


def _sql(name: str) -> str:
    return sql("audit/sql", name)
