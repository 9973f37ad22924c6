"""The audit of a home of ours, played in a small world, beside the verdicts it has stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest

from fullcourt.audit.own import CAUSES, audit_own, cause_of
from fullcourt.audit.result import AuditView
from fullcourt.audit.words import DateClass, LossCause, RunClass
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.rehearsal.home import rehearsal_home
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import ENDPOINTS, WorldSpec
from fullcourt.stores.ledger.verdicts import StoredVerdict, get_verdicts
from fullcourt.trust.words import Cause, KeyState

FIRST = date(2025, 10, 31)
LATE, NEVER = date(2025, 11, 1), date(2025, 11, 2)
# A night whose box scores come hours after they are due, and one whose box scores never come.
LATE_NIGHTS = tuple(
    Fault(*ENDPOINTS["boxscore"], eastern(night, 12), until, FaultKind.NOT_FOUND)
    for night, until in (
        (LATE, eastern(NEVER, 9)),
        (NEVER, eastern(date(2025, 12, 1))),
    )
)
# What each stored verdict comes to, by whether the cell holds a key that counts; written by hand.
EXPECTED = {
    "complete": {DateClass.COMPLETE},
    "legitimate_zero": {DateClass.LEGITIMATE_ZERO},
    "partial": {DateClass.PARTIAL_LOSS},
    "missing": {DateClass.LOSS},
    "suspect": {DateClass.COMPLETE},
    "stale": {DateClass.COMPLETE},
    "unverifiable": {DateClass.UNVERIFIABLE},
    "unrecoverable": {DateClass.LOSS, DateClass.PARTIAL_LOSS},
    "not_due": {DateClass.LEGITIMATE_ZERO, DateClass.COMPLETE},
}


@dataclass(frozen=True, slots=True)
class Played:
    """A home's audit, and its verdicts."""

    view: AuditView
    verdicts: Mapping[tuple[str, date], StoredVerdict]


@cache
def played(faults: tuple[Fault, ...]) -> Played:
    """Four nights of a small league, ticked whenever the controller wants to."""
    spec = WorldSpec(
        "own", seed=5, teams=6, calendar="short", first_date=FIRST, nights=4, faults=faults
    )
    with rehearsal_home(spec, faults) as home:
        controller = home.controller(InlineExecutor())
        world = home.clock.world
        while world.now() < spec.ends_at:
            controller.tick()
            wake = controller.next_wake() or spec.ends_at
            soonest = world.now() + timedelta(minutes=1)
            world.advance_to(min(max(wake, soonest), spec.ends_at))
        controller.tick()
        verdicts = {(v.dataset, v.game_date): v for v in get_verdicts(home.stores.ledger)}
        return Played(audit_own(home.stores, all_runs=True), verdicts)


@pytest.mark.parametrize("faults", [(), LATE_NIGHTS], ids=["calm", "late"])
def test_every_date_is_what_its_verdict_says(faults: tuple[Fault, ...]) -> None:
    """No second opinion: classes and lost keys follow from the stored verdicts and states."""
    found = played(faults)
    cells = {(d.target, d.game_date): d for d in found.view.dates}
    assert len(cells) > 40
    for cell, each in cells.items():
        verdict = found.verdicts[cell]
        states = [state for state, *_ in verdict.states.values()]
        held = sum(state in ("complete", "suspect", "stale") for state in states)
        assert each.held == held
        named = {key.key for key in found.view.lost if (key.target, key.game_date) == cell}
        lost = {
            key
            for key, (state, cause, *_) in verdict.states.items()
            if state in ("missing", "unrecoverable")
            or (state == KeyState.WAITING and cause == Cause.BLOCKED_UPSTREAM)
        }
        assert named == lost
        assert each.lost == len(lost)
        if verdict.verdict == "waiting":
            # For what is blocked by a loss upstream, or is not due.
            expected = {DateClass.LOSS} if lost else EXPECTED["not_due"]
            expected = {DateClass.PARTIAL_LOSS} if lost and held else expected
        else:
            expected = EXPECTED[verdict.verdict]
        assert each.date_class in expected, cell


def test_where_nothing_failed_nothing_is_lost() -> None:
    """A calm world: no loss, no lie; who wrote nothing found all there, or nothing owed."""
    view = played(()).view
    assert (view.lost, view.lies) == ((), ())
    assert view.total.runs_by_class.keys() <= {
        RunClass.COMPLETE,
        RunClass.LEGITIMATE_ZERO,
        RunClass.TRACKING_FALSE_POSITIVE,
    }
    assert view.total.zero_runs > 0


def test_a_late_night_is_healed_and_named_with_its_healer() -> None:
    """Box scores that came after they were due: the runs before are healed by who brought them."""
    view = played(LATE_NIGHTS).view
    healed = [
        run for run in view.findings if run.run_class is RunClass.HEALED and run.game_date == LATE
    ]
    assert {run.target for run in healed} >= {"nba_boxscore"}
    runs = {run.run_id: run for run in view.findings if run.game_date == LATE}
    for run in healed:
        assert run.healed_by is not None
        healer = runs[run.healed_by]
        assert healer.target == run.target
        assert healer.said
    assert not [key for key in view.lost if key.game_date == LATE]


def test_a_night_that_never_comes_is_a_loss_with_its_cause() -> None:
    """The feed's keys are lost because the vendor has nothing; what is made of them is blocked."""
    view = played(LATE_NIGHTS).view
    causes = {key.target: key.cause for key in view.lost if key.game_date == NEVER}
    assert causes["nba_boxscore"] is LossCause.UPSTREAM_EMPTY
    made = set(causes) - {"nba_boxscore", "player_box_scores"}
    assert {causes[target] for target in made} == {LossCause.BLOCKED}
    runs = [r for r in view.findings if (r.target, r.game_date) == ("nba_boxscore", NEVER)]
    after_due = [r for r in runs if r.due]
    assert after_due
    assert {r.run_class for r in after_due} == {RunClass.LOSS}
    assert {r.cause for r in after_due} == {LossCause.UPSTREAM_EMPTY}


def test_every_cause_of_the_judge_has_a_word() -> None:
    """The table is whole; a hang is the scraper's of a feed and the processor's elsewhere."""
    assert set(CAUSES) == set(Cause) - {Cause.HUNG}
    assert cause_of(Cause.HUNG, is_feed=True) is LossCause.SCRAPER_FAILED
    assert cause_of(Cause.HUNG, is_feed=False) is LossCause.PROCESSOR_FAILED
