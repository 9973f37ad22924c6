"""What the naive pipeline left behind, audited without its truth and scored with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fullcourt.audit.words import RunClass
from fullcourt.simulator.naive.leave import leave_behind
from fullcourt.simulator.worldfile import find_world
from tests.audit.scoring import Scored, scored, scored_folder

WORLDS = ("flaws", "beset")
# A feed answered, and what the file says nobody has kept: the truth read it, an auditor cannot.
UNREAD = {
    ("scraper_failed", "processor_failed"),
    ("upstream_empty", "processor_failed"),
    ("processor_failed", "upstream_empty"),
    # A scraper that hung: for which of its games it had asked by then is not known.
    ("never_run", "scraper_failed"),
    # A look between the earliest and the latest end of a game that nobody has recorded.
    ("upstream_empty", "never_run"),
    ("scraper_failed", "never_run"),
}


def _check(found: Scored) -> None:
    assert len(found.view.findings) == len(found.runs)
    assert found.wrong_runs() == []
    assert found.wrong_dates() == []
    # A change log without its rosters, or a game that ended within the minute of a run.
    for run in found.undecided():
        assert run.settles
        assert run.target == "roster_changes" or "could be there by its end" in run.evidence
    for each in found.view.dates:
        truth = found.dates[each.target, each.game_date.isoformat()]
        assert each.naive_check == truth["naive_check"]
        assert str("" if each.rows is None else each.rows) == truth["rows"]
        if each.date_class.value == "unverifiable":
            assert each.target == "roster_changes"
            assert each.settles
    true, said = found.lost()
    hidden = {key for key in true if key[0].startswith("roster_changes ")}
    assert said.keys() <= true.keys()
    assert true.keys() - said.keys() <= hidden
    for key, causes in said.items():
        for cause in causes:
            assert cause in true[key] or {(each, cause) for each in true[key]} <= UNREAD, key


@pytest.mark.parametrize("world", WORLDS)
def test_every_class_is_the_true_one_or_said_to_be_open(world: str) -> None:
    """Runs, dates and lost keys of two worlds and seeds equal their truth, but what stays open."""
    _check(scored(world))


@pytest.mark.parametrize("world", WORLDS)
def test_little_stays_open(world: str) -> None:
    """All but a change log's dates is decided for at least 99 in 100 rows."""
    found = scored(world)
    others = [run for run in found.undecided() if run.target != "roster_changes"]
    assert len(others) <= 0.01 * len(found.runs)
    assert found.view.total.decided.part == len(found.runs) - len(found.undecided())


@pytest.mark.parametrize("world", WORLDS)
def test_lies_in_the_other_direction_are_found(world: str) -> None:
    """Every true lie is named with its two numbers; a claim is also named where rows are gone."""
    found = scored(world)
    true = Counter(
        (row["kind"], row["target"], row["game_date"], int(row["said"]), int(row["true"]))
        for row in found.lies
    )
    said = Counter(
        (lie.kind.value, lie.target, lie.game_date.isoformat(), lie.said, lie.true)
        for lie in found.view.lies
    )
    assert true - said == Counter()
    assert {kind for kind, *_ in said - true} <= {"over_claimed"}


def test_phantom_failures_are_no_failures() -> None:
    """A row the watchdog closed beside its own end is neither a loss nor stuck."""
    found = scored("flaws")
    assert found.view.total.runs_by_class[RunClass.PHANTOM_FAILURE] == sum(
        row["true_class"] == "phantom_failure" for row in found.runs.values()
    )


def test_a_naive_look_misses_what_is_lost() -> None:
    """Dates with rows on which keys are lost are named, each beside the naive answer."""
    found = scored("flaws")
    covered = [d for d in found.view.dates if d.lost and d.naive_check == "has data"]
    assert len(covered) > 3


def test_healers_are_later_runs() -> None:
    """A healed row names a run of the same table and date that ended after it."""
    for world in WORLDS:
        found = scored(world)
        by_run = {run.run_id: run for run in found.view.findings}
        for run in found.view.findings:
            if run.run_class is RunClass.HEALED:
                assert run.healed_by is not None
                assert by_run[run.healed_by].row_no > run.row_no
                assert found.runs[run.source_row]["healed_by_run"] == run.healed_by


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("world", "seed"), [("january", 1), ("rough", 3), ("ordinary", 5)])
def test_the_incident_is_classed_as_it_was(world: str, seed: int, tmp_path: Path) -> None:
    """The worlds that ship: every class equals the oracle's for every run and date, or is open."""
    leave_behind(find_world(world, seed=seed), tmp_path / "left")
    _check(scored_folder(tmp_path / "left"))
