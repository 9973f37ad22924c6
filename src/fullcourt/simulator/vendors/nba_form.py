"""What the NBA's simulated feeds share: their times, codes and texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fullcourt.nba.calendar import EASTERN, game_date_of
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import Game, GameState


def meta(name: str, at: datetime) -> dict[str, Any]:
    """`meta` of a body served at `at`: its `time` is Eastern, with a false `Z`."""
    return {
        "version": 1,
        "code": 200,
        "request": f"http://nba.cloud/league/00/{name}?Format=json",
        "time": f"{at.astimezone(EASTERN):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
    }


def status_text(state: GameState) -> str:
    """`7:30 pm ET` before the tip, else the state's own text."""
    if state.status is not GameStatus.SCHEDULED:
        return state.status_text
    tip = state.tip_at.astimezone(EASTERN)
    return f"{(tip.hour - 1) % 12 + 1}:{tip.minute:02d} {'am' if tip.hour < 12 else 'pm'} ET"


def game_code(game: Game, state: GameState) -> str:
    """`20250109/CHALAL`: Eastern date, away and home team."""
    return f"{game_date_of(state.tip_at):%Y%m%d}/{game.away}{game.home}"


def utc_text(instant: datetime) -> str:
    """A `*UTC` field."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def false_z(instant: datetime, zone: ZoneInfo = EASTERN) -> str:
    """Local wall-clock time with the `Z` the real feeds put on it."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M:%S}Z"
