"""The prediction breaker as stored: its state, its changes, and the game dates it holds back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import (
    prediction_breaker,
    prediction_breaker_log,
    prediction_holds,
)

_NAME = "predictions"
# Built once: every look at predictions asks it.
_HOLDS = (
    select(prediction_holds)
    .where(
        prediction_holds.c.game_date >= bindparam("first"),
        prediction_holds.c.game_date <= bindparam("last"),
    )
    .order_by(prediction_holds.c.game_date)
)
_BREAKER = select(prediction_breaker).where(prediction_breaker.c.name == _NAME)


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """The breaker's state word, the failed slates in a row, and what it waits for."""

    read_through: date
    state: str
    failed: tuple[date, ...]
    openings: int
    opened_at: datetime | None
    retry_on: date | None


@dataclass(frozen=True, slots=True)
class BreakerChangeRow:
    """One change of the breaker. `by`: rule or person."""

    from_state: str
    to_state: str
    reason: str
    by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """One game date whose predictions are held back, until `released_at` (None: still).

    `failed`: the failed slates that opened the breaker; `override_reason`: why a person let the
    date pass.
    """

    game_date: date
    reason: str
    failed: tuple[date, ...]
    held_at: datetime
    released_at: datetime | None
    override_reason: str | None

    @property
    def is_closed(self) -> bool:
        """Whether no prediction of the date may be made."""
        return self.released_at is None


def get_prediction_breaker(ledger: Ledger) -> BreakerRow | None:
    """The breaker as stored; None: nobody has looked at a slate yet."""
    row = ledger.execute(_BREAKER).first()
    if row is None:
        return None
    return BreakerRow(
        read_through=date.fromisoformat(row.read_through),
        state=row.state,
        failed=_dates(row.failed),
        openings=row.openings,
        opened_at=instant_of(row.opened_at),
        retry_on=None if row.retry_on is None else date.fromisoformat(row.retry_on),
    )


def put_prediction_breaker(ledger: Ledger, row: BreakerRow) -> None:
    """Store the breaker."""
    ledger.insert_or_replace(
        prediction_breaker,
        [
            {
                "name": _NAME,
                "state": row.state,
                "failed": _text(row.failed),
                "openings": row.openings,
                "opened_at": text_of(row.opened_at),
                "retry_on": None if row.retry_on is None else row.retry_on.isoformat(),
                "read_through": row.read_through.isoformat(),
            }
        ],
    )


def add_breaker_changes(ledger: Ledger, rows: Sequence[BreakerChangeRow]) -> None:
    """Append changes of the breaker."""
    ledger.insert(
        prediction_breaker_log,
        [
            {
                "from_state": row.from_state,
                "to_state": row.to_state,
                "reason": row.reason,
                "by": row.by,
                "changed_at": text_of(row.changed_at),
            }
            for row in rows
        ],
    )


def breaker_changes(ledger: Ledger) -> tuple[BreakerChangeRow, ...]:
    """Every change of the breaker, oldest first."""
    query = select(prediction_breaker_log).order_by(prediction_breaker_log.c.change_id)
    found = []
    for row in ledger.execute(query).all():
        at = instant_of(row.changed_at)
        assert at is not None
        found.append(BreakerChangeRow(row.from_state, row.to_state, row.reason, row.by, at))
    return tuple(found)


def hold_back(
    ledger: Ledger, days: Sequence[date], reason: str, failed: Sequence[date], at: datetime
) -> None:
    """Hold back the predictions of these game dates."""
    ledger.insert_or_replace(
        prediction_holds,
        [
            {
                "game_date": day.isoformat(),
                "reason": reason,
                "failed": _text(failed),
                "held_at": text_of(at),
                "released_at": None,
                "override_reason": None,
            }
            for day in days
        ],
    )


def release_holds(ledger: Ledger, at: datetime, override_reason: str | None = None) -> None:
    """Hold back no date any more; that it was held back stays recorded."""
    ledger.execute(
        update(prediction_holds)
        .where(prediction_holds.c.released_at.is_(None))
        .values(released_at=text_of(at), override_reason=override_reason)
    )


def prediction_holds_between(ledger: Ledger, first: date, last: date) -> dict[date, Hold]:
    """The dates of a range that are or were held back."""
    asked = {"first": first.isoformat(), "last": last.isoformat()}
    return {hold.game_date: hold for hold in map(_hold, ledger.execute(_HOLDS, asked).all())}


def _hold(row: Any) -> Hold:
    held_at = instant_of(row.held_at)
    assert held_at is not None
    return Hold(
        game_date=date.fromisoformat(row.game_date),
        reason=row.reason,
        failed=_dates(row.failed),
        held_at=held_at,
        released_at=instant_of(row.released_at),
        override_reason=row.override_reason,
    )


def _dates(text: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in text.split())


def _text(days: Sequence[date]) -> str:
    return " ".join(day.isoformat() for day in days)
