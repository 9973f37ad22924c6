"""What a league is built from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fullcourt.simulator.calendars import SPANS, Calendar, nights_of

DEFAULT_FIRST_DATE = date(2025, 10, 21)
TEAMS_OF_A_FULL_LEAGUE = 30


@dataclass(frozen=True, slots=True)
class LeagueConfig:
    """What a league is built from. `nights` counts dates from `first_date`, off days included.

    `calendar` may be given as its word.

    Raises:
        ValueError: when a number is outside what a league can be.
    """

    seed: int
    teams: int = 10
    first_date: date = DEFAULT_FIRST_DATE
    nights: int = 15
    calendar: Calendar = Calendar.SHORT

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed={self.seed}: a seed is not negative")
        if self.nights < 1:
            raise ValueError(f"nights={self.nights}: a league has at least one night")
        # A world file gives the word.
        object.__setattr__(self, "calendar", Calendar(self.calendar))
        if self.calendar is Calendar.SHORT:
            return
        span = SPANS[self.calendar]
        if self.teams < span.fewest_teams or self.teams % 2:
            raise ValueError(
                f"teams={self.teams}: the calendar {self.calendar} is for an even number of teams "
                f"from {span.fewest_teams} on"
            )
        if not span.accepts(self.first_date):
            raise ValueError(
                f"first_date={self.first_date}: the calendar {self.calendar} begins between "
                f"{span.earliest[0]}/{span.earliest[1]} and {span.latest[0]}/{span.latest[1]}"
            )
        if self.nights > (most := nights_of(self.calendar, self.first_date)):
            raise ValueError(
                f"nights={self.nights}: the calendar {self.calendar} from {self.first_date} has "
                f"{most}"
            )


def calendar_config(calendar: Calendar, seed: int, nights: int | None = None) -> LeagueConfig:
    """A full calendar's usual configuration: 30 teams, its own first date, all its nights or so
    many.

    Raises:
        ValueError: more nights than the calendar has.
        KeyError: the calendar `short` has no usual dates.
    """
    first_date = SPANS[calendar].first_date
    return LeagueConfig(
        seed,
        TEAMS_OF_A_FULL_LEAGUE,
        first_date,
        nights_of(calendar, first_date) if nights is None else nights,
        calendar,
    )
