"""A closed gate stops the factors; a person may pass it, and every row says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST
from tests.stores.foreign_duckdb import execute_elsewhere

NAME = "player_composite_factors"


@pytest.fixture(scope="module")
def home(fullcourt: Program, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A walked home that then lost every summary and the last date's factors."""
    path = tmp_path_factory.mktemp("gate") / "home"
    span = ("--from", FIRST, "--to", LAST)
    walked = fullcourt("replay", "--history", history, *span, "--home", path)
    assert walked.exit_code == 0, walked.stderr
    execute_elsewhere(
        path / "catalog.db",
        "DELETE FROM theirs.player_game_summary",
        f"DELETE FROM theirs.{NAME} WHERE game_date = DATE '{LAST}'",
    )
    return path


def factors(fullcourt: Program, home: Path) -> list[dict[str, Any]]:
    """The last date's factors as held."""
    query = f"SELECT gate_override, gate_held FROM {NAME} WHERE game_date = DATE '{LAST}'"
    rows: list[dict[str, Any]] = json.loads(
        fullcourt("sql", query, "--json", "--home", home).stdout
    )
    return rows


def backfill(fullcourt: Program, home: Path, *more: str) -> int:
    """Fill the factors alone; the exit code."""
    return fullcourt(
        "backfill", LAST, LAST, "--dataset", NAME, "--home", home, "--json", *more
    ).exit_code


def test_a_closed_gate_lets_nothing_through_and_is_named(fullcourt: Program, home: Path) -> None:
    """Without summaries the factors are not made; the log names what is missing."""
    backfill(fullcourt, home)
    assert factors(fullcourt, home) == []
    told = json.loads(fullcourt("explain", NAME, LAST, "--json", "--home", home).stdout)
    last = told["gates"][-1]
    assert (last["decision"], last["held"], last["override_reason"]) == ("closed", 0, None)
    assert len(last["missing"]) == last["expected"] > 0


def test_a_reason_is_needed(fullcourt: Program, home: Path) -> None:
    """An empty reason is refused before anything is done."""
    assert backfill(fullcourt, home, "--override-gate", " ") == 2
    assert factors(fullcourt, home) == []


def test_an_override_is_recorded_and_visible_in_every_row(fullcourt: Program, home: Path) -> None:
    """The log says overridden and why; so does each row made behind the gate."""
    assert backfill(fullcourt, home, "--override-gate", "the summaries are lost for good") == 0
    rows = factors(fullcourt, home)
    assert rows
    assert {row["gate_override"] for row in rows} == {"the summaries are lost for good"}
    assert {row["gate_held"] for row in rows} == {0}
    told = json.loads(fullcourt("explain", NAME, LAST, "--json", "--home", home).stdout)
    last = told["gates"][-1]
    assert last["decision"] == "overridden"
    assert last["override_reason"] == "the summaries are lost for good"
    assert "lost for good" in fullcourt("explain", NAME, LAST, "--home", home).stdout
