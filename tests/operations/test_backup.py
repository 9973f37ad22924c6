"""Backup, delete, restore: the same home again, or a refusal that names what is broken."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from fullcourt.errors import HomeBusy
from fullcourt.opening import open_home
from fullcourt.operations.backup import backup, undisturbed
from fullcourt.operations.backup_format import (
    BackupBroken,
    broken_files,
    folder_of,
    read_manifest,
)
from fullcourt.operations.contents import differences
from fullcourt.operations.restore import HomeNotEmpty, restore
from fullcourt.settings import Home
from fullcourt.stores.ledger.schema import runs
from tests.operations.conftest import Program
from tests.operations.homes import held_by

_RUNS = select(runs.c.run_id)


def quiet(text: str) -> None:
    """Says nothing."""


def test_backup_delete_restore(fullcourt: Program, home: Home, tmp_path: Path) -> None:
    """At another path, and at the first: status and every hash are equal, and it works on."""
    before = held_by(home)
    status = fullcourt("status", "--home", home.path, "--json", "--all").stdout
    told = json.loads(fullcourt("backup", tmp_path / "b", "--home", home.path, "--json").stdout)
    assert told["files"] == told["verified_files"] == told["copied_files"]
    shutil.rmtree(home.path)
    for place in (tmp_path / "elsewhere", home.path):
        back = fullcourt("restore", tmp_path / "b", place, "--json")
        assert back.exit_code == 0, back.stdout
        assert differences(before, held_by(Home(place))) == ()
    assert fullcourt("status", "--home", home.path, "--json", "--all").stdout == status
    assert fullcourt("run", "--once", "--home", home.path).exit_code == 0


def test_a_second_backup_copies_only_what_is_new(home: Home, tmp_path: Path) -> None:
    """Bodies and Parquet files lie there once; each backup restores its own moment."""
    first = backup(home, tmp_path / "b", quiet)
    second = backup(home, tmp_path / "b", quiet)
    assert second.files == first.files
    assert second.copied_files < 6
    assert second.copied_size < first.copied_size
    back = restore(tmp_path / "b", Home(tmp_path / "old"), first.backup_id, quiet)
    assert back.backup_id == first.backup_id


def test_a_backup_of_a_home_at_work_is_of_one_moment(home: Home, tmp_path: Path) -> None:
    """While another thread commits, each row of the copied lake is of a run of its ledger."""
    stop = threading.Event()

    def work() -> None:
        opened = open_home(home.path)
        controller = opened.controller()
        while not stop.is_set():
            controller.tick()
            opened.stores.clock.sleep(600)
        opened.keep_clock()
        opened.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = [backup(home, tmp_path / "b", quiet) for _ in range(2)]
    finally:
        stop.set()
        worker.join()
    for view in made:
        place = tmp_path / view.backup_id.replace(":", "")
        restore(tmp_path / "b", Home(place), view.backup_id, quiet)
        opened = open_home(place, vendors=False)
        rows = opened.stores.lake.rows("SELECT DISTINCT run_id FROM lake.player_box_scores")
        ledger = opened.stores.ledger
        known = ledger.execute(_RUNS).scalars().all()
        opened.close()
        assert rows
        assert {run for (run,) in rows} <= set(known)


@pytest.mark.parametrize("damage", ["gone", "shorter", "changed"])
def test_a_broken_backup_is_refused_by_file(home: Home, tmp_path: Path, damage: str) -> None:
    """One damaged file: it is named, and the new home is not begun."""
    backup(home, tmp_path / "b", quiet)
    victim = sorted((tmp_path / "b" / "lake").rglob("*.parquet"))[0]
    content = victim.read_bytes()
    if damage == "gone":
        victim.unlink()
    else:
        spoilt = content[:-1] if damage == "shorter" else content[:-1] + bytes([content[-1] ^ 1])
        victim.write_bytes(spoilt)
    target = tmp_path / "new"
    with pytest.raises(BackupBroken, match=victim.name):
        restore(tmp_path / "b", Home(target), None, quiet)
    assert not target.exists()


def test_the_next_backup_mends_a_shared_file_of_another_size(home: Home, tmp_path: Path) -> None:
    """A copy that was cut short is copied again; one that rotted is found by reading it back."""
    backup(home, tmp_path / "b", quiet)
    victim = sorted((tmp_path / "b" / "lake").rglob("*.parquet"))[0]
    content = victim.read_bytes()
    victim.write_bytes(content[:-1])
    backup(home, tmp_path / "b", quiet)
    assert victim.read_bytes() == content
    victim.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BackupBroken, match=victim.name):
        backup(home, tmp_path / "b", quiet)


def test_a_backup_without_its_manifest_is_none(home: Home, tmp_path: Path) -> None:
    """A backup that died before its end is not there; the one before it is."""
    first = backup(home, tmp_path / "b", quiet)
    second = backup(home, tmp_path / "b", quiet)
    (folder_of(tmp_path / "b", second.backup_id) / "manifest.json").unlink()
    assert read_manifest(tmp_path / "b").backup_id == first.backup_id
    with pytest.raises(BackupBroken, match="no backup"):
        read_manifest(tmp_path / "b", second.backup_id)


def test_a_manifest_that_leads_out_of_the_home_is_refused(home: Home, tmp_path: Path) -> None:
    """A path with `..` in a manifest somebody changed is never written."""
    made = backup(home, tmp_path / "b", quiet)
    path = folder_of(tmp_path / "b", made.backup_id) / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"fullcourt.toml"', '"../../fullcourt.toml"'), encoding="utf-8")
    with pytest.raises(BackupBroken, match="leads out"):
        restore(tmp_path / "b", Home(tmp_path / "new"), None, quiet)


def test_a_home_that_is_not_empty_is_left_alone(home: Home, tmp_path: Path) -> None:
    """Nothing is written over; an empty folder is fine; a half restore is begun anew."""
    backup(home, tmp_path / "b", quiet)
    target = tmp_path / "new"
    target.mkdir()
    (target / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(HomeNotEmpty):
        restore(tmp_path / "b", Home(target), None, quiet)
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
    (target / "mine.txt").unlink()
    (tmp_path / ".new.restoring").mkdir()
    restore(tmp_path / "b", Home(target), None, quiet)
    assert differences(held_by(home), held_by(Home(target))) == ()


def test_secrets_stay_out_and_are_said(home: Home, tmp_path: Path) -> None:
    """The file with the alerts' addresses is in no backup, and the view names it."""
    (home.path / "alerts.urls").write_text("ntfy://secret", encoding="utf-8")
    view = backup(home, tmp_path / "b", quiet)
    assert view.left_out == ("alerts.urls",)
    assert not list((tmp_path / "b").rglob("alerts.urls"))
    manifest = read_manifest(tmp_path / "b")
    assert broken_files(tmp_path / "b", manifest) == ()


def test_two_backups_at_once_and_one_inside_the_home(home: Home, tmp_path: Path) -> None:
    """The second says who is at work; a backup that would be lost with its home is refused."""
    with undisturbed(home), pytest.raises(HomeBusy, match="another backup"):
        backup(home, tmp_path / "b", quiet)
    with pytest.raises(BackupBroken, match="inside the home"):
        backup(home, home.path / "backups", quiet)
