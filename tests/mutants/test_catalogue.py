"""The catalogue of mutants, and its table in the documentation."""

from __future__ import annotations

from tests.mutants import test_quiet_campaigns, test_troubled_campaigns
from tests.mutants.campaigns import CAMPAIGNS
from tests.mutants.catalogue import MUTANTS
from tests.mutants.playing import RED
from tests.mutants.records import LAWS
from tools.mutants_table import PAGE, rows_in


def test_every_law_has_a_mutant() -> None:
    """All fourteen, each mutant once by name, each expected in counts there are."""
    assert sorted({mutant.law for mutant in MUTANTS}) == sorted(LAWS) == list(range(1, 15))
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.red and set(mutant.red) <= set(RED) for mutant in MUTANTS)


def test_every_campaign_is_played() -> None:
    """Each campaign belongs to one group of tests and has a mutant to see."""
    played = (*test_quiet_campaigns.CAMPAIGNS, *test_troubled_campaigns.CAMPAIGNS)
    assert sorted(played) == sorted(campaign.name for campaign in CAMPAIGNS)
    assert {mutant.campaign for mutant in MUTANTS} == set(played)


def test_the_page_lists_the_mutants_there_are() -> None:
    """docs/reliability.md has one row a mutant: law, what it breaks, campaign, counts."""
    rows = rows_in(PAGE.read_text(encoding="utf-8"))
    said = [(row.law, row.name, row.broken, row.campaign) for row in rows]
    assert said == [(m.law, m.name, m.broken, m.campaign) for m in MUTANTS], "run `make mutants`"
    for row, mutant in zip(rows, MUTANTS, strict=True):
        assert set(mutant.red) <= set(row.counts), f"{mutant.name}: run `make mutants`"
        assert all(count > 0 for count in row.counts.values())
