from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fullcourt.opening import create_home
from fullcourt.settings import Settings
from tests.history.brought_files import brought, new_home, rows, verdicts

SEASONS = {"2020-21": 23_054, "2021-22": 26_039, "2022-23": 25_895}


def test_a_recorded_season_is_complete(shared: Path, tmp_path: Path) -> None:
    """2020-21 from log and played games: 140 complete dates, known then, every row."""
    history = shared / "history"
    home = new_home(tmp_path / "home")
    done = brought(
        home,
        history / "stats_nba/leaguegamelog/2020-21_players.parquet",
        history / "schedule/played_2020-21_regular_season.parquet",
    )
    assert (done.complaints, done.failed) == ([], [])
    assert {v for cell, v in verdicts(home).items() if cell.game_date.year < 2022} == {"complete"}
    query = (
        "SELECT count(*), count(DISTINCT game_id), count(DISTINCT game_date), "
        "max(known_at)::DATE::VARCHAR FROM lake.player_box_scores"
    )
    assert rows(home, query) == [(SEASONS["2020-21"], 1080, 140, "2021-05-17")]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_five_recorded_seasons_in_one_import(shared: Path, tmp_path: Path) -> None:
    """All of 2020-21 to 2024-25: what is wrong afterwards is wrong in the recording, by name."""
    history = shared / "history"
    home = tmp_path / "home"
    create_home(home, Settings(since=date(2025, 9, 1)))
    played = sorted((history / "schedule").glob("played_202*.parquet"))
    done = brought(
        home,
        history / "stats_nba",
        history / "odds_api/events",
        history / "odds_api/event_odds",
        history / "odds_archive",
        *played,
        *(history / "schedule").glob("scheduleleaguev2_*"),
    )
    assert done.failed == []
    past = {c: v for c, v in verdicts(home).items() if c.game_date <= date(2025, 6, 22)}
    found = {word: {c for c, v in past.items() if v == word} for word in set(past.values())}
    assert set(found) == {"complete", "missing", "waiting", "unverifiable"}
    # No file has box scores of the three earlier seasons' play-in and playoffs.
    unrecorded = {c.game_date for c in found["missing"] | found["waiting"]}
    assert all(day.year <= 2023 and 4 <= day.month <= 7 for day in unrecorded)
    # Nine dates with a game that was listed and postponed.
    assert len({c.game_date for c in found["unverifiable"]}) == 9
    assert len(found["complete"]) == 2646
    query = (
        "SELECT season, count(*) FROM lake.player_game_summary WHERE season < '2023-24' "
        "GROUP BY season ORDER BY season"
    )
    assert dict(rows(home, query)) == SEASONS
