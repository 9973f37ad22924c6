"""`audit init`, and the audit of files that are only named: what is proposed, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Program
from tests.cli.test_audit import GAMES, pipeline


def files(folder: Path) -> list[Path]:
    """The small pipeline's three files."""
    return [folder / "runs.csv", folder / "games.csv", folder / "boxes.csv"]


def test_a_proposal_is_written_once(tmp_path: Path, fullcourt: Program) -> None:
    """`-o` writes what --json holds, says what is not sure (exit 1), and leaves a file alone."""
    pipeline(tmp_path / "p", GAMES)
    target = tmp_path / "p" / "proposed.toml"
    shown = fullcourt("audit", "init", *files(tmp_path / "p"), "-o", target, "--json")
    view = json.loads(shown.stdout)
    assert view["file"] == str(target)
    assert view["text"] == target.read_text(encoding="utf-8")
    assert shown.exit_code == (1 if view["unsure"] else 0)
    assert view["sure"]
    again = fullcourt("audit", "init", *files(tmp_path / "p"), "-o", target)
    assert again.exit_code == 2
    assert "there is a file already" in again.stderr
    assert target.read_text(encoding="utf-8") == view["text"]


def test_a_proposal_is_printed_apart_from_what_is_said_of_it(
    tmp_path: Path, fullcourt: Program
) -> None:
    """Without `-o` stdout is the configuration alone; sure and unsure go to stderr."""
    pipeline(tmp_path / "p", GAMES)
    shown = fullcourt("audit", "init", *files(tmp_path / "p"))
    assert shown.stdout.lstrip().startswith("#")
    assert "[runs]" in shown.stdout
    assert "Sure of: " in shown.stderr
    assert "Next: " in shown.stderr


def test_files_that_are_not_there_are_refused(tmp_path: Path, fullcourt: Program) -> None:
    """Exit 2 with the file by name, for `init` and for the flags alike."""
    gone = tmp_path / "gone.csv"
    assert "gone.csv" in fullcourt("audit", "init", gone).stderr
    flags = ("--runs", gone, "--schedule", gone, "--table", f"boxes={gone}")
    shown = fullcourt("audit", *flags)
    assert shown.exit_code == 2
    assert "gone.csv" in shown.stderr


def test_named_files_are_audited_or_what_is_open_is_said(
    tmp_path: Path, fullcourt: Program
) -> None:
    """The flags guess nothing: either all is told, or the error lists what is not, and what to do."""
    pipeline(tmp_path / "p", GAMES[:1])
    runs, games, boxes = files(tmp_path / "p")
    shown = fullcourt("audit", "--runs", runs, "--schedule", games, "--table", f"scores={boxes}")
    if shown.exit_code == 2:
        assert "fullcourt audit init" in shown.stderr
    else:
        assert "scores" in shown.stdout
