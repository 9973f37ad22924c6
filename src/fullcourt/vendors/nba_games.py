"""What the NBA's schedule and scoreboard forms share: teams, scores, overtimes, postponement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from fullcourt.nba.schedule import GameListing, GameStatus, says_postponed
from fullcourt.vendors.wire import Source

GameId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{10}$")]

_REGULATION_PERIODS = 4
_FINAL_TEXT = re.compile(r"final(?:/(\d*)ot(\d*))?", re.ASCII)


class Meta(msgspec.Struct, frozen=True):
    """`meta` of every body of the NBA's feeds."""

    time: str


class Side(msgspec.Struct, frozen=True, rename="camel"):
    """`homeTeam` or `awayTeam` of a game. Id 0 or no tricode: to be determined."""

    team_id: int
    team_tricode: str | None
    score: int | None = None

    @property
    def tricode(self) -> str | None:
        """The tricode as served; teams outside the league (All-Stars, guests) pass through."""
        code = (self.team_tricode or "").strip()
        return code if self.team_id and code else None


def listing(
    *,
    game_id: str,
    game_date: date,
    tip_at: datetime | None,
    home: Side,
    away: Side,
    status: GameStatus,
    status_text: str,
    if_necessary: bool,
    period: int | None,
) -> GameListing:
    """A game in the league's own terms. Scores and overtimes are None unless it was played out."""
    postponed = says_postponed(status_text)
    scores = final_scores(home, away) if status is GameStatus.FINAL and not postponed else None
    return GameListing(
        game_id=game_id,
        game_date=game_date,
        tip_at=None if status_text.strip().upper() == "TBD" else tip_at,
        home_team=home.tricode,
        away_team=away.tricode,
        status=status,
        status_text=status_text.strip(),
        is_postponed=postponed,
        if_necessary=if_necessary,
        home_score=scores[0] if scores else None,
        away_score=scores[1] if scores else None,
        overtimes=overtimes_of(status_text, period) if scores else None,
    )


def final_scores(home: Side, away: Side) -> tuple[int, int] | None:
    """Both scores; None where one is not given or both are 0 (no final ends 0:0)."""
    if home.score is None or away.score is None or home.score == away.score == 0:
        return None
    return home.score, away.score


def overtimes_of(status_text: str, period: int | None) -> int | None:
    """Overtimes of a final, from its text (`Final/OT2`) and its last period.

    A bare `Final` has been served for an overtime game, so the period has the last word over it.
    None where the two contradict or neither says.
    """
    match = _FINAL_TEXT.fullmatch(status_text.strip().lower())
    by_text = None
    if match and "ot" in match[0]:
        by_text = int(match[1] or match[2] or 1)
    by_period = None
    if period is not None and period >= _REGULATION_PERIODS:
        by_period = period - _REGULATION_PERIODS
    if by_text is not None and by_period is not None and by_text != by_period:
        return None
    if by_text is not None or by_period is not None:
        return by_text if by_text is not None else by_period
    return 0 if match else None


def without_duplicates(
    games: Sequence[GameListing], source: Source, body: bytes
) -> tuple[tuple[GameListing, ...], tuple[str, ...]]:
    """Each (game, date) once, and a note for each that was listed twice with equal content.

    Raises:
        ContractBroken: one (game, date) is listed twice with different content; to leave it out
            would look like a removal from the schedule.
    """
    by_key: dict[tuple[str, date], GameListing] = {}
    notes: list[str] = []
    for game in games:
        held = by_key.setdefault((game.game_id, game.game_date), game)
        if held is game:
            continue
        if held != game:
            raise source.broken(
                f"game {game.game_id} is listed twice on {game.game_date} with different content: "
                f"{held} and {game}",
                body,
            )
        notes.append(f"game {game.game_id} on {game.game_date}: listed twice, equal; taken once")
    return tuple(by_key.values()), tuple(notes)
