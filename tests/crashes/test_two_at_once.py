"""Two processes on one home: one of them stopped and overtaken, or both at work at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

import pytest

from tests.crashes.account import Account, account_of
from tests.crashes.house import STOPPED, House
from tests.crashes.night import Order

PROGRAM = [sys.executable, "-c", "from fullcourt.cli.main import main; main()"]
LOAD = "player_box_scores"
UNDER_THE_LOCK = frozenset(
    {
        "archive.body",
        "archive.manifest",
        "lake.in_transaction",
        "lake.compacted",
        "lake.expired",
        "ledger.taken_over",
    }
)


def stopped_at(house: House, order: Order) -> int:
    """A process that has stopped itself there, its lease and the home's lock in its hands."""
    house.begin_again()
    pid = house.start(orders=[order])
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
        pytest.param(
            "ledger.before_close",
            ["succeeded", "abandoned", "succeeded"],
            marks=pytest.mark.soak,
        ),
    ],
)
def test_a_stopped_worker_that_is_overtaken_commits_nothing_more(
    house: House, failpoint: str, endings: list[str]
) -> None:
    """Its lease runs out, another redoes the cell, it continues: its lease is lost, all is once."""
    pid = stopped_at(house, Order("stop", failpoint, LOAD))
    house.must_end_well(house.start(ways=["+unlocked"]))
    overtaken = account_of(house.home)
    assert overtaken.disagreements == ()
    assert overtaken.differences(house.night) == []
    assert ending(house, LOAD)[-3:] == endings
    go_on(house, pid)
    assert account_of(house.home) == overtaken


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_a_process_stopped_anywhere_is_overtaken(house: House, seed: int) -> None:
    """Wherever a process stops and is overtaken, in a run or outside, nothing is double or lost."""
    places = [passing.split(":") for passing in house.passings]
    orders = [
        Order("stop", name, dataset, int(nth))
        for name, dataset, nth in places
        # Under the ledger's lock nobody can overtake it.
        if name not in UNDER_THE_LOCK
    ]
    for order in random.Random(seed).sample(orders, 6):
        pid = stopped_at(house, order)
        house.must_end_well(house.start(ways=["+unlocked"]))
        check_nothing_double(house, account_of(house.home))
        go_on(house, pid)
        check_nothing_double(house, account_of(house.home))


def test_a_worker_stopped_in_its_commit_cannot_be_overtaken(house: House) -> None:
    """While it stands, others say who works and what is locked; afterwards its commit holds."""
    pid = stopped_at(house, Order("stop", "lake.in_transaction", LOAD))
    done = subprocess.run(
        [*PROGRAM, "run", "--home", str(house.home)], capture_output=True, text=True, check=False
    )
    said = " ".join(done.stderr.split())
    assert done.returncode == 3
    assert f"another fullcourt works on this home (process {pid})" in said
    other = house.start(ways=["+unlocked", "+impatient"])
    assert house.nursery.wait(other) == 1
    assert "another process holds the ledger's lock" in house.errors.read_text(encoding="utf-8")
    go_on(house, pid)
    account = account_of(house.home)
    assert account.disagreements == ()
    assert account.differences(house.night) == []


def test_two_controllers_do_no_cell_twice(house: House) -> None:
    """Two controllers without the home's lock, at the same instants, end with each key once."""
    house.begin_again()
    house.must_end_well(house.nursery.start("tests.crashes.pair", str(house.home)))
    # Not value by value: who is first decides whether a row that can do without lines finds them.
    check_nothing_double(house, account_of(house.home))
