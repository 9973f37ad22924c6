"""`plan`: what is done next, when it is tried again, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.pipeline.graph import BY_NAME, GRAPH, ORDER
from fullcourt.trust.plan import Action, CellView, Plan, VendorState, next_attempt, plan
from fullcourt.trust.words import Cause, Cell, KeyEvidence, KeyExpectation, KeyState
from tests.trust.cells import (
    DAY,
    DUE,
    GONE,
    HOUR,
    LATE,
    MINUTE,
    START,
    STARTED,
    cell,
    expectation,
    key,
    lease,
    tried,
    view,
)

HELD = KeyEvidence(held=True)
STALE = KeyEvidence(held=True, stale="a newer body lies in the archive")
DAYS = timedelta(days=1)


def planned(
    *views: CellView,
    now: datetime,
    vendors: dict[str, VendorState] | None = None,
    unloaded: dict[Cell, KeyEvidence] | None = None,
) -> Plan:
    """The plan over these cells."""
    return plan(views, GRAPH, vendors or {}, unloaded or {}, now)


def lone(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, dataset: str = "nba_boxscore"
) -> Plan:
    """The plan of a cell with one key."""
    seen_keys = {expected.key: seen}
    return planned(view(expectation(expected, cell=cell(dataset)), seen_keys, now), now=now)


def tries(
    expected: KeyExpectation, dataset: str = "nba_boxscore", cause: Cause = Cause.VENDOR_EMPTY
) -> list[datetime]:
    """The instants a key is tried at when every try fails, each carried out when it is due."""
    declaration = BY_NAME[dataset]
    found: list[datetime] = []
    seen = KeyEvidence()
    while len(found) < 1000:
        at = next_attempt(declaration, expected, seen)
        if at is None or (expected.horizon_at is not None and at >= expected.horizon_at):
            return found
        found.append(at)
        seen = tried(len(found), at, cause=cause)
    raise AssertionError("the tries have no end")


def test_hourly_to_72_hours_then_daily_to_14_days() -> None:
    """A box score is asked for every 15 min before its due time, then hourly, then daily."""
    made = tries(key())
    after = [at - DUE for at in made if at > DUE]
    hourly = [gap for gap in after if gap <= 72 * HOUR]
    daily = [gap for gap in after if gap > 72 * HOUR]
    assert [at for at in made if at <= DUE] == [
        START + n * timedelta(minutes=15) for n in range(13)
    ]
    assert hourly == [n * HOUR for n in range(1, 73)]
    assert daily == [72 * HOUR + n * DAYS for n in range(1, 11)]


@given(
    dataset=st.sampled_from(sorted(BY_NAME)),
    lead=st.integers(0, 20 * 60),
    first=st.integers(0, 40 * 24 * 60),
)
def test_tries_are_bounded(dataset: str, lead: int, first: int) -> None:
    """Whenever a key is first tried, its tries move on and end: in number, and calls in time."""
    declaration = BY_NAME[dataset]
    expected = key(start_at=DUE - lead * MINUTE, horizon_at=None)
    seen = tried(1, expected.start_at + first * MINUTE)
    count = 1
    while (at := next_attempt(declaration, expected, seen)) is not None:
        assert seen.last_attempt_at is not None
        assert at > seen.last_attempt_at
        if declaration.is_feed:
            assert at <= DUE + 14 * DAYS
        count += 1
        seen = tried(count, at)
        assert count <= declaration.max_attempts


def test_a_late_repair_from_the_archive_has_no_calendar() -> None:
    """Rows lost months later are loaded again, and tried again when that fails once."""
    late = GONE + 60 * DAYS
    failed = tried(1, late - 7 * HOUR, cause=Cause.PROCESSOR_FAILED)
    made = lone(key(horizon_at=None), failed, late, "player_box_scores")
    assert [action.keys for action in made.actions] == [("k",)]
    assert lone(key(horizon_at=None), failed, late, "nba_boxscore").actions == ()


@pytest.mark.parametrize(
    ("expected", "seen", "now", "state"),
    [
        (key(), HELD, LATE, KeyState.COMPLETE),
        (key(retired="postponed"), KeyEvidence(), LATE, KeyState.RETIRED),
        (key(), tried(), GONE, KeyState.UNRECOVERABLE),
        (key(), KeyEvidence(), START - MINUTE, KeyState.NOT_DUE),
        (key(), KeyEvidence(blocked_by="upstream"), LATE, KeyState.WAITING),
        (key(), KeyEvidence(blocked_by="x", blocked_forever=True), LATE, KeyState.UNRECOVERABLE),
        (key(), KeyEvidence(ready=False, cause=Cause.CONTRACT_BROKEN), LATE, KeyState.MISSING),
        (key(), tried(150, LATE - DAYS), LATE, KeyState.MISSING),
    ],
)
def test_nothing_is_planned(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, state: KeyState
) -> None:
    """No work for what is held, withdrawn, given up, early, blocked, not ready or out of tries."""
    shown = view(expectation(expected), {"k": seen}, now)
    assert shown.verdict.keys[0].state is state
    assert planned(shown, now=now).actions == ()


@pytest.mark.parametrize(
    ("expected", "seen", "now", "state"),
    [
        (key(), KeyEvidence(), STARTED, KeyState.NOT_DUE),
        (key(), KeyEvidence(), LATE, KeyState.MISSING),
        (key(), tried(3, LATE - 2 * HOUR), LATE, KeyState.MISSING),
        (key(), STALE, LATE, KeyState.STALE),
        (key(), STALE, GONE, KeyState.STALE),
        (key(unverifiable="disputed"), KeyEvidence(), LATE, KeyState.UNVERIFIABLE),
        (key(), KeyEvidence(held=True, next_attempt_at=LATE), LATE, KeyState.COMPLETE),
        (key(ask_once=True), KeyEvidence(), GONE, KeyState.MISSING),
    ],
)
def test_a_key_is_planned(
    expected: KeyExpectation, seen: KeyEvidence, now: datetime, state: KeyState
) -> None:
    """Work is planned at once for what started, is missing, stale, disputed or wanted again."""
    shown = view(expectation(expected), {"k": seen}, now)
    assert shown.verdict.keys[0].state is state
    made = planned(shown, now=now)
    assert made.actions == (Action(cell(), ("k",), f"1 keys {state.value}", calls=1),)


def test_nothing_is_planned_once_a_slate_is_frozen() -> None:
    """Context, factors and predictions are neither filled nor refreshed after their tip."""
    frozen = key(horizon_at=DUE)
    for name in ("upcoming_player_game_context", "player_composite_factors", "predictions"):
        for seen in (KeyEvidence(), STALE, tried()):
            assert lone(frozen, seen, DUE, name).actions == ()
            assert lone(frozen, seen, DUE - MINUTE, name).actions != ()


def test_only_due_keys_are_planned_and_the_next_instant_is_told() -> None:
    """An action names the keys due now; the cell's next instant is the earliest of the others."""
    later = key("b", start_at=LATE + HOUR, due_at=LATE + 3 * HOUR)
    last = key("c", start_at=LATE + 2 * HOUR, due_at=LATE + 3 * HOUR)
    made = planned(view(expectation(key("a"), last, later), {}, LATE), now=LATE)
    assert [action.keys for action in made.actions] == [("a",)]
    assert made.next_at == {cell(): LATE + HOUR}


def test_calls_and_credits_are_stated() -> None:
    """An action of a feed says how many calls it makes and what they cost, in credits."""
    odds = {"odds_api": VendorState(credits_left=100, cost_per_key=10)}
    props = cell("odds_event_props")
    made = planned(
        view(expectation(key("a"), key("b"), cell=props), {}, STARTED), now=STARTED, vendors=odds
    )
    assert [(a.calls, a.credits) for a in made.actions] == [(2, 20)]
    load = expectation(key("a"), cell=cell("odds_player_props"))
    made = planned(view(load, {}, STARTED), now=STARTED, vendors=odds)
    assert [(a.calls, a.credits) for a in made.actions] == [(0, 0)]


def test_a_vendor_in_pause_is_not_asked() -> None:
    """While a breaker is open its vendor's feeds wait for the probe, and nothing else does."""
    pause = {"nba_boxscore": VendorState(allowed=False, retry_at=LATE + HOUR)}
    feed = view(expectation(key()), {}, LATE)
    load = view(expectation(key(), cell=cell("player_box_scores")), {}, LATE)
    made = planned(feed, load, now=LATE, vendors=pause)
    assert [action.cell.dataset for action in made.actions] == ["player_box_scores"]
    assert made.next_at[cell()] == LATE + HOUR
    again = planned(feed, now=LATE + HOUR, vendors=pause)
    assert [action.cell for action in again.actions] == [cell()]
    shut = {"nba_boxscore": VendorState(allowed=False)}
    assert planned(feed, now=LATE, vendors=shut) == Plan()


def test_a_leased_cell_is_left_alone() -> None:
    """A cell somebody works on gets no second action, neither by key nor from the archive."""
    load = cell("player_box_scores")
    busy = view(expectation(key(), cell=load), {}, LATE, lease=lease(LATE + MINUTE))
    assert planned(busy, now=LATE, unloaded={load: KeyEvidence()}) == Plan()
    free = view(expectation(key(), cell=load), {}, LATE, lease=lease(LATE))
    assert [a.keys for a in planned(free, now=LATE).actions] == [("k",)]


def test_the_archive_comes_before_any_call() -> None:
    """Bodies that are archived and not loaded come first, wait for no due time and cost no call."""
    old, new = cell("player_box_scores", DAY - DAYS), cell("schedule", DAY + DAYS)
    made = planned(
        view(expectation(key(), cell=cell("nba_schedule")), {}, LATE),
        view(expectation(key(), cell=cell("grades")), {}, LATE),
        now=LATE,
        unloaded={old: KeyEvidence(), new: KeyEvidence()},
    )
    assert [(a.cell.dataset, a.keys, a.calls) for a in made.actions] == [
        ("schedule", (), 0),
        ("player_box_scores", (), 0),
        ("nba_schedule", ("k",), 1),
        ("grades", ("k",), 0),
    ]


def test_a_cell_is_planned_once() -> None:
    """A cell whose keys are due takes its unloaded bodies in the same action."""
    load = cell("player_box_scores")
    made = planned(
        view(expectation(key(), cell=load), {}, LATE), now=LATE, unloaded={load: KeyEvidence()}
    )
    assert [action.keys for action in made.actions] == [("k",)]


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(1, 5 * MINUTE), (11, 5 * MINUTE), (12, 15 * MINUTE), (24, 6 * HOUR), (59, 6 * HOUR)],
)
def test_a_failed_load_backs_off(attempts: int, wait: timedelta) -> None:
    """An archived body that does not load is tried again, ever more rarely, and then no more."""
    load = cell("player_box_scores")
    seen = {load: tried(attempts, LATE)}
    assert planned(now=LATE, unloaded=seen) == Plan(next_at={load: LATE + wait})
    assert [a.cell for a in planned(now=LATE + wait, unloaded=seen).actions] == [load]
    spent = {load: tried(BY_NAME["player_box_scores"].max_attempts, LATE)}
    assert planned(now=GONE, unloaded=spent) == Plan()


@given(st.permutations(sorted(BY_NAME)), st.permutations([-2, -1, 0, 1]))
def test_actions_follow_the_pipeline(names: list[str], offsets: list[int]) -> None:
    """In whatever order cells come: loads first, then by the graph, then by date."""
    cells = [cell(name, DAY + n * DAYS) for name in names for n in offsets]
    made = planned(*(view(expectation(key(), cell=c), {}, STARTED) for c in cells), now=STARTED)
    done = [action.cell for action in made.actions]
    assert sorted(done) == sorted(cells)
    loads = {d.name for d in GRAPH if d.phase.name == "RAW"}
    assert done == sorted(
        done, key=lambda c: (c.dataset not in loads, ORDER[c.dataset], c.game_date)
    )


@given(
    st.sampled_from(sorted(BY_NAME)),
    st.lists(
        st.builds(
            KeyEvidence,
            held=st.booleans(),
            suspect=st.none() | st.just("sums"),
            stale=st.none() | st.just("inputs"),
            attempts=st.integers(0, 200),
            last_attempt_at=st.integers(0, 30 * 24 * 60).map(lambda m: START + m * MINUTE),
            blocked_by=st.none() | st.just("upstream"),
            ready=st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(-60, 30 * 24 * 60),
)
def test_a_plan_is_never_idle_and_never_late(
    dataset: str, seen: list[KeyEvidence], minutes: int
) -> None:
    """A cell is planned exactly when one of its keys is wanted, and the next instant lies ahead."""
    now = START + minutes * MINUTE
    names = {f"k{n}": one for n, one in enumerate(seen)}
    expected = expectation(*(key(name) for name in names), cell=cell(dataset))
    shown = view(expected, names, now)
    made = planned(shown, now=now)
    for action in made.actions:
        assert action.keys
        states = {k.state for k in shown.verdict.keys if k.key in action.keys}
        assert not states & {KeyState.COMPLETE, KeyState.UNRECOVERABLE, KeyState.RETIRED}
        for name in action.keys:
            one = names[name]
            assert one.attempts < BY_NAME[dataset].max_attempts
            assert one.attempts == 0 or one.held or (one.ready and one.blocked_by is None)
    assert all(at > now for at in made.next_at.values())
    waited = [replace(one, last_attempt_at=now) for one in seen if one.attempts]
    if len(waited) == len(seen):
        just_tried = view(expected, dict(zip(names, waited, strict=True)), now)
        assert planned(just_tried, now=now).actions == ()


def test_what_was_refused_least_comes_first() -> None:
    """A game that is refused again and again keeps no other from being asked, on any date."""
    refused, other = key("a"), key("b")
    before, after = cell(day=DAY - DAYS), cell(day=DAY)
    often = tried(3, LATE - 2 * HOUR, cause=Cause.VENDOR_BLOCKED)
    made = planned(
        view(expectation(refused, other, cell=before), {"a": often, "b": often}, LATE),
        view(expectation(refused, other, cell=after), {"a": often}, LATE),
        now=LATE,
    )
    assert [(a.cell, a.keys) for a in made.actions] == [(after, ("b", "a")), (before, ("a", "b"))]


def test_what_is_stale_is_made_again_at_once() -> None:
    """Rows made for a first tip that was put off since do not stay stale until the new start."""
    for dataset in ("player_composite_factors", "schedule"):
        made = lone(key(), STALE, START - 2 * HOUR, dataset)
        assert [action.keys for action in made.actions] == [("k",)]
