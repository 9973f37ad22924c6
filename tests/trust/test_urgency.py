"""`plan` with another urgency: what a repair tries now, what only force does, what neither."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.trust.plan import CellView, Plan, Urgency, VendorState, plan
from fullcourt.trust.words import Cause, KeyEvidence
from tests.trust.cells import (
    DUE,
    EARLY,
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

SPENT = BY_NAME["nba_boxscore"].max_attempts
LOADS = BY_NAME["player_box_scores"].max_attempts
NIGHTLY, REPAIR, FORCED = Urgency.NIGHTLY, Urgency.REPAIR, Urgency.FORCED


def asked(
    seen: KeyEvidence, now: datetime, urgency: Urgency, dataset: str = "nba_boxscore"
) -> bool:
    """Whether a cell's one key is worked on at `now`."""
    one = view(expectation(key(), cell=cell(dataset)), {"k": seen}, now)
    return bool(planned([one], now, urgency).actions)


def planned(
    views: list[CellView],
    now: datetime,
    urgency: Urgency,
    vendors: dict[str, VendorState] | None = None,
) -> Plan:
    """The plan over these cells."""
    return plan(views, GRAPH, vendors or {}, {}, now, urgency)


FAILED = {"cause": Cause.VENDOR_EMPTY}


@pytest.mark.parametrize(
    ("name", "seen", "now", "dataset", "by"),
    [
        ("never tried", KeyEvidence(), LATE, "nba_boxscore", {NIGHTLY, REPAIR, FORCED}),
        ("a minute ago", tried(3, LATE - MINUTE, **FAILED), LATE, "nba_boxscore", {REPAIR, FORCED}),
        ("attempts spent", tried(SPENT, DUE - HOUR, **FAILED), LATE, "nba_boxscore", {FORCED}),
        ("loads spent", tried(LOADS, DUE - HOUR, **FAILED), LATE, "player_box_scores", {FORCED}),
        ("given up", tried(9, DUE, **FAILED), GONE, "nba_boxscore", {FORCED}),
        ("early", KeyEvidence(), EARLY, "nba_boxscore", set()),
        ("held", KeyEvidence(held=True), LATE, "nba_boxscore", set()),
        ("blocked", KeyEvidence(blocked_by="x"), LATE, "player_game_summary", set()),
        ("no body", KeyEvidence(ready=False), LATE, "player_box_scores", set()),
        (
            "stale, a minute ago",
            tried(2, LATE - MINUTE, held=True, stale="newer"),
            LATE,
            "player_box_scores",
            {REPAIR, FORCED},
        ),
        (
            "stale, and its work begins later",
            tried(2, EARLY - MINUTE, held=True, stale="newer"),
            EARLY,
            "player_box_scores",
            {REPAIR, FORCED},
        ),
        ("frozen", tried(2, DUE, **FAILED), GONE, "predictions", {FORCED}),
        (
            "its next snapshot",
            KeyEvidence(held=True, next_attempt_at=DUE),
            LATE,
            "odds_event_props",
            {NIGHTLY},
        ),
    ],
)
def test_who_is_tried_by_which_urgency(
    name: str, seen: KeyEvidence, now: datetime, dataset: str, by: set[Urgency]
) -> None:
    """A repair waits for no pause and keeps to the budgets; force passes those and nothing else."""
    assert {urgency for urgency in Urgency if asked(seen, now, urgency, dataset)} == by, name


@pytest.mark.parametrize("urgency", list(Urgency))
def test_no_urgency_takes_a_cell_from_a_run_at_work(urgency: Urgency) -> None:
    """A live lease is respected, also by force."""
    one = view(expectation(key()), {}, LATE, lease=lease(LATE + HOUR))
    assert planned([one], LATE, urgency).actions == ()


@pytest.mark.parametrize("urgency", list(Urgency))
def test_no_urgency_asks_a_vendor_whose_breaker_is_open(urgency: Urgency) -> None:
    """A vendor that is left alone is left alone by force, too; the plan says until when."""
    shut = {"nba_boxscore": VendorState(allowed=False, retry_at=LATE + HOUR)}
    made = planned([view(expectation(key()), {}, LATE)], LATE, urgency, shut)
    assert made.actions == ()
    assert made.next_at[cell()] == LATE + HOUR


def test_an_unloaded_body_waits_for_no_pause_in_a_repair() -> None:
    """A failed load is tried at once by a repair; with its tries spent only by force."""
    where = cell("player_box_scores")
    for attempts, by in ((3, {REPAIR, FORCED}), (LOADS, {FORCED})):
        seen = tried(attempts, LATE - MINUTE)
        found = {u for u in Urgency if plan([], GRAPH, {}, {where: seen}, LATE, u).actions}
        assert found == by


@given(
    dataset=st.sampled_from(sorted(BY_NAME)),
    attempts=st.integers(0, 200),
    minutes=st.integers(-60, 40 * 24 * 60),
    held=st.booleans(),
    ready=st.booleans(),
    blocked=st.none() | st.just("an upstream"),
)
def test_a_repair_tries_what_a_night_would_and_force_what_a_repair_would(
    dataset: str, attempts: int, minutes: int, held: bool, ready: bool, blocked: str | None
) -> None:
    """Of lost keys each urgency works on all that the calmer one works on."""
    now = START + timedelta(minutes=minutes)
    seen = KeyEvidence(
        held=held,
        stale="newer" if held else None,
        attempts=attempts,
        last_attempt_at=min(now, DUE) - HOUR if attempts else None,
        ready=ready,
        blocked_by=blocked,
    )
    done = [asked(seen, now, urgency, dataset) for urgency in (NIGHTLY, REPAIR, FORCED)]
    assert done == sorted(done)
