"""The prediction breaker: three failed slates in a row hold back the next. Pure.

A slate is counted once, when its last game has begun. It *failed* when so many of its keys were
lost by our own side that less than nine in ten of them are held: the processor failed, hung, or was
never run although the miss was seen before the tip. What a vendor or an upstream dataset did not
deliver, what this breaker held back, and a date without games say nothing about the predictions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from fullcourt.trust.words import Cause, KeyState

FAILED_SLATES = 3
"""So many failed slates in a row open the breaker."""
LEAST_HELD = 0.90
HELD_BACK_DAYS = (1, 2, 4, 7)
"""Game dates held back by the first opening, the second in a row, and so on."""
UPSTREAM = "prediction_breaker"
"""What the verdict names as being in the way, and the gate log as upstream."""

_HELD = frozenset({KeyState.COMPLETE, KeyState.SUSPECT, KeyState.STALE})
_OVER = _HELD | {KeyState.UNRECOVERABLE, KeyState.RETIRED}
_OURS = frozenset({Cause.PROCESSOR_FAILED, Cause.HUNG})


class SlateEnd(StrEnum):
    """What a slate says about the predictions."""

    OPEN = "open"
    GOOD = "good"
    FAILED = "failed"
    SILENT = "silent"


class BreakerState(StrEnum):
    """`half_open`: the next slate with a word to say is tried."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Slate:
    """How the predictions of one game date ended. `failed` and `held` count keys."""

    game_date: date
    end: SlateEnd
    failed: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class PredictionBreaker:
    """The breaker. Slates up to `read_through` have been counted; `failed` are those in a row.

    While it is not closed, predictions of game dates before `retry_on` are held back.
    """

    read_through: date
    state: BreakerState = BreakerState.CLOSED
    failed: tuple[date, ...] = ()
    openings: int = 0
    opened_at: datetime | None = None
    retry_on: date | None = None


@dataclass(frozen=True, slots=True)
class BreakerChange:
    """One change of the breaker's state, why, and the game dates it holds back from now on."""

    from_state: BreakerState
    to_state: BreakerState
    reason: str
    held_dates: tuple[date, ...] = ()


def slate_of(
    game_date: date,
    states: Mapping[str, tuple[str, str | None]],
    seen_missing: Collection[str],
    today: date,
) -> Slate:
    """What a slate's judged keys (state and cause words) say on the Eastern date `today`.

    `seen_missing`: keys that were seen missing before they were given up; one that nobody looked at
    was lost by a controller that did not run, which is an alert of its own.
    """
    if any(KeyState(state) not in _OVER for state, _ in states.values()):
        # Disputed keys may stay open for weeks: the slate does not wait for them.
        is_old = game_date < today - timedelta(days=1)
        return Slate(game_date, SlateEnd.SILENT if is_old else SlateEnd.OPEN)
    held = sum(KeyState(state) in _HELD for state, _ in states.values())
    failed = sum(
        _is_ours(key, KeyState(state), cause, seen_missing)
        for key, (state, cause) in states.items()
    )
    if not held and not failed:
        # Before its players are known a slate has no key; it is silent when its date is over.
        return Slate(game_date, SlateEnd.SILENT if game_date < today else SlateEnd.OPEN)
    is_failed = held < LEAST_HELD * (held + failed)
    return Slate(game_date, SlateEnd.FAILED if is_failed else SlateEnd.GOOD, failed, held)


def _is_ours(key: str, state: KeyState, cause: str | None, seen_missing: Collection[str]) -> bool:
    if state is not KeyState.UNRECOVERABLE or cause is None:
        return False
    return Cause(cause) in _OURS or (Cause(cause) is Cause.NEVER_RUN and key in seen_missing)


def advance(
    breaker: PredictionBreaker, slates: Sequence[Slate], now: datetime, today: date
) -> tuple[PredictionBreaker, tuple[BreakerChange, ...]]:
    """The breaker after what `slates` say, and its changes in order.

    Slates are taken in the order of their dates up to the first that is open; those counted before
    are passed over. `now` is UTC, `today` its Eastern date.
    """
    changes: list[BreakerChange] = []
    if breaker.state is BreakerState.OPEN and breaker.retry_on and today >= breaker.retry_on:
        breaker, change = _half_open(breaker)
        changes.append(change)
    for slate in sorted(slates, key=lambda s: s.game_date):
        if slate.game_date <= breaker.read_through:
            continue
        if slate.end is SlateEnd.OPEN:
            break
        breaker = replace(breaker, read_through=slate.game_date)
        counted, change_or_none = _count(breaker, slate, now, today)
        breaker = counted
        if change_or_none is not None:
            changes.append(change_or_none)
    return breaker, tuple(changes)


def override(
    breaker: PredictionBreaker, reason: str
) -> tuple[PredictionBreaker, BreakerChange | None]:
    """The breaker closed by a person; no change when it was closed."""
    if breaker.state is BreakerState.CLOSED:
        return breaker, None
    return PredictionBreaker(breaker.read_through), BreakerChange(
        breaker.state, BreakerState.CLOSED, reason
    )


def _half_open(breaker: PredictionBreaker) -> tuple[PredictionBreaker, BreakerChange]:
    reason = f"its time is over: one slate is tried, the first from {breaker.retry_on} on"
    change = BreakerChange(breaker.state, BreakerState.HALF_OPEN, reason)
    return replace(breaker, state=BreakerState.HALF_OPEN), change


def _count(
    breaker: PredictionBreaker, slate: Slate, now: datetime, today: date
) -> tuple[PredictionBreaker, BreakerChange | None]:
    if slate.end is SlateEnd.SILENT or _was_held_back(breaker, slate):
        return breaker, None
    if slate.end is SlateEnd.GOOD:
        good = replace(breaker, failed=())
        if breaker.state is BreakerState.CLOSED:
            return good, None
        reason = f"the slate of {slate.game_date} was tried and is whole: {slate.held} keys held"
        return PredictionBreaker(breaker.read_through), BreakerChange(
            breaker.state, BreakerState.CLOSED, reason
        )
    failed = (*breaker.failed, slate.game_date)
    if breaker.state is BreakerState.CLOSED and len(failed) < FAILED_SLATES:
        return replace(breaker, failed=failed), None
    return _open(replace(breaker, failed=failed), slate, now, today)


def _was_held_back(breaker: PredictionBreaker, slate: Slate) -> bool:
    """A slate from before the trial, read late, is not the trial."""
    return (
        breaker.state is not BreakerState.CLOSED
        and breaker.retry_on is not None
        and slate.game_date < breaker.retry_on
    )


def _open(
    breaker: PredictionBreaker, slate: Slate, now: datetime, today: date
) -> tuple[PredictionBreaker, BreakerChange]:
    days = HELD_BACK_DAYS[min(breaker.openings, len(HELD_BACK_DAYS) - 1)]
    first = max(slate.game_date + timedelta(days=1), today)
    held = tuple(first + timedelta(days=n) for n in range(days))
    named = ", ".join(day.isoformat() for day in breaker.failed)
    reason = (
        f"{len(breaker.failed)} slates in a row failed ({named}); "
        f"of the last, {slate.failed} keys failed and {slate.held} are held"
    )
    opened = replace(
        breaker,
        state=BreakerState.OPEN,
        openings=breaker.openings + 1,
        opened_at=now,
        retry_on=held[-1] + timedelta(days=1),
    )
    return opened, BreakerChange(breaker.state, BreakerState.OPEN, reason, held)
