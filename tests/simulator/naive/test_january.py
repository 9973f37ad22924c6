"""The world `january` holds what it is for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from fullcourt.nba.calendar import dates, game_date_of, raises_cells
from fullcourt.simulator.league import build_league
from fullcourt.simulator.naive.leave import leave_behind
from fullcourt.simulator.vendors.faults import FaultKind
from fullcourt.simulator.worldfile import find_world
from tests.simulator.naive.left import rows_of

CHRISTMAS_EVE = date(2025, 12, 24)


def test_the_calendar_is_the_one_of_the_incident() -> None:
    """106 nights, no counted game before the opening, off days within the season."""
    spec = find_world("january")
    league = build_league(spec.league_config())
    assert (spec.first_date, spec.last_date) == (date(2025, 10, 1), date(2026, 1, 14))
    slates = Counter(g.game_date for g in league.games if raises_cells(g.game_id))
    assert min(slates) == date(2025, 10, 21)
    assert any(not raises_cells(game.game_id) for game in league.games)
    off = [day for day in dates(min(slates), spec.last_date) if not slates[day]]
    assert len(off) > 3
    assert CHRISTMAS_EVE in off


def test_its_faults_fall_on_slates_they_can_hurt() -> None:
    """5 of 7 and 4 of 6 games, a vendor that hangs on three dates with games, empty mornings."""
    spec = find_world("january")
    league = build_league(spec.league_config())
    slates = Counter(g.game_date for g in league.games if raises_cells(g.game_id))
    on = {
        kind: [(slates[game_date_of(f.start)], f.rows) for f in spec.faults if f.kind is kind]
        for kind in FaultKind
    }
    assert sorted(on[FaultKind.PARTIAL_SLATE]) == [(6, 2), (7, 2)]
    assert len(on[FaultKind.HANG]) == 3
    assert len(on[FaultKind.EMPTY]) == 3
    assert all(games > 3 for found in on.values() for games, _ in found)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_naive_pipeline_loses_what_the_incident_lost(tmp_path: Path) -> None:
    """Thousands of zero-record runs, most of them no loss; the incident's dates by their class."""
    left = leave_behind(find_world("january"), tmp_path / "left")
    assert 1_000 < left.zero_record_runs < 5_000
    zeros = left.zero_record_runs_by_class
    assert zeros["tracking_false_positive"] + zeros["legitimate_zero"] > 0.8 * left.zero_record_runs
    assert left.runs_by_class.keys() == {
        "complete",
        "healed",
        "legitimate_zero",
        "loss",
        "partial_loss",
        "phantom_failure",
        "stuck_run",
        "tracking_false_positive",
    }
    found = {
        (row["target"], row["game_date"]): (row["true_class"], row["keys_held"], row["keys_owed"])
        for row in rows_of(tmp_path / "left" / "truth" / "dates.csv")
    }
    assert found["team_rosters", "2025-11-19"] == ("partial_loss", "10", "14")
    assert found["game_results", "2025-11-19"] == ("partial_loss", "5", "7")
    assert found["player_props", "2025-12-12"] == ("partial_loss", "4", "6")
    assert found["player_boxscores", CHRISTMAS_EVE.isoformat()][0] == "legitimate_zero"
    for night in ("2025-12-15", "2025-12-29", "2026-01-08"):
        assert found["player_props", night][0] == "loss"
    assert found["team_factors", "2025-12-22"][0] == "loss"
    assert set(left.lies) == {"covered_by_count", "duplicates", "over_claimed", "shrinkage"}
