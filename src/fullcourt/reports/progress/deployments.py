"""The deployment table: what was recorded, what ran, by which run that is proved, and drifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.reports.deployments import deployments_view
from fullcourt.reports.progress.document import Section, listed, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.trust.deployments import DeploymentSeen
from fullcourt.trust.lanes import Drift

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """One deployment that was still there on the first date. `before` and `after` are revisions, or
    fingerprints where nobody gave one; `verified_by` is a run of its fingerprint that succeeded,
    `runs` counts those of it. `happened_at`: when it took place, as far as is known. Instants UTC.
    """

    service: str
    before: str | Unknown
    after: str
    commit: str | Unknown
    tree: str | Unknown
    fingerprint: str | Unknown
    happened_at: datetime
    first_seen_at: datetime | Unknown
    runs: int
    verified_by: str | Unknown
    why: str


@dataclass(frozen=True, slots=True)
class DriftLine:
    """Two fingerprints at work together, and where each runs. Instants are UTC."""

    kind: str
    older: str
    newer: str
    differs_in: str
    on_older: tuple[str, ...]
    on_newer: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """Deployments, the oldest first, and the drifts between what runs together."""

    deployments: tuple[DeploymentLine, ...]
    drifts: tuple[DriftLine, ...]


def deployed(ledger: Ledger, home: str, first: date) -> Deployed:
    """The deployments and drifts that were still there on or after the first date."""
    view = deployments_view(ledger, home, since=first)
    return Deployed(
        tuple(_line(one) for one in reversed(view.deployments)), tuple(map(_drift, view.drifts))
    )


def _line(one: DeploymentSeen) -> DeploymentLine:
    unrecorded = Unknown("nobody recorded it")
    unsaid = unrecorded if one.recorded_at is None else Unknown("its record does not say")
    return DeploymentLine(
        service=one.subject,
        before=one.before or Unknown("nothing is known to have run before it"),
        after=one.after,
        commit=one.commit or unsaid,
        tree=unsaid if one.is_dirty is None else "dirty" if one.is_dirty else "clean",
        fingerprint=one.fingerprint or Unknown("its record gives none yet"),
        happened_at=one.at,
        first_seen_at=one.first_seen or Unknown("no run of it was seen"),
        runs=one.runs,
        verified_by=one.verified_by or Unknown("no run of its fingerprint has succeeded"),
        why=one.why or "nothing more is known of it",
    )


def _drift(one: Drift) -> DriftLine:
    return DriftLine(
        kind=one.kind,
        older=one.older,
        newer=one.newer,
        differs_in=one.differs_in,
        on_older=one.on_older,
        on_newer=one.on_newer,
        first_at=one.first_at,
        last_at=one.last_at,
        status="over" if one.is_over else "open",
    )


def deployments_section(record: Deployed) -> Section:
    """Deployments and drifts as tables."""
    unverified = [d for d in record.deployments if isinstance(d.verified_by, Unknown)]
    says = f"{count_text(len(record.deployments), 'deployment')}, {len(unverified)} unverified; "
    says += f"{count_text(len(record.drifts), 'drift')}. Deployed is what ran."
    head = ("service", "before", "after", "commit", "tree", "fingerprint", "happened",
            "first seen", "runs", "verified by", "why")  # fmt: skip
    rows = [
        (
            d.service,
            d.before,
            d.after,
            d.commit,
            d.tree,
            d.fingerprint,
            d.happened_at,
            d.first_seen_at,
            d.runs,
            d.verified_by,
            d.why,
        )
        for d in record.deployments
    ]
    return Section(
        "Deployments",
        says,
        (
            *table(head, rows),
            *table(
                ("drift", "older", "newer", "differs in", "on older", "on newer", "from", "to",
                 "status"),
                _drift_rows(record.drifts),
            ),
        ),
    )  # fmt: skip


def _drift_rows(drifts: Sequence[DriftLine]) -> list[tuple[str | datetime, ...]]:
    return [
        (
            d.kind,
            d.older,
            d.newer,
            d.differs_in,
            listed(d.on_older, 4),
            listed(d.on_newer, 4),
            d.first_at,
            d.last_at,
            d.status,
        )
        for d in drifts
    ]
