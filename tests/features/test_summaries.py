"""player_game_summary against the official game log and the box scores."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from tests.features.computing import computed, insert
from tests.features.small_league import FINAL, game_id_of, listed, priced, scheduled, tip_of

LATER = datetime(2025, 8, 1, tzinfo=UTC)
WEEK = (date(2025, 1, 6), date(2025, 1, 12))


def test_a_week_equals_the_official_log(recorded: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """2025-01-06 to 12 has the official log's 1,091 player-games and their lines, both ways."""
    log = shared / "history/stats_nba/leaguegamelog/2024-25_players.parquet"
    counted = "game_id, player_id, team, points, rebounds, assists, threes, turnovers"
    official = (
        "SELECT GAME_ID, PLAYER_ID::BIGINT, TEAM_ABBREVIATION, PTS::INTEGER, REB::INTEGER, "
        "AST::INTEGER, FG3M::INTEGER, TOV::INTEGER "
        f"FROM '{log}' WHERE GAME_DATE::DATE BETWEEN '{WEEK[0]}' AND '{WEEK[1]}'"
    )
    held = (
        f"SELECT {counted} FROM lake.player_game_summary "
        f"WHERE game_date BETWEEN '{WEEK[0]}' AND '{WEEK[1]}'"
    )
    assert recorded.execute(f"SELECT count(*) FROM ({held})").fetchone() == (1091,)
    assert recorded.execute(f"({held}) EXCEPT ALL ({official})").fetchall() == []
    assert recorded.execute(f"({official}) EXCEPT ALL ({held})").fetchall() == []


def test_team_sums_are_the_teams_own(recorded: duckdb.DuckDBPyConnection) -> None:
    """Team points are the final score and team seconds 240 minutes and 25 per overtime."""
    wrong = recorded.execute(
        """
        SELECT DISTINCT b.game_id, b.team, b.team_points, b.team_seconds
        FROM lake.player_game_summary AS b
        INNER JOIN schedule_as_of($now) AS s USING (game_id)
        WHERE b.game_date BETWEEN $first_date AND $last_date
            AND (
                b.team_points <> CASE WHEN b.is_home THEN s.home_score ELSE s.away_score END
                OR abs(b.team_seconds - 14400 - 1500 * round((b.team_seconds - 14400) / 1500)) > 30
            )
        """,
        {"first_date": WEEK[0], "last_date": WEEK[1], "now": LATER},
    ).fetchall()
    assert wrong == []


def test_a_summary_needs_no_schedule(lake: duckdb.DuckDBPyConnection) -> None:
    """A game the schedule does not hold: its season is in the id, and without a tip no line."""
    day = date(1999, 11, 5)
    game_id = game_id_of(40, 99)
    known = tip_of(day, 22)
    rows = [
        listed(day, game_id, 1, "AAA", "BBB", known, seconds=0, points=0),
        listed(day, game_id, 2, "AAA", "BBB", known + timedelta(hours=1), seconds=1200),
        listed(day, game_id, 3, "AAA", "BBB", known),
    ]
    insert(lake, "player_box_scores", rows)
    insert(lake, "odds_player_props", [priced(day, game_id, 1, tip_of(day, 12))])
    made = computed(lake, "player_game_summary", day, day, LATER).to_pylist()
    assert [(r["player_id"], r["season"], r["minutes"], r["points_line"]) for r in made] == [
        (1, "1999-00", 0.0, None),
        (2, "1999-00", 20.0, None),
    ]
    assert {r["known_at"] for r in made} == {known + timedelta(hours=1)}


def test_the_line_is_the_last_one_before_the_tip(lake: duckdb.DuckDBPyConnection) -> None:
    """The latest snapshot before the tip, then the order of the books; lines do not hash."""
    day, game_id = date(2025, 1, 10), game_id_of(7)
    tip = tip_of(day)
    hours = timedelta(hours=1)
    insert(lake, "schedule", [scheduled(day, game_id, "AAA", "BBB", tip - 99 * hours, **FINAL)])
    box = listed(day, game_id, 1, "AAA", "BBB", tip + 3 * hours, seconds=1200)
    insert(lake, "player_box_scores", [box])
    bare = computed(lake, "player_game_summary", day, day, LATER).to_pylist()
    quotes = [
        priced(day, game_id, 1, tip - 8 * hours, 20.5),
        priced(day, game_id, 1, tip - 2 * hours, 21.5, bookmaker="fanduel"),
        priced(day, game_id, 1, tip - 2 * hours, 22.5, bookmaker="betmgm"),
        priced(day, game_id, 1, tip - 1 * hours, 23.5, is_main=False),
        priced(day, game_id, 1, tip - 1 * hours, 24.5, market="player_assists"),
        priced(day, game_id, 1, tip + 1 * hours, 25.5),
    ]
    insert(lake, "odds_player_props", quotes)
    (made,) = computed(lake, "player_game_summary", day, day, LATER).to_pylist()
    assert (made["points_line"], made["points_line_book"]) == (21.5, "fanduel")
    assert made["input_fingerprint"] == bare[0]["input_fingerprint"]
