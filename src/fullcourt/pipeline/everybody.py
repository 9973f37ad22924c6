"""Everybody ever listed in a box score: what names are resolved against."""

from __future__ import annotations

from pathlib import Path

from fullcourt.nba.players import Appearance, PlayerIndex, load_aliases
from fullcourt.pipeline.work import Stores
from fullcourt.stores.lake import Lake


def kept_player_index(stores: Stores) -> PlayerIndex:
    """The resolver, built again only when box scores or the home's aliases have changed."""
    file = stores.home.aliases_file
    changed = file.stat().st_mtime_ns if file.exists() else 0
    state = (stores.lake.changes.total("player_box_scores"), changed)
    kept = stores.kept.get("everybody")
    if kept is None or kept[0] != state:
        kept = (state, player_index(stores.lake, file))
        stores.kept["everybody"] = kept
    index: PlayerIndex = kept[1]
    return index


def player_index(lake: Lake, aliases_file: Path | None) -> PlayerIndex:
    """The resolver over the lake's box scores, with the shipped aliases and the home's own."""
    rows = lake.rows(
        """SELECT player_id, player_name, team, known_at FROM lake.player_box_scores
           WINDOW w AS (PARTITION BY player_id ORDER BY known_at, game_id)
           QUALIFY team IS DISTINCT FROM lag(team) OVER w
               OR player_name IS DISTINCT FROM lag(player_name) OVER w"""
    )
    return PlayerIndex.build((Appearance(*row) for row in rows), load_aliases(aliases_file))
