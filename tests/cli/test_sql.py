"""`sql`: one SELECT over the lake, and nothing else on the machine."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fullcourt.reports.query import plain
from tests.cli.conftest import Program
from tests.cli.small_world import as_json


def _ask(fullcourt: Program, week: Path, text: str) -> Any:
    shown = fullcourt("sql", text, "--home", week, "--json")
    assert shown.exit_code == 0, shown.stdout
    return as_json(shown.stdout)


def test_rows_come_as_objects_in_column_order(week: Path, fullcourt: Program) -> None:
    """--json is a list of row objects; tables need no prefix; dates and instants are ISO."""
    rows = _ask(
        fullcourt,
        week,
        "SELECT player_id, game_date, known_at, points FROM player_game_summary "
        "WHERE game_date = '2025-01-09' ORDER BY player_id LIMIT 1",
    )
    assert rows == [
        {
            "player_id": 100,
            "game_date": "2025-01-09",
            "known_at": "2025-01-10T03:00:00Z",
            "points": 20,
        }
    ]
    assert list(rows[0]) == ["player_id", "game_date", "known_at", "points"]


def test_what_is_no_json_number_is_null(week: Path, fullcourt: Program) -> None:
    """NaN, infinities and NULL are null; a column name that comes twice is told apart."""
    text = "SELECT 'NaN'::DOUBLE AS x, 'inf'::DOUBLE AS y, NULL AS z, 1 AS a, 2 AS a"
    assert _ask(fullcourt, week, text) == [{"x": None, "y": None, "z": None, "a": 1, "a_2": 2}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (2**100, 2**100),
        (Decimal("1.50"), 1.5),
        (Decimal("NaN"), None),
        (float("-inf"), None),
        (date(2025, 1, 9), "2025-01-09"),
        (time(19, 30), "19:30:00"),
        (datetime(2025, 1, 9, 19, tzinfo=timezone(timedelta(hours=-5))), "2025-01-10T00:00:00Z"),
        (datetime(2025, 1, 9, 19, tzinfo=UTC), "2025-01-09T19:00:00Z"),
        (timedelta(minutes=1), 60.0),
        (b"\x00\x01", "AAE="),
        ([1, float("nan"), {"a": Decimal(2)}], [1, None, {"a": 2.0}]),
    ],
)
def test_a_value_is_plain(value: object, expected: object) -> None:
    """Each kind of DuckDB value has one form in JSON."""
    assert plain(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "FROM grades LIMIT 1",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a, range(3)",
        "SHOW TABLES",
        "DESCRIBE grades",
        "SUMMARIZE grades",
        "EXPLAIN SELECT * FROM grades",
        "EXPLAIN ANALYZE SELECT count(*) FROM grades",
        "SELECT * FROM grades AT (VERSION => 2)",
        "SELECT count(*) FROM schedule_as_of('2025-01-10 00:00:00Z'::TIMESTAMPTZ)",
        "SELECT count(*) FROM lake.snapshots()",
        "SELECT unnest([1, 2])",
    ],
)
def test_what_reads_the_lake_is_answered(text: str, week: Path, fullcourt: Program) -> None:
    """SELECT in all its forms and EXPLAIN are run."""
    assert _ask(fullcourt, week, text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM grades",
        "INSERT INTO grades SELECT * FROM grades",
        "CREATE TABLE t AS SELECT 1",
        "DROP TABLE grades",
        "SET threads = 1",
        "RESET enable_external_access",
        "ATTACH '{folder}/other.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL lake.merge_adjacent_files()",
        "PRAGMA database_list",
        "COPY grades TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{lake}/out.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{lake}/out.csv'",
        "EXPLAIN ANALYZE DELETE FROM grades",
        "/* */ EXPLAIN /* */ ANALYZE COPY (SELECT 1) TO '{lake}/out.csv'",
        "SELECT 1; SELECT 2",
        "",
        "/* nothing */",
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT * FROM '{folder}/other.db'",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM read_parquet('{folder}/secret.parquet')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sqlite_scan('{folder}/other.db', 'secrets')",
        "SELECT * FROM sqlite_attach('{folder}/other.db')",
        "SELECT * FROM sqlite_query('lake', 'SELECT 1')",
        "SELECT * FROM query('SELECT * FROM sqlite_scan(''{folder}/other.db'', ''secrets'')')",
        "SELECT (SELECT count(*) FROM sqlite_scan('{folder}/other.db', 'secrets'))",
        "WITH a AS (FROM sqlite_scan('{folder}/other.db', 'secrets')) SELECT * FROM a",
        "SELECT * FROM ducklake_delete_orphaned_files('lake', cleanup_all => true)",
        "SELECT * FROM ducklake_cleanup_old_files('lake', cleanup_all => true)",
        "SELECT * FROM ducklake_expire_snapshots('lake', versions => [1])",
        "SELECT * FROM lake.merge_adjacent_files()",
    ],
)
def test_everything_else_is_refused(
    text: str, week: Path, tmp_path: Path, fullcourt: Program
) -> None:
    """Writes, settings, other files, other databases and a second statement end in exit 2."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE secrets AS SELECT 'hush' AS word")
    (tmp_path / "secret.csv").write_text("word\nhush\n")
    asked = text.format(folder=tmp_path, lake=week / "lake")
    shown = fullcourt("sql", asked, "--home", week, "--json")
    assert shown.exit_code == 2, shown.stdout
    assert as_json(shown.stdout)["error"]["type"] == "QueryRefused"
    assert "hush" not in shown.stdout
    assert not (week / "lake" / "out.csv").exists()


def test_the_table_is_cut_and_says_so(week: Path, fullcourt: Program) -> None:
    """A long result is cut at --limit on the terminal, and the cut is named."""
    shown = fullcourt("sql", "SELECT * FROM range(50)", "--home", week, "--limit", 10)
    assert "10 rows (more: --limit, or --json for all)" in shown.stdout
