"""From wall-clock time to the game clock: periods, breaks, the text a feed shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fullcourt.nba.schedule import GameStatus

PERIOD_S = 720
OVERTIME_S = 300
# Wall-clock shares of a game without overtime: where each quarter starts and ends. What lies
# between is a break; the first minutes belong to the introductions.
QUARTERS = ((0.05, 0.26), (0.28, 0.48), (0.58, 0.77), (0.79, 1.0))
WALL_S_OF_AN_OVERTIME = 600.0


@dataclass(frozen=True, slots=True)
class GameMoment:
    """Where a game stands: `elapsed_s` of game time, `clock` as PT05M23.00S left in the period."""

    status: GameStatus
    period: int
    elapsed_s: int
    clock: str
    text: str


def moment(tip_at: datetime, final_at: datetime, overtimes: int, at: datetime) -> GameMoment:
    """The moment of a game that tips at `tip_at` and ends at `final_at`.

    The period before the tip is 0; text is `Q2 5:23`, `Halftime`, `End Q1`, `Final/OT`.
    """
    length = 4 * PERIOD_S + OVERTIME_S * overtimes
    if at >= final_at:
        extra = {0: "", 1: "/OT"}.get(overtimes, f"/OT{overtimes}")
        return GameMoment(GameStatus.FINAL, 4 + overtimes, length, "PT00M00.00S", f"Final{extra}")
    if at < tip_at:
        return GameMoment(GameStatus.SCHEDULED, 0, 0, "", "")
    overtime_wall = WALL_S_OF_AN_OVERTIME * overtimes
    regulation_wall = (final_at - tip_at).total_seconds() - overtime_wall
    passed = (at - tip_at).total_seconds()
    if passed >= regulation_wall:
        into = (passed - regulation_wall) / WALL_S_OF_AN_OVERTIME
        number = min(overtimes, 1 + int(into))
        seconds = int((into - (number - 1)) * OVERTIME_S)
        elapsed = 4 * PERIOD_S + (number - 1) * OVERTIME_S + min(seconds, OVERTIME_S - 1)
        left = OVERTIME_S - min(seconds, OVERTIME_S - 1)
        name = "OT" if number == 1 else f"OT{number}"
        return _live(4 + number, elapsed, left, f"{name} {left // 60}:{left % 60:02d}")
    share = passed / regulation_wall
    for index, (start, end) in enumerate(QUARTERS):
        if share < start:
            ended = index
            text = "Halftime" if ended == 2 else f"End Q{ended}" if ended else "Q1 12:00"
            left = 0 if ended else PERIOD_S
            return _live(max(ended, 1), ended * PERIOD_S, left, text)
        if share < end:
            seconds = int(PERIOD_S * (share - start) / (end - start))
            left = PERIOD_S - seconds
            text = f"Q{index + 1} {left // 60}:{left % 60:02d}"
            return _live(index + 1, index * PERIOD_S + seconds, left, text)
    # Rounding at the very end of regulation.
    return _live(4, 4 * PERIOD_S, 0, "End Q4")


def _live(period: int, elapsed_s: int, left_s: int, text: str) -> GameMoment:
    clock = f"PT{left_s // 60:02d}M{left_s % 60:02d}.00S"
    return GameMoment(GameStatus.LIVE, period, elapsed_s, clock, text)
