"""What other code or settings made is made again by a backfill, once; the rest is left alone."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST

REMADE = ["player_box_scores", "player_game_summary", "grades"]


def backfilled(fullcourt: Program, home: Path) -> list[str]:
    """The datasets a backfill of the walked dates ran."""
    done = fullcourt("backfill", FIRST, LAST, "--home", home, "--json")
    assert done.exit_code == 0, done.stderr
    return [run["dataset"] for run in json.loads(done.stdout)["runs"]]


def test_other_settings_make_their_rows_again_once(
    fullcourt: Program, history: Path, tmp_path: Path
) -> None:
    """Held and complete, made by the same code: nothing runs. Made by another: once more."""
    home = tmp_path / "home"
    span = ("--from", FIRST, "--to", LAST)
    walked = fullcourt("replay", "--history", history, *span, "--home", home)
    assert walked.exit_code == 0, walked.stderr
    assert backfilled(fullcourt, home) == []
    settings = home / "fullcourt.toml"
    changed = settings.read_text().replace("keep_credits = 50", "keep_credits = 60")
    settings.write_text(changed)
    query = "SELECT * EXCLUDE (run_id, fetched_at) FROM player_game_summary ORDER BY ALL"
    before = fullcourt("sql", query, "--json", "--home", home).stdout
    assert backfilled(fullcourt, home) == REMADE
    assert fullcourt("sql", query, "--json", "--home", home).stdout == before
    assert backfilled(fullcourt, home) == []


def test_context_rows_end_archived_or_retired(fullcourt: Program, week: Path) -> None:
    """Rows of played games are archived, those of the postponed game retired with the reason."""
    query = (
        "SELECT DISTINCT game_id, row_status, retired_reason FROM upcoming_player_game_context "
        "ORDER BY ALL"
    )
    rows = json.loads(fullcourt("sql", query, "--json", "--home", week).stdout)
    assert [(row["game_id"], row["row_status"], row["retired_reason"]) for row in rows] == [
        ("0022400090", "archived", None),
        ("0022400091", "retired", "postponed"),
        ("0022400100", "archived", None),
        ("0022400101", "archived", None),
    ]
