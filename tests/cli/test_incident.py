"""The example `zero-record-incident`: its README's commands, and its audit against its truth."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import as_json

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/zero-record-incident"
FIVE = {
    "OddsGameLines": (836, 28),
    "BdlBoxscores": (55, 28),
    "BettingProps": (59, 14),
    "OddsApiProps": (445, 15),
    "BasketballRefRoster": (426, 13),
}
SIXTEEN = 525
FULLCOURT = "from fullcourt.cli.main import main; main()"


def make(folder: Path) -> Path:
    """The incident in a new folder, made by the example's own script."""
    subprocess.run(
        [sys.executable, EXAMPLE / "make_incident.py", folder],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    return folder


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The incident; a test leaves it as it is."""
    return make(tmp_path_factory.mktemp("example") / "incident")


@pytest.fixture(scope="module")
def audited(incident: Path, fullcourt: Program) -> dict[str, Any]:
    """What `audit --all --json` says of it."""
    shown = fullcourt("audit", "--config", incident / "audit.toml", "--all", "--json")
    assert shown.exit_code == 1, shown.stderr
    found: dict[str, Any] = as_json(shown.stdout)
    return found


def truth(incident: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file of the truth."""
    with (incident / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_incident_has_its_shape(audited: dict[str, Any]) -> None:
    """2,346 zero runs: 1,821 on 98 dates of five processors, 525 of sixteen others, in 106 days."""
    zeros = {each["processor"]: each for each in audited["processors"] if each["zero_runs"]}
    assert {name: (zeros[name]["zero_runs"], zeros[name]["zero_dates"]) for name in FIVE} == FIVE
    assert sum(runs for runs, _ in FIVE.values()) == 1821
    assert sum(days for _, days in FIVE.values()) == 98
    others = {name: each["zero_runs"] for name, each in zeros.items() if name not in FIVE}
    assert (len(others), sum(others.values())) == (16, SIXTEEN)
    assert audited["total"]["zero_runs"] == 2346
    assert (audited["first_date"], audited["last_date"]) == ("2025-10-01", "2026-01-14")


def test_every_run_is_what_it_was_made_to_be(incident: Path, audited: dict[str, Any]) -> None:
    """The class of each of the history's rows is the one its story gave it; causes too."""
    made = {int(row["row_no"]): row for row in truth(incident, "runs")}
    found = {each["source_row"]: each for each in audited["findings"]}
    assert found.keys() == made.keys()
    wrong = Counter(
        (row["processor"], row["true_class"], row["cause"], each["run_class"], each["cause"])
        for number, row in made.items()
        for each in [found[number]]
        if (each["run_class"], each["cause"] or "") != (row["true_class"], row["cause"])
    )
    assert wrong == Counter()


def test_every_date_is_what_it_was_made_to_be(incident: Path, audited: dict[str, Any]) -> None:
    """The class of each table on each date is the one its story gave it."""
    made = {(r["table"], r["game_date"]): r["true_class"] for r in truth(incident, "dates")}
    found = {(d["target"], d["game_date"]): d["date_class"] for d in audited["dates"]}
    wrong = {
        cell: (word, found.get(cell)) for cell, word in made.items() if found.get(cell) != word
    }
    assert wrong == {}
    # Folders of files on dates on which nothing was owed have no story of their own.
    assert {found[cell] for cell in found.keys() - made.keys()} <= {"legitimate_zero"}


def test_the_keys_lost_are_those_it_lost(incident: Path, audited: dict[str, Any]) -> None:
    """Every key that was lost is named, with its cause, and no other."""
    made = Counter(tuple(row.values()) for row in truth(incident, "keys"))
    found = Counter(
        (each["target"], each["game_date"], each["key"], each["cause"]) for each in audited["lost"]
    )
    assert found == made


def test_the_lies_are_those_it_told(incident: Path, audited: dict[str, Any]) -> None:
    """Duplicates, boasts and dates covered by count alone: each is found, and nothing else."""
    made = Counter(tuple(row.values()) for row in truth(incident, "lies"))
    found = Counter(
        (each["kind"], each["target"], each["game_date"], each["run_id"] or "")
        for each in audited["lies"]
    )
    assert found == made


def test_the_same_seed_makes_the_same_files(incident: Path, tmp_path: Path) -> None:
    """Made again, every file is the same, byte for byte."""
    again = make(tmp_path / "again")
    files = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(incident) for path in incident.rglob("*") if path.is_file()
    )
    assert all((again / name).read_bytes() == (incident / name).read_bytes() for name in files)


def test_the_readme_prints_what_the_commands_print(tmp_path: Path) -> None:
    """Each command of the README, run in order in an empty folder, prints what stands below it."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    program = tmp_path / "bin" / "fullcourt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{FULLCOURT}" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "make_incident.py").symlink_to(EXAMPLE / "make_incident.py")
    path = (
        f"{program.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT / "src")}
    for command, printed in blocks:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        said = "\n".join(line.rstrip() for line in done.stdout.splitlines())
        assert said.rstrip("\n") == printed.rstrip("\n"), f"{command}\n{done.stderr}"
