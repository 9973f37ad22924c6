"""What the recordings know about a game: facts, before any masking by a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern

FINAL_AFTER_TIP = timedelta(hours=2, minutes=30)
"""When a game counts as over where its true end is not recorded."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the league's feeds name it. `team_id` is 0 where no recording carries an id."""

    team_id: int
    tricode: str
    city: str
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where one schedule puts a game. `tip_at` is UTC, None while no recording knows it."""

    game_date: date
    tip_at: datetime | None
    sequence: int
    arena_name: str
    arena_city: str
    arena_state: str

    @property
    def over_at(self) -> datetime:
        """Tip + 2:30; without a recorded tip 03:00 Eastern of the day after."""
        if self.tip_at is None:
            return eastern(self.game_date + timedelta(days=1), 3)
        return self.tip_at + FINAL_AFTER_TIP


@dataclass(frozen=True, slots=True)
class RecordedGame:
    """One game: where it was planned, where it was played, and how it ended.

    `played` is None for a planned game that was never played; `planned` is None where no plan of
    the season is recorded or the plan lacks the game. `known_all_season` is false for games whose
    teams are decided by results (Cup knockouts, play-in, playoffs, All-Star). Scores are None where
    no recording has them; `overtimes` counts from 0.
    """

    game_id: str
    home: Team
    away: Team
    played: Appearance | None
    planned: Appearance | None
    known_all_season: bool
    home_score: int | None
    away_score: int | None
    overtimes: int
    if_necessary: bool
    series_game_number: str
    label: str
    sub_label: str
    subtype: str
    is_neutral: bool

    @property
    def pair(self) -> frozenset[str]:
        """Both tricodes, without home and away: listings swap them on neutral floors."""
        return frozenset((self.home.tricode, self.away.tricode))

    @property
    def final_text(self) -> str:
        """`Final`, `Final/OT`, `Final/OT2`: what the league's feeds write."""
        if self.overtimes == 0:
            return "Final"
        return "Final/OT" if self.overtimes == 1 else f"Final/OT{self.overtimes}"


@dataclass(frozen=True, slots=True)
class Season:
    """All recorded games of a season. `plan_from` is when the recorded plan takes over (UTC)."""

    name: str
    games: tuple[RecordedGame, ...]
    plan_from: datetime | None
