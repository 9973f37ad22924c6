"""The command `simulate`: its exit codes, its document, how a wrong file ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from fullcourt.cli.main import app

WORLD = """name = "tiny"
calendar = "short"
teams = 6
nights = 1
"""


def simulate(*arguments: object) -> Result:
    """`fullcourt simulate ...`."""
    return CliRunner().invoke(app, ["simulate", *(str(item) for item in arguments)])


def document(result: Result) -> Any:
    """The JSON on stdout."""
    return msgspec.json.decode(result.stdout)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A tiny world, played with `--json`."""
    file = tmp_path_factory.mktemp("worlds") / "tiny.toml"
    file.write_text(WORLD, encoding="utf-8")
    return simulate(file, "--seed", 3, "--json")


def test_the_document_says_what_was_played(played: Result) -> None:
    """World, seed and counts stand in the document; its exit code follows from its counts."""
    report = document(played)
    assert (report["world"], report["seed"], report["nights"]) == ("tiny", 3, 1)
    assert report["compared"] == report["equal"] + report["different"]
    zeros = (
        "different",
        "losses_missed",
        "false_alarms",
        "rows_lost",
        "duplicate_rows",
        "runs_miscounted",
        "laws_broken",
    )
    assert played.exit_code == (1 if any(report[name] for name in zeros) else 0)


def test_a_person_reads_the_same_counts(tmp_path: Path, played: Result) -> None:
    """Without `--json` a table shows the counts, within 100 columns."""
    file = tmp_path / "tiny.toml"
    file.write_text(WORLD, encoding="utf-8")
    shown = simulate(file, "--seed", 3)
    assert shown.exit_code == played.exit_code
    assert f"{document(played)['compared']:,}" in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100


def test_a_wrong_world_exits_2_with_file_line_and_reason(tmp_path: Path) -> None:
    """A refused file says where and why, as text and as JSON."""
    file = tmp_path / "wrong.toml"
    file.write_text(WORLD + '[[fault]]\nvendor = "espn"\n', encoding="utf-8")
    shown = simulate(file, "--json")
    assert shown.exit_code == 2
    error = document(shown)["error"]
    assert f"{file}:5: fault.kind" in error["message"]
    assert error["next_step"]
    assert simulate("stormy").exit_code == 2
    assert simulate(file, "--nights", 0).exit_code == 2
