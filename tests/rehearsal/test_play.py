"""A rehearsal from end to end: a calm world, an outage, faults of our own side, one seed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from fullcourt.controller import Controller, TickReport
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.work import Run
from fullcourt.rehearsal.play import RehearsalStuck, rehearse
from fullcourt.rehearsal.report import SimulationReport
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import ENDPOINTS, OursFault, OursKind, WorldSpec
from fullcourt.stores.lake import Write
from fullcourt.stores.lake_snapshots import Commit

FIRST = date(2025, 10, 21)
NOON = eastern(FIRST, 12)
CALM = WorldSpec("small", seed=1, teams=6, calendar="short", first_date=FIRST, nights=2)
SHORT = replace(CALM, nights=1)


@cache
def calm() -> SimulationReport:
    """The calm world, played once."""
    return rehearse(CALM)


def ours(kind: OursKind, dataset: str, **words: object) -> OursFault:
    """A fault of our own side, once, on the first night."""
    fault = OursFault(kind, NOON, NOON + timedelta(hours=18), dataset, times=1)
    return replace(fault, **words)  # type: ignore[arg-type]


@cache
def beset() -> SimulationReport:
    """One night on which a run of every phase fails in its own way."""
    faults = (
        ours(OursKind.WORKER_LOST, "odds_event_props", failpoint="archive.manifest"),
        ours(OursKind.WORKER_LOST, "schedule", failpoint="lake.after"),
        ours(OursKind.PROCESSOR_RAISES, "player_box_scores"),
        ours(OursKind.HUNG, "player_game_summary"),
        ours(OursKind.DISK_FULL, "upcoming_player_game_context"),
        ours(OursKind.DATABASE_LOCKED, "player_composite_factors"),
        ours(OursKind.WRONG_COUNT, "", times=None),
    )
    return rehearse(replace(SHORT, ours=faults), with_baseline=False)


def test_a_calm_world_has_nothing_to_say() -> None:
    """Without faults nothing is lost, double, given up or missed, and no call is wasted."""
    report = calm()
    assert (report.nights, report.games) == (2, 3)
    assert report.compared > 5_000
    assert (report.losses_missed, report.false_alarms) == (0, 0)
    assert (report.rows_lost, report.duplicate_rows, report.predictions_missed) == (0, 0, 0)
    assert (report.gaps, report.faults, report.healed_late) == ((), {}, ())
    assert report.wasted_vendor_calls == 0
    assert set(report.runs) == {"succeeded"}
    assert report.vendor_calls_without_faults is None


def test_a_difference_that_lasts_is_listed_once() -> None:
    """Every comparison that failed belongs to one listed difference; the counts add up."""
    for report in (calm(), beset()):
        assert report.compared == report.equal + report.different
        assert sum(d.times for d in report.differences) == report.different


def test_an_outage_is_detected_healed_and_counted_apart() -> None:
    """Box scores refused until nine: alarms in time, healed by retries, no call too many."""
    vendor, endpoint = ENDPOINTS["boxscore"]
    nine = eastern(FIRST + timedelta(days=1), 9)
    outage = Fault(vendor, endpoint, eastern(FIRST, 20), nine, FaultKind.REFUSE)
    report = rehearse(replace(SHORT, faults=(outage,)))
    assert report.faults["refuse"] > 0
    assert report.vendor_calls_while_failing == report.faults["refuse"]
    assert report.losses_missed == report.false_alarms == 0
    assert report.detection.count > 0
    assert report.detection.worst == 0.0
    assert report.healed["retry"] > 0
    assert report.healing.worst is not None
    assert report.healing.worst <= 120
    assert report.gaps == ()
    assert report.vendor_calls_ratio is not None
    assert report.vendor_calls_ratio <= 1.3


def test_faults_of_our_own_side_are_survived_and_told() -> None:
    """Runs that are lost, break off, hang or find no room are named, and their work is done."""
    report = beset()
    kinds = "worker_lost processor_raises hung disk_full database_locked wrong_count".split()
    assert set(report.faults) == set(kinds)
    assert report.faults["worker_lost"] == 2
    # Two workers lost, one hung: each time a fresh process goes on.
    assert report.restarts == 3
    assert set(report.runs) == {"succeeded", "failed", "abandoned", "timed_out"}
    assert (report.losses_missed, report.false_alarms) == (0, 0), report.differences
    assert (report.rows_lost, report.duplicate_rows, report.predictions_missed) == (0, 0, 0)
    assert report.gaps == ()


def test_counts_taken_from_the_processor_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processors say zero, a pipeline that believes them miscounts; ours does not."""
    lie = OursFault(OursKind.WRONG_COUNT, NOON, NOON + timedelta(hours=18))
    world = replace(SHORT, ours=(lie,))
    honest = rehearse(world, with_baseline=False)
    assert honest.faults["wrong_count"] > 4
    assert (honest.runs_miscounted, honest.miscounted, honest.idle_faults) == (0, (), ())
    commit = Run.commit

    def believing(self: Run, writes: Sequence[Write], note: str) -> Commit:
        """Law 1 broken: the processor's word in place of the lake's count."""
        done = commit(self, writes, note)
        self.rows_written = self.rows_claimed
        return done

    monkeypatch.setattr(Run, "commit", believing)
    fooled = rehearse(world, with_baseline=False)
    assert fooled.runs_miscounted > 4
    assert all(run.rows_written == 0 for run in fooled.miscounted)
    assert "runs_miscounted" in fooled.failures


def test_a_fault_that_strikes_nothing_is_listed() -> None:
    """A scripted fault nobody runs into is named in the report."""
    vendor, endpoint = ENDPOINTS["boxscore"]
    night = (eastern(FIRST, 3), eastern(FIRST, 4))
    idle = Fault(vendor, endpoint, *night, FaultKind.REFUSE)
    mine = OursFault(OursKind.WORKER_LOST, *night, "grades")
    report = rehearse(replace(SHORT, faults=(idle,), ours=(mine,)), with_baseline=False)
    assert [text.split()[0] for text in report.idle_faults] == ["refuse", "worker_lost"]
    assert report.faults == {}


def test_the_same_seed_gives_the_same_report() -> None:
    """Two plays of one world, faults and all, differ in nothing but the seconds they took."""
    once = beset()
    beset.cache_clear()
    assert replace(beset(), seconds_per_night=0.0) == replace(once, seconds_per_night=0.0)


@pytest.mark.parametrize("work", ["tick", "run_tasks"])
def test_a_tick_that_fails_for_ever_ends_the_rehearsal(
    monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    """A bug that raises on every tick is told with world, seed and instant; nothing hangs."""

    def broken(self: Controller, *arguments: object) -> TickReport:
        raise ValueError("a bug on every tick")

    monkeypatch.setattr(Controller, work, broken)
    world = replace(SHORT, ours=(ours(OursKind.HUNG, "grades"),))
    with pytest.raises(RehearsalStuck) as stuck:
        rehearse(world, with_baseline=False)
    for words in ("small", "seed 1", "2025-10-20T", "ValueError: a bug on every tick"):
        assert words in str(stuck.value)
    assert isinstance(stuck.value.__cause__, ValueError)


def test_a_disk_that_is_full_for_hours_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticks that a scripted fault makes fail do not count: the rehearsal goes on when it ends."""
    monkeypatch.setattr("fullcourt.rehearsal.play._MOST_UNEXPLAINED", 5)
    span = (NOON + timedelta(hours=6), NOON + timedelta(hours=14))
    full = OursFault(OursKind.DISK_FULL, *span, store="archive")
    report = rehearse(replace(SHORT, ours=(full,)), with_baseline=False)
    assert report.ticks_failed > 50
    assert report.failures == ()
