"""The deployment table: code that ran, since when, and by which run that is proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.stores.ledger.history import SpanRun

_NOT_RECORDED = Unknown("nobody recorded it; the runs alone show it")


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """One deployment. `before` and `after` are revisions, or fingerprints where nobody gave one;
    `verified_by` is a run of its fingerprint that succeeded; `runs` counts its runs. Instants UTC.
    """

    service: str
    before: str | Unknown
    after: str
    commit: str | Unknown
    fingerprint: str | Unknown
    first_seen_at: datetime | Unknown
    runs: int
    verified_by: str | Unknown
    why: str


def deployments(runs: Sequence[SpanRun]) -> tuple[DeploymentLine, ...]:
    """The code that worked on these dates, in the order it was first seen. `runs` oldest first."""
    by_print: dict[str, list[SpanRun]] = {}
    for run in runs:
        by_print.setdefault(run.code_fingerprint, []).append(run)
    lines: list[DeploymentLine] = []
    for fingerprint, own in by_print.items():
        proof = next((run.run_id for run in own if run.state == "succeeded"), None)
        lines.append(
            DeploymentLine(
                service="pipeline",
                before=lines[-1].after if lines else Unknown("nothing ran before it"),
                after=fingerprint,
                commit=_NOT_RECORDED,
                fingerprint=fingerprint,
                first_seen_at=own[0].opened_at,
                runs=len(own),
                verified_by=Unknown("no run of it succeeded") if proof is None else proof,
                why="seen from the runs themselves",
            )
        )
    return tuple(lines)


def deployments_section(record: Sequence[DeploymentLine]) -> Section:
    """The deployments as a table."""
    says = f"{count_text(len(record), 'deployment')}. Deployed is what ran: each is verified by a "
    says += "successful run of its fingerprint."
    head = ("service", "before", "after", "commit", "fingerprint", "first seen", "runs",
            "verified by", "why")  # fmt: skip
    rows = [
        (
            line.service,
            line.before,
            line.after,
            line.commit,
            line.fingerprint,
            line.first_seen_at,
            line.runs,
            line.verified_by,
            line.why,
        )
        for line in record
    ]
    return Section("Deployments", says, table(head, rows))
