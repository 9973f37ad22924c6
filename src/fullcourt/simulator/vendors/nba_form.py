"""What the NBA's simulated feeds share: their times, codes and texts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fullcourt.nba.calendar import EASTERN
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import GameState

# The league's day turns over at 05:00 Eastern.
TURNOVER_HOUR: Final = 5
_LAST_OLDER_YEAR: Final = 2020


def meta(name: str, at: datetime, *, is_older: bool = False) -> dict[str, Any]:
    """`meta` of a body served at `at`: its `time` is Eastern, with a false `Z`."""
    return {
        "version": 1,
        "code": 200,
        "request": f"http://nba.cloud/league/00/{name}?Format=json",
        "time": stamp(at, is_older=is_older),
    }


def is_older_form(first_date: date) -> bool:
    """Whether a season's feeds have the form recorded in 2020-21."""
    return first_date.year <= _LAST_OLDER_YEAR


def stamp(at: datetime, *, is_older: bool = False) -> str:
    """`meta.time` of a body served at `at`: Eastern, with a false `Z`; bare in the older form."""
    if is_older:
        return f"{at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S.%f}"
    return f"{at.astimezone(EASTERN):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def league_day(at: datetime) -> date:
    """The league's day at `at`: it turns over at 05:00 Eastern, late games stay on their date."""
    eastern_now = at.astimezone(EASTERN)
    # By the hour on the wall: five o'clock on the days the clocks change too.
    is_last_night = eastern_now.hour < TURNOVER_HOUR
    return eastern_now.date() - timedelta(days=1 if is_last_night else 0)


def status_text(state: GameState) -> str:
    """`7:30 pm ET` before the tip (`TBD` while nobody knows it), else the state's own text."""
    if state.status is not GameStatus.SCHEDULED:
        return state.status_text
    if not state.tip_is_known:
        return "TBD"
    tip = state.tip_at.astimezone(EASTERN)
    return f"{(tip.hour - 1) % 12 + 1}:{tip.minute:02d} {'am' if tip.hour < 12 else 'pm'} ET"


def game_code(state: GameState) -> str:
    """`20250109/CHALAL`: Eastern date, away and home team."""
    return f"{state.game_date:%Y%m%d}/{state.away_team or 'TBD'}{state.home_team or 'TBD'}"


def utc_text(instant: datetime) -> str:
    """A `*UTC` field."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def false_z(instant: datetime, zone: ZoneInfo = EASTERN) -> str:
    """Local wall-clock time with the `Z` the real feeds put on it."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M:%S}Z"
