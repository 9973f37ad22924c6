"""The oracle's words: what is held, what is true. Plain data, filled by whoever runs a campaign.

What a store holds is read with plain SQL and the vendors' own parsers, never through the judge.

**Sharing.** An inner mapping (all keys of one cell) is never changed in place: what changed is a
new object, what did not change is the same one. The oracle remembers its work by identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fullcourt.nba.box import BoxScore
from fullcourt.nba.props import EventListing, EventProps
from fullcourt.nba.schedule import GameListing

CellId = tuple[str, date]
"""(feed or dataset, Eastern game date)."""

FEEDS = ("nba_schedule", "odds_events", "odds_event_props", "nba_boxscore")
DATASETS = (
    "schedule",
    "player_box_scores",
    "odds_player_props",
    "player_game_summary",
    "upcoming_player_game_context",
    "player_composite_factors",
    "predictions",
    "grades",
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "schedule": (
        "tip_at",
        "home_team",
        "away_team",
        "status",
        "is_postponed",
        "is_listed",
        "if_necessary",
        "home_score",
        "away_score",
        "overtimes",
        "reason",
    ),
    "player_box_scores": (
        "player_name",
        "team",
        "opponent",
        "is_home",
        "played",
        "seconds_played",
        "points",
        "rebounds",
        "assists",
        "threes",
    ),
    "odds_player_props": (
        "snapshot_at",
        "player_id",
        "player_name",
        "resolution",
        "bookmaker",
        "market",
        "line",
        "over_price",
        "under_price",
        "is_main",
    ),
    "player_game_summary": (
        "team",
        "opponent",
        "is_home",
        "seconds_played",
        "points",
        "rebounds",
        "assists",
        "threes",
        "team_points",
        "team_seconds",
    ),
    "upcoming_player_game_context": (
        "team",
        "opponent",
        "is_home",
        "tip_at",
        "roster_source",
        "row_status",
        "is_retrospective",
    ),
    "player_composite_factors": (
        "team",
        "opponent",
        "is_home",
        "tip_at",
        "context_source",
        "gate_expected",
        "gate_held",
        "is_retrospective",
    ),
    "predictions": (
        "team",
        "opponent",
        "is_home",
        "tip_at",
        "line",
        "line_book",
        "line_known_at",
        "is_retrospective",
    ),
    "grades": ("team", "line", "actual", "outcome", "void_reason", "is_retrospective"),
}
"""What goes into `RowSeen.values`, by dataset, in this order, as DuckDB's Python client gives it
(instants UTC-aware). Of `odds_player_props` a key has many rows: there `values` is a tuple of such
tuples, one a row, sorted by (snapshot_at, player_name, bookmaker, market, line)."""

IDENTITY: Mapping[str, tuple[str, ...]] = {
    "schedule": ("game_date", "game_id", "known_at", "source"),
    "player_box_scores": ("game_date", "game_id", "player_id"),
    "odds_player_props": (
        "game_date",
        "game_id",
        "player_name",
        "bookmaker",
        "market",
        "line",
        "snapshot_at",
    ),
    "player_game_summary": ("game_date", "game_id", "player_id"),
    "upcoming_player_game_context": ("game_date", "game_id", "player_id"),
    "player_composite_factors": ("game_date", "game_id", "player_id"),
    "predictions": ("game_date", "game_id", "player_id", "stat"),
    "grades": ("game_date", "game_id", "player_id", "stat"),
}
"""Two rows of a table that agree in these columns are one row too many (`RowSeen.doubled`)."""

KEYS: Mapping[str, str] = {
    "nba_schedule": "schedule",
    "odds_events": "listing",
    "odds_event_props": "game_id",
    "nba_boxscore": "game_id",
    "schedule": "game_id",
    "player_box_scores": "game_id/player_id, or game_id/team while nobody is known by name",
    "odds_player_props": "game_id",
    "player_game_summary": "game_id/player_id, or game_id/team while nobody is known by name",
    "upcoming_player_game_context": "game_id/player_id",
    "player_composite_factors": "game_id/player_id",
    "predictions": "game_id/player_id",
    "grades": "game_id/player_id",
}
"""What the keys of a cell look like; `nba_schedule` has bodies under `scoreboard` besides."""


@dataclass(frozen=True, slots=True)
class ScheduleSaid:
    """A schedule body: every game it lists, of all types. `season` is None for a scoreboard, which
    speaks of one date. `served_at` is the body's own instant (UTC; the row's `known_at`)."""

    served_at: datetime
    games: tuple[GameListing, ...]
    season: str | None


Facts = ScheduleSaid | EventListing | EventProps | BoxScore
"""What a body says, by feed: `nba_schedule`: ScheduleSaid, for both its kinds of body;
`odds_events`: EventListing; `odds_event_props`: EventProps; `nba_boxscore`: BoxScore. As the
vendors' parsers give it, once a digest (the same object for the same body)."""


@dataclass(frozen=True, slots=True)
class BodySeen:
    """One good answer of the archive's index (outcome `ok`).

    `digest_ok`: the archive still has the body. `facts` are kept even when it has not.
    `checked_at`: when the vendor last gave this same answer (`fetched_at` if it never did again).
    """

    fetched_at: datetime
    checked_at: datetime
    digest_ok: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class RowSeen:
    """The row(s) of one key in the lake.

    `values`: see `COLUMNS`; of `schedule` the latest version (`known_at`, then `fetched_at`).
    `count`: all rows of the key; `doubled`: how many are too many (see `IDENTITY`). `known_at`,
    `fetched_at` are the latest row's, `as_of` too, None where the table has no such column.
    """

    values: tuple[Any, ...]
    known_at: datetime
    fetched_at: datetime
    as_of: datetime | None = None
    count: int = 1
    doubled: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What the stores really hold, all dates up to now, those before the home's `since` too.

    `bodies`: feed and cell date -> key -> good answers, oldest first (`scoreboard` of
    `nba_schedule` among them). `rows`: dataset and game date -> key -> the row(s); every row of the
    lake is in it, expected or not. `attempts`: tries counted per key since it was last good.
    `running`: cells under a live lease. Absent means none.
    """

    bodies: Mapping[CellId, Mapping[str, tuple[BodySeen, ...]]] = field(default_factory=dict)
    rows: Mapping[CellId, Mapping[str, RowSeen]] = field(default_factory=dict)
    attempts: Mapping[CellId, Mapping[str, int]] = field(default_factory=dict)
    running: frozenset[CellId] = frozenset()


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of one key at one instant.

    `states`: the admissible state words. `causes`: the admissible causes of missing, unrecoverable
    and suspect keys (None: any). `why`: a short sentence for the list of differences.
    """

    states: frozenset[str]
    causes: frozenset[str] | None
    why: str
