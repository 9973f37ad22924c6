"""The Cup's last rounds: games to be decided, the games the other teams get instead, the final.

Who meets whom is drawn; who goes on is who won. The final counts for no standings (type 006).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fullcourt.nba.calendar import CUP_FINAL, REGULAR, eastern, season_start_year
from fullcourt.simulator.draws import Purpose, shuffled, stream
from fullcourt.simulator.facts import Game, Team
from fullcourt.simulator.fixtures import Pairing, new_game, with_tips
from fullcourt.simulator.season import cup_window, overtimes_drawn

HomeWins = Callable[[Game], bool]
"""Whether the home team of a game wins it."""

QUARTER_FINALISTS = 8
FIRST_NUMBER = 1_201
FINAL_NUMBER = 400_000
# The group games end on the Friday eleven days before the quarter-finals.
DRAWN_DAYS_BEFORE = 11
NOTICED_AFTER = timedelta(minutes=20)
QUARTER_TIPS = ((0, (18, 0)), (0, (20, 30)), (1, (19, 30)), (1, (22, 0)))
SEMI_TIPS = ((17, 30), (21, 0))
# Days after the window's first on which the other teams play, each team once a pair of days.
OTHERS_PLAY_ON = ((2, 3), (5, 6))


def cup_games(
    seed: int,
    teams: Sequence[Team],
    first_date: date,
    released: datetime,
    home_wins: HomeWins,
) -> list[Game]:
    """Quarter-finals, semi-finals and the final, and two more games for everybody else.

    Every team so plays 82 games that count. The knock-out games stand in the schedule from its
    release, their teams to be determined; the others appear when the quarter-finals are drawn.
    """
    rng = stream(seed, Purpose.CUP)
    window = cup_window(first_date)
    year = season_start_year(first_date) % 100
    drawn_at = eastern(window - timedelta(days=DRAWN_DAYS_BEFORE), 23, 45)
    order = shuffled(rng, [team.tricode for team in teams])
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 100))

    def game(pairing: Pairing, known: datetime) -> Game:
        number = next(numbers)
        game_id = f"{REGULAR}{year:02d}{number:05d}"
        return new_game(rng, game_id, number, pairing, known, overtimes_drawn(rng))

    quarters = []
    for index, (day, tip) in enumerate(QUARTER_TIPS):
        pairing = Pairing(order[2 * index], order[2 * index + 1], window + timedelta(days=day), tip)
        quarter = _to_be_decided(game(pairing, released), drawn_at, "Cup Quarterfinal")
        appointment = replace(quarter.played, tip_known_from=drawn_at)
        quarters.append(replace(quarter, appointments=(appointment,)))
    winners = [_winner(quarter, home_wins) for quarter in quarters]
    semis = []
    for index, tip in enumerate(SEMI_TIPS):
        one, other = winners[2 * index : 2 * index + 2]
        pairing = Pairing(one, other, window + timedelta(days=4), tip)
        decided = [quarter.final_at for quarter in quarters[2 * index : 2 * index + 2]]
        semis.append(
            replace(
                _to_be_decided(game(pairing, released), drawn_at, "Cup Semifinal"),
                home_known_from=decided[0] + NOTICED_AFTER,
                away_known_from=decided[1] + NOTICED_AFTER,
            )
        )
    others = _others(rng, teams, window, order[QUARTER_FINALISTS:])
    losers = [_loser(quarter, winner) for quarter, winner in zip(quarters, winners, strict=True)]
    last_chance = _nights(rng, teams, [(losers[0], losers[2])], window + timedelta(days=5))
    last_chance += _nights(rng, teams, [(losers[1], losers[3])], window + timedelta(days=6))
    told = eastern(window + timedelta(days=2), 11)
    return [
        *quarters,
        *semis,
        *(game(pairing, drawn_at) for pairing in others),
        *(game(pairing, told) for pairing in last_chance),
        _final(rng, semis, window, released, home_wins),
    ]


def _final(
    rng: np.random.Generator,
    semis: Sequence[Game],
    window: date,
    released: datetime,
    home_wins: HomeWins,
) -> Game:
    home, away = (_winner(semi, home_wins) for semi in semis)
    pairing = Pairing(home, away, window + timedelta(days=7), (20, 30))
    game_id = f"{CUP_FINAL}{season_start_year(window) % 100:02d}00001"
    game = new_game(rng, game_id, FINAL_NUMBER, pairing, released, overtimes_drawn(rng))
    return replace(
        game,
        home_known_from=semis[0].final_at + NOTICED_AFTER,
        away_known_from=semis[1].final_at + NOTICED_AFTER,
        label="Cup Championship",
    )


def _to_be_decided(game: Game, known: datetime, label: str) -> Game:
    return replace(game, home_known_from=known, away_known_from=known, label=label)


def _winner(game: Game, home_wins: HomeWins) -> str:
    return game.home if home_wins(game) else game.away


def _loser(game: Game, winner: str) -> str:
    return game.away if winner == game.home else game.home


def _others(
    rng: np.random.Generator, teams: Sequence[Team], window: date, codes: list[str]
) -> list[Pairing]:
    """Two games for each of `codes`, against two different teams."""
    pairings: list[Pairing] = []
    half = len(codes) // 2
    for turn, (one_day, other_day) in enumerate(OTHERS_PLAY_ON):
        # Turned by one, nobody meets the same team again.
        opponents = codes[half + turn :] + codes[half : half + turn]
        pairs = list(zip(codes[:half], opponents, strict=True))
        if turn:
            pairs = [(away, home) for home, away in pairs]
        for part, day in ((pairs[: half // 2], one_day), (pairs[half // 2 :], other_day)):
            pairings += _nights(rng, teams, part, window + timedelta(days=day))
    return pairings


def _nights(
    rng: np.random.Generator, teams: Sequence[Team], pairs: list[tuple[str, str]], night: date
) -> list[Pairing]:
    zones = {team.tricode: ZoneInfo(team.zone) for team in teams}
    return with_tips(rng, night, pairs, zones) if pairs else []
