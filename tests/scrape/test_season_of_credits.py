"""A whole season on a monthly allowance, from schedule to last tip: what is spent, and on what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

import pytest

from fullcourt.nba.calendar import REGULAR, eastern
from fullcourt.scrape.snapshots import (
    Kind,
    SlateGame,
    Snapshot,
    period_of,
    plan_snapshots,
    snapshots_of,
)
from fullcourt.simulator.draws import Purpose, stream
from fullcourt.simulator.people import build_teams
from fullcourt.simulator.season import games_of, plan_season

FIRST = date(2025, 10, 21)


@cache
def season() -> tuple[SlateGame, ...]:
    """The 1,200 games of the built-in league's season, as planned."""
    pairings = plan_season(7, build_teams(30), FIRST)
    games = games_of(stream(7, Purpose.FIXTURES, 3), pairings, REGULAR, eastern(FIRST))
    return tuple(SlateGame(g.game_id, g.game_date, g.played.tip_at) for g in games)


@dataclass
class Account:
    """What the vendor counts, month by month."""

    limit: int
    left: int = 0
    since: datetime | None = None
    spent: Counter[datetime] = field(default_factory=Counter)
    bought: dict[datetime, list[Snapshot]] = field(default_factory=lambda: defaultdict(list))

    def turn_to(self, since: datetime) -> None:
        """Fill the account when a period begins."""
        if self.since != since:
            self.since, self.left = since, self.limit

    def charge(self, cost: int) -> None:
        """Take a price; an account that does not have it refuses."""
        assert self.since is not None
        assert cost <= self.left, "asked for what is not paid for"
        self.left -= cost
        self.spent[self.since] += cost


def walk(
    limit: int, cost: int, price: Callable[[], int], others: Callable[[], int] = lambda: 0
) -> Account:
    """Every instant of the season at which a snapshot may be taken, planned anew at each.

    `price`: what an answer really costs; `others`: what somebody else spends between two instants.
    """
    account = Account(limit)
    slates: dict[date, list[SlateGame]] = defaultdict(list)
    for game in season():
        slates[game.game_date].append(game)
    for day, slate in sorted(slates.items()):
        ahead = [g for g in season() if day <= g.game_date <= day + timedelta(days=32)]
        taken: set[tuple[str, datetime]] = set()
        for now in sorted({s.at for g in slate for s in snapshots_of(g)}):
            since, until = period_of(now, 1)
            account.turn_to(since)
            account.left -= min(account.left, others())
            plan = plan_snapshots(ahead, account.left, cost, now, since, until, taken)
            for snapshot in plan.bought:
                if snapshot.is_open(now):
                    account.charge(price())
                    account.bought[since].append(snapshot)
                    taken.add(snapshot.token)
    return account


def closings(since: datetime) -> int:
    """The games whose closing snapshot falls into a period."""
    return sum(period_of(snapshots_of(g)[-1].at, 1)[0] == since for g in season())


def test_a_season_at_500_credits_a_month_is_never_over() -> None:
    """At one credit each: every game's closing line, and every credit of a full month is used."""
    account = walk(500, 1, lambda: 1)
    assert all(spent <= 500 for spent in account.spent.values())
    for since, bought in account.bought.items():
        kinds = Counter(s.kind for s in bought)
        assert kinds[Kind.CLOSING] == closings(since)
        wanted = sum(s.at >= since for g in season() for s in snapshots_of(g)
                     if period_of(s.at, 1)[0] == since)  # fmt: skip
        assert account.spent[since] == min(500, wanted)


@pytest.mark.soak
def test_a_season_at_500_credits_and_five_markets_shares_them_out() -> None:
    """At five credits each a month pays for 100: closing lines alone, some of every slate."""
    account = walk(500, 5, lambda: 5)
    assert all(spent <= 500 for spent in account.spent.values())
    for since, bought in account.bought.items():
        if closings(since) <= 100:
            continue
        assert account.spent[since] == 500, since
        assert {s.kind for s in bought} == {Kind.CLOSING}
        shares = Counter(s.game_date for s in bought)
        slates = Counter(
            g.game_date for g in season() if period_of(snapshots_of(g)[-1].at, 1)[0] == since
        )
        # A night is served whole or like the others, give or take what is rounded.
        most = max(shares.values())
        assert all(shares[day] >= min(games, most - 2) for day, games in slates.items())


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
def test_a_season_with_others_on_the_key_is_never_over(seed: int) -> None:
    """Others spend, and some markets do not come back: nothing is asked that cannot be paid."""
    random = Random(seed)
    account = walk(700, 5, lambda: random.randint(0, 5), lambda: random.choice((0, 0, 0, 0, 3, 20)))
    assert all(spent <= 700 for spent in account.spent.values())
    assert len(account.bought) == len({period_of(eastern(g.game_date, 12), 1) for g in season()})
