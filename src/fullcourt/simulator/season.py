"""A full season's fixtures: 80 games a team planned at once, the Cup window left open for the rest.

Every draw is for the whole season, so that its first nights are the same however many are played.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fullcourt.nba.calendar import ALL_STAR, PRESEASON, eastern, season_start_year
from fullcourt.simulator.calendars import DAYS_OF_A_SEASON, nth_weekday
from fullcourt.simulator.draws import Purpose, apportion, between, shuffled, stream
from fullcourt.simulator.facts import Appointment, Game, Team
from fullcourt.simulator.fixtures import Pairing, new_game, plan_preseason, with_tips

GAMES_BEFORE_THE_CUP_ADDS_TWO = 80
# Relative games by weekday, Monday first (the recorded seasons' order of magnitude).
WEEKDAY_WEIGHTS = (8.0, 6.0, 10.5, 4.0, 10.5, 8.5, 7.0)
NIGHT_SPREAD = 0.38
OPENING_GAMES = 2
MORE_OFF_NIGHTS = 3
OVERTIME_CHANCE = 0.051
SECOND_OVERTIME_CHANCE = 0.12
CUP_WINDOW_DAYS = 8
REST_COUNTS = 0.7
DICE_COUNT = 0.8
ATTEMPTS = 20
ALL_STAR_NUMBER = 500_000
PRESEASON_NUMBERS = 100_000


def cup_window(first_date: date) -> date:
    """The first of the eight dates the Cup's last rounds take: the second Tuesday of December."""
    return nth_weekday(first_date.year, 12, 1, 2)


def all_star_sunday(first_date: date) -> date:
    """The third Sunday of February."""
    return nth_weekday(first_date.year + 1, 2, 6, 3)


def season_days(first_date: date) -> list[date]:
    """Every date that may hold games planned from the start, in order."""
    window, sunday = cup_window(first_date), all_star_sunday(first_date)
    closed = {
        nth_weekday(first_date.year, 11, 3, 4),
        date(first_date.year, 12, 24),
        # With a day of rest before and after it: nobody plays three dates in a row.
        *(window + timedelta(days=index) for index in range(-1, CUP_WINDOW_DAYS + 1)),
        *(sunday + timedelta(days=index) for index in range(-2, 4)),
    }
    days = (first_date + timedelta(days=index) for index in range(DAYS_OF_A_SEASON))
    return [day for day in days if day not in closed]


def plan_season(seed: int, teams: tuple[Team, ...], first_date: date) -> list[Pairing]:
    """The 1,200 games of a season that are known from its release, in order."""
    rng = stream(seed, Purpose.FIXTURES, 1)
    days = season_days(first_date)
    weekdays = [day for day in days[2:-2] if day.weekday() < 4]
    inner = shuffled(rng, weekdays)[:MORE_OFF_NIGHTS]
    return plan_block(
        rng,
        teams,
        [day for day in days if day not in inner],
        GAMES_BEFORE_THE_CUP_ADDS_TWO,
        opening_games=OPENING_GAMES,
    )


def plan_block(
    rng: np.random.Generator,
    teams: Sequence[Team],
    days: Sequence[date],
    games_a_team: int,
    *,
    opening_games: int | None = None,
) -> list[Pairing]:
    """Games on `days` such that each team plays exactly `games_a_team`, all of them on the last.

    Nobody plays three dates in a row but for the last one.

    Raises:
        ValueError: when so many games do not fit on so many days.
    """
    for _ in range(ATTEMPTS):
        pairings = _try_block(rng, teams, days, games_a_team, opening_games)
        if pairings is not None:
            return pairings
    raise ValueError(f"{games_a_team} games a team do not fit on {len(days)} days")


def _try_block(
    rng: np.random.Generator,
    teams: Sequence[Team],
    days: Sequence[date],
    games_a_team: int,
    opening_games: int | None,
) -> list[Pairing] | None:
    zones = {team.tricode: ZoneInfo(team.zone) for team in teams}
    codes = list(zones)
    left = dict.fromkeys(codes, games_a_team)
    at_home = dict.fromkeys(codes, 0)
    dates_of: dict[str, list[date]] = {code: [] for code in codes}
    met: Counter[tuple[str, str]] = Counter()
    pairings: list[Pairing] = []
    owed = 0
    for day, planned in zip(days, _games_by_day(rng, codes, days, games_a_team, opening_games),
                            strict=True):  # fmt: skip
        is_last = day == days[-1]
        dice = dict(zip(codes, rng.random(len(codes)).tolist(), strict=True))
        yesterday, before = day - timedelta(days=1), day - timedelta(days=2)
        ready = [
            code
            for code in codes
            if is_last or (left[code] > 1 and dates_of[code][-2:] != [before, yesterday])
        ]
        # Who is behind comes first, the rested before the tired.
        ready.sort(
            key=lambda code, y=yesterday, d=dice: (  # type: ignore[misc]
                REST_COUNTS * (dates_of[code][-1:] == [y]) - left[code] + DICE_COUNT * d[code]
            )
        )
        games = min(planned + owed, len(ready) // 2)
        owed += planned - games
        tonight = _pair(shuffled(rng, ready[: 2 * games]), met, at_home)
        for code in (code for pair in tonight for code in pair):
            left[code] -= 1
            dates_of[code].append(day)
        pairings += with_tips(rng, day, tonight, zones)
    return pairings if not any(left.values()) else None


def _games_by_day(
    rng: np.random.Generator,
    codes: Sequence[str],
    days: Sequence[date],
    games_a_team: int,
    opening_games: int | None,
) -> list[int]:
    """How many games each day shall hold; all teams play on the last."""
    most = len(codes) // 2
    total = most * (games_a_team - 1)
    inner = list(days[:-1])
    weights = np.array(
        [
            WEEKDAY_WEIGHTS[day.weekday()] * between(rng, 1.0 - NIGHT_SPREAD, 1.0 + NIGHT_SPREAD)
            for day in inner
        ]
    )
    if opening_games is not None:
        weights[0] = 0.0
        total -= opening_games
    games = apportion(weights, total)
    for _ in range(len(inner)):
        over = int(np.maximum(games - most, 0).sum())
        if not over:
            break
        games = np.minimum(games, most)
        games += apportion(weights * (games < most), over)
    if opening_games is not None:
        games[0] = opening_games
    return [*games.tolist(), most]


def _pair(
    chosen: list[str], met: Counter[tuple[str, str]], at_home: dict[str, int]
) -> list[tuple[str, str]]:
    """(home, away) pairs of those who met least, at home who was least."""
    tonight: list[tuple[str, str]] = []
    while chosen:
        one = chosen.pop()
        other = min(chosen, key=lambda code: met[_key(one, code)])
        chosen.remove(other)
        home, away = sorted((one, other), key=lambda code: at_home[code])
        at_home[home] += 1
        met[_key(one, other)] += 1
        tonight.append((home, away))
    return tonight


def _key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def games_of(
    rng: np.random.Generator,
    pairings: Sequence[Pairing],
    kind: str,
    released: datetime,
    *,
    number: int = 0,
    season: int | None = None,
) -> list[Game]:
    """The games of these pairings with ids from 1 on; `number` sets their streams apart."""
    start = season if season is not None else season_start_year(pairings[0].night)
    return [
        new_game(
            rng,
            f"{kind}{start % 100:02d}{index:05d}",
            number + index,
            pairing,
            released,
            0 if kind == PRESEASON else overtimes_drawn(rng),
        )
        for index, pairing in enumerate(pairings, start=1)
    ]


def overtimes_drawn(rng: np.random.Generator) -> int:
    """0, now and then 1, seldom 2."""
    if rng.random() >= OVERTIME_CHANCE:
        return 0
    return 2 if rng.random() < SECOND_OVERTIME_CHANCE else 1


def preseason_games(
    seed: int, teams: tuple[Team, ...], opening: date, released: datetime, *, number: int = 0
) -> list[Game]:
    """Four preseason games a team before `opening`."""
    rng = stream(seed, Purpose.FIXTURES, 2, number)
    pairings = plan_preseason(rng, teams, opening)
    return games_of(rng, pairings, PRESEASON, released, number=PRESEASON_NUMBERS + number)


def all_star_game(first_date: date, home: str, away: str, released: datetime) -> Game:
    """The exhibition of the break's Sunday; the sides are no teams of the league."""
    sunday = all_star_sunday(first_date)
    tip_at = eastern(sunday, 20, 20)
    return Game(
        game_id=f"{ALL_STAR}{season_start_year(first_date) % 100:02d}00001",
        number=ALL_STAR_NUMBER,
        home=home,
        away=away,
        appointments=(Appointment(sunday, tip_at, released),),
        overtimes=0,
        final_at=tip_at + timedelta(minutes=150),
        label="All-Star Game",
    )
