"""Lake and ledger from the archive alone: the same keys, features and verdicts."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fullcourt.clock import SystemClock, iso
from fullcourt.errors import StoreUnreadable
from fullcourt.opening import open_home
from fullcourt.operations.contents import differences
from fullcourt.operations.rebuild import NothingToRebuildFrom, rebuild
from fullcourt.settings import Home
from fullcourt.stores.archive import Archive, Removal
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.notes import get_notes
from tests.operations.conftest import Program
from tests.operations.homes import held_by

ROOT = Path(__file__).resolve().parents[2]


def rebuilt(home: Home) -> tuple[str, ...] | None:
    """Rebuild the home; what differs from before."""
    return rebuild(home, lambda night: None).differences


def test_a_home_after_faults_is_rebuilt_to_the_same_hashes(fullcourt: Program, home: Home) -> None:
    """Keys, rows and verdicts are equal; notes are taken over; what no archive holds is said."""
    assert fullcourt("note", "add", "the vendor was down", "--home", home.path).exit_code == 0
    before = held_by(home)
    assert sum(table.rows for table in before.tables) > 1_000
    said = fullcourt("rebuild", "--home", home.path, "--json")
    assert said.exit_code == 0, said.stdout
    view = json.loads(said.stdout)
    assert (view["differences"], view["resumed"]) == ([], False)
    assert view["before"] == view["after"]
    assert view["carried"]["notes"] == 1
    assert any("backfill" in lost for lost in view["lost"])
    assert differences(before, held_by(home)) == ()
    ledger = Ledger.open(home.ledger_file, SystemClock())
    assert [note.text for note in get_notes(ledger)] == ["the vendor was down"]
    ledger.close()
    assert fullcourt("run", "--once", "--home", home.path).exit_code == 0


def test_the_archive_alone_is_enough(fullcourt: Program, home: Home) -> None:
    """With lake and ledger deleted the rebuilt home holds what it held."""
    before = held_by(home)
    # A virtual clock is gone with its ledger: whoever knows its instant says it.
    opened = open_home(home.path, vendors=False)
    now = iso(opened.stores.clock.now())
    opened.close()
    shutil.rmtree(home.lake_dir)
    for path in home.path.glob("*.db*"):
        path.unlink()
    said = fullcourt("rebuild", "--home", home.path, "--until", now)
    assert said.exit_code == 0, said.stdout
    assert "Not compared: ledger or catalog is not there" in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 100 + len(str(home.path))
    assert held_by(home) == before


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("rebuild.planned:1", marks=pytest.mark.soak),
        pytest.param("rebuild.moving:2", marks=pytest.mark.soak),
        pytest.param("rebuild.moved:1", marks=pytest.mark.soak),
        "rebuild.tick:40",
    ],
)
def test_a_rebuild_that_was_killed_goes_on(fullcourt: Program, home: Home, place: str) -> None:
    """Wherever it dies nothing opens the half home, and the same command ends with equal hashes."""
    before = held_by(home)
    done = subprocess.run(
        [sys.executable, "-m", "tests.operations.killed_rebuild", str(home.path), place],
        cwd=ROOT,
        timeout=100,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(StoreUnreadable, match="half rebuilt"):
        open_home(home.path)
    said = fullcourt("rebuild", "--home", home.path, "--json")
    view = json.loads(said.stdout)
    assert (said.exit_code, view["differences"], view["resumed"]) == (0, [], True)
    assert differences(before, held_by(home)) == ()


@pytest.mark.soak
def test_a_row_that_was_changed_is_named_by_its_table(home: Home) -> None:
    """A lake somebody has written into differs from its archive: the table is named."""
    opened = open_home(home.path, vendors=False)
    opened.stores.lake.connection.execute(
        "UPDATE stored.player_box_scores SET points = points + 1 WHERE player_id IN "
        "(SELECT min(player_id) FROM stored.player_box_scores)"
    )
    opened.close()
    found = rebuilt(home)
    assert found is not None
    assert any(text.startswith("player_box_scores: the same keys") for text in found)


def test_what_retention_removed_is_not_rebuilt_without_a_word(home: Home) -> None:
    """Bodies that rows were made from are gone: refused until the loss is accepted."""
    archive = Archive(home.archive_dir)
    digest = next(m.digest for m in archive.manifests() if m.feed == "nba_boxscore" and m.digest)
    archive.remove_body(Removal(digest, SystemClock().now(), "a test", 1, had_rows=True))
    with pytest.raises(NothingToRebuildFrom, match="1 bodies"):
        rebuilt(home)
    assert home.ledger_file.exists()


def test_an_empty_archive_is_refused(home: Home) -> None:
    """Nothing is moved when there is nothing to rebuild from."""
    shutil.rmtree(home.archive_dir)
    with pytest.raises(NothingToRebuildFrom, match="no answer"):
        rebuilt(home)
    assert home.ledger_file.exists()
    assert home.catalog_file.exists()
