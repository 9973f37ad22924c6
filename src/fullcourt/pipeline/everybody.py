"""Everybody ever listed in a box score: what names are resolved against."""

from __future__ import annotations

from pathlib import Path

from fullcourt.nba.players import Appearance, PlayerIndex, load_aliases
from fullcourt.stores.lake import Lake


def player_index(lake: Lake, aliases_file: Path | None) -> PlayerIndex:
    """The resolver over the lake's box scores, with the shipped aliases and the home's own."""
    rows = lake.rows(
        """SELECT player_id, player_name, team, known_at FROM lake.player_box_scores
           WINDOW w AS (PARTITION BY player_id ORDER BY known_at, game_id)
           QUALIFY team IS DISTINCT FROM lag(team) OVER w
               OR player_name IS DISTINCT FROM lag(player_name) OVER w"""
    )
    return PlayerIndex.build((Appearance(*row) for row in rows), load_aliases(aliases_file))
