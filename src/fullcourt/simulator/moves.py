"""Who changes teams in a full league: trades, call-ups, waivers, and what a summer brings.

Each date has dice of its own, so that what happens does not depend on how many nights are played.
Everything takes effect at 09:00 Eastern, between the nights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.draws import Purpose, pick, shuffled, stream
from fullcourt.simulator.facts import Player, Stint

# Of a league of thirty teams.
TEAMS_OF_THE_RATES = 30
TRADES_A_DAY = 0.11
CALL_UPS_A_DAY = 0.24
WAIVERS_A_DAY = 0.06
# Nobody is traded in the first days of a season.
DAYS_WITHOUT_TRADES = 6
CONTRACT_ENDS_CHANCE = 0.5
LARGEST_ROSTER = 18
SMALLEST_ROSTER = 14
TRADED_PLACES = (2, 10)
MOVED_IN_SUMMER = 30
RETIRED_IN_SUMMER = 26


@dataclass(slots=True)
class Rolls:
    """Who is where now, and the stints that led there."""

    rosters: dict[str, list[Player]]
    _open: dict[int, tuple[str, datetime | None]] = field(default_factory=dict)
    _closed: list[Stint] = field(default_factory=list)

    @classmethod
    def of(cls, rosters: Mapping[str, Sequence[Player]]) -> Rolls:
        """The rolls of before the first game."""
        rolls = cls({team: list(players) for team, players in rosters.items()})
        for team, players in rosters.items():
            rolls._open.update({player.player_id: (team, None) for player in players})
        return rolls

    def join(self, player: Player, team: str, at: datetime) -> None:
        """`player` belongs to `team` from `at` on."""
        self.rosters[team].append(player)
        self.rosters[team].sort(key=lambda one: (-one.seconds, one.player_id))
        self._open[player.player_id] = (team, at)

    def leave(self, player: Player, at: datetime) -> None:
        """`player` belongs to nobody from `at` on."""
        team, since = self._open.pop(player.player_id)
        self.rosters[team].remove(player)
        self._closed.append(Stint(player.player_id, team, since, at))

    def size_of_team(self, player: Player) -> int:
        """How many belong to the team of `player`, who has one."""
        return len(self.rosters[self._open[player.player_id][0]])

    def has(self, player: Player) -> bool:
        """Whether `player` has a team."""
        return player.player_id in self._open

    def stints(self) -> tuple[Stint, ...]:
        """Every stint, ended ones first."""
        still = [Stint(who, team, since, None) for who, (team, since) in self._open.items()]
        return (*self._closed, *still)


def season_moves(
    seed: int,
    rolls: Rolls,
    newcomers: Iterator[Player],
    days: Sequence[date],
    trade_deadline: date,
) -> list[Player]:
    """Trades, call-ups and waivers on `days`, in order; returns who was called up.

    `newcomers` gives players nobody has heard of.
    """
    called: list[Player] = []
    share = len(rolls.rosters) / TEAMS_OF_THE_RATES
    leaving: dict[date, list[Player]] = {}
    for index, day in enumerate(days):
        rng = stream(seed, Purpose.MOVES, day.toordinal())
        at = eastern(day, 9)
        dice = rng.random(4)
        for player in leaving.pop(day, []):
            if rolls.has(player):
                rolls.leave(player, at)
        if (
            index >= DAYS_WITHOUT_TRADES
            and day <= trade_deadline
            and dice[0] < TRADES_A_DAY * share
        ):
            _trade(rng, rolls, at, players=2 if dice[3] < 0.3 else 1)
        if dice[1] < CALL_UPS_A_DAY * share and index:
            team = pick(rng, list(rolls.rosters))
            if len(rolls.rosters[team]) < LARGEST_ROSTER:
                player = next(newcomers)
                rolls.join(player, team, at)
                called.append(player)
                if rng.random() < CONTRACT_ENDS_CHANCE:
                    end = day + timedelta(days=10 + int(rng.random() * 31))
                    leaving.setdefault(end, []).append(player)
        if dice[2] < WAIVERS_A_DAY * share:
            team = pick(rng, list(rolls.rosters))
            if len(rolls.rosters[team]) > SMALLEST_ROSTER:
                rolls.leave(rolls.rosters[team][-1], at)
    return called


def _trade(rng: np.random.Generator, rolls: Rolls, at: datetime, *, players: int) -> None:
    """Two teams swap so many players of their rotations."""
    one, other = shuffled(rng, list(rolls.rosters))[:2]
    parts = {
        team: shuffled(rng, rolls.rosters[team][slice(*TRADED_PLACES)])[:players]
        for team in (one, other)
    }
    for player in (*parts[one], *parts[other]):
        rolls.leave(player, at)
    for team, comes_from in ((one, other), (other, one)):
        for player in parts[comes_from]:
            rolls.join(player, team, at)


def summer_moves(
    seed: int, rolls: Rolls, newcomers: Iterator[Player], day: date, rookies_a_team: int
) -> list[Player]:
    """Players retire, sign elsewhere, and rookies join every team; returns the rookies."""
    rng = stream(seed, Purpose.MOVES, day.toordinal(), 1)
    everybody = [player for roster in rolls.rosters.values() for player in roster]
    for player in shuffled(rng, everybody)[:RETIRED_IN_SUMMER]:
        if rolls.size_of_team(player) > SMALLEST_ROSTER:
            rolls.leave(player, eastern(day, 9))
    for index in range(MOVED_IN_SUMMER):
        _trade(rng, rolls, eastern(day + timedelta(days=3 + index % 20), 9), players=1)
    rookies: list[Player] = []
    for team in rolls.rosters:
        for _ in range(rookies_a_team):
            rookie = next(newcomers)
            rolls.join(rookie, team, eastern(day + timedelta(days=24), 9))
            rookies.append(rookie)
    return rookies
