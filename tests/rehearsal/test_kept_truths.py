"""What the oracle keeps from look to look is what one that has kept nothing finds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from fullcourt.rehearsal.compare import Comparison
from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.seen import SaidStates
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import CellId, Held
from fullcourt.simulator.worldfile import find_world

# A new oracle folds every body from the first: not at each look.
_EVERY = 6


def test_kept_truths_are_those_of_a_new_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through two rough nights, whatever changed and whatever did not."""
    compare, looks, cells = Comparison.compare, 0, 0

    def with_a_new_one(
        self: Comparison,
        at: datetime,
        held: Held,
        said: Mapping[CellId, SaidStates],
        changed: set[CellId],
    ) -> None:
        nonlocal looks, cells
        compare(self, at, held, said, changed)
        looks += 1
        if looks % _EVERY:
            return
        kept = self.oracle
        new = Oracle(kept.league, kept.faults, kept.policy)
        for cell in kept.cells(at):
            cells += 1
            assert kept.truth(*cell, at, held) == new.truth(*cell, at, held), (cell, at)
            assert kept.sleeps(*cell, at, held) == new.sleeps(*cell, at, held), (cell, at)

    monkeypatch.setattr(Comparison, "compare", with_a_new_one)
    report = rehearse(find_world("rough", seed=6, nights=2), with_baseline=False)
    assert report.different == 0
    assert cells > 300
