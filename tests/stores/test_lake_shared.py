"""A lake on disk with more than one process at it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from fullcourt.stores.duckdb_extensions import load_extensions
from fullcourt.stores.lake import Append, Change, Delete, Lake, Replace
from tests.stores.foreign_duckdb import execute_elsewhere
from tests.stores.rows import DAY, KEY, held, stage

FAR = DAY + timedelta(days=60)


def many(day: date, number: int) -> list[tuple[date, str]]:
    """Games of one date."""
    return [(day, f"{day.day:02d}-{n}") for n in range(number)]


THEIRS = {
    "DELETE FROM theirs.schedule WHERE game_id = '06-3'": {DAY},
    f"DELETE FROM theirs.schedule WHERE game_date = '{FAR}'": {FAR},
    "UPDATE theirs.schedule SET status = 3 WHERE game_id = '06-5'": {DAY},
    f"INSERT INTO theirs.schedule BY NAME SELECT * REPLACE (DATE '{FAR}' AS game_date) "
    "FROM theirs.schedule": {FAR},
    "DELETE FROM theirs.schedule": {DAY, FAR},
}
"""What another program may do, and the dates it touches."""


def test_another_process_is_noticed(home: Lake, tmp_path: Path) -> None:
    """What any other DuckDB changed is told by table and date, however small the change."""
    home.commit(
        "r1", [Append("schedule", stage(home, [*many(DAY, 9), *many(FAR, 2)], "given"))], note="n"
    )
    before, seen = home.snapshot_id(), held(home)
    execute_elsewhere(tmp_path / "catalog.db", *THEIRS)
    for snapshot, dates in enumerate(THEIRS.values(), start=before):
        told = home.changes_between(snapshot, snapshot + 1)
        assert told == (Change("schedule", frozenset(dates)),)
    assert home.snapshot_id() == before + len(THEIRS)
    assert held(home) == seen
    home.refresh("schedule", {FAR})
    assert held(home) == many(DAY, 9)
    home.refresh("schedule", {DAY})
    assert held(home) == []


def test_a_commit_of_no_row_is_none(home: Lake) -> None:
    """A connection that has committed nothing yet may commit nothing: no snapshot, no error."""
    home.open_again()
    before = home.snapshot_id()
    done = home.commit("r", [Append("schedule", stage(home, [], "given"))], note="n")
    assert (done.snapshot_id, done.rows_written, dict(done.dates)) == (before, 0, {})


def test_rows_another_process_wrote_meanwhile_are_replaced_too(home: Lake, tmp_path: Path) -> None:
    """Where the mirror is in step it says what is held; where it is not, the files do."""

    def replace(run_id: str) -> int:
        staged = stage(home, many(DAY, 3), "given", run_id)
        write = Replace("schedule", staged, KEY)
        return home.commit(run_id, [write], note="n").rows_deleted

    assert held(home) == []
    home.caught_up(home.snapshot_id())
    assert [replace("r1"), replace("r2")] == [0, 3]
    elsewhere = "INSERT INTO theirs.schedule BY NAME SELECT * FROM theirs.schedule"
    execute_elsewhere(tmp_path / "catalog.db", elsewhere)
    assert replace("r3") == 6
    stored = home.connection.execute("SELECT run_id FROM stored.schedule").fetchall()
    assert stored == [("r3",)] * 3


def test_a_compaction_is_no_change(home: Lake) -> None:
    """Merging files makes a snapshot in which no row of any table changed."""
    for n in range(3):
        home.commit("r", [Append("schedule", stage(home, many(DAY, n + 1), "given"))], note="n")
    before, seen = home.snapshot_id(), held(home)
    home.compact()
    assert home.snapshot_id() > before
    assert home.changes_between(before, home.snapshot_id()) == ()
    assert held(home) == seen


def test_two_writers_both_commit(home: Lake, tmp_path: Path) -> None:
    """Two connections that replace the same game at once both get through, one after the other."""
    other = Lake.open(tmp_path / "catalog.db", tmp_path / "lake")
    home.commit("r0", [Append("schedule", stage(home, many(DAY, 1), "given"))], note="n")
    stage(home, many(DAY, 1), "mine", "ours")
    stage(other, many(DAY, 2), "mine", "theirs")
    inside = threading.Event()
    theirs = threading.Thread(
        target=lambda: (
            inside.wait(10),
            other.commit("theirs", [Replace("schedule", "mine", KEY)], note="n"),
        )
    )
    theirs.start()

    def meet() -> None:
        if not inside.is_set():
            inside.set()
            theirs.join(timeout=2)

    made = home.commit("ours", [Replace("schedule", "mine", KEY)], note="n", before_commit=meet)
    theirs.join()
    told = [home.written_by(run) for run in ("ours", "theirs")]
    assert [t and t.rows_written for t in told] == [1, 2]
    assert made.rows_deleted == 1
    home.refresh("schedule", {DAY})
    assert held(home) == many(DAY, 2)
    other.close()


def test_a_long_reader_does_not_lock_the_catalog(home: Lake, tmp_path: Path) -> None:
    """While another DuckDB sits in a read transaction the house commits, and both go on after."""
    reader = duckdb.connect()
    load_extensions(reader)
    reader.execute(f"ATTACH 'ducklake:sqlite:{tmp_path / 'catalog.db'}' AS theirs")
    reader.execute("BEGIN; SELECT count(*) FROM theirs.schedule")
    made = home.commit("r1", [Append("schedule", stage(home, many(DAY, 3), "given"))], note="n")
    assert made.rows_written == 3
    assert reader.execute("SELECT count(*) FROM theirs.schedule").fetchall() == [(0,)]
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM theirs.schedule").fetchall() == [(3,)]
    reader.execute("DELETE FROM theirs.schedule")
    reader.close()
    home.commit("r2", [Append("schedule", stage(home, many(FAR, 1), "given"))], note="n")


def test_a_reader_changes_nothing(home: Lake, tmp_path: Path) -> None:
    """A lake opened to be read shows the rows and refuses to write them."""
    home.commit("r1", [Append("schedule", stage(home, many(DAY, 3), "given"))], note="n")
    reader = Lake.open(tmp_path / "catalog.db", tmp_path / "lake", read_only=True)
    assert held(reader) == many(DAY, 3)
    stage(reader, many(FAR, 1), "given")
    with pytest.raises(duckdb.Error, match="read-only"):
        reader.commit("r2", [Append("schedule", "given")], note="n")
    reader.close()


def test_opening_again_keeps_everything(home: Lake, tmp_path: Path) -> None:
    """A second open creates nothing and finds rows, snapshots and each run's account."""
    home.commit("r1", [Append("schedule", stage(home, many(DAY, 3), "given"))], note="n")
    newest = home.snapshot_id()
    home.close()
    again = Lake.open(tmp_path / "catalog.db", tmp_path / "lake")
    told = again.written_by("r1")
    assert (held(again), again.snapshot_id()) == (many(DAY, 3), newest)
    assert told is not None
    assert told.rows_written == 3
    again.close()


def test_old_snapshots_are_forgotten_and_no_row(home: Lake) -> None:
    """Only snapshots behind the newest, the judged one and an open run's first commit go."""
    for n in range(6):
        home.commit(f"r{n}", [Append("schedule", stage(home, many(DAY, n + 1), "given"))], note="n")
    newest, seen = home.snapshot_id(), held(home)
    assert home.expire(keep=100, pinned=newest) == 0
    assert home.expire(keep=2, pinned=newest - 2, runs=["r1"]) == newest - 4
    assert home.written_by("r0") is None
    assert home.written_by("r1") is not None
    home.open_again()
    assert held(home) == seen
    assert home.snapshot_id() == newest
    assert home.commit("r9", [Delete("schedule", "game_date = ?", (DAY,))], note="n").rows_deleted


def test_changes_since_a_forgotten_snapshot_are_everything_held(home: Lake) -> None:
    """Who judged last before the oldest snapshot kept judges every held date again."""
    for n in range(4):
        home.commit(f"r{n}", [Append("schedule", stage(home, many(DAY, n + 1), "given"))], note="n")
    newest = home.snapshot_id()
    home.expire(keep=1, pinned=newest)
    told = {change.table: change.dates for change in home.changes_between(1, newest)}
    assert told["schedule"] == {DAY}
    assert told["grades"] == frozenset()
    assert home.changes_between(newest - 1, newest) == (Change("schedule", frozenset({DAY})),)
