"""What the expectations are derived from: the schedule and its witnesses, as known at one instant.

Plain data gathered by `fullcourt.trust.evidence`; nothing here reads anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Game:
    """One game on one date, as known now.

    `retired`: withdrawn from this date, with the reason. `disputed`: witnesses do not agree that it
    is played here. `final_at`: when it ended (UTC), None while it has not.
    """

    game_id: str
    game_date: date
    name: str
    tip_at: datetime | None
    home_team: str | None
    away_team: str | None
    is_final: bool = False
    final_at: datetime | None = None
    retired: str | None = None
    disputed: str | None = None
    home_score: int | None = None
    away_score: int | None = None
    overtimes: int | None = None
    is_recorded: bool = True
    """False: no row of the schedule has it, only the second witness or a body not loaded yet."""
    news_since: datetime | None = None
    """When the first archived body came (UTC) whose word on it no run has taken in."""


@dataclass(frozen=True, slots=True)
class SlatePlayer:
    """A player who belongs to one game of a slate."""

    game_id: str
    player_id: int
    name: str


@dataclass(frozen=True, slots=True)
class BoxBody:
    """What the archived box score body of one game says: who is listed and who appeared."""

    fetched_at: datetime
    listed: Mapping[int, str]
    appeared: frozenset[int]
    rejected: Mapping[int, str] = field(default_factory=dict)
    """Listed rows that break the contract by themselves, with the reason."""
    loaded: bool = True
    """Whether a run has taken this body into the lake."""
    precision_s: int = 1
    """To how many seconds its minutes are given."""


@dataclass(frozen=True, slots=True)
class PredictionState:
    """A held prediction and what has become of its game."""

    game_id: str
    player_id: int
    name: str
    game_state: str
    """final, postponed, pending, or final_without_box."""


@dataclass(frozen=True, slots=True)
class PlannedLines:
    """What is planned of one game's lines (instants UTC).

    `first_at`: the first snapshot that is or was bought; None: all are given up. `look_at`: when
    the plan may say otherwise. `why_none`: why nothing more is bought.
    """

    first_at: datetime | None = None
    look_at: datetime | None = None
    why_none: str | None = None


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Everything one date's expectations need.

    `in_charge`: the date lies at or after the home's `since`; earlier dates raise cells for box
    scores and summaries only. `schedule_known`: some archived schedule body covers this date.
    """

    game_date: date
    in_charge: bool
    schedule_known: bool
    games: tuple[Game, ...] = ()
    archived_game_ids: frozenset[str] = frozenset()
    """Games the newest archived schedule body lists for this date (the archive's own testimony)."""
    boxes: Mapping[str, BoxBody] = field(default_factory=dict)
    slate_players: tuple[SlatePlayer, ...] | None = None
    prediction_players: tuple[SlatePlayer, ...] | None = None
    prediction_warnings: tuple[str, ...] = ()
    predictions: tuple[PredictionState, ...] | None = None
    has_odds: bool = True
    """The odds vendor is configured and (in a replay) recorded for this date."""
    odds_recoverable: bool = False
    """Odds can still be had after the tip (historical endpoints)."""
    hours_before_tip: float = 8.0
    """When the first snapshot of a game is wanted, in hours before its tip."""
    planned_lines: Mapping[str, PlannedLines] | None = None
    """What the month's credits buy of each game; None: snapshots are taken at fixed hours."""
    credit_warnings: tuple[str, ...] = ()
    """What of the date's snapshots is given up for want of credits."""


def playable(games: tuple[Game, ...]) -> tuple[Game, ...]:
    """Games of the date that count: not withdrawn from it."""
    return tuple(game for game in games if game.retired is None)
