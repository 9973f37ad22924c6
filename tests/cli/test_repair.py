"""`repair`: planned, carried out and proved on a real home that lost rows, bodies and budgets."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, PLAYED, as_json, write_small_world
from tests.stores.foreign_duckdb import execute_elsewhere

BOX, SUMMARIES, FACTORS = "player_box_scores", "player_game_summary", "player_composite_factors"
ROOT = Path(__file__).resolve().parents[2]
Document = dict[str, Any]
Make = Callable[..., Path]


@pytest.fixture
def make(damaged: Path) -> Make:
    """A walked home that then lost what the statements delete."""

    def made(*statements: str) -> Path:
        if statements:
            execute_elsewhere(damaged / "catalog.db", *statements)
        return damaged

    return made


def lose(table: str, where: str) -> str:
    """The statement that deletes rows behind our back."""
    return f"DELETE FROM theirs.{table} WHERE {where}"


def lose_game(*tables: str) -> tuple[str, ...]:
    """Everything of the played game of the first date in these tables."""
    return tuple(lose(table, f"game_id = '{PLAYED}'") for table in tables)


def ask(fullcourt: Program, home: Path, *options: object) -> tuple[int, Document]:
    """Exit code and document of `repair`."""
    said = fullcourt("repair", "--home", home, "--json", *options)
    return said.exit_code, as_json(said.stdout)


def cells(document: Document) -> dict[tuple[str, str], Document]:
    """The document's cells by dataset and date."""
    return {(c["dataset"], c["game_date"]): c for c in document["cells"]}


def sql(fullcourt: Program, home: Path, text: str) -> list[Document]:
    """What the lake answers."""
    rows: list[Document] = as_json(fullcourt("sql", text, "--json", "--home", home).stdout)
    return rows


def test_a_whole_home_has_nothing_to_repair(fullcourt: Program, week: Path) -> None:
    """No alarm: an empty plan, exit 0, and `--apply` makes no run."""
    code, planned = ask(fullcourt, week)
    assert (code, planned["cells"], planned["totals"]["calls"]) == (0, [], 0)
    code, done = ask(fullcourt, week, "--apply")
    assert (code, done["cells"], done["runs"]) == (0, [], [])


def test_a_lost_night_is_planned_repaired_with_what_follows_and_proved(
    fullcourt: Program, make: Make
) -> None:
    """Rows come from the archive without a call; what the plan names is made, and no more."""
    home = make(*lose_game(BOX, SUMMARIES, "grades"))
    before = sql(fullcourt, home, f"SELECT count(*) AS n FROM {BOX}")
    code, planned = ask(fullcourt, home)
    assert code == 0
    line = cells(planned)[BOX, FIRST]
    assert (line["verdict"], line["action"], line["keys"]) == ("missing", "load from archive", 10)
    assert (line["calls"], line["credits"], line["refused"]) == (0, 0, [])
    follows = {(f["dataset"], f["game_date"]): f["keys"] for f in line["follows"]}
    assert follows == {(SUMMARIES, FIRST): 10, ("grades", FIRST): 4}
    assert planned["totals"]["following"] == 2
    assert "virtual" in line["minutes_basis"]
    assert line["minutes"] is None
    assert sql(fullcourt, home, f"SELECT count(*) AS n FROM {BOX}") == before

    code, done = ask(fullcourt, home, "--apply")
    assert code == 0
    assert {run["dataset"] for run in done["runs"]} == {BOX, SUMMARIES, "grades"}
    box = cells(done)[BOX, FIRST]
    assert (box["before"], box["after"], box["is_named"]) == ("missing", "complete", True)
    assert (box["held_before"], box["held_after"], box["still_missing"]) == (0, 10, [])
    follower = cells(done)[SUMMARIES, FIRST]
    assert (follower["before"], follower["after"]) == ("waiting", "complete")
    assert not follower["is_named"]
    assert (done["calls"], done["credits"]) == (0, 0)
    runs = as_json(fullcourt("runs", "--home", home, "--json", "--limit", 3).stdout)["runs"]
    assert {run["trigger"] for run in runs} == {"repair"}
    assert fullcourt("status", "--home", home).exit_code == 0


def test_lost_bodies_are_fetched_within_the_ceilings(fullcourt: Program, make: Make) -> None:
    """Two calls are allowed and two are made; the rest is named with the ceiling, then finished."""
    home = make()
    for body in (home / "archive" / "objects").rglob("*.zst"):
        body.unlink()
    code, planned = ask(fullcourt, home)
    assert code == 0
    totals = planned["totals"]
    assert totals["calls"] == sum(c["calls"] for c in planned["cells"]) > 5
    assert totals["credits"] == sum(c["credits"] for c in planned["cells"]) > 20
    code, capped = ask(fullcourt, home, "--calls", 2)
    assert (code, capped["totals"]["calls"]) == (1, 2)
    code, done = ask(fullcourt, home, "--apply", "--calls", 2)
    assert (code, done["calls"]) == (1, 2)
    back = {r["why"] for c in done["cells"] for r in c["still_missing"]}
    assert back == {"missing: beyond the ceiling (--calls 2)"}
    code, done = ask(fullcourt, home, "--apply", "--credits", 10)
    paid = cells(done)["odds_event_props", LAST]
    assert (code, done["credits"] <= 10, paid["is_whole"]) == (1, True, False)
    code, done = ask(fullcourt, home, "--apply")
    assert (code, done["exit_code"]) == (0, 0)
    assert all(cell["is_whole"] for cell in done["cells"])


def test_what_the_vendor_has_by_now_heals_the_whole_night(
    fullcourt: Program, tmp_path: Path
) -> None:
    """Asked in vain it is named; served later it is fetched, loaded, and followed to its end."""
    history, home = write_small_world(tmp_path / "history", without_box=PLAYED), tmp_path / "home"
    fullcourt("replay", "--history", history, "--from", FIRST, "--to", LAST, "--home", home)
    code, planned = ask(fullcourt, home)
    feed, box = cells(planned)["nba_boxscore", FIRST], cells(planned)[BOX, FIRST]
    assert (code, feed["action"], feed["keys"]) == (0, "fetch", 1)
    assert (box["action"], box["after"], box["refused"]) == (None, [f"nba_boxscore {FIRST}"], [])
    totals = planned["totals"]
    assert (totals["with_action"], totals["waiting"], totals["calls"]) == (1, 1, 1)
    assert ask(fullcourt, home, "--only", f"{BOX}:{FIRST}")[0] == 1, "nothing named brings its body"

    code, done = ask(fullcourt, home, "--apply")
    (left,) = cells(done)["nba_boxscore", FIRST]["still_missing"]
    assert (code, left["name"], "vendor_empty" in left["why"]) == (1, "NYK@BOS", True)
    assert [run["dataset"] for run in done["runs"]] == ["nba_boxscore"], "asked once, no more"
    write_small_world(tmp_path / "history")
    code, done = ask(fullcourt, home, "--apply")
    assert (code, done["is_resumed"], done["calls"]) == (0, False, 1)
    after = {c["dataset"]: c["after"] for c in done["cells"] if c["game_date"] == FIRST}
    assert {after[n] for n in ("nba_boxscore", BOX, SUMMARIES, "grades")} == {"complete"}
    assert fullcourt("status", "--home", home, "--date", FIRST).exit_code == 0


def test_only_what_is_named_is_repaired(fullcourt: Program, make: Make) -> None:
    """Another loss stays as it is; a name without a cell and a wrong date are errors."""
    home = make(lose(SUMMARIES, f"game_date = '{LAST}'"), *lose_game(BOX))
    code, done = ask(fullcourt, home, "--apply", "--only", f"{SUMMARIES}:{LAST}")
    assert (code, [c["dataset"] for c in done["cells"] if c["is_named"]]) == (0, [SUMMARIES])
    left = cells(ask(fullcourt, home)[1])
    assert set(left) == {(BOX, FIRST)}
    wrong = ("nobody", f"{BOX}:2025-13-01", f"{BOX}:{LAST}..{FIRST}", f"{BOX}:2031-01-01")
    for name in wrong:
        assert ask(fullcourt, home, "--only", name)[0] == 2
    assert ask(fullcourt, home, "--force", " ")[0] == 2


def test_force_passes_a_closed_gate_and_the_freeze_and_every_row_says_so(
    fullcourt: Program, make: Make
) -> None:
    """Factors lost after their tip: refused with the reason, then made, marked and on record."""
    home = make(lose(SUMMARIES, "true"), lose(FACTORS, f"game_date = '{LAST}'"))
    named = ("--only", f"{FACTORS}:{LAST}")
    code, planned = ask(fullcourt, home, *named)
    assert code == 1
    line = cells(planned)[FACTORS, LAST]
    assert (line["verdict"], line["action"]) == ("unrecoverable", None)
    assert {r["why"] for r in line["refused"]} == {
        "frozen at its tip; --force makes it as retrospective"
    }
    assert ask(fullcourt, home, "--apply", *named)[0] == 1
    forced = (*named, "--force", "the summaries are lost for good")
    code, planned = ask(fullcourt, home, *forced)
    line = cells(planned)[FACTORS, LAST]
    assert (code, line["action"], "covers 0 of" in line["gate"]) == (0, "recompute", True)
    code, done = ask(fullcourt, home, "--apply", *forced)
    assert (code, done["force_reason"]) == (0, "the summaries are lost for good")
    rows = sql(
        fullcourt,
        home,
        f"SELECT run_id, gate_override, is_retrospective FROM {FACTORS} WHERE game_date = '{LAST}'",
    )
    assert rows
    assert all(row["run_id"].endswith("-forced") and row["is_retrospective"] for row in rows)
    assert {row["gate_override"] for row in rows} == {"the summaries are lost for good"}
    told = as_json(fullcourt("runs", "--home", home, "--json", "--dataset", FACTORS).stdout)
    (made,) = [r for r in told["runs"] if r["run_id"] == rows[0]["run_id"]]
    assert (made["force_reason"], made["trigger"]) == ("the summaries are lost for good", "repair")
    assert "forced: the summaries" in fullcourt("runs", "--home", home).stdout


@pytest.mark.parametrize(
    "place",
    [
        "lake.in_transaction:1",
        pytest.param("lake.after:2", marks=pytest.mark.soak),
        pytest.param("ledger.closed:1", marks=pytest.mark.soak),
    ],
)
def test_a_repair_that_was_killed_goes_on(fullcourt: Program, make: Make, place: str) -> None:
    """Killed half-way and called again: one repair, proved from its beginning, nothing twice."""
    home = make(*lose_game(BOX, SUMMARIES, "grades"))
    killed = subprocess.run(
        [sys.executable, "-m", "tests.cli.killed_repair", str(home), place],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    code, done = ask(fullcourt, home, "--apply")
    assert (code, done["is_resumed"]) == (0, True)
    box = cells(done)[BOX, FIRST]
    assert (box["before"], box["held_before"], box["after"]) == ("missing", 0, "complete")
    for table in (BOX, SUMMARIES, "grades"):
        (row,) = sql(
            fullcourt,
            home,
            f"SELECT count(*) AS n, count(DISTINCT (game_id, player_id)) AS k FROM {table}",
        )
        assert row["n"] == row["k"] > 0
    states = as_json(fullcourt("runs", "--home", home, "--json", "--limit", 9).stdout)["runs"]
    assert all(run["state"] != "running" for run in states)
    assert ask(fullcourt, home, "--apply")[1]["is_resumed"] is False


def test_the_terminal_says_what_json_says(fullcourt: Program, make: Make) -> None:
    """Plan and proof on 100 columns: action, cost with units, consequences, before and after."""
    home = make(*lose_game(BOX, SUMMARIES, "grades"))
    shown = fullcourt("repair", "--home", home).stdout
    assert "load from archive: 10 keys; 0 calls, 0 credits, time unknown" in shown
    assert f"{SUMMARIES} {FIRST}: 10 keys, waiting" in shown
    assert "made again with them: 2 cells" in shown
    assert "time of 1 cell unknown: this home's clock is virtual" in shown
    shown += fullcourt("repair", "--home", home, "--apply").stdout
    assert "0 -> 10 of 10" in shown
    assert "everything named is whole" in shown
    assert max(map(len, shown.splitlines())) <= 100
