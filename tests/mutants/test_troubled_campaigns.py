"""Mutants that show where vendors or we fail: sets, reasons, deadlines, retries, gates."""

from __future__ import annotations

import pytest

from tests.mutants.checks import check_green, check_red
from tests.mutants.playing import mutants_of
from tests.mutants.records import Mutant

CAMPAIGNS = ("outage", "home trouble", "closed gate", "no schedule")


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_a_campaign_is_green_without_a_mutant(campaign: str) -> None:
    """Every count that must be zero is, and every scripted fault strikes."""
    check_green(campaign)


@pytest.mark.parametrize("mutant", mutants_of(*CAMPAIGNS), ids=lambda m: f"{m.law}-{m.name}")
def test_the_campaign_turns_red(mutant: Mutant) -> None:
    """The broken law shows in the counts named and in what the report lists."""
    check_red(mutant)
