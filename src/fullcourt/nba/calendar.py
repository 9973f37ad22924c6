"""Eastern game dates, seasons and game types: the calendar every other room counts in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")

# Type digits of an NBA game id (`00` + type + season + number).
PRESEASON, REGULAR, ALL_STAR, PLAYOFFS, PLAY_IN, CUP_FINAL = (
    "001",
    "002",
    "003",
    "004",
    "005",
    "006",
)
COUNTED_TYPES = frozenset({REGULAR, PLAYOFFS, PLAY_IN, CUP_FINAL})


def game_date_of(instant: datetime) -> date:
    """The Eastern date of a UTC-aware instant (a 22:30 Eastern tip is the next day in UTC)."""
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: a game date needs a time zone")
    return instant.astimezone(EASTERN).date()


@lru_cache(maxsize=4096)
def eastern(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The UTC instant of a wall-clock time in New York on `day` (daylight saving included)."""
    return datetime.combine(day, time(hour, minute), EASTERN).astimezone(UTC)


def dates(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def game_type(game_id: str) -> str:
    """The type digits (`002` regular season, ...) of a ten-digit NBA game id."""
    return game_id[:3]


def raises_cells(game_id: str) -> bool:
    """Whether a game of this type is part of a slate (preseason and All-Star games are not)."""
    return game_type(game_id) in COUNTED_TYPES


def season_of(game_id: str) -> str:
    """`2024-25` for `0022400524`."""
    start = 2000 + int(game_id[3:5])
    # Ids carry two digits; the league's first season with this form is 1946-47.
    start = start if start < 2046 else start - 100
    return f"{start}-{(start + 1) % 100:02d}"


def season_start_year(day: date) -> int:
    """The year a season started in: a date from July on belongs to the season that starts then."""
    return day.year if day.month >= 7 else day.year - 1


def full_hour_from(at: datetime) -> datetime:
    """The first full hour at or after an instant, same zone."""
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(hours=1)
