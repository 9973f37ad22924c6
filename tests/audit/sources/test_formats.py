"""One pipeline kept in every kind of source is read into the same rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from fullcourt.audit.configuration import AuditRefused
from tests.audit.sources.filled import (
    BOXES,
    CONFIG,
    RUNS,
    SCHEDULE,
    Filled,
    content,
    in_database,
    write,
)


@pytest.fixture(name="plain")
def _plain(tmp_path: Path) -> list[object]:
    """What the CSV files say."""
    folder = tmp_path / "plain"
    folder.mkdir()
    write(folder)
    filled = Filled(folder)
    assert filled.complaints == ()
    assert [len(rows) for rows in content(filled)] == [3, 3, 3]  # type: ignore[arg-type]
    return content(filled)


def _typed(folder: Path) -> duckdb.DuckDBPyConnection:
    """The files as DuckDB tables with dates, instants and numbers."""
    write(folder)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    types = {
        "runs": "day: 'DATE', started: 'TIMESTAMPTZ', rows: 'BIGINT'",
        "schedule": "game_date: 'DATE', tip_at: 'TIMESTAMPTZ', game_id: 'VARCHAR'",
        "boxes": "game_date: 'DATE', game_id: 'VARCHAR', loaded: 'TIMESTAMPTZ'",
    }
    for name, kinds in types.items():
        connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder / name}.csv', "
            f"types = {{{kinds}}})"
        )
    return connection


def test_parquet_says_the_same(tmp_path: Path, plain: list[object]) -> None:
    """Typed columns of Parquet files are read as they stand."""
    with _typed(tmp_path) as connection:
        for name in ("runs", "schedule", "boxes"):
            connection.execute(f"COPY {name} TO '{tmp_path / name}.parquet'")
    assert content(Filled(tmp_path, CONFIG.replace(".csv", ".parquet"))) == plain


def test_json_lines_say_the_same(tmp_path: Path, plain: list[object]) -> None:
    """Strings, numbers and nulls of JSON lines; nothing is taken for a date by its looks."""
    with _typed(tmp_path) as connection:
        for name in ("runs", "schedule", "boxes"):
            connection.execute(f"COPY {name} TO '{tmp_path / name}.jsonl' (FORMAT json)")
    assert content(Filled(tmp_path, CONFIG.replace(".csv", ".jsonl"))) == plain


def test_several_files_are_one_source(tmp_path: Path, plain: list[object]) -> None:
    """A glob's files follow each other by name; a row's place is that within its own file."""
    write(tmp_path)
    head, *rows = RUNS.splitlines()
    for number, row in enumerate(rows):
        (tmp_path / f"runs-{number}.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    filled = Filled(tmp_path, CONFIG.replace("runs.csv", "runs-*.csv"))
    assert filled.rows("SELECT row_no, source_row, run_id FROM audit.runs ORDER BY 1") == [
        (1, 1, "r1"),
        (2, 1, "r2"),
        (3, 1, "r3"),
    ]
    assert content(filled)[1:] == plain[1:]


def test_sqlite_says_the_same(tmp_path: Path, plain: list[object]) -> None:
    """Tables of an SQLite file, whose columns hold text whatever they are declared as."""
    with closing(sqlite3.connect(tmp_path / "all.db")) as store, store:
        for name, text in (("runs", RUNS), ("schedule", SCHEDULE), ("boxes", BOXES)):
            head, *rows = (line.split(",") for line in text.splitlines())
            store.execute(f"CREATE TABLE {name} ({', '.join(f'{each} INTEGER' for each in head)})")
            # Text that looks like a number would lose its zeros in such a column.
            store.execute(f"DROP TABLE {name}")
            store.execute(f"CREATE TABLE {name} ({', '.join(head)})")
            store.executemany(
                f"INSERT INTO {name} VALUES ({', '.join('?' for _ in head)})",
                [[value or None for value in row] for row in rows],
            )
    assert content(Filled(tmp_path, in_database("sqlite", "all.db"))) == plain


def test_a_duckdb_file_says_the_same(tmp_path: Path, plain: list[object]) -> None:
    """Tables of a DuckDB file; a view in it is somebody's SQL and is refused."""
    with _typed(tmp_path) as connection:
        connection.execute(f"ATTACH '{tmp_path}/all.duckdb' AS kept")
        for name in ("runs", "schedule", "boxes"):
            connection.execute(f"CREATE TABLE kept.{name} AS FROM {name}")
        connection.execute("CREATE VIEW kept.seen AS SELECT * FROM kept.runs")
    text = in_database("duckdb", "all.duckdb")
    assert content(Filled(tmp_path, text)) == plain
    with pytest.raises(AuditRefused, match="it is a view"):
        Filled(tmp_path, text.replace('table = "runs"', 'table = "seen"'))


def test_a_query_runs_only_where_it_is_trusted(tmp_path: Path, plain: list[object]) -> None:
    """A query is named with its line and not run; trusted, it reads the configuration's folder."""
    write(tmp_path)
    query = "query = \"SELECT * FROM read_csv('{folder}/runs.csv', all_varchar = true)\""
    text = CONFIG.replace('files = "runs.csv"', f'kind = "duckdb"\n{query}')
    with pytest.raises(AuditRefused, match=r"audit.toml:5: runs, query: .*trust-config"):
        Filled(tmp_path, text)
    assert content(Filled(tmp_path, text, trust_config=True)) == plain


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM read_csv('{outside}/secret.csv')", "disabled|Permission"),
        ("COPY (SELECT 1) TO 'x.csv'", "not one SELECT"),
        ("SELECT 1; SELECT 2", "not one SELECT"),
        ("SELECT nothing", "nothing"),
    ],
)
def test_a_trusted_query_reads_its_folder_and_writes_nothing(
    tmp_path: Path, query: str, said: str
) -> None:
    """Outside of the configuration's folder a query sees nothing, and it is one SELECT."""
    outside, folder = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    write(folder)
    text = CONFIG.replace(
        'files = "runs.csv"', f'kind = "duckdb"\nquery = "{query.format(outside=outside)}"'
    )
    with pytest.raises(AuditRefused, match=said):
        Filled(folder, text, trust_config=True)
    assert not (folder / "x.csv").exists()


def test_a_column_is_a_name_whatever_it_holds(tmp_path: Path) -> None:
    """SQL in a column's name is a name, quotes and all."""
    write(tmp_path, runs=RUNS.replace("rows", '"x""; DROP TABLE audit.runs; --"', 1))
    text = CONFIG.replace('records = "rows"', "records = 'x\"; DROP TABLE audit.runs; --'")
    filled = Filled(tmp_path, text)
    assert filled.rows("SELECT sum(records) FROM audit.runs") == [(2,)]


def test_nothing_is_left_on_the_connection(tmp_path: Path, plain: list[object]) -> None:
    """No table, view, database or setting of a source stays behind."""
    write(tmp_path)
    filled = Filled(tmp_path)
    assert plain
    assert {row[0] for row in filled.rows("SELECT schema_name FROM duckdb_tables()")} == {"audit"}
    assert filled.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal") == []
    assert filled.rows("SELECT current_setting('TimeZone')") == [("UTC",)]
