"""Runs and leases: opened once, kept by progress, taken over when they ran out, closed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.errors import HomeBusy, LeaseLost
from fullcourt.stores.ledger import Lease, Ledger, RunOutcome, RunRow
from fullcourt.stores.ledger.runs import (
    LEASE_TTL,
    close_run,
    expire_lease,
    get_runs,
    heartbeat,
    holding,
    live_leases,
    open_run,
    take_over,
)

START = datetime(2025, 1, 9, 12, tzinfo=UTC)
DAY = date(2025, 1, 8)
DAYS = timedelta(days=1)
SECOND = timedelta(seconds=1)
DONE = RunOutcome("succeeded", rows_written=3)


@pytest.fixture
def clock() -> VirtualClock:
    """The clock leases are measured by."""
    return VirtualClock(START)


@pytest.fixture
def ledger(clock: VirtualClock) -> Iterator[Ledger]:
    """A ledger under that clock."""
    opened = Ledger.in_memory(clock)
    yield opened
    opened.close()


def opened(
    ledger: Ledger,
    run_id: str = "run-1",
    first: date = DAY,
    last: date | None = None,
    dataset: str = "player_box_scores",
    deadline: timedelta = timedelta(minutes=15),
) -> Lease:
    """A run opened for a cell, or a range."""
    return open_run(
        ledger,
        run_id=run_id,
        dataset=dataset,
        first=first,
        last=last or first,
        trigger="schedule",
        deadline=deadline,
        keys_expected=7,
        code_fingerprint="code",
        worker="host:1:2",
    )


def run(ledger: Ledger, run_id: str = "run-1") -> RunRow:
    """The run's row."""
    (row,) = get_runs(ledger, run_id=run_id)
    return row


def test_a_run_is_open_until_it_is_closed(ledger: Ledger, clock: VirtualClock) -> None:
    """A run's row says running with its absolute deadline, then its one terminal state."""
    lease = opened(ledger)
    row = run(ledger)
    assert (row.state, row.attempt, row.keys_expected, row.closed_at) == ("running", 1, 7, None)
    assert (row.opened_at, row.deadline_at) == (START, START + timedelta(minutes=15))
    # Not reported is not zero.
    assert row.rows_written is None
    clock.sleep(5)
    assert close_run(ledger, lease, RunOutcome("succeeded", rows_written=0, keys_held=7))
    row = run(ledger)
    assert (row.state, row.rows_written, row.keys_held, row.keys_expected) == (
        "succeeded",
        0,
        7,
        7,
    )
    assert row.closed_at == START + 5 * SECOND
    assert live_leases(ledger) == ()
    opened(ledger, "run-2")
    assert run(ledger, "run-2").attempt == 2


def test_a_run_is_closed_exactly_once(ledger: Ledger) -> None:
    """The second close changes nothing and says so; the first one's word stays."""
    lease = opened(ledger)
    failed = RunOutcome("failed", error_class="ContractBroken", error_text="field `min`")
    assert close_run(ledger, lease, failed)
    assert not close_run(ledger, lease, DONE)
    assert not close_run(ledger, lease, RunOutcome("abandoned", error_class="WorkerLost"))
    row = run(ledger)
    assert (row.state, row.error_class, row.rows_written) == ("failed", "ContractBroken", None)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ((DAY, DAY), (DAY, DAY)),
        ((DAY - DAYS, DAY + DAYS), (DAY, DAY)),
        ((DAY, DAY), (DAY - DAYS, DAY + DAYS)),
        ((DAY, DAY + 3 * DAYS), (DAY + 3 * DAYS, DAY + 5 * DAYS)),
    ],
)
def test_overlapping_work_is_refused(
    ledger: Ledger, held: tuple[date, date], wanted: tuple[date, date]
) -> None:
    """A range and a date that share a cell cannot both be leased, whichever came first."""
    lease = opened(ledger, "run-1", *held)
    with pytest.raises(LeaseLost, match="leased by run run-1"):
        opened(ledger, "run-2", *wanted)
    assert get_runs(ledger, run_id="run-2") == ()
    close_run(ledger, lease, DONE)
    opened(ledger, "run-2", *wanted)


def test_other_work_is_not_in_the_way(ledger: Ledger) -> None:
    """Other dates and other datasets are leased side by side."""
    opened(ledger, "run-1", DAY, DAY + DAYS)
    opened(ledger, "run-2", DAY + 2 * DAYS)
    opened(ledger, "run-3", DAY, dataset="predictions")
    assert {row.lease.run_id for row in live_leases(ledger)} == {"run-1", "run-2", "run-3"}


def test_only_progress_keeps_a_lease(ledger: Ledger, clock: VirtualClock) -> None:
    """A heartbeat whose counter moved extends the lease; one that stands still does not."""
    lease = opened(ledger)
    clock.sleep(60)
    heartbeat(ledger, lease, 1, 12, "batch")
    (row,) = live_leases(ledger)
    assert row.expires_at == START + timedelta(seconds=60) + LEASE_TTL
    assert row.progress == "batch 1 of 12"
    clock.sleep(60)
    heartbeat(ledger, lease, 1, 12, "batch")
    (again,) = live_leases(ledger)
    assert again.expires_at == row.expires_at
    heartbeat(ledger, lease, 2, 12, "batch")
    (moved,) = live_leases(ledger)
    assert moved.expires_at == START + timedelta(seconds=120) + LEASE_TTL


def test_no_progress_outlives_the_deadline(ledger: Ledger, clock: VirtualClock) -> None:
    """However busy a run is, its lease ends at the deadline it was opened with."""
    deadline = timedelta(seconds=200)
    lease = opened(ledger, deadline=deadline)
    for n in range(1, 10):
        clock.sleep(30)
        heartbeat(ledger, lease, n, None, "game")
        (row,) = live_leases(ledger)
        assert row.expires_at == min(clock.now() + LEASE_TTL, START + deadline)
    short = opened(ledger, "run-2", DAY + DAYS, deadline=SECOND)
    (row,) = (r for r in live_leases(ledger) if r.lease == short)
    assert row.expires_at == clock.now() + SECOND


def test_a_live_lease_is_not_taken_over(ledger: Ledger, clock: VirtualClock) -> None:
    """A takeover succeeds from the instant the lease ran out, not a moment before."""
    lease = opened(ledger)
    clock.sleep(LEASE_TTL.total_seconds() - 1)
    assert take_over(ledger, lease) is None
    clock.sleep(1)
    taken = take_over(ledger, lease)
    assert taken is not None
    assert (taken.epoch, taken.run_id) == (lease.epoch + 1, lease.run_id)
    assert take_over(ledger, lease) is None


def test_who_lost_the_lease_cannot_write(ledger: Ledger) -> None:
    """After a takeover the old holder may neither commit nor beat; the new epoch may."""
    lease = opened(ledger)
    with holding(ledger, lease):
        pass
    expire_lease(ledger, lease)
    # Ran out, but nobody took it: the work is still his.
    with holding(ledger, lease):
        pass
    taken = take_over(ledger, lease)
    assert taken is not None
    with pytest.raises(LeaseLost), holding(ledger, lease):
        raise AssertionError("the old holder got in")
    with pytest.raises(LeaseLost):
        heartbeat(ledger, lease, 1, None, "game")
    with holding(ledger, taken):
        pass


def test_a_cell_waits_for_the_sweeper(ledger: Ledger, clock: VirtualClock) -> None:
    """A lease that ran out still bars its cell until its run is closed: no run is orphaned."""
    lease = opened(ledger, "run-1", DAY, DAY + DAYS)
    clock.sleep(LEASE_TTL.total_seconds() + 1)
    with pytest.raises(LeaseLost, match="the next tick closes"):
        opened(ledger, "run-2", DAY)
    taken = take_over(ledger, lease)
    assert taken is not None
    assert close_run(ledger, taken, RunOutcome("abandoned"))
    opened(ledger, "run-2", DAY)
    assert run(ledger).state == "abandoned"
    with pytest.raises(LeaseLost), holding(ledger, lease):
        raise AssertionError("the old holder got in")


def test_a_holder_that_closes_late_leaves_no_lease_behind(ledger: Ledger) -> None:
    """The holder's own word wins over the sweeper's, and its cell is free afterwards."""
    lease = opened(ledger)
    expire_lease(ledger, lease)
    taken = take_over(ledger, lease)
    assert taken is not None
    assert close_run(ledger, lease, RunOutcome("failed", error_text="the original error"))
    assert not close_run(ledger, taken, RunOutcome("abandoned", error_text="lost"))
    assert run(ledger).error_text == "the original error"
    assert live_leases(ledger) == ()
    opened(ledger, "run-2")


def test_a_new_run_has_a_new_epoch(ledger: Ledger) -> None:
    """Each lease of a cell has a higher epoch, so that no old one is ever valid again."""
    first = opened(ledger)
    close_run(ledger, first, DONE)
    second = opened(ledger, "run-2")
    assert second.epoch > first.epoch
    with pytest.raises(LeaseLost), holding(ledger, first):
        raise AssertionError("a closed run got in")


def test_runs_are_found_by_the_dates_they_cover(ledger: Ledger) -> None:
    """A backfill's run is found under every date of its range, and under no other."""
    close_run(ledger, opened(ledger, "run-1", DAY, DAY + 2 * DAYS), DONE)
    close_run(ledger, opened(ledger, "run-2", DAY + 2 * DAYS), DONE)
    found = [sorted(r.run_id for r in get_runs(ledger, game_date=DAY + n * DAYS)) for n in range(4)]
    assert found == [["run-1"], ["run-1"], ["run-1", "run-2"], []]


def test_a_takeover_waits_for_a_commit_in_progress(tmp_path: Path) -> None:
    """While a holder is inside its commit, another process cannot raise the epoch."""
    clock = VirtualClock(START)
    mine = Ledger.open(tmp_path / "ledger.db", clock)
    theirs = Ledger.open(tmp_path / "ledger.db", clock)
    theirs.execute_text("PRAGMA busy_timeout = 20")
    lease = opened(mine)
    expire_lease(mine, lease)
    with holding(mine, lease), pytest.raises(HomeBusy):
        take_over(theirs, lease)
    assert take_over(theirs, lease) is not None
    with pytest.raises(LeaseLost), holding(mine, lease):
        raise AssertionError("both held it")
    mine.close()
    theirs.close()
