"""`deployments`: what ran is listed, a label waits for its run, and what contradicts is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fullcourt.pipeline.fingerprint import run_fingerprint
from fullcourt.settings import Home
from tests.cli.conftest import Program

Document = dict[str, Any]


@pytest.fixture
def home(week: Path, tmp_path: Path) -> Path:
    """The recorded week's home, for this test alone."""
    return Path(shutil.copytree(week, tmp_path / "home"))


def listed(fullcourt: Program, home: Path, *options: str) -> tuple[int, Document]:
    """Exit code and document of `deployments`."""
    said = fullcourt("deployments", "--home", home, "--json", *options)
    return said.exit_code, json.loads(said.stdout)


def record(fullcourt: Program, home: Path, *options: str) -> tuple[int, Document]:
    """Exit code and document of `deployments record`, for service and commit that are given."""
    said = fullcourt(
        "deployments", "record", "--home", home, "--json", "--commit", "3dda97e0c1", *options
    )
    return said.exit_code, json.loads(said.stdout)


def test_what_ran_is_listed_by_phase_with_its_proof(fullcourt: Program, week: Path) -> None:
    """Nobody recorded anything: each phase shows its fingerprint and the run that verifies it."""
    code, view = listed(fullcourt, week)
    assert (code, view["unverified"], view["drifting"], view["drifts"]) == (0, 0, 0, [])
    ours = run_fingerprint(Home(week).settings_file)
    assert {d["subject"] for d in view["deployments"]} >= {"1 scrape", "2 raw", "5 predict"}
    runs = json.loads(fullcourt("runs", "--home", week, "--limit", "500", "--json").stdout)["runs"]
    succeeded = {run["run_id"] for run in runs if run["state"] == "succeeded"}
    for line in view["deployments"]:
        assert (line["fingerprint"], line["after"], line["before"]) == (ours, ours, None)
        assert line["verified_by"] in succeeded
        assert line["commit"] is None


def test_a_label_is_unverified_until_its_code_has_run(fullcourt: Program, home: Path) -> None:
    """By default it is the recording code's; a fingerprint that never ran verifies nothing."""
    code, kept = record(fullcourt, home, "--service", "fullcourt", "--revision", "r1", "--clean")
    assert (code, kept["change"], kept["is_dirty"]) == (0, "new", False)
    assert kept["fingerprint"] == run_fingerprint(Home(home).settings_file)
    code, view = listed(fullcourt, home)
    (line,) = view["deployments"]
    assert (code, line["subject"], line["is_verified"], len(line["seen_in"])) == (
        0,
        "fullcourt",
        True,
        5,
    )

    never = ("--service", "predict", "--revision", "r9", "--fingerprint", "0123456789ab")
    assert record(fullcourt, home, *never)[0] == 0
    code, view = listed(fullcourt, home)
    assert (code, view["unverified"]) == (1, 1)
    (bad,) = [d for d in view["deployments"] if not d["is_verified"]]
    assert (bad["after"], bad["verified_by"], bad["runs"]) == ("r9", None, 0)
    assert "never ran in 5 predict" in bad["why"]
    text = fullcourt("deployments", "--home", home).stdout
    assert "unverified" in text
    assert all(len(row) <= 100 for row in text.splitlines())


def test_a_release_script_may_call_at_start_and_at_end(fullcourt: Program, home: Path) -> None:
    """While it is only started no fingerprint is kept: the old code may be calling."""
    one = ("--service", "all", "--revision", "r2")
    started = record(fullcourt, home, *one, "--started", "2025-01-12T10:00:00-05:00")[1]
    assert (started["change"], started["fingerprint"]) == ("new", None)
    assert started["started_at"] == "2025-01-12T15:00:00Z"
    code, view = listed(fullcourt, home)
    assert code == 1
    assert "no fingerprint is on record" in view["deployments"][0]["why"]

    through = ("--finished", "2025-01-12T15:04:00Z", "--dirty")
    finished = record(fullcourt, home, *one, *through)[1]
    assert (finished["change"], finished["is_dirty"]) == ("completed", True)
    assert finished["fingerprint"] == run_fingerprint(Home(home).settings_file)
    assert record(fullcourt, home, *one, *through)[1] == finished | {"change": "unchanged"}
    # What ran before it began is no proof of it.
    assert listed(fullcourt, home)[1]["deployments"][0]["is_verified"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--clean", "--fingerprint", "1123456789ab"), "fingerprint is 0123456789ab on record"),
        (("--dirty", "--fingerprint", "0123456789ab"), "is_dirty is False on record"),
    ],
)
def test_what_contradicts_the_record_is_refused(
    fullcourt: Program, home: Path, options: tuple[str, ...], words: str
) -> None:
    """Exit code 2 and the two values; the record stays."""
    one = ("--service", "all", "--revision", "r1")
    record(fullcourt, home, *one, "--clean", "--fingerprint", "0123456789ab")
    code, said = record(fullcourt, home, *one, *options)
    assert (code, said["error"]["type"]) == (2, "DeploymentRefused")
    assert words in said["error"]["message"]
    kept = record(fullcourt, home, *one, "--clean", "--fingerprint", "0123456789ab")[1]
    assert kept["change"] == "unchanged"


def test_an_instant_needs_its_zone(fullcourt: Program, home: Path) -> None:
    """A wall clock's word is no instant."""
    said = fullcourt(
        *("deployments", "record", "--home", home, "--service", "all", "--revision", "r1"),
        *("--commit", "3dda97e", "--started", "2025-01-12T15:00:00"),
    )
    assert said.exit_code == 2
    assert "no instant with a zone" in " ".join(said.stderr.replace("│", " ").split())


def test_since_leaves_out_what_was_gone_before(fullcourt: Program, home: Path) -> None:
    """A label that never ran last year does not fail the check for ever."""
    old = ("--started", "2024-12-01T10:00:00Z", "--finished", "2024-12-01T10:05:00Z")
    never = ("--fingerprint", "0123456789ab", *old)
    record(fullcourt, home, "--service", "all", "--revision", "r0", *never)
    assert listed(fullcourt, home)[0] == 1
    code, view = listed(fullcourt, home, "--since", "2025-01-01")
    assert (code, view["unverified"]) == (0, 0)
    assert view["deployments"]
