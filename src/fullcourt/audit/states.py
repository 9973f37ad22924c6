"""The state of every key and the verdict of every cell, by the one judge of the house.

The judge is pure and knows single keys; of a million keys there are a dozen distinct patterns of
(expectation, evidence). It is asked once for each, at instants that only keep their order.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import duckdb

from fullcourt.audit.words import LossCause
from fullcourt.sql_files import sql
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import (
    Cause,
    Cell,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
)

CAUSES: Final = {
    LossCause.SCRAPER_FAILED: Cause.VENDOR_FAILED,
    LossCause.PROCESSOR_FAILED: Cause.PROCESSOR_FAILED,
    LossCause.UPSTREAM_EMPTY: Cause.VENDOR_EMPTY,
    LossCause.NEVER_RUN: Cause.NEVER_RUN,
    LossCause.BLOCKED: Cause.BLOCKED_UPSTREAM,
    LossCause.UNKNOWN: None,
}
"""What the judge is told of an absent key: the audit's cause in the judge's words."""

_NOW: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
_EARLIER, _LATER = _NOW - timedelta(hours=1), _NOW + timedelta(hours=1)
_CELL: Final = Cell("audited", date(2000, 1, 1))
_OPEN: Final = "whether it is owed is not known"


def number_cells(
    connection: duckdb.DuckDBPyConnection, now: datetime, first: date | None, last: date | None
) -> None:
    """Create `audit.cells` (a table on a date) and `audit.key_rows` (a unit owed), not judged."""
    connection.execute(sql("audit/sql", "cells"), {"first": first, "last": last})
    connection.execute(sql("audit/sql", "keys"), {"now": now})


def find_causes(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every absent row of `audit.key_rows` its `cause`, from runs and archived files."""
    connection.execute(sql("audit/sql", "causes"))


def judge_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `audit.keys`, each key with its `state`; give `audit.cells` its `verdict`."""
    patterns = connection.execute(
        "SELECT DISTINCT pattern, cause FROM audit.key_rows ORDER BY ALL"
    ).fetchall()
    judged = []
    for number, (pattern, cause) in enumerate(patterns):
        key, seen = _normalised(pattern, LossCause(cause) if cause else None, str(number))
        verdict = judge(Expectation(_CELL, (key,)), Evidence({key.key: seen}), _NOW)
        judged.append((number, pattern, cause, verdict.keys[0].state.value))
    connection.execute(
        "CREATE TABLE audit.judged (number INTEGER, pattern VARCHAR, cause VARCHAR, state VARCHAR)"
    )
    if judged:
        connection.executemany("INSERT INTO audit.judged VALUES (?, ?, ?, ?)", judged)
    connection.execute(
        "CREATE VIEW audit.keys AS"
        " SELECT k.*, j.state, j.number FROM audit.key_rows AS k INNER JOIN audit.judged AS j"
        " ON j.pattern = k.pattern AND j.cause IS NOT DISTINCT FROM k.cause"
    )
    _judge_cells(connection, patterns)


def _judge_cells(
    connection: duckdb.DuckDBPyConnection, patterns: list[tuple[str, str | None]]
) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cell_patterns AS"
        " SELECT c.cell, c.unknown IS NOT NULL AS is_unknown, coalesce(k.numbers, []) AS numbers"
        " FROM audit.cells AS c LEFT JOIN ("
        "   SELECT cell, list_sort(list(DISTINCT number)) AS numbers"
        "   FROM audit.keys GROUP BY cell) AS k USING (cell)"
    )
    distinct = connection.execute(
        "SELECT DISTINCT is_unknown, numbers FROM cell_patterns ORDER BY ALL"
    ).fetchall()
    verdicts = []
    for is_unknown, numbers in distinct:
        keys, seen = [], {}
        for number in numbers:
            pattern, cause = patterns[number]
            key, evidence = _normalised(pattern, LossCause(cause) if cause else None, str(number))
            keys.append(key)
            seen[key.key] = evidence
        unknown = "what it owes is not known" if is_unknown else None
        expectation = Expectation(_CELL, tuple(keys), unverifiable=unknown)
        verdict = judge(expectation, Evidence(seen), _NOW)
        verdicts.append((is_unknown, numbers, verdict.verdict.value))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE verdicts"
        " (is_unknown BOOLEAN, numbers INTEGER[], verdict VARCHAR)"
    )
    if verdicts:
        connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?)", verdicts)
    connection.execute(
        "CREATE OR REPLACE TABLE audit.cells AS"
        " SELECT c.*, v.verdict FROM audit.cells AS c"
        " INNER JOIN cell_patterns AS p USING (cell) INNER JOIN verdicts AS v"
        " ON v.is_unknown = p.is_unknown AND v.numbers = p.numbers"
    )


def _normalised(
    pattern: str, cause: LossCause | None, key: str
) -> tuple[KeyExpectation, KeyEvidence]:
    """A key of this pattern, at instants around a fixed one."""
    due = _LATER if pattern == "not due" else _EARLIER
    expected = KeyExpectation(
        key=key,
        name=key,
        start_at=due,
        due_at=due,
        horizon_at=None,
        why="",
        retired="withdrawn" if pattern == "retired" else None,
        unverifiable=_OPEN if pattern in ("unverifiable", "perhaps due") else None,
    )
    told = CAUSES[cause] if cause is not None else None
    return expected, KeyEvidence(held=pattern == "held", cause=told)
