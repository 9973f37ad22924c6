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


def test_what_the_files_do_not_tell_is_said(tmp_path: Path, fullcourt: Program) -> None:
    """A history whose columns nobody knows: exit 2, what is open by name, and the way to go on."""
    pipeline(tmp_path / "p", GAMES[:1])
    runs, games, boxes = files(tmp_path / "p")
    shown = fullcourt("audit", "--runs", runs, "--schedule", games, "--table", f"scores={boxes}")
    assert shown.exit_code == 2
    assert "no history was recognised" in shown.stderr
    assert "fullcourt audit init" in shown.stderr


def test_named_files_are_audited(tmp_path: Path, fullcourt: Program) -> None:
    """Files with usual names: a table under the name it is given; what has none is undecided."""
    pipeline(tmp_path / "p", GAMES[:1])
    runs, games, boxes = files(tmp_path / "p")
    games.write_text(games.read_text().replace(",tip,", ",tip_at,"))
    boxes.write_text(boxes.read_text().replace(",came", ",loaded_at"))
    rows = [
        f"r-{n},{who},2025-11-01,2025-11-02T06:0{n}:00Z,2025-11-02T06:0{n}:30Z,success,0\n"
        for n, who in enumerate(("load_boxes", "mail_report"), start=1)
    ]
    head = "run_id,processor,game_date,started_at,finished_at,status,records\n"
    runs.write_text(head + "".join(rows))
    flags = ("--runs", runs, "--schedule", games, "--table", f"scores={boxes}", "--json")
    shown = fullcourt("audit", *flags)
    assert shown.exit_code == 1, shown.stderr
    view = json.loads(shown.stdout)
    classes = {each["processor"]: each["run_class"] for each in view["findings"]}
    assert classes == {"load_boxes": "partial_loss", "mail_report": "unverifiable"}
    assert {each["target"] for each in view["lost"]} == {"scores"}
    said = [each for each in view["complaints"] if "mail_report" in each]
    assert "not sure" in said[0]
    assert "its runs are not decided" in said[0]
