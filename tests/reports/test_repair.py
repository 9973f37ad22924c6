"""The plan of a repair as plain data: what each cell takes, from runs that were made."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from fullcourt.repairs import CellPlan
from fullcourt.reports.repair import repair_plan_view
from fullcourt.stores.ledger import RunOutcome
from fullcourt.stores.ledger.runs import close_run, open_run
from fullcourt.trust.plan import Action
from fullcourt.trust.refusals import Refusal
from fullcourt.trust.words import KeyEvidence
from tests.pipeline.homes import close, stores_at
from tests.trust.cells import DAY, LATE, cell, expectation, key, view


def planned(dataset: str, *, refused: bool = False) -> CellPlan:
    """A cell of two lost keys: both asked for, or both refused."""
    one = view(expectation(key("a"), key("b"), cell=cell(dataset)), {"a": KeyEvidence()}, LATE)
    if refused:
        return CellPlan(one, None, (Refusal("a", "A", "why"), Refusal("b", "B", "why")), ())
    return CellPlan(one, Action(cell(dataset), ("a", "b"), "2 keys missing", 2, 20), (), ())


def test_minutes_are_read_from_runs_and_unknown_without_them(tmp_path: Path) -> None:
    """A median with its basis where there are runs, else null and why; sums leave those out."""
    stores: Any = stores_at(tmp_path / "home")
    lease = open_run(
        stores.ledger,
        run_id="r",
        dataset="nba_boxscore",
        first=DAY,
        last=DAY,
        trigger="schedule",
        deadline=timedelta(hours=1),
        keys_expected=1,
        code_fingerprint="code",
        worker="w",
    )
    close_run(stores.ledger, lease, RunOutcome(state="succeeded", keys_held=1))
    told = repair_plan_view(
        stores,
        "home",
        [
            planned("nba_boxscore"),
            planned("odds_event_props"),
            planned("player_box_scores", refused=True),
        ],
        None,
    )
    close(stores)
    known, unknown, refused = told.cells
    assert known.minutes is not None
    assert known.minutes_basis == "median of its newest 1 run of one date"
    assert (unknown.minutes, unknown.minutes_basis) == (
        None,
        "unknown: no earlier run of it succeeded",
    )
    assert (refused.action, refused.minutes, refused.minutes_basis) == (
        None,
        None,
        "nothing is done",
    )
    totals = told.totals
    assert (totals.cells, totals.with_action, totals.minutes_unknown) == (3, 2, 1)
    assert (totals.keys, totals.keys_refused, totals.calls, totals.credits) == (4, 2, 4, 40)
    assert (told.exit_code, told.credits_left) == (1, None)
