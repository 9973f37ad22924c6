"""Dataset `player_box_scores`: one row per listed player of a box score body."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fullcourt.nba.box import BoxScore

SOURCES = {
    "cdn": "nba_cdn_boxscore",
    "stats_v3": "nba_stats_boxscore_v3",
    "game_log": "nba_stats_game_log",
}


def rows(
    box: BoxScore,
    *,
    game_date: date,
    form: str,
    digest: str,
    known_at: datetime,
    fetched_at: datetime,
    run_id: str,
) -> list[dict[str, Any]]:
    """The lake rows of one box score; `known_at` is when the game was over (UTC)."""
    return [
        {
            "game_date": game_date,
            "game_id": box.game_id,
            "player_id": line.player_id,
            "player_name": line.player_name,
            "team": line.team,
            "opponent": line.opponent,
            "is_home": line.is_home,
            "is_starter": line.is_starter,
            "played": line.played,
            "not_playing_reason": line.not_playing_reason,
            "seconds_played": line.seconds_played,
            "minutes": None if line.seconds_played is None else line.seconds_played / 60,
            "points": line.points,
            "rebounds": line.rebounds,
            "offensive_rebounds": line.offensive_rebounds,
            "defensive_rebounds": line.defensive_rebounds,
            "assists": line.assists,
            "threes": line.threes,
            "threes_attempted": line.threes_attempted,
            "field_goals": line.field_goals,
            "field_goals_attempted": line.field_goals_attempted,
            "free_throws": line.free_throws,
            "free_throws_attempted": line.free_throws_attempted,
            "steals": line.steals,
            "blocks": line.blocks,
            "turnovers": line.turnovers,
            "fouls": line.fouls,
            "plus_minus": line.plus_minus,
            "source": SOURCES[form],
            "body_digest": digest,
            "known_at": known_at,
            "fetched_at": fetched_at,
            "run_id": run_id,
        }
        for line in box.lines
    ]
