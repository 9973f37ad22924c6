"""The month's credits: what is left of them, and which snapshots of lines they are to buy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.scrape.odds import props_cost
from fullcourt.scrape.snapshots import (
    SlateGame,
    Snapshot,
    SnapshotPlan,
    period_of,
    plan_snapshots,
    tokens_taken,
)
from fullcourt.settings import OddsSettings
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.manifests import manifests_of
from fullcourt.stores.ledger.vendors import credits_left, credits_said

VENDOR, FEED = "odds_api", "odds_event_props"
NEXT_PERIOD_SEEN = timedelta(hours=36)
"""So long before a reset the next period is planned too: tonight's slate may lie in both."""
_CLOSING_RETRY, _RETRY = timedelta(minutes=3), timedelta(minutes=30)
Refusal = tuple[str, str]


@dataclass(frozen=True, slots=True)
class GameSnapshots:
    """One game's share of the plan, each the earliest first.

    `bought`: still to be taken; `given_up`: for want of credits; `taken`: paid for.
    """

    bought: tuple[Snapshot, ...] = ()
    given_up: tuple[Snapshot, ...] = ()
    taken: tuple[Snapshot, ...] = ()

    def next_ask(self, now: datetime, last_asked: datetime | None) -> datetime | None:
        """When the vendor is asked next (UTC), again after a pause where it was asked in vain."""
        for snapshot in self.bought:
            at = snapshot.at
            if last_asked is not None and last_asked >= at:
                # Nobody waits half an hour for what is gone in ten minutes.
                is_last = snapshot.until - snapshot.at < _RETRY
                at = last_asked + (_CLOSING_RETRY if is_last else _RETRY)
            if at < snapshot.until and now < snapshot.until:
                return at
        return None

    def look_at(self, now: datetime) -> datetime | None:
        """The next instant at which the plan may say otherwise of this game."""
        every = (*self.bought, *self.given_up, *self.taken)
        return min((s.at for s in every if s.at > now), default=None)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the plan has to spend in the account's period from `since` to `until` (UTC).

    `left`: credits by the vendor's last word, or the month's allowance when it has said nothing
    since the reset; `kept`: of them never spent but by force.
    """

    left: int
    kept: int
    since: datetime
    until: datetime
    is_said: bool

    @property
    def spendable(self) -> int:
        """Credits the plan may spend."""
        return max(0, self.left - self.kept)


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan as of one instant: the account's period, and the next one where it is near."""

    allowance: Allowance
    plans: tuple[SnapshotPlan, ...]
    games: Mapping[tuple[date, str], GameSnapshots] = field(default_factory=dict)

    def of(self, game_id: str, day: date) -> GameSnapshots:
        """What is planned of a game on a date; nothing where the plan does not know it."""
        return self.games.get((day, game_id), GameSnapshots())


def is_planned(odds: OddsSettings) -> bool:
    """Whether live snapshots are planned from a month's credits."""
    return odds.credits_a_month is not None and odds.mode == "live"


def allowance(ledger: Ledger, odds: OddsSettings, now: datetime) -> Allowance | None:
    """The credits of the period that holds `now`; None without a monthly allowance."""
    if odds.credits_a_month is None or not is_planned(odds):
        return None
    since, until = period_of(now, odds.credits_reset_day)
    said = credits_said(ledger, VENDOR)
    if said is None or said[0] is None or said[1] < since:
        left = max(0, odds.credits_a_month - _counted(ledger, odds, since, now))
        return Allowance(left, odds.keep_credits, since, until, is_said=False)
    return Allowance(said[0], odds.keep_credits, since, until, is_said=True)


def _counted(ledger: Ledger, odds: OddsSettings, since: datetime, now: datetime) -> int:
    """Credits our own answers since the reset cost at the most: the vendor does not say."""
    first, last = game_date_of(since), game_date_of(now) + timedelta(days=1)
    answers = manifests_of(ledger, FEED, first, last)
    return props_cost(odds) * sum(
        m.checks for m in answers if m.outcome == "ok" and m.checked_at >= since
    )


def credits_now(ledger: Ledger, odds: OddsSettings, now: datetime) -> int | None:
    """Credits left: the vendor's last word, or a new period's allowance; None: nobody knows."""
    planned = allowance(ledger, odds, now)
    return credits_left(ledger, VENDOR) if planned is None else planned.left


def plan_now(ledger: Ledger, lake: Lake, odds: OddsSettings, now: datetime) -> Planned | None:
    """The plan as of `now`, from credits, schedule and answers; None without an allowance."""
    given = allowance(ledger, odds, now)
    if given is None or odds.credits_a_month is None:
        return None
    today = game_date_of(now)
    is_near = given.until - now <= NEXT_PERIOD_SEEN
    end = period_of(given.until, odds.credits_reset_day)[1] if is_near else given.until
    games = slate_games(lake, today, game_date_of(end), now)
    taken = tokens_taken(games, taken_answers(ledger, today), given.since)
    cost = props_cost(odds)
    spans = [(given.spendable, given.since, given.until)]
    if is_near:
        # No word of the next period yet: what the account is given then.
        spans.append((max(0, odds.credits_a_month - given.kept), given.until, end))
    plans = tuple(
        plan_snapshots(games, credits, cost, now, since, until, taken)
        for credits, since, until in spans
    )
    return Planned(given, plans, _by_game(plans, today))


def slate_games(lake: Lake, first: date, last: date, now: datetime) -> tuple[SlateGame, ...]:
    """The games that count of a range of dates, as known at `now`."""
    rows = lake.rows(
        sql("pipeline", "snapshot_games"), {"first_date": first, "last_date": last, "now": now}
    )
    return tuple(SlateGame(game_id, day, tip) for day, game_id, tip in rows)


def taken_answers(ledger: Ledger, today: date) -> dict[str, list[datetime]]:
    """When good lines of today's and tomorrow's games came (UTC), by game id."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for manifest in manifests_of(ledger, FEED, today, today + timedelta(days=1)):
        if manifest.outcome == "ok":
            found[manifest.key] += [manifest.fetched_at, manifest.checked_at]
    return found


def _by_game(plans: Sequence[SnapshotPlan], today: date) -> dict[tuple[date, str], GameSnapshots]:
    """Of the slates near enough to be worked on."""
    shares: dict[tuple[date, str], tuple[list[Snapshot], list[Snapshot], list[Snapshot]]] = {}
    for plan in plans:
        for place, snapshots in enumerate((plan.bought, plan.given_up, plan.taken)):
            for snapshot in snapshots:
                if snapshot.game_date <= today + timedelta(days=1):
                    name = (snapshot.game_date, snapshot.game_id)
                    shares.setdefault(name, ([], [], []))[place].append(snapshot)
    return {
        name: GameSnapshots(*(tuple(sorted(part, key=lambda s: s.at)) for part in parts))
        for name, parts in shares.items()
    }


def refusals(
    ledger: Ledger, lake: Lake, odds: OddsSettings, now: datetime
) -> Callable[[date, str], Refusal | None]:
    """Why a game's lines are not to be bought now, as (cause, detail); None: they are.

    Without an allowance, or of a date that is not planned any more, nothing is refused.
    """
    planned = plan_now(ledger, lake, odds, now)
    if planned is None:
        return lambda day, game_id: None

    def refused(day: date, game_id: str) -> Refusal | None:
        share = planned.of(game_id, day)
        if any(s.is_open(now) for s in share.bought) or share == GameSnapshots():
            return None
        following = next((s for s in share.bought if s.at > now), None)
        words = words_of(planned)
        if following is not None:
            return ("quota_spent", f"{words}; this game's next is at {following.at:%H:%M} UTC")
        what = "the others of this game are" if share.taken else "this game's are"
        return ("quota_spent", f"{words}; {what} given up")

    return refused


def words_of(planned: Planned) -> str:
    """What there is to spend, until when, and how much of the plan is given up."""
    given = planned.allowance
    current = planned.plans[0]
    return (
        f"{given.spendable} credits to spend until {given.until:%Y-%m-%d} buy "
        f"{len(current.bought)} of {len(current.bought) + len(current.given_up)} snapshots"
    )
