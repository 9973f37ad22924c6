"""The schedule: preseason, the nights, and what goes wrong with dates (postponed, moved)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fullcourt.nba.calendar import PRESEASON, REGULAR, eastern, season_start_year
from fullcourt.simulator.draws import Purpose, pick, shuffled, stream
from fullcourt.simulator.facts import Appointment, Game, Team, Withdrawal

Tip = tuple[int, int]
WEEKDAY_TIPS: tuple[Tip, ...] = ((19, 0), (19, 30), (20, 0), (20, 30), (21, 0), (22, 0), (22, 30))
WEEKEND_TIPS: tuple[Tip, ...] = ((13, 0), (15, 30), (18, 0), (19, 0), (20, 30), (22, 30))
PRESEASON_DAYS_BEFORE = (10, 9, 8, 6, 5, 4)
PRESEASON_GAMES_A_TEAM = 4
RELEASED_DAYS_BEFORE = 60
# Share of the teams that play on a night with games.
NIGHT_SHARES = (0.35, 0.5, 0.6, 0.7, 0.8, 1.0)
OVERTIME_CHANCE = 0.06
NIGHTS_PER_POSTPONEMENT = 14
FEWEST_NIGHTS_WITH_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Pairing:
    """A planned game: tricodes, Eastern date, Eastern wall-clock tip."""

    home: str
    away: str
    night: date
    tip: Tip


def build_games(
    seed: int, teams: tuple[Team, ...], first_date: date, nights: int
) -> tuple[Game, ...]:
    """Every game of the league, preseason first, in the order of its ids.

    From eight nights on, one game is postponed per two weeks and one is moved; at least one game
    of the nights goes to overtime.
    """
    rng = stream(seed, Purpose.FIXTURES)
    preseason = plan_preseason(rng, teams, first_date)
    regular = _plan_nights(rng, teams, first_date, nights)
    released = eastern(first_date - timedelta(days=RELEASED_DAYS_BEFORE), 15)
    digits = season_start_year(first_date) % 100
    extra = [1 if rng.random() < OVERTIME_CHANCE else 0 for _ in regular]
    # One game of the first nights, whatever the dice say, and now and then a second overtime.
    extra[int(rng.random() * min(len(extra), 12))] = 2 if rng.random() < 0.15 else 1
    games = [
        new_game(
            rng, f"{kind}{digits:02d}{number:05d}", number + offset, pairing, released, overtimes
        )
        for kind, offset, pairings, overtime_list in (
            (PRESEASON, 100_000, preseason, [0] * len(preseason)),
            (REGULAR, 0, regular, extra),
        )
        for number, (pairing, overtimes) in enumerate(
            zip(pairings, overtime_list, strict=True), start=1
        )
    ]
    if nights >= FEWEST_NIGHTS_WITH_CHANGES:
        _change_dates(rng, games, first_date, nights)
    return tuple(games)


def new_game(
    rng: np.random.Generator,
    game_id: str,
    number: int,
    pairing: Pairing,
    released: datetime,
    overtimes: int,
) -> Game:
    """The game of a pairing, known from `released`; a draw says how long it takes."""
    tip_at = eastern(pairing.night, *pairing.tip)
    # Final 2:15 to 2:50 after the tip; overtime takes its ten minutes each within that.
    length = timedelta(seconds=int(60 * (135 + 15 * float(rng.random()))) + 600 * overtimes)
    return Game(
        game_id=game_id,
        number=number,
        home=pairing.home,
        away=pairing.away,
        appointments=(Appointment(pairing.night, tip_at, released),),
        overtimes=overtimes,
        final_at=tip_at + length,
    )


def plan_preseason(
    rng: np.random.Generator, teams: tuple[Team, ...], first_date: date
) -> list[Pairing]:
    """Four games a team in the ten days before `first_date`."""
    played = {team.tricode: 0 for team in teams}
    last_night: dict[str, date] = {}
    pairings: list[Pairing] = []
    for days_before in PRESEASON_DAYS_BEFORE:
        night = first_date - timedelta(days=days_before)
        ready = [
            team.tricode
            for team in shuffled(rng, teams)
            if played[team.tricode] < PRESEASON_GAMES_A_TEAM
            and last_night.get(team.tricode) != night - timedelta(days=1)
        ]
        # The last nights take whoever still lacks games, rested or not.
        if days_before <= 5:
            ready = [t.tricode for t in shuffled(rng, teams) if played[t.tricode] < 4]
        ready.sort(key=lambda tricode: played[tricode])
        for home, away in zip(ready[0::2], ready[1::2], strict=False):
            pairings.append(Pairing(home, away, night, pick(rng, WEEKDAY_TIPS)))
            for tricode in (home, away):
                played[tricode] += 1
                last_night[tricode] = night
    return pairings


def _plan_nights(
    rng: np.random.Generator, teams: tuple[Team, ...], first_date: date, nights: int
) -> list[Pairing]:
    off = _off_nights(rng, nights)
    nights_of: dict[str, list[int]] = {team.tricode: [] for team in teams}
    home_games = {team.tricode: 0 for team in teams}
    zones = {team.tricode: ZoneInfo(team.zone) for team in teams}
    pairings: list[Pairing] = []
    for index in range(nights):
        if index in off:
            continue
        night = first_date + timedelta(days=index)
        wanted = 2 * max(1, round(pick(rng, NIGHT_SHARES) * len(teams) / 2))
        # Nobody plays three nights in a row; who played least comes first.
        ready = [
            tricode
            for tricode in shuffled(rng, list(nights_of))
            if nights_of[tricode][-2:] != [index - 2, index - 1]
        ]
        ready.sort(key=lambda tricode: len(nights_of[tricode]))
        # Four teams stay fresh, so that tomorrow can have two games whatever today holds.
        tired = [tricode for tricode in ready if nights_of[tricode][-1:] == [index - 1]]
        kept_fresh = set(tired[len(teams) - 4 :])
        ready = [tricode for tricode in ready if tricode not in kept_fresh]
        chosen = shuffled(rng, ready[: min(wanted, len(ready) // 2 * 2)])
        tonight: list[tuple[str, str]] = []
        for one, other in zip(chosen[0::2], chosen[1::2], strict=True):
            home, away = sorted((one, other), key=lambda tricode: home_games[tricode])
            home_games[home] += 1
            tonight.append((home, away))
            for tricode in (home, away):
                nights_of[tricode].append(index)
        pairings.extend(with_tips(rng, night, tonight, zones, has_late_tip=index == 1))
    return pairings


def with_tips(
    rng: np.random.Generator,
    night: date,
    tonight: list[tuple[str, str]],
    zones: Mapping[str, ZoneInfo],
    *,
    has_late_tip: bool = False,
) -> list[Pairing]:
    """Tips for the (home, away) pairs of one night: the further west, the later (Eastern)."""
    noon = eastern(night, 12)
    ordered = sorted(tonight, key=lambda pair: -_utc_offset(noon, zones[pair[0]]))
    tips = _tips(rng, night, len(ordered), has_late_tip=has_late_tip)
    return [
        Pairing(home, away, night, tip) for (home, away), tip in zip(ordered, tips, strict=True)
    ]


def _utc_offset(instant: datetime, zone: ZoneInfo) -> float:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset.total_seconds()


def _off_nights(rng: np.random.Generator, nights: int) -> set[int]:
    """One night of every seven without games, never the first, the last, or the one before it."""
    off: set[int] = set()
    for week in range(0, nights, 7):
        candidates = [night for night in range(week + 2, week + 6) if night < nights - 2]
        if candidates:
            off.add(pick(rng, candidates))
    return off


def _tips(rng: np.random.Generator, night: date, games: int, *, has_late_tip: bool) -> list[Tip]:
    slots = WEEKEND_TIPS if night.weekday() >= 5 else WEEKDAY_TIPS
    tips = sorted(pick(rng, slots) for _ in range(games))
    if has_late_tip or night.weekday() == 4:
        tips[-1] = (22, 30)
    if night.weekday() == 6 or (night.weekday() == 5 and games > 1):
        tips[0] = (13, 0)
    return tips


def _change_dates(
    rng: np.random.Generator, games: list[Game], first_date: date, nights: int
) -> None:
    """Postpone one game per two weeks and move one; changes the list in place."""
    regular = [index for index, game in enumerate(games) if game.game_id.startswith(REGULAR)]
    last_date = first_date + timedelta(days=nights - 1)
    changed: set[int] = set()
    for block in range(max(1, nights // NIGHTS_PER_POSTPONEMENT)):
        start = first_date + timedelta(days=block * NIGHTS_PER_POSTPONEMENT + 3)
        stop = min(start + timedelta(days=7), last_date - timedelta(days=4))
        candidates = [
            index
            for index in regular
            if start <= games[index].game_date <= stop and not games[index].overtimes
        ]
        index = pick(rng, candidates)
        changed.add(index)
        old = games[index].played
        warning = pick(rng, (timedelta(0), timedelta(hours=2)))
        known = eastern(old.game_date + timedelta(days=1), 16)
        games[index] = _reappoint(
            rng, games, index, old.tip_at - warning, known, Withdrawal.POSTPONED, last_date
        )
    movable = [
        index
        for index in regular
        if index not in changed
        and first_date + timedelta(days=4)
        <= games[index].game_date
        <= last_date - timedelta(days=2)
    ]
    index = pick(rng, movable)
    announced = eastern(games[index].game_date - timedelta(days=3), 14)
    games[index] = _reappoint(rng, games, index, announced, announced, Withdrawal.MOVED, last_date)


def _reappoint(
    rng: np.random.Generator,
    games: Sequence[Game],
    index: int,
    withdrawn_at: datetime,
    known: datetime,
    withdrawal: Withdrawal,
    last_date: date,
) -> Game:
    game = games[index]
    old = game.played
    new_date = _free_date(games, game, old.game_date + timedelta(days=2), last_date)
    tip_at = eastern(new_date, *pick(rng, ((19, 0), (19, 30), (20, 0))))
    return replace(
        game,
        appointments=(
            *game.appointments[:-1],
            replace(old, withdrawn_at=withdrawn_at, withdrawal=withdrawal),
            Appointment(new_date, tip_at, known),
        ),
        final_at=tip_at + (game.final_at - old.tip_at),
    )


def _free_date(games: Sequence[Game], game: Game, earliest: date, last_date: date) -> date:
    """The first date with games on which neither team plays; else the first free one after."""
    teams = {game.home, game.away}
    # Dates a game has left count too: who knows only the old schedule must not see a clash.
    busy = {
        appointment.game_date
        for other in games
        if teams & {other.home, other.away}
        for appointment in other.appointments
    }
    with_games = {other.game_date for other in games}
    candidate = earliest
    while candidate in busy or (candidate <= last_date and candidate not in with_games):
        candidate += timedelta(days=1)
    return candidate
