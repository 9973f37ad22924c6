"""kill -9 in a busy night, anywhere: the next process ends the night as if nothing had been."""

from __future__ import annotations

import pytest

from fullcourt.simulator.worldspec import FAILPOINTS
from tests.crashes.account import Account
from tests.crashes.house import House
from tests.crashes.night import OUTSIDE, Order

FEED, LOAD, COMPUTED, GATED = (
    "odds_event_props",
    "odds_player_props",
    "predictions",
    "player_composite_factors",
)
AFTER_A_DEATH = ("ledger.taken_over", "ledger.swept", "ledger.reindexed")
OF_THE_HOME = (
    "ledger.polled",
    "ledger.judged",
    "ledger.clock",
    "ledger.breaker",
    "lake.compacted",
    "lake.expired",
    "lake.opened_again",
    *AFTER_A_DEATH,
)
# Each failpoint where its dataset suffers most; the soak kills at each in every dataset.
PLACES = (
    *((name, FEED) for name in ("ledger.opened", "archive.body", "archive.manifest")),
    ("archive.indexed", FEED),
    *((name, LOAD) for name in ("lake.before", "lake.after", "ledger.loaded", "ledger.heartbeat")),
    ("ledger.gate", GATED),
    *((name, COMPUTED) for name in ("lake.in_transaction", "ledger.before_close", "ledger.closed")),
    *((name, OUTSIDE) for name in OF_THE_HOME),
)
# Late in the night, when the other orders are done: a process gets that far twice.
LATER = (
    ("lake.after", "schedule"),
    ("ledger.before_close", "nba_boxscore"),
    ("archive.indexed", OUTSIDE),
)
# Nothing in a night without faults makes a run that changes nothing.
NEVER_IN_THIS_NIGHT = {"ledger.tried"}


def check(house: House, nights: list[Account]) -> None:
    """Every night ended as the undisturbed one, and its stores agree."""
    assert nights
    for night in nights:
        assert night.disagreements == ()
        assert night.differences(house.night) == []


def test_the_undisturbed_night_is_busy(house: House) -> None:
    """The night that is compared with has rows in all tables, commits in all phases, and agrees."""
    assert house.night.disagreements == ()
    assert all(rows.total() > 10 for rows in house.night.rows.values())
    of_busy = {name: said[0] for (name, day), said in house.night.verdicts.items() if "27" in day}
    assert set(of_busy.values()) == {"complete"}
    assert len(of_busy) == 12


def test_every_failpoint_is_killed_at() -> None:
    """No failpoint of the program is left out."""
    assert {name for name, _ in PLACES} | NEVER_IN_THIS_NIGHT == set(FAILPOINTS)


def test_killed_at_random_instants(house: House) -> None:
    """Ten kills at random instants lose nothing, double nothing, and the night completes."""
    check(house, house.kill_at_random(kills=10, seed=1))


def test_killed_at_every_failpoint(house: House) -> None:
    """A kill at each named failpoint, at its first passing or a later one, changes nothing."""
    orders = [Order("kill", *place) for place in PLACES]
    orders += [Order("kill", *place, nth=2) for place in LATER]
    nights, left = house.kill_at(orders)
    assert left == []
    check(house, nights)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_while_the_home_is_made(house: House) -> None:
    """Thirty kills in a home's first seconds leave one that is made whole by the next process."""
    night = house.kill_the_newborn(kills=30, seed=3)
    check(house, [night])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_instants_for_long(house: House, seed: int) -> None:
    """Two hundred kills, twenty a seed, change nothing."""
    check(house, house.kill_at_random(kills=20, seed=100 + seed))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_wherever_a_night_writes(house: House, nth: int) -> None:
    """A kill at the n-th passing of every failpoint in every dataset changes nothing."""
    places = [passing.split(":") for passing in house.passings]
    orders = [Order("kill", name, of, nth) for name, of, n in places if int(n) == nth]
    if nth == 1:
        orders += [Order("kill", name, OUTSIDE) for name in AFTER_A_DEATH]
    nights, left = house.kill_at(orders)
    assert left == []
    check(house, nights)
