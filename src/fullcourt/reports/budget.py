"""What a plan of so many credits a month buys of a home's own slates, and what it gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from fullcourt.errors import SettingsError
from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.allowance import allowance, slate_games
from fullcourt.scrape.odds import props_cost
from fullcourt.scrape.snapshots import (
    WORTH,
    Kind,
    SlateGame,
    SnapshotPlan,
    period_of,
    plan_snapshots,
    snapshots_of,
)
from fullcourt.settings import Home, OddsSettings
from fullcourt.stores.lake import Lake

PLANS = (500, 20_000, 100_000)
"""Credits a month of the plans that are compared."""
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of snapshot: how many the slates want, how many are bought, what it is good for."""

    kind: str
    wanted: int
    bought: int
    why: str

    @property
    def given_up(self) -> int:
        """Snapshots not bought."""
        return self.wanted - self.bought


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What one plan buys in the period. `credits` a month; `spendable`: without those kept;
    `spent`: at the most; `snapshots_a_slate`: mean; `kinds`: the dearest first; `given_up_first`:
    the kind of least worth that is not bought whole (None: everything is bought), with `why`.
    """

    credits: int
    is_yours: bool
    spendable: int
    spent: int
    snapshots: int
    snapshots_wanted: int
    snapshots_a_slate: float
    games_covered: int
    given_up_first: str | None
    why: str | None
    kinds: tuple[KindLine, ...]


@dataclass(frozen=True, slots=True)
class BudgetView:
    """Plans compared over one period of the account, from `since` to `until` (UTC), whole.

    `slates` and `games` are those known of it; `cost`: credits a live snapshot of one game costs at
    the most (markets x regions); `kept`: never spent but by force. `left`: credits left in the
    running period, None where nobody said; `is_planned`: whether the home plans its snapshots so.
    """

    home: str
    since: datetime
    until: datetime
    slates: int
    games: int
    cost: int
    markets: tuple[str, ...]
    kept: int
    mode: str
    left: int | None
    is_planned: bool
    plans: tuple[BudgetLine, ...]


def budget_view(home: Home, credits: Sequence[int] = PLANS) -> BudgetView:
    """What each of `credits` a month buys of the period that holds now, or of the next with games.

    Raises:
        SettingsError: no home there, its settings are wrong, or it knows no game to plan for.
    """
    from fullcourt.opening import open_home

    opened = open_home(home.path, read_only=True, vendors=False)
    try:
        stores, odds = opened.stores, opened.settings.odds
        now = stores.clock.now()
        since, until, games = _period(stores.lake, odds, now)
        given = allowance(stores.ledger, odds, now)
    finally:
        opened.close()
    yours = odds.credits_a_month
    wanted = sorted({*credits, *(() if yours is None else (yours,))})
    return BudgetView(
        home=str(home.path),
        since=since,
        until=until,
        slates=len({game.game_date for game in games}),
        games=len(games),
        cost=live_cost(odds),
        markets=odds.markets,
        kept=odds.keep_credits,
        mode=odds.mode,
        left=given.left if given is not None and given.is_said else None,
        is_planned=given is not None,
        plans=tuple(
            budget_line(games, amount, odds, since, until, is_yours=amount == yours)
            for amount in wanted
        ),
    )


def _period(
    lake: Lake, odds: OddsSettings, now: datetime
) -> tuple[datetime, datetime, tuple[SlateGame, ...]]:
    """The first period from now on that has games, with those whose closing falls into it."""
    since, until = period_of(now, odds.credits_reset_day)
    known = slate_games(lake, game_date_of(since), game_date_of(now + _A_YEAR), now)
    while since < now + _A_YEAR:
        games = tuple(g for g in known if since <= snapshots_of(g)[-1].at < until)
        if games:
            return since, until, games
        since, until = period_of(until, odds.credits_reset_day)
    raise SettingsError(
        f"no game from {now:%Y-%m-%d} on is in the schedule: there is nothing to plan for.",
        next_step="run `fullcourt run` once, so that the schedule is known",
    )


def live_cost(odds: OddsSettings) -> int:
    """Credits a live snapshot of one game costs at the most: only live ones are planned."""
    return props_cost(structs.replace(odds, mode="live"))


def budget_line(
    games: Sequence[SlateGame],
    credits: int,
    odds: OddsSettings,
    since: datetime,
    until: datetime,
    *,
    is_yours: bool = False,
) -> BudgetLine:
    """What `credits` a month buy of `games`, planned at the period's first instant."""
    spendable = max(0, credits - odds.keep_credits)
    plan = plan_snapshots(games, spendable, live_cost(odds), since, since, until)
    kinds = _kinds(plan)
    short = next((line for line in reversed(kinds) if line.given_up), None)
    slates = len({game.game_date for game in games})
    return BudgetLine(
        credits=credits,
        is_yours=is_yours,
        spendable=spendable,
        spent=plan.credits,
        snapshots=len(plan.bought),
        snapshots_wanted=len(plan.bought) + len(plan.given_up),
        snapshots_a_slate=round(len(plan.bought) / slates, 1),
        games_covered=len({(s.game_date, s.game_id) for s in plan.bought}),
        given_up_first=short.kind if short else None,
        why=short.why if short else None,
        kinds=kinds,
    )


def _kinds(plan: SnapshotPlan) -> tuple[KindLine, ...]:
    bought = Counter(snapshot.kind for snapshot in plan.bought)
    lost = Counter(snapshot.kind for snapshot in plan.given_up)
    return tuple(
        KindLine(kind.value, bought[kind] + lost[kind], bought[kind], WORTH[kind]) for kind in Kind
    )
