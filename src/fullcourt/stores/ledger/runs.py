"""Runs and leases: a run is opened once, heartbeats, and is closed once (laws 1, 5, 6).

The committer holds the database's write lock from the epoch check until the lake's COMMIT has
returned (`holding`); a takeover needs the same lock, so two holders can never both commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, func, or_, select, update

from fullcourt.errors import LeaseLost
from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.records import Lease, LeaseRow, RunOutcome, RunRow
from fullcourt.stores.ledger.schema import leases, run_cells, runs

LEASE_TTL = timedelta(seconds=120)
WORKER_LOST = "WorkerLost"
"""The error class of a run that was closed for a process that is gone."""
# Built once: building a statement costs more than SQLite needs to answer it.
_LIVE = select(
    leases,
    runs.c.deadline_at,
    runs.c.first_date,
    runs.c.last_date,
    runs.c.progress_done,
    runs.c.progress_total,
    runs.c.progress_note,
).join(runs, runs.c.run_id == leases.c.run_id)
_EPOCHS = select(leases.c.dataset, leases.c.scope, leases.c.epoch).where(
    leases.c.dataset.in_(bindparam("datasets", expanding=True)),
    leases.c.scope.in_(bindparam("scopes", expanding=True)),
)
_ATTEMPTS = (
    select(func.count())
    .select_from(runs)
    .where(runs.c.dataset == bindparam("dataset"), runs.c.first_date == bindparam("first"))
)
_OVERLAPPING = (
    select(leases.c.run_id, leases.c.expires_at)
    .join(runs, runs.c.run_id == leases.c.run_id)
    .where(
        leases.c.dataset == bindparam("dataset"),
        runs.c.first_date <= bindparam("last"),
        runs.c.last_date >= bindparam("first"),
    )
)
_LEASE = select(leases.c.epoch, leases.c.run_id).where(
    leases.c.dataset == bindparam("of_dataset"), leases.c.scope == bindparam("of_scope")
)
_DEADLINE = select(runs.c.deadline_at).where(runs.c.run_id == bindparam("of_run"))
_OF_LEASE = update(leases).where(
    leases.c.dataset == bindparam("of_dataset"),
    leases.c.scope == bindparam("of_scope"),
    leases.c.epoch == bindparam("of_epoch"),
    leases.c.run_id == bindparam("of_run"),
)
_EXTEND = _OF_LEASE.values(expires_at=bindparam("until"))
_FREE = _OF_LEASE.values(run_id=None, holder=None, expires_at=None)
_TAKE_OVER = _OF_LEASE.where(leases.c.expires_at <= bindparam("now")).values(
    epoch=leases.c.epoch + 1
)
_OF_RUN = update(runs).where(runs.c.run_id == bindparam("of_run"), runs.c.state == "running")
_MOVE = _OF_RUN.where(
    or_(
        runs.c.progress_done < bindparam("done"),
        runs.c.progress_note.is_distinct_from(bindparam("note")),
    )
).values(
    heartbeat_at=bindparam("now"),
    progress_done=bindparam("done"),
    progress_total=bindparam("total"),
    progress_note=bindparam("note"),
)
_CLOSE = _OF_RUN.values(
    {f.name: bindparam(f"to_{f.name}") for f in fields(RunOutcome)}
    | {"closed_at": bindparam("to_closed_at")}
    | {"keys_expected": func.coalesce(bindparam("to_keys_expected"), runs.c.keys_expected)}
)
TERMINAL = ("succeeded", "failed", "timed_out", "abandoned", "skipped")


def scope_of(first: date, last: date) -> str:
    """The lease scope of one date, or of a range."""
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


def open_run(
    ledger: Ledger,
    *,
    run_id: str,
    dataset: str,
    first: date,
    last: date,
    trigger: str,
    deadline: timedelta,
    keys_expected: int | None,
    code_fingerprint: str,
    worker: str,
    asked: Sequence[tuple[date, str]] = (),
    planned_epoch: int | None = None,
    repair_id: str | None = None,
) -> Lease:
    """Open a run and take its lease, in one transaction.

    `planned_epoch`: the cell's epoch when it was judged; None: whatever it is now.

    Raises:
        LeaseLost: a lease on an overlapping range of this dataset is held by another run. One that
            ran out counts too, until the sweeper has taken it over: its holder may still commit.
            Or somebody has worked on the cell since it was judged.
    """
    scope = scope_of(first, last)
    with ledger.write():
        now = ledger.now()
        others = _overlapping(ledger, dataset, first, last)
        if others:
            raise LeaseLost(
                f"{dataset} {scope}: leased by run {others[0].run_id} until {others[0].expires_at}",
                next_step="wait for that run; the next tick closes one whose lease ran out",
            )
        before = epochs_of(ledger, [(dataset, scope)])[dataset, scope]
        if planned_epoch is not None and planned_epoch != before:
            raise LeaseLost(
                f"{dataset} {scope}: worked on since it was planned "
                f"(epoch {before}, planned at {planned_epoch})",
                next_step="nothing: it is judged again",
            )
        epoch = before + 1
        ledger.insert_or_replace(
            leases,
            [
                {
                    "dataset": dataset,
                    "scope": scope,
                    "epoch": epoch,
                    "run_id": run_id,
                    "holder": worker,
                    "expires_at": text_of(min(now + LEASE_TTL, now + deadline)),
                }
            ],
        )
        asked_before = {"dataset": dataset, "first": first.isoformat()}
        attempt = ledger.execute(_ATTEMPTS, asked_before).scalar_one()
        ledger.insert(
            runs,
            [
                {
                    "run_id": run_id,
                    "dataset": dataset,
                    "first_date": first.isoformat(),
                    "last_date": last.isoformat(),
                    "trigger": trigger,
                    "attempt": attempt + 1,
                    "state": "running",
                    "opened_at": text_of(now),
                    "heartbeat_at": text_of(now),
                    "progress_done": 0,
                    "deadline_at": text_of(now + deadline),
                    "keys_expected": keys_expected,
                    "keys_asked": msgspec.msgpack.encode(
                        [(day.isoformat(), key) for day, key in asked]
                    ),
                    "code_fingerprint": code_fingerprint,
                    "worker": worker,
                    "repair_id": repair_id,
                }
            ],
        )
    return Lease(dataset, scope, epoch, run_id)


def epochs_of(ledger: Ledger, scopes: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The epoch of each (dataset, scope): how often it was leased or taken over; 0: never."""
    found = dict.fromkeys(scopes, 0)
    datasets, wanted = sorted({d for d, _ in found}), sorted({scope for _, scope in found})
    for start in range(0, len(wanted), 400):
        asked = {"datasets": datasets, "scopes": wanted[start : start + 400]}
        rows = ledger.execute(_EPOCHS, asked).all()
        found |= {(r.dataset, r.scope): r.epoch for r in rows if (r.dataset, r.scope) in found}
    return found


def heartbeat(ledger: Ledger, lease: Lease, done: int, total: int | None, note: str) -> None:
    """Extend the lease because the progress counter moved; a counter that stands still does not.

    No lease reaches beyond its run's deadline.

    Raises:
        LeaseLost: the lease was taken over, or the run is closed.
    """
    with ledger.write():
        now = ledger.now()
        _check(ledger, lease)
        said = {"now": text_of(now), "done": done, "total": total, "note": note}
        moved = ledger.execute(_MOVE, {"of_run": lease.run_id, **said})
        if moved.rowcount:
            ends = ledger.execute(_DEADLINE, {"of_run": lease.run_id}).scalar_one()
            until = text_of(min(now + LEASE_TTL, _instant(ends)))
            ledger.execute(_EXTEND, {**_of(lease), "until": until})


@contextmanager
def holding(ledger: Ledger, lease: Lease) -> Iterator[None]:
    """Hold the lease row's lock; the lake's COMMIT belongs inside.

    Raises:
        LeaseLost: the epoch moved on: this run may not commit any more.
    """
    with ledger.write():
        _check(ledger, lease)
        yield


def close_run(
    ledger: Ledger, lease: Lease, outcome: RunOutcome, cells: Sequence[dict[str, Any]] = ()
) -> bool:
    """Close the run once and free its lease. False when it had a terminal state already."""
    with ledger.write():
        to = {f"to_{f.name}": getattr(outcome, f.name) for f in fields(outcome)}
        to["to_closed_at"] = text_of(ledger.now())
        closed = ledger.execute(_CLOSE, {"of_run": lease.run_id, **to})
        if closed.rowcount:
            ledger.insert_or_replace(run_cells, list(cells))
        # Whoever closed it: a lease that stays behind a closed run would keep its cell for ever.
        ledger.execute(_FREE, _of(lease))
    return bool(closed.rowcount)


def live_leases(ledger: Ledger) -> tuple[LeaseRow, ...]:
    """Every lease that is held, expired ones included, with its run's deadline and progress."""
    return ledger.keep("live leases", ("leases", "runs"), lambda: _live_leases(ledger))


def _live_leases(ledger: Ledger) -> tuple[LeaseRow, ...]:
    rows = ledger.execute(_LIVE).all()
    return tuple(
        LeaseRow(
            lease=Lease(row.dataset, row.scope, row.epoch, row.run_id),
            holder=row.holder,
            expires_at=_instant(row.expires_at),
            deadline_at=_instant(row.deadline_at),
            first_date=date.fromisoformat(row.first_date),
            last_date=date.fromisoformat(row.last_date),
            progress=progress_text(row.progress_done, row.progress_total, row.progress_note),
        )
        for row in rows
    )


def take_over(ledger: Ledger, lease: Lease) -> Lease | None:
    """Raise the epoch of an expired lease so that its holder can never commit again.

    Returns the new lease (to close the run with), or None when the lease is live or gone.
    """
    with ledger.write():
        taken = ledger.execute(_TAKE_OVER, {**_of(lease), "now": text_of(ledger.now())})
    if not taken.rowcount:
        return None
    return Lease(lease.dataset, lease.scope, lease.epoch + 1, lease.run_id)


def expire_lease(ledger: Ledger, lease: Lease) -> None:
    """Let a lease run out now: its holder is proved gone."""
    with ledger.write():
        ledger.execute(_EXTEND, {**_of(lease), "until": text_of(ledger.now())})


def asked_of(ledger: Ledger, run_id: str) -> tuple[tuple[date, str], ...]:
    """The (game date, key) pairs a run was opened for."""
    packed = ledger.execute(select(runs.c.keys_asked).where(runs.c.run_id == run_id)).scalar()
    if packed is None:
        return ()
    return tuple((date.fromisoformat(day), key) for day, key in msgspec.msgpack.decode(packed))


def losses_in_a_row(ledger: Ledger, dataset: str, first: date, last: date) -> int:
    """How many of the newest runs of exactly this cell ended with their worker, one after another
    (not counting those that ran into their deadline)."""
    query = (
        select(runs.c.state, runs.c.error_class)
        .where(
            runs.c.dataset == dataset,
            runs.c.first_date == first.isoformat(),
            runs.c.last_date == last.isoformat(),
            runs.c.state != "running",
        )
        .order_by(runs.c.attempt.desc())
        .limit(20)
    )
    states = [(row.state, row.error_class) for row in ledger.execute(query).all()]
    return next(
        (n for n, ended in enumerate(states) if ended != ("abandoned", WORKER_LOST)), len(states)
    )


def fingerprints_of(ledger: Ledger, run_ids: Collection[str]) -> dict[str, str]:
    """The code fingerprint each of these runs was made with, by run id."""
    found: dict[str, str] = {}
    wanted = sorted(run_ids)
    for start in range(0, len(wanted), 500):
        query = select(runs.c.run_id, runs.c.code_fingerprint).where(
            runs.c.run_id.in_(wanted[start : start + 500])
        )
        found |= {row.run_id: row.code_fingerprint for row in ledger.execute(query).all()}
    return found


def get_runs(
    ledger: Ledger,
    *,
    dataset: str | None = None,
    game_date: date | None = None,
    run_id: str | None = None,
    limit: int = 50,
) -> tuple[RunRow, ...]:
    """Runs, newest first."""
    query = select(runs).order_by(runs.c.opened_at.desc(), runs.c.run_id.desc()).limit(limit)
    if dataset is not None:
        query = query.where(runs.c.dataset == dataset)
    if run_id is not None:
        query = query.where(runs.c.run_id == run_id)
    if game_date is not None:
        day = game_date.isoformat()
        query = query.where(and_(runs.c.first_date <= day, runs.c.last_date >= day))
    return tuple(_run_row(row) for row in ledger.execute(query).all())


def progress_text(done: int, total: int | None, note: str | None) -> str:
    """`batch 7 of 12` in words a person reads."""
    if total is None:
        return note or ""
    return f"{note or 'step'} {done} of {total}"


def _run_row(row: Any) -> RunRow:
    return RunRow(
        run_id=row.run_id,
        dataset=row.dataset,
        first_date=date.fromisoformat(row.first_date),
        last_date=date.fromisoformat(row.last_date),
        trigger=row.trigger,
        attempt=row.attempt,
        state=row.state,
        reason=row.reason,
        opened_at=_instant(row.opened_at),
        closed_at=instant_of(row.closed_at),
        deadline_at=_instant(row.deadline_at),
        rows_written=row.rows_written,
        rows_deleted=row.rows_deleted,
        rows_claimed=row.rows_claimed,
        keys_expected=row.keys_expected,
        keys_held=row.keys_held,
        snapshot_id=row.snapshot_id,
        input_fingerprint=row.input_fingerprint,
        code_fingerprint=row.code_fingerprint,
        error_class=row.error_class,
        error_text=row.error_text,
        progress=progress_text(row.progress_done, row.progress_total, row.progress_note),
        worker=row.worker,
    )


def _overlapping(ledger: Ledger, dataset: str, first: date, last: date) -> Sequence[Any]:
    asked = {"dataset": dataset, "first": first.isoformat(), "last": last.isoformat()}
    return ledger.execute(_OVERLAPPING, asked).all()


def _check(ledger: Ledger, lease: Lease) -> None:
    asked = {"of_dataset": lease.dataset, "of_scope": lease.scope}
    row = ledger.execute(_LEASE, asked).first()
    if row is None or row.epoch != lease.epoch or row.run_id != lease.run_id:
        raise LeaseLost(
            f"{lease.dataset} {lease.scope}: run {lease.run_id} lost its lease "
            f"(epoch {lease.epoch})",
            next_step="nothing: the run that took over does the work",
        )


def _of(lease: Lease) -> dict[str, object]:
    return {
        "of_dataset": lease.dataset,
        "of_scope": lease.scope,
        "of_epoch": lease.epoch,
        "of_run": lease.run_id,
    }


def _instant(text: str) -> datetime:
    instant = instant_of(text)
    if instant is None:
        raise ValueError("a run without its instants")
    return instant
