"""The configuration a naive pipeline leaves is all an audit needs: it comes to the true classes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fullcourt.audit.foreign import audit_foreign
from fullcourt.audit.sources import load_config
from tests.audit.scoring import Scored, scored
from tests.simulator.naive.left import left


def _scored(world: str) -> Scored:
    config = load_config(left(world).folder / "audit.toml")
    view = audit_foreign(config, trust_config=False, all_runs=True)
    assert view.complaints == ()
    days = sorted(date.fromisoformat(day) for _, day in left(world).dates)
    inside = [each for each in view.dates if days[0] <= each.game_date <= days[-1]]
    return replace(scored(world), view=replace(view, dates=tuple(inside)))


@pytest.mark.parametrize("world", ["flaws", "beset"])
def test_no_run_and_no_date_is_classed_wrongly(world: str) -> None:
    """Read by its own audit.toml, without SQL: each class is the true one, or said to be open."""
    found = _scored(world)
    assert len(found.view.findings) == len(found.runs)
    assert found.wrong_runs() == []
    assert found.wrong_dates() == []
    assert len(found.undecided()) <= len(scored(world).undecided())
