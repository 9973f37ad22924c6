"""`plan` over several cells: nothing that is left alone keeps another from its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.trust.plan import Action, CellView, Plan, VendorState, next_attempt, plan
from fullcourt.trust.words import Cell, KeyEvidence
from tests.trust.cells import (
    DAY,
    DUE,
    GONE,
    HOUR,
    LATE,
    MINUTE,
    START,
    cell,
    expectation,
    key,
    lease,
    tried,
    view,
)

DAYS = timedelta(days=1)
HELD = KeyEvidence(held=True)
LOAD = cell("player_box_scores")
NEVER_TRIED = KeyEvidence()


def planned(
    *views: CellView,
    now: datetime = LATE,
    vendors: dict[str, VendorState] | None = None,
    unloaded: dict[Cell, KeyEvidence] | None = None,
) -> Plan:
    """The plan over these cells."""
    return plan(views, GRAPH, vendors or {}, unloaded or {}, now)


LEFT_ALONE = {
    "worked on": view(expectation(key(), cell=LOAD), {}, LATE, lease=lease(LATE + HOUR)),
    "held": view(expectation(key(), cell=LOAD), {"k": HELD}, LATE),
    "not yet": view(expectation(key(start_at=LATE + HOUR), cell=LOAD), {}, LATE),
    "its vendor in pause": view(expectation(key(), cell=cell("odds_event_props")), {}, LATE),
}


@pytest.mark.parametrize("why", list(LEFT_ALONE))
def test_what_is_left_alone_keeps_no_other_cell_waiting(why: str) -> None:
    """A cell that is held, early, leased or in a pause is passed over, not waited for."""
    pause = {"odds_api": VendorState(allowed=False, retry_at=LATE + HOUR)}
    made = planned(LEFT_ALONE[why], view(expectation(key()), {}, LATE), vendors=pause)
    assert [action.cell for action in made.actions] == [cell()]


def test_a_held_key_keeps_no_other_key_waiting() -> None:
    """Whatever keys come before it by name, a missing key is asked for."""
    expected = expectation(key("a"), key("b", retired="moved"), key("c"))
    made = planned(view(expected, {"a": HELD}, LATE))
    assert [action.keys for action in made.actions] == [("c",)]


@pytest.mark.parametrize("taken", ["planned", "leased"])
def test_a_body_of_another_cell_is_loaded_all_the_same(taken: str) -> None:
    """A cell that is planned or worked on already does not keep the archive of others waiting."""
    work = lease(LATE + HOUR) if taken == "leased" else None
    made = planned(
        view(expectation(key(), cell=LOAD), {}, LATE, lease=work),
        unloaded={LOAD: NEVER_TRIED, cell("schedule"): NEVER_TRIED},
    )
    assert made.actions[0] == Action(
        cell("schedule"), (), "a body in the archive is not loaded", calls=0, credits=0
    )
    assert [a.cell for a in made.actions[1:]] == ([] if taken == "leased" else [LOAD])


@pytest.mark.parametrize(("own", "wanted"), [(10 * MINUTE, 10 * MINUTE), (2 * HOUR, HOUR)])
def test_the_earlier_of_two_instants_is_told(own: timedelta, wanted: timedelta) -> None:
    """A cell in a pause, or whose load failed, is looked at when the first of its keys wants it."""
    other = key("b", start_at=LATE + own, due_at=LATE + DAYS)
    pause = {"nba_boxscore": VendorState(allowed=False, retry_at=LATE + HOUR)}
    made = planned(view(expectation(key("a"), other), {}, LATE), vendors=pause)
    assert made == Plan(next_at={cell(): LATE + wanted})
    # Its load failed long ago: 24 tries, the next one 6 h after the last.
    failed = {LOAD: tried(24, LATE - 5 * HOUR)}
    made = planned(view(expectation(other, cell=LOAD), {}, LATE), unloaded=failed)
    assert made == Plan(next_at={LOAD: LATE + wanted})


def test_a_reason_counts_the_keys_and_names_their_states() -> None:
    """Each state once, in the order of the alphabet."""
    stale = KeyEvidence(held=True, stale="a newer body lies in the archive")
    expected = expectation(*map(key, "abc"), cell=LOAD)
    made = planned(view(expected, {"c": stale}, LATE))
    assert [action.reason for action in made.actions] == ["3 keys missing, stale"]


def test_only_a_feed_costs_credits() -> None:
    """A dataset that names a vendor still loads from the archive, which asks nobody."""
    named = replace(BY_NAME["odds_player_props"], vendor="odds_api")
    odds = {"odds_api": VendorState(allowed=False, credits_left=0, cost_per_key=10)}
    shown = view(expectation(key(), cell=Cell(named.name, DAY)), {}, LATE)
    (action,) = plan([shown], [named], odds, {}, LATE).actions
    assert (action.calls, action.credits) == (0, 0)


@pytest.mark.parametrize("seen", [KeyEvidence(last_attempt_at=LATE), KeyEvidence(attempts=3)])
def test_what_was_not_tried_waits_for_its_start_alone(seen: KeyEvidence) -> None:
    """A lost run is no try, and a failure without an instant gives none to wait from."""
    assert next_attempt(BY_NAME["nba_boxscore"], key(), seen) == START


def test_what_was_judged_running_is_judged_again_before_it_is_worked_on() -> None:
    """A verdict from before the lease ran out gives no second run of the same keys."""
    before = view(expectation(key()), {}, LATE, lease=lease(LATE + MINUTE))
    assert planned(before, now=LATE + HOUR) == Plan()
    after = view(expectation(key()), {}, LATE + HOUR, lease=lease(LATE + MINUTE))
    assert [a.keys for a in planned(after, now=LATE + HOUR).actions] == [("k",)]


def test_a_lost_load_is_no_try() -> None:
    """A body whose load was lost before it counted as a try is loaded at once."""
    made = planned(unloaded={LOAD: KeyEvidence(last_attempt_at=LATE)})
    assert [action.cell for action in made.actions] == [LOAD]


def test_a_late_repair_is_tried_again_every_six_hours() -> None:
    """Past the calendar of its retries a dataset keeps their last and longest step."""
    late = GONE + 60 * DAYS
    for tries in (1, 30):
        seen = tried(tries, late)
        assert next_attempt(BY_NAME[LOAD.dataset], key(), seen) == late + 6 * HOUR


@pytest.mark.parametrize(
    ("last", "wait"),
    [
        (DUE - 5 * MINUTE, 5 * MINUTE),
        # The next try would fall past the step's end: the next step takes over.
        (DUE - 4 * MINUTE, 15 * MINUTE),
        (DUE + 5 * HOUR + 45 * MINUTE, 15 * MINUTE),
        (DUE + 5 * HOUR + 46 * MINUTE, 6 * HOUR),
    ],
)
def test_a_step_of_the_retries_holds_to_its_end(last: datetime, wait: timedelta) -> None:
    """A dataset is tried every 5 min to its due time, every 15 min for 6 h, then every 6 h."""
    assert next_attempt(BY_NAME[LOAD.dataset], key(), tried(1, last)) == last + wait
