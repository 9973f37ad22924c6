"""`players`: names nobody could place, and who settles them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, UNKNOWN_NAME, as_json


@pytest.fixture(scope="module")
def night(fullcourt: Program, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one night whose aliases these tests may change."""
    home = tmp_path_factory.mktemp("night")
    walked = fullcourt(
        "replay", "--history", history, "--from", FIRST, "--to", FIRST, "--home", home
    )
    assert walked.exit_code == 0, walked.stderr
    return home


def test_an_unresolved_name_is_listed_with_proposals(week: Path, fullcourt: Program) -> None:
    """The misspelt name stands under a provisional id with its games and likely players."""
    shown = fullcourt("players", "unresolved", "--home", week, "--json")
    (name,) = as_json(shown.stdout)["names"]
    assert name["name"] == UNKNOWN_NAME
    assert name["provisional_id"] < 0
    assert name["games"] == ["2025-01-09 NYK@BOS", "2025-01-10 NYK@BOS"]
    assert name["proposals"]
    assert all(0 <= proposal["score"] <= 100 for proposal in name["proposals"])


@pytest.mark.parametrize(
    ("player_id", "evidence", "said"),
    [(99, "seen on tv", "no box score"), (104, "  ", "evidence")],
)
def test_an_alias_needs_a_known_player_and_evidence(
    player_id: int, evidence: str, said: str, week: Path, fullcourt: Program
) -> None:
    """An id nobody has, or no evidence: refused, and nothing is written."""
    shown = fullcourt(
        "players", "alias", UNKNOWN_NAME, player_id, "--evidence", evidence, "--home", week
    )
    assert shown.exit_code == 2
    assert said in shown.stderr
    assert not (week / "aliases.csv").exists()


def test_an_alias_is_kept_with_its_evidence_and_used(night: Path, fullcourt: Program) -> None:
    """The alias is appended with evidence and time; the next run re-keys the name's rows, once."""
    added = fullcourt(
        "players", "alias", UNKNOWN_NAME, 104, "--evidence", 'club site, "sic"', "--home", night
    )
    assert added.exit_code == 0, added.stderr
    with (night / "aliases.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert (row["name"], row["player_id"], row["evidence"]) == (
        UNKNOWN_NAME,
        "104",
        'club site, "sic"',
    )
    assert row["added_at"].endswith("Z")

    assert fullcourt("run", "--home", night).exit_code == 0
    assert as_json(fullcourt("players", "unresolved", "--home", night, "--json").stdout) == {
        "names": []
    }
    lines = "SELECT DISTINCT player_id FROM odds_player_props WHERE player_name = 'Frst Lastone'"
    assert as_json(fullcourt("sql", lines, "--home", night, "--json").stdout) == [
        {"player_id": 104}
    ]
    other = fullcourt(
        "players", "alias", UNKNOWN_NAME, 103, "--evidence", "no, he", "--home", night
    )
    assert other.exit_code == 2
    assert "stands for player 104 already" in other.stderr
