"""What goes wrong with a season's dates: postponed and moved games, at rates a night.

Each date has dice of its own, so that what happens does not depend on how many nights are played.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from fullcourt.nba.calendar import REGULAR, eastern, game_type
from fullcourt.simulator.draws import Purpose, pick, stream
from fullcourt.simulator.facts import Appointment, Game, Withdrawal

POSTPONED_A_NIGHT = 0.08
MOVED_A_NIGHT = 0.05
# A new date is one that has games of its own anyway.
TEAMS_A_GAME_OF_A_NEW_DATE = 10
LONGEST_WAIT_DAYS = 45


@dataclass(frozen=True, slots=True)
class _Change:
    withdrawn_at: datetime
    known_from: datetime
    kind: Withdrawal


def with_changes(
    seed: int, games: Sequence[Game], days: Sequence[date], closed: Collection[date] = ()
) -> list[Game]:
    """`games` (regular ones, each with one appointment) with some of them on later dates.

    Postponed days before, hours before the tip (priced already), two hours before it or at the tip
    itself; or moved, announced three days before. `closed` dates take no game.
    """
    changed = list(games)
    on: dict[date, list[int]] = {}
    busy: dict[str, set[date]] = {}
    for index, game in enumerate(games):
        on.setdefault(game.game_date, []).append(index)
        for team in (game.home, game.away):
            busy.setdefault(team, set()).add(game.game_date)
    crowd = Counter(game.game_date for game in games)
    fewest = len(busy) // TEAMS_A_GAME_OF_A_NEW_DATE
    open_days = [day for day in days if crowd[day] >= max(1, fewest) and day not in closed]
    for day in days:
        rng = stream(seed, Purpose.CHANGES, day.toordinal())
        dice = rng.random(2)
        for kind, chance, roll in (
            (Withdrawal.POSTPONED, POSTPONED_A_NIGHT, dice[0]),
            (Withdrawal.MOVED, MOVED_A_NIGHT, dice[1]),
        ):
            candidates = [
                index
                for index in on.get(day, ())
                if game_type(games[index].game_id) == REGULAR
                and changed[index] is games[index]
                and not games[index].overtimes
            ]
            if roll >= chance or not candidates:
                continue
            index = pick(rng, candidates)
            change = _change(rng, kind, games[index].played)
            new_date = _free_date(games[index], change, open_days, busy)
            if new_date is not None:
                changed[index] = _reappointed(rng, games[index], change, new_date)
                for team in (games[index].home, games[index].away):
                    busy[team].add(new_date)
    return changed


def _change(rng: np.random.Generator, kind: Withdrawal, old: Appointment) -> _Change:
    if kind is Withdrawal.MOVED:
        announced = eastern(old.game_date - timedelta(days=3 + int(rng.random() * 8)), 14)
        # Nobody can move what nobody knows yet.
        announced = max(announced, old.known_from + timedelta(hours=1))
        return _Change(announced, announced, kind)
    at = pick(
        rng,
        (
            eastern(old.game_date - timedelta(days=2 + int(rng.random() * 4)), 15),
            old.tip_at - timedelta(hours=6),
            old.tip_at - timedelta(hours=2),
            old.tip_at - timedelta(hours=2),
            old.tip_at,
        ),
    )
    known = eastern(max(at.date(), old.game_date) + timedelta(days=1 + int(rng.random() * 4)), 16)
    return _Change(max(at, old.known_from + timedelta(hours=1)), known, kind)


def _free_date(
    game: Game, change: _Change, open_days: Sequence[date], busy: dict[str, set[date]]
) -> date | None:
    """The first open date on which both teams are free and neither plays its third in a row; when
    there is none, the first on which both are free."""
    earliest = max(change.known_from.date(), game.game_date) + timedelta(days=2)
    teams = [busy[game.home], busy[game.away]]
    free = [
        day
        for day in open_days
        if earliest <= day <= earliest + timedelta(days=LONGEST_WAIT_DAYS)
        and not any(day in dates for dates in teams)
    ]
    rested = (day for day in free if not any(_makes_three(dates, day) for dates in teams))
    return next(rested, free[0] if free else None)


def _makes_three(busy: set[date], day: date) -> bool:
    near = [day + timedelta(days=offset) in busy for offset in (-2, -1, 1, 2)]
    return (near[0] and near[1]) or (near[1] and near[2]) or (near[2] and near[3])


def _reappointed(rng: np.random.Generator, game: Game, change: _Change, new_date: date) -> Game:
    old = game.played
    tip_at = eastern(new_date, *pick(rng, ((19, 0), (19, 30), (20, 0))))
    return replace(
        game,
        appointments=(
            replace(old, withdrawn_at=change.withdrawn_at, withdrawal=change.kind),
            Appointment(new_date, tip_at, change.known_from),
        ),
        final_at=tip_at + (game.final_at - old.tip_at),
    )
