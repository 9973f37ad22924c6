"""Per-vendor state that must outlive a process: breakers and credits; and per-key attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, delete, select

from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.records import Attempt
from fullcourt.stores.ledger.schema import breakers, credits, key_attempts

# Built once: they are asked hundreds of times a night.
_BREAKER = select(breakers).where(breakers.c.vendor == bindparam("vendor"))
_CREDITS = select(credits.c.remaining, credits.c.seen_at).where(
    credits.c.vendor == bindparam("vendor")
)
_ATTEMPTS = select(key_attempts).where(
    key_attempts.c.dataset == bindparam("dataset"),
    key_attempts.c.game_date >= bindparam("first"),
    key_attempts.c.game_date <= bindparam("last"),
)
BREAKER_FAILURES = 3
BREAKER_FIRST_PAUSE = timedelta(minutes=5)
BREAKER_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Breaker:
    """A vendor's breaker. While `open`, nothing is asked before `retry_at`; then a call probes."""

    state: str = "closed"
    failures: int = 0
    retry_at: datetime | None = None
    last_error: str | None = None

    def allows(self, now: datetime) -> bool:
        """Whether a call may be made."""
        return self.state == "closed" or (self.retry_at is not None and now >= self.retry_at)


def after_failure(
    breaker: Breaker, now: datetime, error: str, retry_after: timedelta | None
) -> Breaker:
    """The breaker after a failure *of the vendor* (never after "not ready yet")."""
    failures = breaker.failures + 1
    if failures < BREAKER_FAILURES and retry_after is None:
        return Breaker("closed", failures, None, error)
    # A vendor dead for weeks fails a thousand times: the doubling is bounded before it is made.
    doublings = min(max(0, failures - BREAKER_FAILURES), 20)
    pause = min(BREAKER_FIRST_PAUSE * 2**doublings, BREAKER_LONGEST_PAUSE)
    return Breaker("open", failures, now + max(pause, retry_after or timedelta(0)), error)


def get_breaker(ledger: Ledger, vendor: str) -> Breaker:
    """The vendor's breaker; closed when nothing was ever recorded."""
    return ledger.keep(("breaker", vendor), ("breakers",), lambda: _breaker(ledger, vendor))


def _breaker(ledger: Ledger, vendor: str) -> Breaker:
    row = ledger.execute(_BREAKER, {"vendor": vendor}).first()
    if row is None:
        return Breaker()
    return Breaker(row.state, row.failures, instant_of(row.retry_at), row.last_error)


def put_breaker(ledger: Ledger, vendor: str, breaker: Breaker, now: datetime) -> None:
    """Store the vendor's breaker."""
    ledger.insert_or_replace(
        breakers,
        [
            {
                "vendor": vendor,
                "state": breaker.state,
                "failures": breaker.failures,
                "opened_at": text_of(now) if breaker.state == "open" else None,
                "retry_at": text_of(breaker.retry_at),
                "last_error": breaker.last_error,
            }
        ],
    )


def put_credits(
    ledger: Ledger,
    vendor: str,
    remaining: int | None,
    used: int | None,
    cost: int | None,
    at: datetime,
) -> None:
    """Store what the vendor's headers said of the account, in credits."""
    ledger.insert_or_replace(
        credits,
        [
            {
                "vendor": vendor,
                "remaining": remaining,
                "used": used,
                "last_cost": cost,
                "seen_at": text_of(at),
            }
        ],
    )


def spent_since(ledger: Ledger, vendor: str) -> datetime | None:
    """When the vendor last said that no credit is left; None when it has some, or never said."""
    remaining, seen_at = _credits(ledger, vendor)
    return seen_at if remaining == 0 else None


def credits_left(ledger: Ledger, vendor: str) -> int | None:
    """Credits left by the vendor's last word; None when it never said."""
    return _credits(ledger, vendor)[0]


def _credits(ledger: Ledger, vendor: str) -> tuple[int | None, datetime | None]:
    """Credits left and when that was said."""

    def read() -> tuple[int | None, datetime | None]:
        row = ledger.execute(_CREDITS, {"vendor": vendor}).first()
        return (None, None) if row is None else (row.remaining, instant_of(row.seen_at))

    return ledger.keep(("credits", vendor), ("credits",), read)


def credits_said(ledger: Ledger, vendor: str) -> tuple[int | None, datetime] | None:
    """The vendor's last word on the account: credits left, and when it said so; None: never."""
    row = ledger.execute(_CREDITS, {"vendor": vendor}).first()
    at = None if row is None else instant_of(row.seen_at)
    return None if row is None or at is None else (row.remaining, at)


def record_attempts(
    ledger: Ledger,
    dataset: str,
    outcomes: Mapping[tuple[date, str], tuple[str, str]],
    at: datetime,
    run_id: str,
) -> None:
    """Count one more attempt for each (game date, key), with its outcome word and detail."""
    if not outcomes:
        return
    known: dict[tuple[date, str], Attempt] = {}
    for day in {day for day, _ in outcomes}:
        known.update({(day, k): a for k, a in attempts_of(ledger, dataset, day).items()})
    rows = []
    for (day, key), (outcome, detail) in outcomes.items():
        before = known.get((day, key))
        rows.append(
            {
                "dataset": dataset,
                "game_date": day.isoformat(),
                "key": key,
                "attempts": 1 + (before.attempts if before else 0),
                "first_at": text_of(before.first_at if before else at),
                "last_at": text_of(at),
                "outcome": outcome,
                "detail": detail,
                "run_id": run_id,
            }
        )
    ledger.insert_or_replace(key_attempts, rows)


def attempts_of(ledger: Ledger, dataset: str, game_date: date) -> Mapping[str, Attempt]:
    """Attempts of one cell, by key."""
    return attempts_between(ledger, dataset, game_date, game_date).get(game_date, {})


def attempts_between(
    ledger: Ledger, dataset: str, first: date, last: date
) -> Mapping[date, Mapping[str, Attempt]]:
    """Attempts of a dataset for a range of dates, by date and key. They are kept: read-only."""
    name = ("attempts", dataset, first, last)
    read = partial(_attempts_between, ledger, dataset, first, last)
    return ledger.keep(name, ("key_attempts",), read)


def _attempts_between(
    ledger: Ledger, dataset: str, first: date, last: date
) -> Mapping[date, Mapping[str, Attempt]]:
    span = {"dataset": dataset, "first": first.isoformat(), "last": last.isoformat()}
    rows = ledger.execute(_ATTEMPTS, span).all()
    found: dict[date, dict[str, Attempt]] = {}
    for row in rows:
        first_at, last_at = instant_of(row.first_at), instant_of(row.last_at)
        if first_at is None or last_at is None:
            raise ValueError(
                f"attempt {row.dataset} {row.game_date} {row.key} without its instants"
            )
        found.setdefault(date.fromisoformat(row.game_date), {})[row.key] = Attempt(
            row.attempts, first_at, last_at, row.outcome, row.detail
        )
    return found


def forget_failures(ledger: Ledger, datasets: Collection[str]) -> tuple[tuple[str, date], ...]:
    """Forget tries that failed in our own code; (dataset, game date) of what was forgotten."""
    failed = (
        key_attempts.c.dataset.in_(sorted(datasets)),
        key_attempts.c.outcome == "processor_failed",
    )
    cells = ledger.execute(
        select(key_attempts.c.dataset, key_attempts.c.game_date).where(*failed).distinct()
    ).all()
    if cells:
        with ledger.write():
            ledger.execute(delete(key_attempts).where(*failed))
    return tuple(sorted((row.dataset, date.fromisoformat(row.game_date)) for row in cells))


def forget_attempts(ledger: Ledger, dataset: str, game_date: date, keys: Collection[str]) -> None:
    """Forget attempts of keys that are held now: a later loss starts with a fresh budget."""
    tried = [key for key in attempts_of(ledger, dataset, game_date) if key in keys]
    for start in range(0, len(tried), 500):
        ledger.execute(
            delete(key_attempts).where(
                key_attempts.c.dataset == dataset,
                key_attempts.c.game_date == game_date.isoformat(),
                key_attempts.c.key.in_(tried[start : start + 500]),
            )
        )
