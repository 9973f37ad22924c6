"""One game's box score in the league's own terms, whichever vendor form it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BoxLine:
    """One listed player. Counting fields are None when he did not appear; minutes are seconds."""

    player_id: int
    player_name: str
    team: str
    opponent: str
    is_home: bool
    is_starter: bool | None
    """None where the source does not say (LeagueGameLog)."""
    played: bool
    not_playing_reason: str | None
    seconds_played: int | None
    points: int | None
    rebounds: int | None
    offensive_rebounds: int | None
    defensive_rebounds: int | None
    assists: int | None
    threes: int | None
    threes_attempted: int | None
    field_goals: int | None
    field_goals_attempted: int | None
    free_throws: int | None
    free_throws_attempted: int | None
    steals: int | None
    blocks: int | None
    turnovers: int | None
    fouls: int | None
    plus_minus: int | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A listed player whose row breaks the contract by itself; `reason` names field and value."""

    player_id: int
    player_name: str
    team: str
    reason: str


@dataclass(frozen=True, slots=True)
class BoxScore:
    """A whole box score. `is_final` is None where the form does not say (stats V3)."""

    game_id: str
    home_team: str
    away_team: str
    is_final: bool | None
    home_score: int | None
    away_score: int | None
    overtimes: int | None
    served_at: datetime | None
    lines: tuple[BoxLine, ...]
    rejected: tuple[RejectedRow, ...]
    """Rows left out because they break the contract by themselves (`-1:0-57` minutes)."""
    notes: tuple[str, ...] = ()
    """What was folded (a player listed twice, all equal)."""
    precision_s: int = 1
    """Whole seconds, or 60 where the source gives whole minutes."""
