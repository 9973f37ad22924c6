"""Cleanup within a rehearsed season: what goes was no loss, and a cleanup that errs is seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fullcourt import controller
from fullcourt.rehearsal.play import rehearse
from fullcourt.simulator.worldspec import WorldSpec
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.removals import removals
from fullcourt.trust.grid import Grid
from fullcourt.trust.leftovers import UPCOMING, Leftover, Leftovers

# A game of the fourth night is postponed when its slate has been computed; a week later it goes.
WORLD = WorldSpec(
    "small", seed=1, teams=6, calendar="short", first_date=date(2025, 10, 21), nights=11
)


def test_a_season_with_cleanups_differs_from_the_truth_in_nothing() -> None:
    """Rows of a postponed game go after a week; no verdict differs, no law breaks, no gap opens."""
    gone: dict[str, int] = {}

    def look(night: date, ledger: Ledger) -> None:
        gone.update({run.table: run.rows_deleted for run in removals(ledger)})

    report = rehearse(WORLD, look, with_baseline=False)
    assert set(gone) == set(UPCOMING)
    assert min(gone.values()) > 10
    assert report.failures == ()
    assert report.gaps == ()
    assert report.compared > 100_000


def test_a_cleanup_that_takes_what_counts_leaves_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held rows of a played game that were removed are named as given up: nobody can miss it."""

    def greedy(grid: Grid, upto: date, now: Any) -> Leftovers:
        table = UPCOMING[0]
        rows = grid.stores.lake.rows(
            f"SELECT game_date, game_id || '/' || player_id FROM lake.{table} "
            "WHERE game_date <= ? AND row_status = 'archived'",
            [upto],
        )
        return Leftovers(tuple(Leftover(table, day, key, "played", 1) for day, key in rows))

    monkeypatch.setattr(controller, "leftovers", greedy)
    report = rehearse(
        WorldSpec(
            "small", seed=1, teams=6, calendar="short", first_date=WORLD.first_date, nights=8
        ),
        with_baseline=False,
    )
    assert {gap.dataset for gap in report.gaps} == {UPCOMING[0]}
    assert min(gap.game_date for gap in report.gaps) == WORLD.first_date
    assert min(len(gap.keys) for gap in report.gaps) > 10
