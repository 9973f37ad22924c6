"""Which snapshots of lines are bought: planned from credits, slates and time to tip. Pure.

Plans are nested: what few credits buy, more credits buy too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from fullcourt.nba.calendar import eastern

CLOSING_BEFORE = timedelta(minutes=10)
LAST_HOUR_BEFORE = timedelta(minutes=30)
"""A snapshot nearer to the tip than this would only double the closing one."""
_EARLY, _NOON, _FIRST_HOUR, _USUAL_TIP = 9, 12, 13, 19
"""Hours of the day, Eastern; the last stands in for a tip nobody has named yet."""


class Kind(StrEnum):
    """What a snapshot is for."""

    CLOSING = "closing"
    LAST_HOUR = "last hour"
    NOON = "noon"
    EARLY = "early"
    HOURLY = "hourly"


WORTH: Mapping[Kind, str] = {
    Kind.CLOSING: "predictions are measured against it: it knows who plays; later it costs tenfold",
    Kind.LAST_HOUR: "the lines predictions are made from when they are due, 30 min before the tip",
    Kind.NOON: "halfway from the opening line to the closing one, after the morning's injury news",
    Kind.EARLY: "the opening line: how far the market moved is seen from it",
    Kind.HOURLY: "the path between the others; each says little that the next does not",
}
"""Why a snapshot is worth what it is, the dearest kind first: the last is given up first."""


@dataclass(frozen=True, slots=True)
class SlateGame:
    """A game lines may be bought of. `tip_at` (UTC) None: not named yet."""

    game_id: str
    game_date: date
    tip_at: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot of one game: asked for from `at` until `until`, end excluded (UTC).

    `tier`: 0 is worth most.
    """

    game_id: str
    game_date: date
    kind: Kind
    at: datetime
    until: datetime
    tier: int

    @property
    def token(self) -> tuple[str, datetime]:
        """Which snapshot this is, whoever planned it."""
        return (self.game_id, self.at)

    def is_open(self, now: datetime) -> bool:
        """Whether it may be taken at `now`."""
        return self.at <= now < self.until


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """What is bought, what is given up for want of credits, and what was taken before.

    Each in the order of worth. `cost`: credits a snapshot costs at the most; `until`: when the
    account is filled again (UTC).
    """

    bought: tuple[Snapshot, ...]
    given_up: tuple[Snapshot, ...]
    taken: tuple[Snapshot, ...]
    cost: int
    until: datetime

    @property
    def credits(self) -> int:
        """Credits the plan still spends, at the most."""
        return len(self.bought) * self.cost


def period_of(now: datetime, reset_day: int) -> tuple[datetime, datetime]:
    """The account's period that holds `now`: from one reset (00:00 UTC) to the next, excluded."""
    at = now.astimezone(UTC)
    this = datetime(at.year, at.month, reset_day, tzinfo=UTC)
    if at < this:
        return _months_on(this, -1), this
    return this, _months_on(this, 1)


def _months_on(at: datetime, months: int) -> datetime:
    whole = at.year * 12 + at.month - 1 + months
    return at.replace(year=whole // 12, month=whole % 12 + 1)


@lru_cache(maxsize=8192)
def _drawn(snapshot: Snapshot) -> bytes:
    return sha256(f"{snapshot.game_id} {snapshot.game_date}".encode()).digest()


@lru_cache(maxsize=8192)
def snapshots_of(game: SlateGame) -> tuple[Snapshot, ...]:
    """Every snapshot a game's lines are worth having at, the earliest first.

    09:00 and 12:00 Eastern, every full hour from 13:00 to half an hour before the tip, and one ten
    minutes before it. What falls later than half an hour before the tip is left out.
    """
    day = game.game_date
    tip = game.tip_at or eastern(day, _USUAL_TIP)
    last = tip - LAST_HOUR_BEFORE
    hours: list[datetime] = []
    at = eastern(day, _FIRST_HOUR)
    while at <= last:
        hours.append(at)
        at += timedelta(hours=1)
    found: list[tuple[datetime, Kind, int]] = [
        (at, kind, tier)
        for at, kind, tier in (
            (eastern(day, _EARLY), Kind.EARLY, 3),
            (eastern(day, _NOON), Kind.NOON, 2),
        )
        if at <= last
    ]
    for back, at in enumerate(reversed(hours), start=1):
        # The further from the tip, the less it says.
        found.append((at, Kind.LAST_HOUR, 1) if back == 1 else (at, Kind.HOURLY, 2 + back))
    found.append((tip - CLOSING_BEFORE, Kind.CLOSING, 0))
    found.sort()
    ends = [at for at, *_ in found[1:]] + [tip]
    return tuple(
        Snapshot(game.game_id, day, kind, at, end, tier)
        for (at, kind, tier), end in zip(found, ends, strict=True)
    )


def plan_snapshots(
    games: Iterable[SlateGame],
    credits: int,
    cost: int,
    now: datetime,
    since: datetime,
    until: datetime,
    taken: Collection[tuple[str, datetime]] = (),
) -> SnapshotPlan:
    """What `credits` buy of the snapshots of `games` whose instant lies in `since` to `until`.

    A kind is bought of every game of the period before any of the next kind. Where credits do not
    reach for all, each slate gets its first game before any gets its second; which games come first
    is drawn from their ids, so that neither a team nor a tip time is favoured. `taken`: tokens of
    snapshots that are paid for; what can no longer be taken at `now` costs nothing and is left out.

    Raises:
        ValueError: `cost` is not positive.
    """
    if cost <= 0:
        raise ValueError(f"cost: {cost} credits a snapshot: a plan needs a price above 0")
    inside = [s for game in games for s in snapshots_of(game) if since <= s.at < until]
    affordable = max(0, credits) // cost
    bought: list[Snapshot] = []
    given_up: list[Snapshot] = []
    paid: list[Snapshot] = []
    for snapshot in _by_worth(inside):
        if snapshot.token in taken:
            paid.append(snapshot)
        elif now >= snapshot.until:
            continue
        elif len(bought) < affordable:
            bought.append(snapshot)
        else:
            given_up.append(snapshot)
    return SnapshotPlan(tuple(bought), tuple(given_up), tuple(paid), cost, until)


def _by_worth(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """By kind, then turn by turn: each slate's first game, each slate's second, the nearest first.

    What has passed keeps its turn, so that the order stands while a night goes by.
    """
    turns: dict[tuple[int, date], list[Snapshot]] = defaultdict(list)
    for snapshot in snapshots:
        turns[(snapshot.tier, snapshot.game_date)].append(snapshot)
    order = [
        (snapshot.tier, turn, snapshot.game_date, snapshot)
        for slate in turns.values()
        for turn, snapshot in enumerate(sorted(slate, key=_drawn))
    ]
    return [snapshot for *_, snapshot in sorted(order, key=lambda item: item[:3])]


def tokens_taken(
    games: Iterable[SlateGame], answered: Mapping[str, Collection[datetime]], since: datetime
) -> frozenset[tuple[str, datetime]]:
    """The snapshots that good answers (instants by game id, from `since` on) were."""
    return frozenset(
        snapshot.token
        for game in games
        if game.game_id in answered
        for snapshot in snapshots_of(game)
        if any(since <= at and snapshot.is_open(at) for at in answered[game.game_id])
    )
