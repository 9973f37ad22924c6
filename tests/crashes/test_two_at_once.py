"""Two processes on one home: one of them stopped and overtaken, or both at work at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from fullcourt.pipeline.runner import process_start
from tests.crashes.account import Account, account_of
from tests.crashes.house import KILLED, STOPPED, House
from tests.crashes.night import Order

PROGRAM = [sys.executable, "-c", "from fullcourt.cli.main import main; main()"]
LOAD, FEED, COMPUTED = "player_box_scores", "odds_event_props", "predictions"


def stopped_at(house: House, failpoint: str, dataset: str) -> int:
    """A process that has stopped itself there, its lease and the home's lock in its hands."""
    house.begin_again()
    pid = house.start(orders=[Order("stop", failpoint, dataset)])
    assert house.nursery.wait(pid) == STOPPED
    return pid


def go_on(house: House, pid: int) -> None:
    """Let a stopped process continue; it must end its night without an error."""
    os.kill(pid, signal.SIGCONT)
    house.must_end_well(pid)


def check_nothing_double(house: House, account: Account) -> None:
    """The stores agree, every run has one ending, every cell is as in the undisturbed night."""
    assert account.disagreements == ()
    assert account.verdicts == house.night.verdicts


def ending(house: House, dataset: str) -> list[str]:
    """How the runs of a dataset ended, in the order they were opened."""
    return [state for of, state in account_of(house.home).endings if of == dataset]


@pytest.mark.parametrize(
    ("failpoint", "endings"),
    [
        # Two games end after each other. The first one's rows are made again by another,
        ("lake.before", ["abandoned", "succeeded", "succeeded"]),
        # or were there already.
        ("ledger.before_close", ["succeeded", "abandoned", "succeeded"]),
    ],
)
def test_a_stopped_worker_that_is_overtaken_commits_nothing_more(
    house: House, failpoint: str, endings: list[str]
) -> None:
    """Its lease runs out, another redoes the cell, it continues: its lease is lost, all is once."""
    pid = stopped_at(house, failpoint, LOAD)
    house.must_end_well(house.start(ways=["+unlocked"]))
    overtaken = account_of(house.home)
    assert overtaken.disagreements == ()
    assert overtaken.differences(house.night) == []
    assert ending(house, LOAD)[-3:] == endings
    go_on(house, pid)
    assert account_of(house.home) == overtaken


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("dataset", [FEED, LOAD, COMPUTED, "grades", "odds_player_props"])
@pytest.mark.parametrize("failpoint", ["ledger.opened", "ledger.before_close", "ledger.closed"])
def test_a_worker_stopped_anywhere_is_overtaken(house: House, failpoint: str, dataset: str) -> None:
    """Wherever a run of any kind is stopped and overtaken, nothing is double, nothing is lost."""
    pid = stopped_at(house, failpoint, dataset)
    house.must_end_well(house.start(ways=["+unlocked"]))
    check_nothing_double(house, account_of(house.home))
    go_on(house, pid)
    check_nothing_double(house, account_of(house.home))


def test_a_worker_stopped_in_its_commit_cannot_be_overtaken(house: House) -> None:
    """From lease check to COMMIT the ledger is locked: the other says so; then the commit holds."""
    pid = stopped_at(house, "lake.in_transaction", LOAD)
    other = house.start(ways=["+unlocked", "+impatient"])
    assert house.nursery.wait(other) == 1
    assert "another process holds the ledger's lock" in house.errors.read_text(encoding="utf-8")
    go_on(house, pid)
    account = account_of(house.home)
    assert account.disagreements == ()
    assert account.differences(house.night) == []


def test_a_second_program_says_that_the_home_is_busy(house: House) -> None:
    """`fullcourt run` on a home at work ends with 3 and the other's number; a kill frees it."""
    pid = stopped_at(house, "lake.in_transaction", "odds_player_props")
    done = subprocess.run(
        [*PROGRAM, "run", "--home", str(house.home)], capture_output=True, text=True, check=False
    )
    said = " ".join(done.stderr.split())
    assert done.returncode == 3
    assert f"another fullcourt works on this home (process {pid})" in said
    os.kill(pid, signal.SIGKILL)
    assert house.nursery.wait(pid) == KILLED
    assert process_start(pid) == ""
    account = house.finish()
    assert account.disagreements == ()
    assert account.differences(house.night) == []


def test_two_controllers_do_no_cell_twice(house: House) -> None:
    """Two controllers without the home's lock, at the same instants, end with each key once."""
    house.begin_again()
    house.must_end_well(house.nursery.start("tests.crashes.pair", str(house.home)))
    # Not value by value: who is first decides whether a row that can do without lines finds them.
    check_nothing_double(house, account_of(house.home))
