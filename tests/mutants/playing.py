"""Playing campaigns, with a mutant and without, and what must be so of either."""

from __future__ import annotations

from functools import cache

import pytest

from fullcourt.rehearsal.play import rehearse
from fullcourt.rehearsal.report import MUST_BE_ZERO, SimulationReport
from tests.mutants.campaigns import BY_NAME
from tests.mutants.catalogue import MUTANTS
from tests.mutants.records import Mutant, listed

RED = (*MUST_BE_ZERO, "wasted_vendor_calls")
"""The counts in which a mutant may show. The last is no failure of a world by itself: in worlds
without faults it must be zero all the same."""


@cache
def honest(campaign: str) -> SimulationReport:
    """A campaign played without a mutant, once."""
    return rehearse(BY_NAME[campaign].world, with_baseline=False)


def played(mutant: Mutant) -> SimulationReport:
    """Its campaign, with the mutant switched on."""
    with pytest.MonkeyPatch.context() as patch:
        mutant.switch_on(patch)
        return rehearse(BY_NAME[mutant.campaign].world, with_baseline=False)


def counts(report: SimulationReport) -> dict[str, int]:
    """The counts of `RED` that are not zero."""
    return {name: getattr(report, name) for name in RED if getattr(report, name)}


def evidence(mutant: Mutant, report: SimulationReport) -> str | None:
    """The first thing listed that shows the mutant as expected; None: nothing does."""
    if not mutant.where:
        return ""
    return next(
        (
            f"{where}: {what}"
            for where, what in listed(report)
            if where.startswith(mutant.where) and mutant.says in what
        ),
        None,
    )


def faults_of_the_patch(mutant: Mutant, report: SimulationReport) -> list[str]:
    """Signs that something broke instead of going wrong: runs or ticks that failed."""
    before = honest(mutant.campaign)
    failed = report.ticks_failed - before.ticks_failed + report.restarts - before.restarts
    said = [f"{failed} ticks failed"] if failed else []
    more = report.runs.get("failed", 0) - before.runs.get("failed", 0)
    return [*said, f"{more} runs failed"] if more > 0 else said


def mutants_of(*campaigns: str) -> list[Mutant]:
    """The mutants these campaigns must see."""
    return [mutant for mutant in MUTANTS if mutant.campaign in campaigns]
