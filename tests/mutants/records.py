"""What a mutant of a law is, the campaign that must see it, and what the campaign says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fullcourt.rehearsal.report import SimulationReport
from fullcourt.simulator.worldspec import WorldSpec

LAWS = {
    1: "counts come from the writer",
    2: "sets, not counts",
    3: "absence is proved by an anti-join",
    4: "a zero has a reason",
    5: "one row per run, one terminal state",
    6: "deadlines are watched by the clock",
    7: "success does not mean complete",
    8: "retries are bounded",
    9: "game dates are US Eastern dates",
    10: "features are as-of",
    11: "deployed is what ran",
    12: "a gate fails closed, and says so",
    13: "units are written on every number",
    14: "no invented values",
}
"""The laws of the house by number, in short."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A short rehearsal. `why`: what makes laws matter in it."""

    name: str
    why: str
    world: WorldSpec


@dataclass(frozen=True, slots=True)
class Mutant:
    """One law broken on purpose by a patch of the real code.

    `name`: a word or two, unique. `broken`: what the patched code does. `campaign`: the name of the
    one that must turn red. `red`: counts of its report that must not be zero. `where` and `says`:
    one difference, breach or miscounted run listed must be of this dataset (or path) and say this;
    of a difference, `said` or `why` must.
    """

    law: int
    name: str
    broken: str
    campaign: str
    red: tuple[str, ...]
    where: str
    says: str
    switch_on: Callable[[pytest.MonkeyPatch], None]


def listed(report: SimulationReport) -> list[tuple[str, str]]:
    """(where, what) of everything a report lists as wrong."""
    return [
        *((d.dataset, f"said {d.said or 'no such key'}, {d.why}") for d in report.differences),
        *((b.where, f"law {b.law}: {b.what}") for b in report.breaches),
        *(
            (m.dataset, f"{m.rows_written} rows, not {m.rows_written_true}")
            for m in report.miscounted
        ),
    ]
