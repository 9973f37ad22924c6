"""`cleanup`: what is left over is found, goes, comes back; what the judge counts stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fullcourt.cli.opened import working_on
from fullcourt.settings import Home
from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, PLAYED, POSTPONED, as_json
from tests.stores.foreign_duckdb import execute_elsewhere

CONTEXT, FACTORS = "upcoming_player_game_context", "player_composite_factors"
NOBODY, NO_GAME = 999_999, "0022499999"
PLANTED = (
    f"INSERT INTO theirs.{CONTEXT} BY NAME SELECT * REPLACE ({NOBODY} AS player_id, "
    f"'active' AS row_status) FROM theirs.{CONTEXT} WHERE game_id = '{PLAYED}' LIMIT 1",
    f"INSERT INTO theirs.{FACTORS} BY NAME SELECT * REPLACE ('{NO_GAME}' AS game_id) "
    f"FROM theirs.{FACTORS} WHERE game_id = '{PLAYED}' LIMIT 3",
    f"INSERT INTO theirs.{FACTORS} BY NAME SELECT * REPLACE (DATE '2025-01-08' AS game_date) "
    f"FROM theirs.{FACTORS} WHERE game_id = '{PLAYED}' LIMIT 2",
)
OTHERS = ("schedule", "player_game_summary", "predictions", "grades")
Document = dict[str, Any]


@pytest.fixture
def home(damaged: Path) -> Path:
    """A walked home with rows that another writer left."""
    execute_elsewhere(damaged / "catalog.db", *PLANTED)
    return damaged


def ask(fullcourt: Program, home: Path, *options: object) -> Document:
    """The document of `cleanup`."""
    said = fullcourt("cleanup", "--home", home, "--json", *options)
    assert said.exit_code == 0, said.stdout
    document: Document = as_json(said.stdout)
    return document


def rows(fullcourt: Program, home: Path, *tables: str) -> list[Any]:
    """Every row of these tables, whole; of the two of upcoming slates when none is named."""
    return [
        as_json(
            fullcourt("sql", f"SELECT * FROM {t} ORDER BY ALL", "--json", "--home", home).stdout
        )
        for t in tables or (CONTEXT, FACTORS)
    ]


def found(document: Document) -> dict[tuple[str, str, str], int]:
    """Rows by table, date and reason."""
    return {(x["table"], x["game_date"], x["reason"]): x["rows"] for x in document["leftovers"]}


LEFT_OVER = {
    (CONTEXT, FIRST, "postponed"): 10,
    (CONTEXT, FIRST, "played"): 1,
    (FACTORS, FIRST, "postponed"): 10,
    (FACTORS, FIRST, "no schedule knows its game"): 3,
    (FACTORS, "2025-01-08", f"never of this date: its game is of {FIRST}"): 2,
}


def test_a_dry_run_says_what_would_go_and_touches_nothing(fullcourt: Program, home: Path) -> None:
    """Rows of a postponed game and those others left, by table, date and reason; none is gone."""
    before = rows(fullcourt, home)
    told = ask(fullcourt, home, "--older-than", 1)
    assert found(told) == LEFT_OVER
    assert (told["rows"], told["applied"], told["runs"]) == (26, False, [])
    assert found(ask(fullcourt, home)) == {}, "a week has not passed"
    assert rows(fullcourt, home) == before
    shown = fullcourt("cleanup", "--home", home, "--older-than", 1).stdout
    assert "26 rows would go" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_what_goes_can_be_brought_back_and_then_stays(fullcourt: Program, home: Path) -> None:
    """One run a table, counted by the lake; no verdict changes; restored as it was, for good."""
    before, grid = rows(fullcourt, home), grid_of(fullcourt, home)
    others = rows(fullcourt, home, *OTHERS)
    told = ask(fullcourt, home, "--older-than", 1, "--apply")
    assert found(told) == LEFT_OVER
    assert (told["rows_removed"], len(told["runs"])) == (26, 2)
    made = as_json(fullcourt("runs", "--home", home, "--json", "--limit", 50).stdout)["runs"]
    cleanups = {r["dataset"]: r for r in made if r["trigger"] == "cleanup"}
    assert {name: r["rows_deleted"] for name, r in cleanups.items()} == {CONTEXT: 11, FACTORS: 15}
    after = rows(fullcourt, home)
    for table in after:
        assert {row["game_id"] for row in table} & {POSTPONED, NO_GAME} == set()
    assert grid_of(fullcourt, home) == grid
    assert rows(fullcourt, home, *OTHERS) == others
    assert ask(fullcourt, home, "--older-than", 1)["leftovers"] == []

    back = as_json(
        fullcourt("cleanup", "--home", home, "--json", "--restore", told["restore_snapshot"]).stdout
    )
    assert (back["rows"], back["exit_code"]) == (26, 0)
    assert rows(fullcourt, home) == before
    assert ask(fullcourt, home, "--older-than", 1)["leftovers"] == []
    assert fullcourt("cleanup", "--home", home, "--restore", 10_000).exit_code == 2


def grid_of(fullcourt: Program, home: Path) -> list[tuple[str, str, int, int]]:
    """Verdicts and counts of both dates."""
    found = []
    for day in (FIRST, LAST):
        said = as_json(fullcourt("status", "--home", home, "--date", day, "--json").stdout)
        found += [(c["dataset"], c["verdict"], c["held"], c["expected"]) for c in said["cells"]]
    return found


def test_a_restore_point_outlives_the_lakes_upkeep(fullcourt: Program, home: Path) -> None:
    """Upkeep leaves what a cleanup removed within reach until its time is over; then it says so."""
    before = rows(fullcourt, home)
    told = ask(fullcourt, home, "--older-than", 1, "--apply")
    point = told["restore_snapshot"]
    settings = home / "fullcourt.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("keep_snapshots = 500", "keep_snapshots = 1"), "utf-8")
    execute_elsewhere(
        home / "catalog.db",
        *[PLANTED[0], f"DELETE FROM theirs.{CONTEXT} WHERE player_id = {NOBODY}"] * 2,
    )
    tidy(home)
    with working_on(Home(home)) as (opened, _):
        lake = opened.stores.lake
        assert lake.keeps_snapshot(point)
        assert not lake.keeps_snapshot(point - 1)
    back = fullcourt("cleanup", "--home", home, "--json", "--restore", point)
    assert as_json(back.stdout)["rows"] == 26, back.stdout
    assert rows(fullcourt, home) == before
    again = text.replace("keep_snapshots = 500", "keep_snapshots = 1")
    settings.write_text(again.replace("restorable_days = 30", "restorable_days = 0"), "utf-8")
    tidy(home)
    with working_on(Home(home)) as (opened, _):
        assert not opened.stores.lake.keeps_snapshot(point)
    said = fullcourt("cleanup", "--home", home, "--json", "--restore", point)
    assert said.exit_code == 1
    assert "does not keep snapshot" in said.stdout


def tidy(home: Path) -> None:
    """The week's upkeep, now."""
    with working_on(Home(home)) as (opened, controller):
        opened.stores.ledger.set_meta("compacted_in_week", "another")
        controller.tick()


def test_what_the_judge_counts_on_stays_while_anything_is_in_doubt(
    fullcourt: Program, home: Path
) -> None:
    """Box scores are gone: who was on the slate cannot be said, so nobody's row goes."""
    execute_elsewhere(
        home / "catalog.db", "DELETE FROM theirs.player_box_scores WHERE game_date < '2025-01-09'"
    )
    before = rows(fullcourt, home)
    told = ask(fullcourt, home, "--older-than", 1, "--apply")
    assert {x["reason"] for x in told["leftovers"]} & {"played"} == set()
    kept = {(x["table"], x["game_date"]) for x in told["withheld"]}
    assert (CONTEXT, FIRST) in kept
    assert all("in doubt" in x["reason"] for x in told["withheld"])
    assert played(rows(fullcourt, home)) == played(before)


def played(tables: list[Any]) -> list[Any]:
    """The rows of the played game on its own date."""
    return [
        [r for r in table if (r["game_id"], r["game_date"]) == (PLAYED, FIRST)] for table in tables
    ]


def test_the_controller_cleans_once_a_day_unless_told_not_to(
    fullcourt: Program, home: Path
) -> None:
    """A date's first tick removes what is old enough; with `cleanup.daily` off nothing goes."""
    settings = home / "fullcourt.toml"
    text = settings.read_text(encoding="utf-8")
    soon = text.replace("older_than_days = 7", "older_than_days = 1")
    settings.write_text(soon.replace("daily = true", "daily = false"), encoding="utf-8")
    dawns(home)
    assert runs_of_a_tick(fullcourt, home) == []
    assert len(found(ask(fullcourt, home))) == len(LEFT_OVER)
    settings.write_text(soon, encoding="utf-8")
    assert runs_of_a_tick(fullcourt, home) == [CONTEXT, FACTORS]
    assert found(ask(fullcourt, home)) == {}
    execute_elsewhere(home / "catalog.db", PLANTED[0])
    assert runs_of_a_tick(fullcourt, home) == []
    assert found(ask(fullcourt, home)) == {(CONTEXT, FIRST, "played"): 1}


def dawns(home: Path) -> None:
    """No tick of this date has been yet."""
    with working_on(Home(home)) as (opened, _):
        opened.stores.ledger.set_meta("cleaned_on", "another date")


def runs_of_a_tick(fullcourt: Program, home: Path) -> list[str]:
    """The datasets of the runs of one tick."""
    said = as_json(fullcourt("run", "--once", "--home", home, "--json").stdout)
    return [run["dataset"] for run in said["runs"]]
