"""`inventory`: rows deleted behind our back are a gap; their repair heals it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, PLAYED
from tests.stores.foreign_duckdb import execute_elsewhere

Gaps = list[dict[str, Any]]


def listed(fullcourt: Program, home: Path, *options: str) -> tuple[int, Gaps]:
    """Exit code and gaps of `inventory`."""
    said = fullcourt("inventory", "--home", home, "--json", *options)
    return said.exit_code, json.loads(said.stdout)["gaps"]


def test_a_gap_is_kept_from_its_finding_to_its_healing(
    fullcourt: Program, history: Path, tmp_path: Path
) -> None:
    """Found by `status`, healed by the run that loaded it again: keys, size, cause, owner, run."""
    home = tmp_path / "home"
    span = ("--from", FIRST, "--to", LAST)
    walked = fullcourt("replay", "--history", history, *span, "--home", home)
    assert walked.exit_code == 0, walked.stderr
    before = listed(fullcourt, home)
    gone = f"DELETE FROM theirs.player_box_scores WHERE game_id = '{PLAYED}' AND team = 'NYK'"
    execute_elsewhere(home / "catalog.db", gone)
    assert fullcourt("status", "--home", home).exit_code == 1

    code, found = listed(fullcourt, home, "--open")
    assert code == 1
    (gap,) = [g for g in found if g["dataset"] == "player_box_scores"]
    assert (gap["game_date"], gap["ending"], len(gap["keys"])) == (FIRST, "open", 5)
    assert (gap["rows"], gap["rows_basis"]) == (5, "one row a player")
    assert gap["cause"] == "archived_not_loaded"
    assert all(name.startswith("NYK@BOS ") for name in gap["names"])
    assert "by itself" in gap["owner_action"]
    assert (gap["healed_by"], gap["permanent_why"], gap["ended_at"]) == (None, None, None)

    assert fullcourt("run", "--once", "--home", home).exit_code == 0
    assert listed(fullcourt, home, "--open") == (0, [])
    code, after = listed(fullcourt, home)
    new = [g for g in after if g not in before[1]]
    (healed,) = [g for g in new if g["dataset"] == "player_box_scores"]
    runs = json.loads(fullcourt("runs", "--home", home, "--json").stdout)["runs"]
    loads = [run["run_id"] for run in runs if run["dataset"] == "player_box_scores"]
    assert (healed["ending"], healed["healed_by"]) == ("healed", loads[0])
    assert healed["runs"] == 1
    assert healed["keys"] == gap["keys"]
    assert listed(fullcourt, home, "--since", "2025-01-10")[1] == [
        g for g in after if g["game_date"] >= "2025-01-10"
    ]


def test_a_document_has_no_empty_field(fullcourt: Program, week: Path) -> None:
    """What is not known is said to be unknown; every column of every gap holds a word."""
    text = fullcourt("inventory", "--home", week, "--markdown").stdout
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert lines[0].startswith("| dataset | game date | ending | keys |")
    assert all(cell.strip() for line in lines for cell in line.strip("| ").split(" | "))
