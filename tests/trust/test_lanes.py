"""Spells, arrivals and drifts: what the runs say of the code that ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.stores.ledger.deployments import SeenRun
from fullcourt.trust.lanes import (
    AT_ONCE,
    BY_TURNS,
    OVER_AFTER,
    arrivals,
    differs_in,
    drifts,
    spells,
)

START = datetime(2025, 1, 10, tzinfo=UTC)
PHASES = {"nba_schedule": "1 scrape", "schedule": "2 raw", "grades": "5 predict"}


def runs(**lanes: str) -> list[SeenRun]:
    """Runs of datasets, a letter an hour: the fingerprint's; `.` is none, lower case failed.

    `schedule_b` is `schedule` on host b.
    """
    found = []
    for lane, letters in lanes.items():
        dataset, _, host = lane.rpartition("_") if lane[-2:] == "_b" else (lane, "", "a")
        found += [
            SeenRun(
                f"{lane}-{hour}",
                dataset,
                "succeeded" if letter.isupper() else "failed",
                START + timedelta(hours=hour),
                letter.upper(),
                f"{host or 'a'}:1:2",
            )
            for hour, letter in enumerate(letters)
            if letter != "."
        ]
    return sorted(found, key=lambda run: run.opened_at)


@pytest.mark.parametrize(
    ("lanes", "wanted"),
    [
        ({"schedule": "AAA"}, "A0-2"),
        ({"schedule": "AABB"}, "A0-1 B2-3"),
        ({"schedule": "AABBAA"}, "A0-1 B2-3 A4-5"),
        ({"schedule": "AAAAAA", "grades": "AABBBB"}, "A0-5 B2-5"),
        ({"schedule": "AA.BB.", "grades": "..B..C"}, "A0-1 B2-4 C5-5"),
        ({"schedule": "AAAA..", "grades": ".AAABB", "schedule_b": "AA...."}, "A0-3 B4-5"),
    ],
)
def test_a_fingerprint_arrives_once_until_it_is_replaced(
    lanes: dict[str, str], wanted: str
) -> None:
    """Over any lanes; one that comes back after another was alone there arrives again."""

    def hour(at: datetime) -> int:
        return int((at - START) / timedelta(hours=1))

    found = arrivals(spells(runs(**lanes), PHASES), "here")
    said = [f"{s.fingerprint}{hour(s.first_at)}-{hour(s.last_at)}" for s in found]
    assert " ".join(said) == wanted
    assert [s.before for s in found] == [None, *(s.fingerprint for s in found[:-1])]


def test_an_arrival_is_verified_by_its_first_success() -> None:
    """Not by a failure, and not by a success of other code."""
    found = arrivals(spells(runs(schedule="AAbbBBcc"), PHASES), "2 raw")
    assert [s.verified_by for s in found] == ["schedule-0", "schedule-4", None]
    assert [(s.runs, s.succeeded) for s in found] == [(2, 2), (4, 2), (2, 0)]


@pytest.mark.parametrize(
    "lanes",
    [
        {},
        {"schedule": "AAAA", "grades": "AAAA"},
        {"schedule": "AABBBB", "grades": "AA.B.B", "nba_schedule": "A....B"},
        # A rollback, and a lane that seldom runs: it ran nothing while B was there.
        {"schedule": "AABBBAAA", "grades": "A......A"},
        # The first run of new code, one of old after it: a release that is still going on.
        {"schedule": "AAB...", "grades": "AAAA.."},
        {"schedule": "ABCDEF"},
        {"schedule": "AAABBB", "schedule_b": "AAABBB"},
    ],
)
def test_an_orderly_release_is_no_drift(lanes: dict[str, str]) -> None:
    """Neither a deployment nor a rollback, however seldom a lane runs."""
    assert drifts(spells(runs(**lanes), PHASES)) == ()


@pytest.mark.parametrize(
    ("lanes", "kind", "older", "newer", "is_over"),
    [
        (
            {"schedule": "AABBBB", "grades": "AAAAAA"},
            AT_ONCE,
            {"grades (5 predict) on a"},
            {"schedule (2 raw) on a"},
            False,
        ),
        (
            {"schedule": "AABBBBB", "grades": "AAAAABB"},
            AT_ONCE,
            {"grades (5 predict) on a"},
            {"schedule (2 raw) on a"},
            True,
        ),
        (
            {"schedule": "AAAAAA", "schedule_b": "AABBBB"},
            AT_ONCE,
            {"schedule (2 raw) on a"},
            {"schedule (2 raw) on b"},
            False,
        ),
        (
            {"schedule": "ABABAB"},
            BY_TURNS,
            {"schedule (2 raw) on a"},
            {"schedule (2 raw) on a"},
            False,
        ),
        (
            {"schedule": "ABABCC"},
            BY_TURNS,
            {"schedule (2 raw) on a"},
            {"schedule (2 raw) on a"},
            True,
        ),
    ],
)
def test_old_and_new_code_at_work_together_is_drift(
    lanes: dict[str, str], kind: str, older: set[str], newer: set[str], is_over: bool
) -> None:
    """It names both, which ran first, where each ran, and whether it goes on."""
    (drift,) = drifts(spells(runs(**lanes), PHASES))
    assert (drift.kind, drift.older, drift.newer) == (kind, "A", "B")
    assert (set(drift.on_older), set(drift.on_newer)) == (older, newer)
    assert drift.is_over is is_over


def test_a_drift_is_over_when_its_host_is_gone() -> None:
    """A host that ran old code and has begun nothing for long drifts no more."""
    hours = int(OVER_AFTER / timedelta(hours=1)) + 6
    lanes = {"schedule": "AA" + "B" * hours, "schedule_b": "AAAA"}
    (drift,) = drifts(spells(runs(**lanes), PHASES))
    assert drift.is_over
    assert drift.last_at == START + timedelta(hours=3)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("c1+s1", "c2+s1", "code"),
        ("c1+s1", "c1+s2", "configuration"),
        ("c1+s1", "c2+s2", "code and configuration"),
        ("c1", "c2", "code"),
    ],
)
def test_what_differs_is_said(one: str, other: str, wanted: str) -> None:
    """Code, configuration, or both: they have different owners."""
    assert differs_in(one, other) == wanted


@given(st.dictionaries(st.sampled_from(sorted(PHASES)), st.text("AaBbC.", max_size=12), min_size=1))
def test_every_run_is_in_one_spell_and_one_arrival(lanes: dict[str, str]) -> None:
    """Nothing is lost or counted twice, and who fails alone verifies nothing."""
    made = runs(**lanes)
    found = spells(made, PHASES)
    assert sum(len(spell.opened) for spell in found) == len(made)
    came = arrivals(found, "here")
    assert sum(seen.runs for seen in came) == len(made)
    good = {run.run_id for run in made if run.state == "succeeded"}
    assert {seen.verified_by for seen in came} - {None} <= good
    assert all((seen.verified_by is None) == (seen.succeeded == 0) for seen in came)


@given(st.lists(st.sampled_from("AB"), max_size=12))
def test_one_lane_alone_never_runs_two_at_once(letters: list[str]) -> None:
    """What one lane shows is turns, never the same time."""
    found = drifts(spells(runs(schedule="".join(letters)), PHASES))
    assert {drift.kind for drift in found} <= {BY_TURNS}
