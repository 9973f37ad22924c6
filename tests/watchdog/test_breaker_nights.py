"""The prediction breaker over whole nights: opened, shown, heeded, overridden, closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from fullcourt.campaign import backfill, warm_up
from fullcourt.controller import Controller
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline import compute
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.runner import Task
from fullcourt.rehearsal.home import RehearsalHome, rehearsal_home
from fullcourt.reports.explain import explain_view
from fullcourt.reports.watch import watch_state
from fullcourt.simulator.worldspec import WorldSpec
from fullcourt.stores.ledger.prediction_breaker import breaker_changes, hold_back
from fullcourt.stores.ledger.vendors import attempts_of
from fullcourt.stores.ledger.verdicts import get_gates, get_verdicts
from fullcourt.watchdog.causes import causes_of
from fullcourt.watchdog.pulse import ControllerState
from fullcourt.watchdog.slates import override_breaker

FIRST = date(2025, 10, 21)
# On the opening night nobody has recorded minutes: no prediction is owed.
FAILED = (date(2025, 10, 22), date(2025, 10, 24), date(2025, 10, 25))
HELD, TRIAL = date(2025, 10, 26), date(2025, 10, 27)
SPEC = WorldSpec("small", seed=1, teams=6, calendar="short", first_date=FIRST, nights=7)
DAWN = timedelta(hours=28)
"""After midnight of a game date: its last game has begun, the next day's work has not."""


@dataclass
class Nights:
    """A world walked night by night; while `broken`, the model raises."""

    home: RehearsalHome
    controller: Controller
    broken: bool = True

    def walk_to(self, until: date) -> None:
        """Walk to four in the morning after a game date."""
        world, end = self.home.clock.world, eastern(until) + DAWN
        while True:
            self.controller.tick()
            wake = self.controller.next_wake()
            at = min(end, world.now() + timedelta(hours=1), *([wake] if wake else []))
            if world.now() >= end:
                return
            world.advance_to(max(at, world.now() + timedelta(seconds=1)))

    def keys(self, day: date) -> Counter[tuple[str, str | None]]:
        """The states and causes of a slate's predictions."""
        (cell,) = get_verdicts(self.home.stores.ledger, first=day, last=day, dataset="predictions")
        return Counter((state, cause) for state, cause, *_ in cell.states.values())

    def key_names(self, day: date) -> set[str]:
        """The keys of a slate's predictions."""
        (cell,) = get_verdicts(self.home.stores.ledger, first=day, last=day, dataset="predictions")
        return set(cell.states)

    def overrides(self, day: date) -> set[str | None]:
        """What the rows of a slate say of the gates they passed."""
        rows = self.home.stores.lake.rows(
            "SELECT DISTINCT gate_override FROM lake.predictions WHERE game_date = ?", [day]
        )
        return {text for (text,) in rows}

    @property
    def states(self) -> list[str]:
        """What became of the breaker, in order."""
        return [change.to_state for change in breaker_changes(self.home.stores.ledger)]


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    """A world in which the model raises, until it is mended."""
    with rehearsal_home(SPEC, ()) as home:
        made = Nights(home, home.controller(InlineExecutor()))
        how = compute.COMPUTED["predictions"]
        assert how.finish is not None
        predict = how.finish

        def may_raise(inputs: pa.Table, fingerprint: str) -> pa.Table:
            if made.broken:
                raise RuntimeError("the model is broken")
            return predict(inputs, fingerprint)

        monkeypatch.setitem(compute.COMPUTED, "predictions", replace(how, finish=may_raise))
        warm_up(made.controller)
        yield made


def test_three_failed_slates_hold_back_the_next(nights: Nights) -> None:
    """It opens with the third and shows; the next is held back by name, the one after is tried."""
    nights.walk_to(FAILED[1])
    assert nights.states == []
    nights.walk_to(FAILED[2])
    for day in FAILED:
        assert set(nights.keys(day)) == {("unrecoverable", "processor_failed")}
    assert nights.states == ["open"]
    ledger = nights.home.stores.ledger
    line = watch_state(ledger, nights.home.clock.now()).breaker
    assert (line.state, line.failed, line.held_dates) == ("open", FAILED, (HELD,))
    causes = causes_of(ledger, ControllerState("never", "", None), (), (), None)
    assert "prediction_breaker" in {cause.cause for cause in causes}

    nights.broken = False
    nights.walk_to(HELD)
    assert set(nights.keys(HELD)) == {("unrecoverable", "gate_closed")}
    told = explain_view(nights.controller, "predictions", HELD)
    assert told.root_cause is not None
    assert "prediction_breaker: 3 slates in a row failed" in told.root_cause.sentence
    assert str(FAILED[0]) in told.root_cause.sentence

    nights.walk_to(TRIAL)
    assert nights.states == ["open", "half_open", "closed"]
    assert set(nights.keys(TRIAL)) == {("complete", None)}
    assert nights.overrides(TRIAL) == {None}
    # It stays named why nothing was made of the date that was held back.
    assert set(nights.keys(HELD)) == {("unrecoverable", "gate_closed")}


def test_a_backfill_needs_a_reason_to_pass(nights: Nights) -> None:
    """A date held back is not filled by itself; with a reason it is, and every row says so."""
    nights.broken = False
    nights.walk_to(FAILED[0])
    stores = nights.home.stores
    hold_back(stores.ledger, [FAILED[1]], "3 slates failed", [FAILED[0]], nights.home.clock.now())
    nights.walk_to(FAILED[1])
    backfill(nights.controller, FAILED[1], FAILED[1], ["predictions"])
    assert nights.overrides(FAILED[1]) == set()
    why = "looked at by hand"
    backfill(nights.controller, FAILED[1], FAILED[1], ["predictions"], override_gate=why)
    assert nights.overrides(FAILED[1]) == {why}
    nights.controller.judge_now()
    assert set(nights.keys(FAILED[1])) == {("complete", None)}
    told = explain_view(nights.controller, "predictions", FAILED[1])
    assert [(gate.upstream, gate.decision) for gate in told.gates] == [
        ("prediction_breaker", "overridden")
    ]


def test_a_run_that_was_planned_before_is_refused_at_the_gate(nights: Nights) -> None:
    """A hold that comes between plan and run closes the gate: nothing is made, the log says why."""
    nights.broken = False
    nights.walk_to(FAILED[0])
    stores, day = nights.home.stores, FAILED[0]
    key = next(iter(nights.key_names(day)))
    hold_back(stores.ledger, [day], "3 slates failed", [day], nights.home.clock.now())
    before = stores.lake.snapshot_id()
    (report,) = nights.controller.run_tasks([Task("predictions", day, day, ((day, key),))])
    assert (report.state, report.rows_written) == ("succeeded", None)
    assert stores.lake.snapshot_id() == before
    (gate,) = get_gates(stores.ledger, "predictions", day)
    assert (gate.decision, gate.upstream) == ("closed", "prediction_breaker")
    assert attempts_of(stores.ledger, "predictions", day)[key].outcome == "gate_closed"


@pytest.mark.soak
def test_a_person_closes_it_and_every_row_says_so(nights: Nights) -> None:
    """An override lets the held date pass before its tip; its rows carry the reason."""
    nights.walk_to(FAILED[2])
    nights.broken = False
    assert override_breaker(nights.home.stores, "the model is mended") is not None
    nights.walk_to(HELD)
    assert set(nights.keys(HELD)) == {("complete", None)}
    assert nights.overrides(HELD) == {"the model is mended"}
    (opened, closed) = breaker_changes(nights.home.stores.ledger)
    assert (opened.by, closed.by, closed.reason) == ("rule", "person", "the model is mended")
    assert override_breaker(nights.home.stores, "again") is None
