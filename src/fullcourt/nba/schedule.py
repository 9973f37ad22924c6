"""What a schedule source says about one game at one time, in the league's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

POSTPONED_TEXTS = ("ppd", "postponed", "cancelled", "canceled")
GAME_LENGTH = timedelta(hours=2, minutes=30)
# A result first heard of later than this was not watched.
_WATCHED = timedelta(hours=12)


class GameStatus(IntEnum):
    """`gameStatus` of the NBA's feeds."""

    SCHEDULED = 1
    LIVE = 2
    FINAL = 3


@dataclass(frozen=True, slots=True)
class GameListing:
    """One game as one body of a schedule feed lists it.

    `tip_at` is UTC, None while to be determined; teams are tricodes, None while to be determined;
    scores are None unless final. `is_postponed` follows the status *text* (the flag fields lie).
    """

    game_id: str
    game_date: date
    tip_at: datetime | None
    home_team: str | None
    away_team: str | None
    status: GameStatus
    status_text: str
    is_postponed: bool
    if_necessary: bool
    home_score: int | None
    away_score: int | None
    overtimes: int | None

    @property
    def is_final(self) -> bool:
        """Played to the end: status 3 with scores, and not a postponement in disguise."""
        return (
            self.status is GameStatus.FINAL
            and not self.is_postponed
            and self.home_score is not None
            and self.away_score is not None
        )


def says_postponed(status_text: str) -> bool:
    """Whether a status text names a postponement or cancellation."""
    text = status_text.strip().lower()
    return any(text.startswith(word) for word in POSTPONED_TEXTS)


def ended_when(tip: datetime | None, final_known: datetime | None) -> datetime | None:
    """When a final game ended: when we saw it become final, or tip + 2:30 where nobody watched."""
    if tip is None:
        return final_known
    if final_known is not None and final_known - tip <= _WATCHED:
        return final_known
    return tip + GAME_LENGTH
