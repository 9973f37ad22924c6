"""`report`: the document of a loss, from its finding to its healing, in every form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fullcourt.opening import sole_controller
from fullcourt.settings import Home
from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, PLAYED
from tests.stores.foreign_duckdb import execute_elsewhere

TASKS = f"""\
title = "The lost box score"

[[task]]
id = "T1"
title = "Box scores of the week"
owner = "ada"
estimated_hours = 2.0
spent_hours = 1.5
complete = "player_box_scores {FIRST}..{LAST}"

[[task]]
id = "T2"
title = "Both teams of the game"
query = "SELECT count(DISTINCT team) = 2 FROM player_box_scores WHERE game_id = '{PLAYED}'"

[[task]]
id = "T3"
title = "The switch is set"
command = "test -e switch"
"""
LOSS = f"DELETE FROM theirs.player_box_scores WHERE game_id = '{PLAYED}' AND team = 'NYK'"


@pytest.fixture(scope="module")
def lost(fullcourt: Program, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that walked through the week and lost one team's box score behind our back."""
    home = tmp_path_factory.mktemp("lost") / "home"
    span = ("--from", FIRST, "--to", LAST)
    walked = fullcourt("replay", "--history", history, *span, "--home", home)
    assert walked.exit_code == 0, walked.stderr
    execute_elsewhere(home / "catalog.db", LOSS)
    home.with_name("tasks.toml").write_text(TASKS, encoding="utf-8")
    return home


def reported(fullcourt: Program, home: Path, *options: object) -> tuple[int, dict[str, Any]]:
    """Exit code and record of `report`."""
    said = fullcourt("report", "--home", home, "--json", *options)
    return said.exit_code, json.loads(said.stdout)


def test_a_loss_is_told_from_its_finding_to_its_healing(fullcourt: Program, lost: Path) -> None:
    """Tasks, investigation, issue, waiting and losses before the repair; done and healed after."""
    tasks = lost.with_name("tasks.toml")
    code, view = reported(fullcourt, lost, "--tasks", tasks)
    assert code == 1
    assert view["title"] == "The lost box score"
    assert [task["state"] for task in view["tasks"]["tasks"]] == ["not done", "not done", "unknown"]
    assert view["tasks"]["tasks"][0]["evidence"] == f"1 date not: {FIRST} partial"
    assert view["completion"]["state"] == "not complete"
    assert view["completion"]["left"][0] == "task not done: 2 (T1, T2)"

    (one,) = [i for i in view["investigations"] if i["game_date"] == FIRST]
    assert one["status"] == "open"
    assert "player_box_scores: 5 keys (NYK@BOS First Last100" in one["lost"][0]
    assert one["scraper_check"][0].startswith("nba_boxscore (nba_boxscore): 1 ok; last ok")
    assert one["archived_files"][0].startswith("nba_boxscore: 1 archived answer, newest 2025-01-09")
    assert one["schedule_check"][0] == "2 games: 1 final, 1 postponed"
    assert "archived_not_loaded" in one["root_cause"][0]
    assert one["category"] == ["player_box_scores: partial, held 5 of 10 keys"]
    assert "by itself" in one["recovery_action"][0]

    (issue,) = [i for i in view["issues"] if i["dates"] == [FIRST]]
    assert (issue["severity"], issue["status"], issue["keys"]) == ("high", "5 open (keys)", 5)
    (waits,) = [w for w in view["waiting"] if w["dataset"] == "player_box_scores"]
    assert (waits["game_date"], waits["keys"], waits["heals_itself"]) == (FIRST, 5, True)
    assert waits["checked_at"] == waits["next_at"] == view["now"]
    (loss,) = [one for one in view["losses"] if one["dataset"] == "player_box_scores"]
    assert (loss["projected_keys"], loss["projected_records"]) == (5, 5)
    assert (loss["open_keys"], loss["actual_keys"]) == (5, 0)
    (box,) = [p for p in view["health"] if p["processor"] == "player_box_scores"]
    assert (box["expected"], box["actual"], box["basis"]) == (30, 25, "one row a player")

    assert fullcourt("note", "Rows were deleted by hand", "--kind", "learning", "--by", "ada",
                     "--home", lost).exit_code == 0  # fmt: skip
    assert fullcourt("run", "--once", "--home", lost).exit_code == 0
    lost.with_name("switch").touch()
    code, after = reported(fullcourt, lost, "--tasks", tasks, "--run-commands")
    assert [task["state"] for task in after["tasks"]["tasks"]] == ["done", "done", "done"]
    assert after["tasks"]["tasks"][2]["evidence"] == "exit code 0"
    assert (code, after["completion"]["state"]) == (0, "complete")
    (one,) = [i for i in after["investigations"] if i["game_date"] == FIRST]
    assert one["status"] == "healed"
    assert "nothing is wrong any more; it was archived_not_loaded" in one["root_cause"][0]
    assert any("healed by run pla-" in action for action in one["recovery_action"])
    (loss,) = [one for one in after["losses"] if one["dataset"] == "player_box_scores"]
    assert (loss["healed_keys"], loss["open_keys"], loss["actual_keys"]) == (5, 0, 0)
    assert [note["text"] for note in after["notes"]] == ["Rows were deleted by hand"]
    told = [event["what"] for event in after["timeline"]]
    found = told.index("player_box_scores: 5 keys complete -> missing (archived_not_loaded)")
    assert found < told.index("player_box_scores: 5 keys missing -> complete")
    assert told.index("learning by ada: Rows were deleted by hand") > 0
    at = [event["at"] for event in after["timeline"]]
    assert at == sorted(at)


def test_the_dates_asked_for_are_those_shown(fullcourt: Program, lost: Path) -> None:
    """Cells, gaps and records of other dates are not in it; a range that ends before is refused."""
    code, view = reported(fullcourt, lost, "--from", LAST, "--to", LAST)
    assert (code, view["first_date"], view["last_date"]) == (0, LAST, LAST)
    assert view["investigations"] == view["losses"] == []
    (box,) = [p for p in view["health"] if p["processor"] == "player_box_scores"]
    assert (box["expected"], box["actual"]) == (20, 20)
    refused = fullcourt("report", "--from", LAST, "--to", FIRST, "--home", lost)
    assert refused.exit_code == 2
    assert "is before" in refused.stderr


def test_every_form_says_the_same(fullcourt: Program, lost: Path, tmp_path: Path) -> None:
    """Terminal, Markdown and page have the same sections; a script in a note stays text."""
    fullcourt("note", "<script>alert(1)</script>", "--by", "ada", "--home", lost)
    text = fullcourt("report", "--home", lost).stdout
    assert max(map(len, text.splitlines())) <= 100
    lines = fullcourt("report", "--home", lost, "--markdown").stdout.splitlines()
    titles = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert len(titles) == 13
    assert set(titles) <= {line.strip() for line in text.splitlines()}
    page = tmp_path / "report.html"
    assert fullcourt("report", "--home", lost, "--html", page).exit_code in (0, 1)
    html = page.read_text(encoding="utf-8")
    assert all(f"<h2>{title}</h2>" in html for title in titles)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert not any("<script" in line for line in lines)


def test_what_is_malformed_ends_with_an_error(
    fullcourt: Program, lost: Path, tmp_path: Path
) -> None:
    """Exit code 2: two forms at once, tasks refused by line, a page nobody can write, no home."""
    both = fullcourt("report", "--json", "--markdown", "--home", lost)
    assert (both.exit_code, "three forms" in both.stdout) == (2, True)
    (tmp_path / "bad.toml").write_text("[[task]]\nid = 'T1'\ntitle = 'x'\n", encoding="utf-8")
    bad = fullcourt("report", "--tasks", tmp_path / "bad.toml", "--home", lost)
    assert bad.exit_code == 2
    assert "bad.toml:1: task.check: a task has exactly one check" in bad.stderr.replace("\n", "")
    nowhere = fullcourt("report", "--html", tmp_path / "no" / "x.html", "--home", lost)
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (2, True)
    assert fullcourt("report", "--home", tmp_path / "none").exit_code == 2


def test_a_home_at_work_is_told_as_stored(fullcourt: Program, lost: Path) -> None:
    """While another process holds the home nothing is judged anew, and the document says so."""
    with sole_controller(Home(lost)):
        _, view = reported(fullcourt, lost)
    assert view["judged"] == "as stored: another process works on this home"
    assert reported(fullcourt, lost)[1]["judged"] == "now"
