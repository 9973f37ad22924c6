"""The calendars a league can have, and when their seasons begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_OF_A_SEASON = 174
LAST_WEEKS_BEFORE_PLAYOFFS = 3
PLAYOFF_DAYS = 69
EARLIEST_OPENING = (10, 15)
# The summer world: the last week of a season, its final series, then nothing until October.
LAST_WEEK_DAYS = 7
NIGHTS_OF_THE_NEXT_SEASON = 3


class Calendar(StrEnum):
    """What part of the year a league plays.

    `short`: any number of teams and nights, for demonstrations. `season`: a regular season, or its
    first nights; from a date before the middle of October on it begins with the preseason and opens
    on the third Tuesday. `playoffs`: the last three weeks of a season, the play-in and four rounds.
    `summer`: a season's last week and final series, the empty months, preseason and the first
    nights of the next season.
    """

    SHORT = "short"
    SEASON = "season"
    PLAYOFFS = "playoffs"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Span:
    """A calendar's first date by default, the days of the year it may begin on, its fewest teams.

    The number of teams is even, so that on the last date of a season everybody plays.
    """

    first_date: date
    earliest: tuple[int, int]
    latest: tuple[int, int]
    fewest_teams: int

    def accepts(self, day: date) -> bool:
        """Whether a league of this calendar may begin on `day`."""
        return self.earliest <= (day.month, day.day) <= self.latest


SPANS: Mapping[Calendar, Span] = {
    Calendar.SEASON: Span(date(2025, 10, 21), (10, 1), (10, 31), 10),
    Calendar.PLAYOFFS: Span(date(2026, 3, 23), (3, 1), (5, 1), 20),
    Calendar.SUMMER: Span(date(2026, 5, 25), (5, 10), (6, 10), 10),
}


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`-th such weekday (Monday is 0) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def season_opening(first_date: date) -> date:
    """The first date with games of a season whose league begins on `first_date`."""
    is_early = (first_date.month, first_date.day) < EARLIEST_OPENING
    return opening_night(first_date.year) if is_early else first_date


def nights_of(calendar: Calendar, first_date: date) -> int:
    """The most nights a full calendar has from `first_date` on."""
    if calendar is Calendar.SUMMER:
        return (opening_night(first_date.year) - first_date).days + NIGHTS_OF_THE_NEXT_SEASON
    if calendar is Calendar.PLAYOFFS:
        return 7 * LAST_WEEKS_BEFORE_PLAYOFFS + PLAYOFF_DAYS
    return (season_opening(first_date) - first_date).days + DAYS_OF_A_SEASON


def opening_night(year: int) -> date:
    """The third Tuesday of October."""
    return nth_weekday(year, 10, 1, 3)
