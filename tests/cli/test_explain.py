"""`explain` and `runs`: what every witness says of one cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.reports.evidence import feeds_behind
from tests.cli.conftest import Program
from tests.cli.small_world import POSTPONED, UNKNOWN_NAME, as_json


def _explain(fullcourt: Program, week: Path, dataset: str, day: str) -> Any:
    shown = fullcourt("explain", dataset, day, "--home", week, "--json")
    assert shown.exit_code == 0, shown.stdout
    return as_json(shown.stdout)


def test_a_game_says_what_became_of_it(week: Path, fullcourt: Program) -> None:
    """The priced and postponed game: its key retired with the reason, the cell complete."""
    view = _explain(fullcourt, week, "odds_player_props", "2025-01-09")
    keys = {key["key"]: key for key in view["keys"]}
    assert keys[POSTPONED]["state"] == "retired"
    assert keys[POSTPONED]["reason"]
    assert view["category"] == "complete"
    assert view["missing"] == []
    assert view["root_cause"] is None
    assert view["next_action"].startswith("none")


def test_the_schedule_check_tells_versions_and_the_second_witness(
    week: Path, fullcourt: Program
) -> None:
    """The postponed game's versions end in the postponement; the odds listing showed both games."""
    check = _explain(fullcourt, week, "schedule", "2025-01-09")["schedule"]
    last = [v for v in check["versions"] if v["game_id"] == POSTPONED][-1]
    assert last["is_postponed"] or not last["is_listed"]
    assert check["second_witness"]["listed"] == ["CHA@LAL", "NYK@BOS"]
    assert check["second_witness"]["only_listing"] == []


def test_bodies_have_sizes_and_say_they_are_rerendered(week: Path, fullcourt: Program) -> None:
    """Archived bodies come with size, digest, presence, re-rendered mark and their load."""
    bodies = _explain(fullcourt, week, "player_box_scores", "2025-01-09")["bodies"]
    (box,) = [body for body in bodies if body["feed"] == "nba_boxscore"]
    assert box["outcome"] == "ok"
    assert box["body_bytes"] > 1000
    assert len(box["digest"]) == 64
    assert (box["is_there"], box["rerendered"]) == (True, True)
    assert box["loaded_by"].startswith("pla-")
    assert bodies[0]["feed"] == "nba_boxscore"


def test_runs_carry_the_lakes_count_beside_the_processors(week: Path, fullcourt: Program) -> None:
    """A run's rows are the lake's own count; what the processor claimed stands beside it."""
    view = _explain(fullcourt, week, "player_box_scores", "2025-01-09")
    (run,) = [run for run in view["runs"] if run["rows_written"]]
    assert run["rows_written"] == run["rows_claimed"] == 10
    assert run["state"] == "succeeded"
    listed = fullcourt(
        "runs", "--dataset", "player_box_scores", "--date", "2025-01-09", "--home", week, "--json"
    )
    assert run["run_id"] in [line["run_id"] for line in as_json(listed.stdout)["runs"]]


def test_gates_and_transitions_are_told(week: Path, fullcourt: Program) -> None:
    """The factors' gate says expected and held; each key's changes of state are listed."""
    view = _explain(fullcourt, week, "player_composite_factors", "2025-01-09")
    assert view["gates"][-1]["upstream"] == "player_game_summary"
    assert view["gates"][-1]["decision"] == "open"
    changed = {change["key"]: change["to_state"] for change in view["transitions"]}
    held = [key["key"] for key in view["keys"] if key["state"] == "complete"]
    assert all(changed[key] == "complete" for key in held)


def test_a_cell_with_nothing_to_do_says_why(week: Path, fullcourt: Program) -> None:
    """A date without games is a legitimate zero with its reason."""
    view = _explain(fullcourt, week, "player_box_scores", "2025-01-11")
    assert (view["category"], view["zero_reason"]) == ("legitimate_zero", "no games")


@pytest.mark.parametrize("dataset", [d.name for d in GRAPH])
def test_every_dataset_can_be_explained(dataset: str, week: Path, fullcourt: Program) -> None:
    """The printed explanation of each dataset has its sections and fits in 100 columns."""
    shown = fullcourt("explain", dataset, "2025-01-09", "--home", week)
    assert shown.exit_code == 0
    for section in ("expected: ", "scraper check", "root cause", "category: ", "next action: "):
        assert section in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100


def test_a_warning_names_who_cannot_be_predicted(week: Path, fullcourt: Program) -> None:
    """A lined name nobody resolves raises no key, and the cell warns of it by name."""
    view = _explain(fullcourt, week, "predictions", "2025-01-09")
    assert any(UNKNOWN_NAME in warning for warning in view["warnings"])


def test_feeds_behind_a_dataset_come_nearest_first() -> None:
    """Each dataset stands on a feed; a feed is its own first, a raw dataset's own feed leads."""
    assert all(feeds_behind(declaration.name) for declaration in GRAPH)
    assert feeds_behind("player_box_scores") == ("nba_boxscore", "nba_schedule")
    assert all(BY_NAME[name].is_feed for d in GRAPH for name in feeds_behind(d.name))
