"""One cell, start to close: open the run, work under its lease, close it once, true counts."""

from __future__ import annotations

import os
import secrets
import socket
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from fullcourt.errors import FullcourtError, LeaseLost
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.work import Outcome, Run, Stores
from fullcourt.stores.ledger import RunOutcome
from fullcourt.stores.ledger.runs import close_run, holding, open_run
from fullcourt.stores.ledger.vendors import forget_attempts, record_attempts

WHOLE_CELL = "*"
"""The key under which attempts at "load whatever the archive holds" are counted."""
FORCED = "-forced"
"""How the id of a run ends that a person let go past budgets and horizons: its rows carry it."""
CLEANUP, RESTORE = "cleanup", "restore"
"""Triggers of runs that remove leftover rows, and that bring such rows back."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work for one run: a dataset, a range of dates, the keys asked for per date.

    `keys` None: everything of the range (a backfill); an empty tuple: whatever the archive holds
    unloaded.
    """

    dataset: str
    first: date
    last: date
    keys: tuple[tuple[date, str], ...] | None
    trigger: str = "schedule"
    override_gate: str | None = None
    """Why a closed gate is to be passed all the same (a person's words, kept in every row)."""
    planned_epoch: int | None = None
    """The cell's epoch when it was judged: a plan that was overtaken is not carried out."""
    repair_id: str | None = None
    """The repair it belongs to."""
    forced: str | None = None
    """Why it may go past spent budgets and horizons: its run's id says so in every row."""
    removed_in: tuple[int, ...] = ()
    """For a restore: the lake's snapshots in which its rows were removed."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a task ended. `touched`: lake tables and dates its commits changed."""

    run_id: str | None
    dataset: str
    state: str
    rows_written: int | None
    touched: dict[str, frozenset[date]]
    error: str | None = None
    snapshot_id: int | None = None
    """The newest snapshot when this process itself committed (its mirror is in step with it)."""
    commits: int = 0
    only_results: bool = False


def worker_name() -> str:
    """`host:pid:start` of this process, so that a dead holder can be recognised."""
    return f"{socket.gethostname()}:{os.getpid()}:{process_start(os.getpid())}"


def process_start(pid: int) -> str:
    """When the kernel started `pid` (clock ticks since boot); empty where /proc does not say."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as handle:  # noqa: PTH123
            fields = handle.read().rsplit(")", 1)[1].split()
            # A zombie is gone; only its parent has not noticed.
            return "" if fields[0] in "ZX" else fields[19]
    except (FileNotFoundError, ProcessLookupError, NotADirectoryError, IndexError):
        return ""


def process_of(worker: str) -> int | None:
    """The process id in a `worker_name` of this host; None: it names none that can be looked at."""
    host, _, rest = worker.partition(":")
    pid, _, start = rest.partition(":")
    return int(pid) if host == socket.gethostname() and pid.isdigit() and start else None


def process_is_gone(worker: str) -> bool:
    """Whether the process of this `worker_name` is proved to be gone; its number may be another's
    by now."""
    pid = process_of(worker)
    return pid is not None and process_start(pid) != worker.rpartition(":")[2]


def run_task(stores: Stores, task: Task) -> RunReport:
    """Run one task to its close. A failure of the work is a closed run, not an exception.

    Raises:
        LeaseLost: somebody else holds the cell, or has worked on it since; no run was opened.
        StoreUnreadable, StoreFull: a store of the home fails while opening or closing.
    """
    declaration = BY_NAME[task.dataset]
    run_id = f"{task.dataset[:3]}-{secrets.token_hex(6)}{FORCED if task.forced else ''}"
    lease = open_run(
        stores.ledger,
        run_id=run_id,
        dataset=task.dataset,
        first=task.first,
        last=task.last,
        trigger=task.trigger,
        deadline=timedelta(seconds=declaration.deadline_s),
        keys_expected=None if task.keys is None else len(task.keys),
        code_fingerprint=stores.fingerprint,
        worker=worker_name(),
        # A backfill's thousands of keys are planned anew in any case; a slate's are counted.
        asked=() if task.trigger == "backfill" else task.keys or ((task.first, WHOLE_CELL),),
        planned_epoch=task.planned_epoch,
        repair_id=task.repair_id,
    )
    stores.failpoint("ledger.opened")
    run = Run(
        stores,
        lease,
        task.first,
        task.last,
        override_gate=task.override_gate,
        spends_reserve=task.forced is not None,
    )
    try:
        return _worked(run, task)
    except LeaseLost as error:
        # Whoever took over closes the run; this process must not write its own ending over it.
        return RunReport(run_id, task.dataset, "abandoned", None, run.touched, str(error))


def _worked(run: Run, task: Task) -> RunReport:
    """Do the work and close the run. Raises LeaseLost when somebody else has taken it over."""
    run_id = run.run_id
    try:
        outcome = _work(run, task)
    except LeaseLost:
        raise
    except Exception as error:
        _close_failed(run, task, error)
        if isinstance(error, FullcourtError):
            return RunReport(
                run_id, task.dataset, "failed", run.rows_written, run.touched, str(error)
            )
        return RunReport(
            run_id,
            task.dataset,
            "failed",
            run.rows_written,
            run.touched,
            f"{type(error).__name__}: {error}",
        )
    _close_succeeded(run, task, outcome)
    return RunReport(
        run_id,
        task.dataset,
        "succeeded",
        run.rows_written,
        run.touched,
        None,
        run.snapshot_id,
        run.commits,
        run.only_results,
    )


def _work(run: Run, task: Task) -> Outcome:
    # What works is heavy to import (Arrow, vendors) and never needed by commands that only look.
    from fullcourt.pipeline.compute import COMPUTED, compute
    from fullcourt.pipeline.feeds import run_feed
    from fullcourt.pipeline.leftovers import bring_back, remove
    from fullcourt.pipeline.loads import LOADS

    if task.trigger == CLEANUP:
        return remove(run, task.dataset, task.keys or ())
    if task.trigger == RESTORE:
        return bring_back(run, task.dataset, task.keys or (), task.removed_in)
    if BY_NAME[task.dataset].is_feed:
        return run_feed(run, task.dataset, task.keys or ())
    if task.dataset in LOADS:
        asked: Collection[str] = () if task.keys is None else [key for _, key in task.keys]
        return LOADS[task.dataset](run, task.first, task.last, asked)
    if task.dataset in COMPUTED:
        return compute(run, task.dataset, task.first, task.last, task.keys)
    raise KeyError(task.dataset)


def _close_succeeded(run: Run, task: Task, outcome: Outcome) -> None:
    ledger = run.stores.ledger
    good = {key for key, (word, _) in outcome.keys.items() if word == "ok"}
    bad = {key: said for key, said in outcome.keys.items() if key not in good}
    for key in task.keys or ():
        # Asked and not answered for is an answer too: it must not be asked again at once for ever.
        if key not in good and key not in bad:
            bad[key] = ("processor_failed", "the run said nothing of this key")
    run.stores.failpoint("ledger.before_close")
    with holding(ledger, run.lease):
        record_attempts(ledger, task.dataset, bad, ledger.now(), run.run_id)
        _forget(run, task, good)
        forget_attempts(ledger, task.dataset, task.first, [WHOLE_CELL])
        close_run(
            ledger,
            run.lease,
            RunOutcome(
                state="succeeded",
                reason=outcome.reason or _reason_for_zero(run, good, bad),
                rows_written=run.rows_written,
                rows_deleted=run.rows_deleted,
                rows_claimed=run.rows_claimed,
                keys_held=len(good),
                snapshot_id=run.snapshot_id,
                input_fingerprint=outcome.input_fingerprint,
                archive_refs=" ".join(run.archive_refs[:50]) or None,
            ),
            _cells(run, task, good, bad),
        )
    run.stores.failpoint("ledger.closed")


def _close_failed(run: Run, task: Task, error: Exception) -> None:
    ledger = run.stores.ledger
    text = f"{type(error).__name__}: {error}"
    with holding(ledger, run.lease):
        asked = task.keys or ((task.first, WHOLE_CELL),)
        tried = dict.fromkeys(asked, ("processor_failed", text))
        record_attempts(ledger, task.dataset, tried, ledger.now(), run.run_id)
        close_run(
            ledger,
            run.lease,
            RunOutcome(
                state="failed",
                reason="failed",
                rows_written=run.rows_written,
                rows_deleted=run.rows_deleted,
                rows_claimed=run.rows_claimed,
                snapshot_id=run.snapshot_id,
                error_class=type(error).__name__,
                error_text=text,
            ),
            _cells(run, task, set(), tried),
        )


def _reason_for_zero(
    run: Run, good: set[tuple[date, str]], bad: dict[tuple[date, str], tuple[str, str]]
) -> str | None:
    """Law 4: a run that wrote nothing says why; so does a feed's whose every answer was bad."""
    if run.rows_written or good:
        return None
    words = sorted({word for word, _ in bad.values()})
    return ", ".join(words) if words else "nothing to do"


def _forget(run: Run, task: Task, good: set[tuple[date, str]]) -> None:
    days: dict[date, set[str]] = {}
    for day, key in good:
        days.setdefault(day, set()).add(key)
    for day, keys in days.items():
        forget_attempts(run.stores.ledger, task.dataset, day, keys)


def _cells(
    run: Run,
    task: Task,
    good: set[tuple[date, str]],
    bad: dict[tuple[date, str], tuple[str, str]],
) -> list[dict[str, object]]:
    days = {task.first} if task.first == task.last else set()
    days |= {day for day, _ in good} | {day for day, _ in bad}
    held = Counter(day for day, _ in good)
    words: dict[date, set[str]] = defaultdict(set)
    refused = Counter(day for day, _ in bad)
    for (day, _), (word, _) in bad.items():
        words[day].add(word)
    return [
        {
            "run_id": run.run_id,
            "dataset": task.dataset,
            "game_date": day.isoformat(),
            # Rows of one cell are known exactly only when the run had one cell.
            "rows_written": run.rows_written if len(days) == 1 else None,
            "keys_asked": held[day] + refused[day],
            "outcome": ", ".join(["ok"] * bool(held[day]) + sorted(words[day])) or "unchanged",
            "snapshot_id": run.snapshot_id,
        }
        for day in sorted(days)
    ]
