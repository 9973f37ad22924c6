"""What may be passed on: a class for each source, and the columns that carry another's data.

The classes err on the side of leaving out. They are no legal advice: who passes data on reads the
vendor's terms first (`docs/history.md`). A source that stands in no table here is for own use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Class(StrEnum):
    """What may be done with rows of a source."""

    FREE = "free"
    ATTRIBUTED = "with attribution, not commercially"
    OWN_USE = "own use only"


@dataclass(frozen=True, slots=True)
class SourceClass:
    """One source: whose data it is, its class and why."""

    vendor: str
    data_class: Class
    why: str


_NBA = "facts of games, published by the league; its terms ask for attribution, no commerce"
SOURCES: Mapping[str, SourceClass] = {
    "nba_schedule": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "nba_scoreboard": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "played_games": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "nba_cdn_boxscore": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "nba_stats_boxscore_v3": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "nba_stats_game_log": SourceClass("NBA", Class.ATTRIBUTED, _NBA),
    "odds_api": SourceClass(
        "The Odds API", Class.OWN_USE, "bought data: a subscription is no licence to pass it on"
    ),
    "own_lines": SourceClass("yourself", Class.FREE, "your own file; you know where it came from"),
    "computed": SourceClass("fullcourt", Class.FREE, "computed here"),
}
"""By the word that names a source: the column `source`, or what `SOURCE_OF` gives."""

SOURCE_OF: Mapping[str, str] = {
    "schedule": "source",
    "player_box_scores": "source",
    "odds_player_props": "CASE WHEN starts_with(event_id, 'own-') THEN 'own_lines' "
    "ELSE 'odds_api' END",
    "player_game_summary": "box_source",
    "upcoming_player_game_context": "'computed'",
    "player_composite_factors": "'computed'",
    "predictions": "'computed'",
    "grades": "'computed'",
}
"""The SQL by which each row of a dataset says its source."""

LINE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "player_game_summary": ("points_line", "points_line_book", "line_known_at"),
    "upcoming_player_game_context": ("points_line", "points_line_book", "line_known_at"),
    "predictions": (
        "line",
        "line_book",
        "over_price",
        "under_price",
        "line_known_at",
        "over_probability",
        "under_probability",
        "push_probability",
        "market_over_probability",
    ),
    "grades": ("line", "brier", "market_brier"),
}
"""Columns of other datasets that hold a vendor's lines and prices, or give them back."""


def class_of(source: str) -> SourceClass:
    """The class of a source; one nobody has classed is for own use."""
    return SOURCES.get(
        source, SourceClass(source, Class.OWN_USE, "nobody has classed this source yet")
    )
