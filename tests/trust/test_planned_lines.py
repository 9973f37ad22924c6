"""Lines where credits are planned: when they are due, when they are asked for, what is given up."""

from __future__ import annotations

from datetime import timedelta

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.trust.expectations import expect
from fullcourt.trust.facts import PlannedLines
from fullcourt.trust.plan import plan
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import Cause, CellVerdict, Evidence, KeyEvidence, KeyState
from tests.trust.cells import DUE, MINUTE, START, cell, expectation, key, view
from tests.trust.nights import facts, game

GRAPH = tuple(BY_NAME.values())
FEED = "odds_event_props"


def test_planned_lines_are_due_after_the_closing_snapshot() -> None:
    """The closing one may be a game's only one: its lines are no loss before it."""
    played = game()
    assert played.tip_at is not None
    first = played.tip_at - timedelta(hours=7)
    looks = played.tip_at - timedelta(hours=1)
    night = facts(played, planned_lines={played.game_id: PlannedLines(first, looks)})
    for dataset in (FEED, "odds_player_props"):
        (owed,) = expect(dataset, night).keys
        assert owed.start_at == first
        assert owed.due_at == played.tip_at - 5 * MINUTE
        assert owed.horizon_at == played.tip_at
        assert owed.review_at == looks


def test_lines_given_up_are_missing_with_their_cause_and_then_unrecoverable() -> None:
    """Looked at once at the closing time; `quota_spent` stands in every later verdict."""
    played = game()
    assert played.tip_at is not None
    share = PlannedLines(why_none="quota_spent: 3 credits to spend")
    expected = expect(FEED, facts(played, planned_lines={played.game_id: share}))
    (owed,) = expected.keys
    assert owed.start_at == played.tip_at - 10 * MINUTE
    before = judge(expected, Evidence(), owed.start_at - MINUTE)
    assert before.keys[0].reason == "quota_spent: 3 credits to spend"
    seen = KeyEvidence(
        attempts=1, last_attempt_at=owed.start_at, cause=Cause.QUOTA_SPENT, detail="3 credits"
    )
    evidence = Evidence({played.game_id: seen})
    for at, state in (
        (owed.start_at, KeyState.WAITING),
        (owed.due_at, KeyState.MISSING),
        (played.tip_at, KeyState.UNRECOVERABLE),
    ):
        (said,) = judge(expected, evidence, at).keys
        assert (said.state, said.cause) == (state, Cause.QUOTA_SPENT)


def test_a_date_the_plan_does_not_reach_keeps_its_due_times() -> None:
    """A slate that is over, or a game only the listing shows: due as on any planned night."""
    played = game()
    assert played.tip_at is not None
    (owed,) = expect(FEED, facts(played, planned_lines={})).keys
    assert (owed.start_at, owed.due_at) == (
        played.tip_at - 10 * MINUTE,
        played.tip_at - 5 * MINUTE,
    )


def test_every_game_of_a_planned_slate_is_owed() -> None:
    """With a share of the plan or without one, and whatever stands beside it."""
    slate = (game(1), game(2, tip_at=None), game(3))
    shares = {slate[0].game_id: PlannedLines(why_none="quota_spent: 3 credits to spend")}
    owed = expect(FEED, facts(*slate, planned_lines=shares)).keys
    assert {each.key for each in owed} == {each.game_id for each in slate}


def test_what_credits_do_not_reach_for_is_a_warning_of_its_cell() -> None:
    """Snapshots given up of games that have others are no loss, and are said."""
    said = ("snapshots given up (quota_spent): 5 hourly",)
    expected = expect(FEED, facts(game(), planned_lines={}, credit_warnings=said))
    assert judge(expected, Evidence(), DUE).warnings == said
    assert judge(expected, Evidence(), DUE).verdict is not CellVerdict.COMPLETE


def test_a_planned_instant_takes_the_place_of_the_retry_schedule() -> None:
    """Tried in vain and not held: asked again when the plan says so, not after a fixed pause."""
    owed = expectation(key("a"), cell=cell(FEED))
    at = START + 40 * MINUTE
    seen = KeyEvidence(attempts=1, last_attempt_at=START, next_attempt_at=at)
    for now, acts in ((START + 31 * MINUTE, False), (at, True)):
        found = plan([view(owed, {"a": seen}, now)], GRAPH, {}, {}, now)
        assert bool(found.actions) == acts
        assert acts or found.next_at[cell(FEED)] == at
    spent = KeyEvidence(
        attempts=BY_NAME[FEED].max_attempts, last_attempt_at=START, next_attempt_at=at
    )
    assert not plan([view(owed, {"a": spent}, at)], GRAPH, {}, {}, at).actions
