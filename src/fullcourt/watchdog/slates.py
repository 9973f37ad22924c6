"""The prediction breaker at work: read how slates ended, move it, hold dates back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from fullcourt.clock import parse_instant
from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.prediction_breaker import (
    BreakerChangeRow,
    BreakerRow,
    add_breaker_changes,
    get_prediction_breaker,
    hold_back,
    put_prediction_breaker,
    release_holds,
)
from fullcourt.stores.ledger.verdicts import get_transitions, get_verdicts
from fullcourt.trust.prediction_breaker import (
    BreakerChange,
    BreakerState,
    PredictionBreaker,
    Slate,
    advance,
    override,
    slate_of,
)
from fullcourt.trust.words import Cause, KeyState

_DATASET = "predictions"


def look_at_slates(stores: Stores) -> tuple[BreakerChange, ...]:
    """Count the slates that ended since the last look, in one transaction; what changed.

    The first look of a home counts from its own date on: of earlier slates nobody knows whether
    anything was there to make them.
    """
    ledger, now = stores.ledger, stores.clock.now()
    today = game_date_of(now)
    stored = get_prediction_breaker(ledger)
    if stored is not None and not _has_news(ledger, stored, today):
        return ()
    with ledger.write():
        stored = get_prediction_breaker(ledger)
        breaker = (
            PredictionBreaker(today - timedelta(days=1)) if stored is None else _breaker(stored)
        )
        after, changes = advance(breaker, _slates(ledger, breaker, today), now, today)
        if stored is None or after != breaker:
            put_prediction_breaker(ledger, _row(after))
        for change in changes:
            _carry_out(ledger, after, change, stores)
    stores.failpoint("ledger.breaker")
    return changes


def override_breaker(stores: Stores, reason: str) -> BreakerChange | None:
    """Close the breaker because a person says so, and let the held dates pass; None: it was closed.

    The reason is kept in the breaker's log, in the gate log and in every row it lets through.
    """
    ledger = stores.ledger
    with ledger.write():
        stored = get_prediction_breaker(ledger)
        if stored is None:
            return None
        after, change = override(_breaker(stored), reason)
        if change is not None:
            put_prediction_breaker(ledger, _row(after))
            at = stores.clock.now()
            release_holds(ledger, at, reason)
            states = (change.from_state.value, change.to_state.value)
            add_breaker_changes(ledger, [BreakerChangeRow(*states, reason, "person", at)])
    return change


def _has_news(ledger: Ledger, stored: BreakerRow, today: date) -> bool:
    waits = stored.state == BreakerState.OPEN and stored.retry_on is not None
    if waits and stored.retry_on is not None and today >= stored.retry_on:
        return True
    return bool(_cells(ledger, stored.read_through, today))


def _cells(
    ledger: Ledger, read_through: date, today: date
) -> dict[date, Mapping[str, tuple[str, str | None, str, str]]]:
    rows = get_verdicts(
        ledger, first=read_through + timedelta(days=1), last=today, dataset=_DATASET
    )
    return {row.game_date: row.states for row in rows}


def _slates(ledger: Ledger, breaker: PredictionBreaker, today: date) -> list[Slate]:
    found = []
    for day, states in _cells(ledger, breaker.read_through, today).items():
        words = {key: (state, cause) for key, (state, cause, *_) in states.items()}
        never_run = {
            key
            for key, word in words.items()
            if word == (KeyState.UNRECOVERABLE.value, Cause.NEVER_RUN.value)
        }
        seen = _seen_missing(ledger, day) if never_run else frozenset()
        found.append(slate_of(day, words, seen, today))
    return found


def _seen_missing(ledger: Ledger, day: date) -> frozenset[str]:
    """Keys that were judged missing at an earlier instant than they were given up."""
    missing_at: dict[str, str] = {}
    seen = set()
    for row in get_transitions(ledger, _DATASET, day):
        if row.to_state == KeyState.MISSING.value:
            missing_at[row.key] = row.judged_at
        elif row.to_state == KeyState.UNRECOVERABLE.value:
            before = missing_at.get(row.key)
            if before is not None and parse_instant(before) < parse_instant(row.judged_at):
                seen.add(row.key)
    return frozenset(seen)


def _carry_out(
    ledger: Ledger, after: PredictionBreaker, change: BreakerChange, stores: Stores
) -> None:
    at = stores.clock.now()
    if change.to_state is BreakerState.OPEN:
        hold_back(ledger, change.held_dates, change.reason, after.failed, at)
    if change.to_state is BreakerState.CLOSED:
        release_holds(ledger, at)
    states = (change.from_state.value, change.to_state.value)
    add_breaker_changes(ledger, [BreakerChangeRow(*states, change.reason, "rule", at)])


def _breaker(row: BreakerRow) -> PredictionBreaker:
    return PredictionBreaker(
        row.read_through,
        BreakerState(row.state),
        row.failed,
        row.openings,
        row.opened_at,
        row.retry_on,
    )


def _row(breaker: PredictionBreaker) -> BreakerRow:
    return BreakerRow(
        breaker.read_through,
        breaker.state.value,
        breaker.failed,
        breaker.openings,
        breaker.opened_at,
        breaker.retry_on,
    )
