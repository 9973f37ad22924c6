"""The files a naive pipeline leaves: the same for a seed, readable alike, truth kept apart."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from typer.testing import CliRunner

from fullcourt.cli.main import app
from fullcourt.simulator.naive.leave import leave_behind
from fullcourt.simulator.naive.tables import FORMS
from tests.simulator.naive.left import SPEC, left


def test_the_same_seed_leaves_the_same_bytes(tmp_path: Path) -> None:
    """Two plays of one world write the same CSV files, byte for byte; another seed does not."""
    short = replace(SPEC, nights=3, faults=SPEC.faults[:1], ours=())
    for name in ("once", "again"):
        leave_behind(short, tmp_path / name)
    leave_behind(replace(short, seed=2), tmp_path / "other")
    files = sorted(
        path.relative_to(tmp_path / "once") for path in (tmp_path / "once").rglob("*.csv")
    )
    assert len(files) == 6
    for file in files:
        assert (tmp_path / "once" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    runs = [(tmp_path / name / "runs.csv").read_bytes() for name in ("once", "other")]
    assert runs[0] != runs[1]


def test_the_history_is_the_same_in_every_form() -> None:
    """CSV, Parquet and SQLite hold the same rows; instants are UTC, absent is empty."""
    parquet = pq.read_table(left().folder / "runs.parquet").to_pylist()
    with closing(sqlite3.connect(left().folder / "runs.sqlite")) as connection:
        stored = connection.execute("SELECT row_id, records, finished_at FROM runs").fetchall()
    assert len(parquet) == len(stored) == len(left().runs)
    for text, row, (number, records, finished) in zip(left().runs, parquet, stored, strict=True):
        assert int(text["row_id"]) == row["row_id"] == number
        assert text["records"] == ("" if row["records"] is None else str(row["records"]))
        assert records == row["records"]
        assert (finished or "") == text["finished_at"]
        assert text["started_at"].endswith("Z")


def test_every_table_is_there_and_every_object_is_listed() -> None:
    """A Parquet file a table with its columns; a line an object with its size and time."""
    for name, form in FORMS.items():
        table = pq.read_table(left().folder / "tables" / f"{name}.parquet")
        assert table.column_names == list(form.columns)
        assert table.num_rows > 0, name
    lines = (left().folder / "objects.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "path,size,created_at"
    assert any(",0," in line for line in lines)


def test_nothing_an_auditor_sees_knows_the_truth() -> None:
    """The truth stands in its own folder; no other file has a column of it."""
    names = {path.name for path in left().folder.iterdir()}
    assert names == {
        "audit.toml",
        "objects.csv",
        "runs.csv",
        "runs.parquet",
        "runs.sqlite",
        "tables",
        "truth",
    }
    assert not {"true_class", "fault", "healed_by_run"} & left().runs[0].keys()


def test_the_summary_counts_what_the_files_hold() -> None:
    """Runs by class, zero-record runs and dates by class add up to the files' rows."""
    summary = left().summary
    assert summary.runs == len(left().runs) == sum(summary.runs_by_class.values())
    zeros = [run for run in left().runs if run["records"] == "0"]
    assert summary.zero_record_runs == len(zeros)
    classes = Counter(left().truth[run["row_id"]]["true_class"] for run in zeros)
    assert summary.zero_record_runs_by_class == dict(sorted(classes.items()))
    assert sum(summary.dates_by_class.values()) == len(left().dates)
    assert summary.keys_lost == len(left().keys)


def test_the_command_writes_a_new_folder_and_no_old_one(tmp_path: Path) -> None:
    """`simulate WORLD --naive DIR` exits 0 with its counts, and 2 where something is already."""
    file = tmp_path / "tiny.toml"
    file.write_text('calendar = "short"\nteams = 6\nnights = 2\n', encoding="utf-8")
    arguments = ["simulate", str(file), "--naive", str(tmp_path / "left")]
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0
    assert msgspec.json.decode(done.stdout)["runs"] > 20
    again = CliRunner().invoke(app, [*arguments, "--json"])
    assert again.exit_code == 2
    assert "something already" in msgspec.json.decode(again.stdout)["error"]["message"]
    shown = CliRunner().invoke(app, [*arguments[:-1], str(tmp_path / "shown")])
    assert shown.exit_code == 0
    assert "legitimate zero" in shown.stdout
