"""`init`, `datasets`, `doctor`."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.opening import odds_key_of
from fullcourt.pipeline.graph import GRAPH
from fullcourt.settings import Home
from tests.cli.conftest import Program
from tests.cli.small_world import as_json


def test_init_makes_a_home_once(tmp_path: Path, fullcourt: Program) -> None:
    """A second `init` leaves the home as it is and says so."""
    home = tmp_path / "home"
    first = as_json(fullcourt("init", "--home", home, "--since", "2025-10-21", "--json").stdout)
    again = as_json(fullcourt("init", "--home", home, "--json").stdout)
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert again["settings"]["since"] == "2025-10-21"


def test_init_refuses_another_home_in_the_same_place(tmp_path: Path, fullcourt: Program) -> None:
    """Another --since for a home that is there is an error, not a change."""
    fullcourt("init", "--home", tmp_path, "--since", "2025-10-21")
    shown = fullcourt("init", "--home", tmp_path, "--since", "2025-10-22")
    assert shown.exit_code == 2
    assert "other settings" in shown.stderr


def test_datasets_lists_the_whole_graph(fullcourt: Program) -> None:
    """Every declaration is listed, in pipeline order, without a home."""
    listed = as_json(fullcourt("datasets", "--json").stdout)["datasets"]
    assert [line["name"] for line in listed] == [d.name for d in GRAPH]


def test_doctor_names_vendors_nobody_configured(
    tmp_path: Path, fullcourt: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its key the odds vendor is listed as not configured, and the home is well."""
    monkeypatch.delenv("FULLCOURT_ODDS_API_KEY", raising=False)
    fullcourt("init", "--home", tmp_path)
    shown = fullcourt("doctor", "--home", tmp_path, "--json")
    assert shown.exit_code == 0
    vendors = {v["vendor"]: v["is_configured"] for v in as_json(shown.stdout)["vendors"]}
    ours = {"nba_cdn": True, "nba_scoreboard": True, "nba_boxscore": True}
    assert vendors == {**ours, "odds_api": False}


def test_a_key_in_a_file_configures_the_odds_vendor(
    tmp_path: Path, fullcourt: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner's alone, one line; the environment comes first, and the key is shown nowhere."""
    monkeypatch.delenv("FULLCOURT_ODDS_API_KEY", raising=False)
    fullcourt("init", "--home", tmp_path)
    file = tmp_path / "odds.key"
    file.write_text("# The Odds API\nfile-secret\n")
    file.chmod(0o600)
    shown = fullcourt("doctor", "--home", tmp_path, "--json")
    assert shown.exit_code == 0
    vendors = {v["vendor"]: v["is_configured"] for v in as_json(shown.stdout)["vendors"]}
    assert vendors["odds_api"]
    assert "file-secret" not in shown.stdout
    home, odds = Home(tmp_path), Home(tmp_path).settings().odds
    assert odds_key_of(home, odds) == "file-secret"
    monkeypatch.setenv("FULLCOURT_ODDS_API_KEY", "named")
    assert odds_key_of(home, odds) == "named"


@pytest.mark.parametrize(
    ("text", "mode", "said"), [("a\nb\n", 0o600, "2 lines"), ("a\n", 0o640, "mode 0640")]
)
def test_a_key_file_that_others_may_read_or_that_holds_more_is_refused(
    text: str,
    mode: int,
    said: str,
    tmp_path: Path,
    fullcourt: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A failed check that names the file and what to do; no key is taken from it."""
    monkeypatch.delenv("FULLCOURT_ODDS_API_KEY", raising=False)
    fullcourt("init", "--home", tmp_path)
    file = tmp_path / "odds.key"
    file.write_text(text)
    file.chmod(mode)
    shown = fullcourt("doctor", "--home", tmp_path, "--json")
    assert shown.exit_code == 1
    (failed,) = [c for c in as_json(shown.stdout)["checks"] if c["state"] == "failed"]
    assert said in failed["detail"]
    assert str(file) in failed["detail"]
    assert failed["next_step"]


@pytest.mark.parametrize("store", ["ledger", "lake"])
def test_doctor_finds_an_unreadable_store(store: str, tmp_path: Path, fullcourt: Program) -> None:
    """A database that is garbage is a failed check with what to do, and exit code 1."""
    fullcourt("init", "--home", tmp_path)
    doctor = fullcourt("doctor", "--home", tmp_path)
    assert doctor.exit_code == 0, doctor.stdout
    name = {"ledger": "ledger.db", "lake": "catalog.db"}[store]
    for path in tmp_path.glob(f"{name}*"):
        path.write_bytes(b"this is no database, and it is long enough to be read as one" * 40)
    shown = fullcourt("doctor", "--home", tmp_path, "--json")
    assert shown.exit_code == 1
    failed = {c["name"]: c for c in as_json(shown.stdout)["checks"] if c["state"] == "failed"}
    assert store in failed
    assert failed[store]["next_step"]


def test_doctor_without_a_home_says_what_is_missing(tmp_path: Path, fullcourt: Program) -> None:
    """No home: the machine's checks still run, the settings' check fails."""
    shown = fullcourt("doctor", "--home", tmp_path / "nowhere", "--json")
    assert shown.exit_code == 1
    states = {c["name"]: c["state"] for c in as_json(shown.stdout)["checks"]}
    assert states["python"] == "ok"
    assert states["settings"] == "failed"
