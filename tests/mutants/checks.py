"""What the tests of every group of campaigns assert."""

from __future__ import annotations

from tests.mutants.playing import counts, evidence, faults_of_the_patch, honest, played
from tests.mutants.records import Mutant


def check_green(campaign: str) -> None:
    """Without a mutant nothing is wrong, and every fault strikes."""
    report = honest(campaign)
    assert report.failures == (), (report.differences[:3], report.breaches[:3])
    assert report.idle_faults == ()
    assert report.compared > 400


def check_red(mutant: Mutant) -> None:
    """The counts named turn red, for the reason named, and nothing else broke."""
    before = honest(mutant.campaign)
    assert [name for name in mutant.red if getattr(before, name)] == []
    report = played(mutant)
    found = counts(report)
    assert set(mutant.red) <= set(found), f"the campaign does not see it: {found}"
    assert evidence(mutant, report) is not None, (report.differences[:5], report.breaches[:5])
    assert faults_of_the_patch(mutant, report) == []
