"""Worlds in which pipeline and oracle once disagreed: every verdict equals the truth."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.report import SimulationReport
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import ENDPOINTS, OursFault, OursKind, WorldSpec

FIRST = date(2025, 10, 21)


def at(hour: float) -> datetime:
    """An Eastern hour of the first date; from 24 on of the next."""
    return eastern(FIRST) + timedelta(hours=hour)


def vendor(endpoint: str, kind: FaultKind, start: float, end: float, **words: object) -> Fault:
    """A vendor's fault between two hours."""
    name, paths = ENDPOINTS[endpoint]
    return Fault(name, paths, at(start), at(end), kind, **words)  # type: ignore[arg-type]


def played(*faults: Fault | OursFault) -> SimulationReport:
    """Two nights of six teams under these faults."""
    spec = WorldSpec(
        "small",
        seed=1,
        teams=6,
        calendar="short",
        first_date=FIRST,
        nights=2,
        faults=tuple(f for f in faults if isinstance(f, Fault)),
        ours=tuple(f for f in faults if isinstance(f, OursFault)),
    )
    return rehearse(spec, with_baseline=False)


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((OursFault(OursKind.BAD_RELEASE, at(14), at(33), "schedule"),), id="unloaded"),
        pytest.param(
            (
                vendor("scoreboard", FaultKind.REFUSE, 18, 48),
                vendor("schedule", FaultKind.LATE_DATA, 29.5, 32, hours=24.0),
            ),
            id="old-schedule",
        ),
        pytest.param((vendor("boxscore", FaultKind.CONTRADICTING_ROWS, 20, 30),), id="broken-rows"),
        pytest.param((vendor("listing", FaultKind.PARTIAL_SLATE, 6, 12),), id="disputed-game"),
        pytest.param(
            (OursFault(OursKind.BAD_RELEASE, at(10), at(20), "odds_player_props"),),
            id="unloaded-lines",
        ),
    ],
)
def test_every_verdict_equals_the_truth(faults: tuple[Fault | OursFault, ...]) -> None:
    """Results only a body knows, old bodies, broken rows, disputed games: said as they are."""
    report = played(*faults)
    assert report.differences == ()
    assert sum(report.faults.values()) > 0
    assert (report.healed_late, report.rows_lost, report.duplicate_rows) == ((), 0, 0)
