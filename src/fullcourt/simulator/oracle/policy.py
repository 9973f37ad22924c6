"""When a key must be there, how often it is tried, when it is given up: the policies again.

Restated here on purpose, from the texts, so that a policy changed in one place alone is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern, full_hour_from

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RetrySteps = tuple[tuple[timedelta, timedelta], ...]
"""(until this long after due, try every ...), the tightest first."""

VENDOR_RETRY: RetrySteps = (
    (timedelta(0), 15 * _MINUTE),
    (72 * _HOUR, _HOUR),
    (14 * _DAY, _DAY),
)
SNAPSHOT_RETRY: RetrySteps = (
    (timedelta(0), 30 * _MINUTE),
    (72 * _HOUR, _HOUR),
    (14 * _DAY, _DAY),
)
LOCAL_RETRY: RetrySteps = (
    (timedelta(0), 5 * _MINUTE),
    (6 * _HOUR, 15 * _MINUTE),
    (14 * _DAY, 6 * _HOUR),
)


@dataclass(frozen=True, slots=True)
class OraclePolicy:
    """The policies of a home. `since`: the first Eastern date that raises cells.

    `hours_before_tip`: the snapshots of lines that are wanted, the earliest first; `odds`: whether
    the odds vendor is configured. Every duration is counted as its name says; the hours of the
    morning are Eastern.
    """

    since: date
    odds: bool = True
    hours_before_tip: tuple[float, ...] = (8.0, 2.0)
    looks_ahead: timedelta = 14 * _HOUR
    result_due: timedelta = 5 * _HOUR
    game_length: timedelta = 150 * _MINUTE
    box_due: timedelta = 3 * _HOUR
    box_horizon: timedelta = 14 * _DAY
    summary_due: timedelta = _HOUR
    odds_due: timedelta = _HOUR
    credits_a_month: int | None = None
    """What snapshots are planned from: a game's closing one may then be its only one."""
    credits_kept: int = 50
    credits_a_call: int = 1
    closing_start: timedelta = 10 * _MINUTE
    closing_due: timedelta = 5 * _MINUTE
    closing_retry: timedelta = 3 * _MINUTE
    early_hour: int = 9
    context_start: timedelta = 6 * _HOUR
    context_due: timedelta = 2 * _HOUR
    factors_start: timedelta = 5 * _HOUR
    factors_due: timedelta = 90 * _MINUTE
    predictions_start: timedelta = 4 * _HOUR
    predictions_due: timedelta = 30 * _MINUTE
    roster_games: int = 20
    rotation_games: int = 5
    rotation_fewest: int = 3
    rotation_seconds: int = 3 * 10 * 60
    # A team's minutes are rounded per player; the sum may be off by this many seconds.
    seconds_tolerance: int = 10
    breaker_pause: timedelta = _HOUR
    """The longest a vendor is left alone after a row of failures (its breaker, `Retry-After`)."""
    cleaned_after: timedelta = 7 * _DAY
    """Context and factors that count for nothing may be removed so long after their game date."""

    @property
    def plans_credits(self) -> bool:
        """Whether snapshots are planned from a month's credits."""
        return self.credits_a_month is not None

    def is_short(self, closings: int) -> bool:
        """Whether a month's credits cannot pay one snapshot for each of its `closings`."""
        spendable = (self.credits_a_month or 0) - self.credits_kept
        return self.plans_credits and closings * self.credits_a_call > spendable

    def lines_start(self, game_date: date, tip_at: datetime) -> datetime:
        """When a game's lines may be there first: its earliest snapshot, were all of them paid."""
        if self.plans_credits:
            return min(eastern(game_date, self.early_hour), tip_at - self.closing_start)
        # Snapshots are asked for at full hours, so that games go together.
        first = full_hour_from(tip_at - timedelta(hours=max(self.hours_before_tip)))
        return min(first, self.lines_due(tip_at))

    def lines_due(self, tip_at: datetime) -> datetime:
        """When the absence of a game's lines is a loss."""
        return tip_at - (self.closing_due if self.plans_credits else self.odds_due)


RETRY: dict[str, RetrySteps] = {
    "nba_schedule": VENDOR_RETRY,
    "odds_events": SNAPSHOT_RETRY,
    "odds_event_props": SNAPSHOT_RETRY,
    "nba_boxscore": VENDOR_RETRY,
}
MAX_ATTEMPTS: dict[str, int] = {
    "nba_schedule": 100,
    "odds_events": 60,
    "odds_event_props": 120,
    "nba_boxscore": 150,
}


def steps_of(dataset: str) -> RetrySteps:
    """The retry steps of a feed or dataset: what needs no vendor is tried more often."""
    return RETRY.get(dataset, LOCAL_RETRY)


def next_attempt(dataset: str, due_at: datetime, last_at: datetime) -> datetime | None:
    """When a key tried at `last_at` in vain is tried next; None: its calendar is used up."""
    steps = steps_of(dataset)
    for until, every in steps:
        if last_at + every <= due_at + until:
            return last_at + every
    return None if dataset in RETRY else last_at + steps[-1][1]
