"""The play-in and the playoffs: best of seven, with games that come or do not come.

Who is seeded where is drawn; who goes on is who won. Everything is listed when the regular season
ends: teams and tips as far as they are known, games five to seven `if_necessary`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fullcourt.nba.calendar import PLAY_IN, PLAYOFFS, eastern, season_start_year
from fullcourt.simulator.cup import HomeWins
from fullcourt.simulator.draws import Purpose, pick, shuffled, stream
from fullcourt.simulator.facts import Appointment, Game, Team, Withdrawal
from fullcourt.simulator.fixtures import Pairing, new_game
from fullcourt.simulator.season import overtimes_drawn

CONFERENCES = ("East", "West")
NUMBERS = 200_000
PLAY_IN_NUMBERS = 300_000
WINS_NEEDED = 4
MOST_GAMES = 7
# Whether the better seed is at home, game by game.
AT_HOME = (True, True, False, False, True, False, True)
NOTICED_AFTER = timedelta(minutes=30)
# Days after the regular season's last date.
PLAY_IN_DAYS = (2, 3, 5)
ROUND_STARTS = (6, 21, 36, 52)
EVERY_OTHER_DAY = (0, 2, 4, 6, 8, 10, 12)
FINALS_DAYS = (0, 3, 5, 8, 11, 14, 17)
ROUND_NAMES = ("First Round", "Conf. Semifinals", "Conf. Finals")
TIPS = ((19, 0), (19, 30), (20, 0), (21, 30), (22, 0))
FINALS_TIP = (20, 30)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the bracket: who takes it (known from an instant) and how he was seeded."""

    team: str
    seed: int
    known_from: datetime


@dataclass(frozen=True, slots=True)
class _Series:
    """What a series is before its first game."""

    code: str
    label: str
    days: tuple[date, ...]
    tip: tuple[int, int]
    listed_from: datetime


def postseason_games(
    seed: int, teams: Sequence[Team], last_day: date, home_wins: HomeWins
) -> list[Game]:
    """Play-in and playoffs after a regular season that ends on `last_day`."""
    rng = stream(seed, Purpose.POSTSEASON)
    listed = eastern(last_day + timedelta(days=1), 3)
    games: list[Game] = []
    champions: list[_Slot] = []
    for index, codes in enumerate(_conferences(teams, last_day)):
        seeds = [_Slot(code, place, listed) for place, code in enumerate(shuffled(rng, codes), 1)]
        play_in, field = _play_in(rng, seeds, index, last_day, home_wins)
        games += play_in
        for number in range(3):
            survivors: list[_Slot] = []
            for place, (one, other) in enumerate(_bracket(field)):
                start = last_day + timedelta(days=ROUND_STARTS[number] + (place + index) % 2)
                series = _Series(
                    code=f"{number + 1}{place + (4, 2, 1)[number] * index}",
                    label=f"{CONFERENCES[index]} {ROUND_NAMES[number]}",
                    days=tuple(start + timedelta(days=day) for day in EVERY_OTHER_DAY),
                    tip=pick(rng, TIPS),
                    listed_from=listed,
                )
                played, survivor = play_series(rng, series, one, other, home_wins)
                games += played
                survivors.append(survivor)
            field = survivors
        champions += field
    finals = _finals(last_day + timedelta(days=ROUND_STARTS[3]), listed)
    return games + play_series(rng, finals, champions[0], champions[1], home_wins)[0]


def final_series(
    seed: int, teams: Sequence[Team], last_day: date, start: date, home_wins: HomeWins
) -> list[Game]:
    """One series for the title between two teams that are drawn: a short season's end."""
    rng = stream(seed, Purpose.POSTSEASON)
    listed = eastern(last_day + timedelta(days=1), 3)
    one, other = shuffled(rng, [team.tricode for team in teams])[:2]
    slots = (_Slot(one, 1, listed), _Slot(other, 2, listed))
    return play_series(rng, _finals(start, listed), *slots, home_wins)[0]


def _finals(start: date, listed: datetime) -> _Series:
    days = tuple(start + timedelta(days=day) for day in FINALS_DAYS)
    return _Series("40", "Finals", days, FINALS_TIP, listed)


def play_series(
    rng: np.random.Generator, series: _Series, one: _Slot, other: _Slot, home_wins: HomeWins
) -> tuple[list[Game], _Slot]:
    """All seven games of a series, those not needed withdrawn, and who goes on."""
    better, worse = sorted((one, other), key=lambda slot: (slot.seed, slot.team))
    both_known = max(better.known_from, worse.known_from)
    # In the first round it is known who waits at home before it is known for whom.
    is_first = series.code.startswith("1")
    games: list[Game] = []
    wins = {better.team: 0, worse.team: 0}
    certain_from: list[datetime] = [both_known] * WINS_NEEDED
    decided_at: datetime | None = None
    for index, is_home in enumerate(AT_HOME):
        home, away = (better, worse) if is_home else (worse, better)
        game_id = (
            f"{PLAYOFFS}{season_start_year(series.days[0]) % 100:02d}00{series.code}{index + 1}"
        )
        game = replace(
            new_game(
                rng,
                game_id,
                NUMBERS + int(game_id[5:]),
                Pairing(home.team, away.team, series.days[index], series.tip),
                series.listed_from,
                overtimes_drawn(rng),
            ),
            home_known_from=home.known_from if is_first else both_known,
            away_known_from=away.known_from if is_first else both_known,
            if_necessary=index >= WINS_NEEDED,
            label=series.label,
            series_game=index + 1,
        )
        if decided_at is not None:
            games.append(_not_needed(game, decided_at))
            continue
        known = certain_from[index]
        appointment = replace(game.played, tip_known_from=max(known, game.played.known_from))
        game = replace(
            game,
            appointments=(appointment,),
            necessary_from=known if game.if_necessary else None,
        )
        games.append(game)
        wins[game.home if home_wins(game) else game.away] += 1
        noticed = game.final_at + NOTICED_AFTER
        # However it goes on, no series ends before somebody has four.
        sure = index + 1 + WINS_NEEDED - max(wins.values())
        certain_from += [noticed] * (min(sure, MOST_GAMES) - len(certain_from))
        if max(wins.values()) == WINS_NEEDED:
            decided_at = noticed
    assert decided_at is not None
    winner = better if wins[better.team] == WINS_NEEDED else worse
    return games, replace(winner, known_from=decided_at)


def _not_needed(game: Game, decided_at: datetime) -> Game:
    """A game whose series ended before it: listed without a tip until then, then gone."""
    gone = Appointment(
        game_date=game.game_date,
        tip_at=game.tip_at,
        known_from=game.played.known_from,
        withdrawn_at=decided_at,
        withdrawal=Withdrawal.NOT_NEEDED,
        tip_known_from=decided_at,
    )
    return replace(game, appointments=(gone,))


def _conferences(teams: Sequence[Team], day: date) -> tuple[list[str], list[str]]:
    """The eastern and the western half of the teams."""
    noon = eastern(day, 12)

    def west_of_greenwich(team: Team) -> tuple[float, int]:
        offset = noon.astimezone(ZoneInfo(team.zone)).utcoffset()
        assert offset is not None
        return -offset.total_seconds(), team.team_id

    codes = [team.tricode for team in sorted(teams, key=west_of_greenwich)]
    return codes[: len(codes) // 2], codes[len(codes) // 2 :]


def _play_in(
    rng: np.random.Generator,
    seeds: Sequence[_Slot],
    conference: int,
    last_day: date,
    home_wins: HomeWins,
) -> tuple[list[Game], list[_Slot]]:
    """Three games for the last two places, and the eight who go on, by seed."""
    year = season_start_year(last_day) % 100
    tip = ((19, 30), (22, 0))[conference]

    def game(code: int, home: _Slot, away: _Slot, day: int) -> Game:
        number = code + 20 * conference
        pairing = Pairing(home.team, away.team, last_day + timedelta(days=day), tip)
        listed = seeds[0].known_from
        made = new_game(
            rng, f"{PLAY_IN}{year:02d}{number:05d}", PLAY_IN_NUMBERS + number, pairing, listed,
            overtimes_drawn(rng),
        )  # fmt: skip
        return replace(
            made,
            home_known_from=home.known_from,
            away_known_from=away.known_from,
            label=f"Play-In Tournament {CONFERENCES[conference]}",
        )

    def settle(played: Game, home: _Slot, away: _Slot) -> tuple[_Slot, _Slot]:
        noticed = played.final_at + NOTICED_AFTER
        winner, loser = (home, away) if home_wins(played) else (away, home)
        return replace(winner, known_from=noticed), replace(loser, known_from=noticed)

    seventh = game(101, seeds[6], seeds[7], PLAY_IN_DAYS[0])
    ninth = game(111, seeds[8], seeds[9], PLAY_IN_DAYS[1])
    through, again = settle(seventh, seeds[6], seeds[7])
    survivor, _ = settle(ninth, seeds[8], seeds[9])
    last = game(201, again, survivor, PLAY_IN_DAYS[2])
    eighth, _ = settle(last, again, survivor)
    field = [*seeds[:6], replace(through, seed=7), replace(eighth, seed=8)]
    return [seventh, ninth, last], field


def _bracket(field: Sequence[_Slot]) -> list[tuple[_Slot, _Slot]]:
    """1-8, 4-5, 3-6, 2-7 of the eight; afterwards neighbours meet."""
    if len(field) == 8:
        return [(field[0], field[7]), (field[3], field[4]), (field[2], field[5]),
                (field[1], field[6])]  # fmt: skip
    return list(zip(field[0::2], field[1::2], strict=True))
