"""Deployments: a label is verified by a run of its fingerprint, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.stores.ledger.deployments import Deployment, SeenRun
from fullcourt.trust.deployments import EVERY_PHASE, coverage, deployments

START = datetime(2025, 1, 10, tzinfo=UTC)
PHASES = {"nba_schedule": "1 scrape", "schedule": "2 raw", "grades": "5 predict"}


def at(hour: float) -> datetime:
    """So many hours into the history."""
    return START + timedelta(hours=hour)


def run(hour: float, dataset: str, fingerprint: str, state: str = "succeeded") -> SeenRun:
    """A run that began then."""
    return SeenRun(f"{dataset}@{hour:g}", dataset, state, at(hour), fingerprint, "a:1:2")


def label(
    revision: str, fingerprint: str | None, began: float | None, service: str = "all"
) -> Deployment:
    """A recorded deployment that took half an hour."""
    started, finished = (None, None) if began is None else (at(began), at(began + 0.5))
    return Deployment(service, revision, "3dda97e", False, started, finished, fingerprint, at(99))


@pytest.mark.parametrize(
    ("service", "wanted"),
    [
        ("scrape", "1 scrape"),
        ("1", "1 scrape"),
        ("5 predict", "5 predict"),
        ("grades", "grades"),
        ("Schedule", "schedule"),
        ("fullcourt", EVERY_PHASE),
    ],
)
def test_a_service_covers_what_it_is_called(service: str, wanted: str) -> None:
    """A phase, a dataset, or everything: only their runs verify it."""
    assert coverage(service, PHASES) == wanted


@pytest.mark.parametrize(
    ("said", "ran", "proof", "why"),
    [
        (label("r1", "A+1", 0), [run(1, "grades", "A+1")], "grades@1", "succeeded"),
        (label("r1", "A", 0), [run(1, "grades", "A+1")], "grades@1", "succeeded"),
        (label("r1", "A+1", 0), [run(1, "grades", "A+2")], None, "never ran in every phase"),
        (label("r1", "A+1", 0), [run(1, "grades", "A+1", "failed")], None, "1 run of this"),
        (label("r1", "A+1", 0), [run(1, "grades", "A+1", "running")], None, "none succeeded"),
        (label("r1", "A+1", 0, "scrape"), [run(1, "grades", "A+1")], None, "in 1 scrape since"),
        (label("r1", "A+1", 2), [run(1, "grades", "A+1")], None, "since it began"),
        (label("r1", "A+1", None), [run(1, "grades", "A+1")], "grades@1", "succeeded"),
        (label("r1", None, 0), [run(1, "grades", "A+1")], None, "no fingerprint is on record"),
        (label("r1", "A+1", 0), [], None, "never ran"),
    ],
)
def test_only_a_successful_run_of_its_fingerprint_verifies_a_label(
    said: Deployment, ran: list[SeenRun], proof: str | None, why: str
) -> None:
    """In what the service covers, since the deployment began; the reason is said either way."""
    (line,) = [d for d in deployments([said], ran, PHASES) if d.recorded_at is not None]
    assert (line.verified_by, line.is_verified) == (proof, proof is not None)
    assert why in line.why


def test_a_recorded_deployment_explains_what_was_seen_of_it() -> None:
    """It is one line, with the phases it was seen in; what nobody recorded is a line a phase."""
    ran = [
        run(0, "schedule", "A"),
        run(0, "grades", "A"),
        run(3, "schedule", "B"),
        run(4, "grades", "B"),
    ]
    found = deployments([label("r2", "B", 2)], ran, PHASES)
    assert [(d.subject, d.before, d.after, d.runs) for d in found] == [
        ("all", "A", "r2", 2),
        ("5 predict", None, "A", 1),
        ("2 raw", None, "A", 1),
    ]
    assert found[0].seen_in == ("2 raw", "5 predict")
    assert (found[0].first_seen, found[0].last_seen) == (at(3), at(4))
    assert (found[1].commit, found[1].is_dirty, found[1].is_verified) == (None, None, True)


def test_a_label_for_one_phase_leaves_the_others_to_be_seen() -> None:
    """Code that runs where nobody recorded it is shown there."""
    ran = [run(0, "schedule", "A"), run(1, "grades", "A")]
    found = deployments([label("r1", "A", 0, "predict")], ran, PHASES)
    assert {d.subject for d in found} == {"predict", "2 raw"}


def test_the_same_code_deployed_again_needs_runs_of_its_own() -> None:
    """A rollback is verified by what ran since, not by what ran when it was new."""
    ran = [run(1, "grades", "A"), run(3, "grades", "B"), run(6, "grades", "A")]
    labels = [label("r1", "A", 0), label("r2", "B", 2), label("r3", "A", 5)]
    newest_first = deployments(labels, ran, PHASES)
    assert [(d.after, d.before, d.verified_by, d.runs) for d in newest_first] == [
        ("r3", "r2", "grades@6", 1),
        ("r2", "r1", "grades@3", 1),
        ("r1", None, "grades@1", 1),
    ]
    assert not deployments(labels, ran[:2], PHASES)[0].is_verified


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PHASES)),
            st.sampled_from(["A", "B", "C"]),
            st.sampled_from(["succeeded", "failed", "running"]),
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from(["A", "B", "D", None]), max_size=4),
)
def test_no_line_is_verified_without_such_a_run(
    ran: list[tuple[str, str, str]], labels: list[str | None]
) -> None:
    """Whatever is recorded: the run named succeeded, with that fingerprint; every label stays."""
    made = [run(n, dataset, code, state) for n, (dataset, code, state) in enumerate(ran)]
    said = [label(f"r{n}", code, 3 * n) for n, code in enumerate(labels)]
    found = deployments(said, made, PHASES)
    by_id = {one.run_id: one for one in made}
    for line in found:
        assert line.is_verified == (line.verified_by is not None)
        if line.verified_by is not None:
            proof = by_id[line.verified_by]
            assert (proof.state, proof.fingerprint) == ("succeeded", line.fingerprint)
    assert {d.after for d in found if d.recorded_at} == {one.revision for one in said}
    assert [d.at for d in found] == sorted((d.at for d in found), reverse=True)
