"""Deployments of a home: what was recorded, what ran, what verifies it, and where code drifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.graph import GRAPH
from fullcourt.stores.ledger.deployments import (
    Deployment,
    get_deployments,
    record_deployment,
    runs_by_fingerprint,
)
from fullcourt.trust.deployments import DeploymentSeen, coverage, deployments
from fullcourt.trust.lanes import Drift, drifts, spells

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger

PHASES = {declaration.name: declaration.phase.value for declaration in GRAPH}


@dataclass(frozen=True, slots=True)
class DeploymentsView:
    """Deployments and drifts of a home, the newest deployment first. `since`: none older.

    `unverified` counts the deployments listed without a successful run, `drifting` the drifts that
    go on.
    """

    home: str
    since: date | None
    deployments: tuple[DeploymentSeen, ...]
    drifts: tuple[Drift, ...]
    unverified: int
    drifting: int


@dataclass(frozen=True, slots=True)
class DeploymentRecorded:
    """A deployment as it is on record now. `change`: new, completed or unchanged.

    `covers`: whose runs will verify it. Instants are UTC, null where nobody said them.
    """

    change: str
    service: str
    revision: str
    covers: str
    commit: str
    is_dirty: bool | None
    started_at: datetime | None
    finished_at: datetime | None
    fingerprint: str | None
    recorded_at: datetime | None


def deployments_view(ledger: Ledger, home: str, *, since: date | None = None) -> DeploymentsView:
    """Every deployment and drift that was still there on or after `since` (Eastern)."""
    runs = runs_by_fingerprint(ledger)
    found = deployments(get_deployments(ledger), runs, PHASES)
    drifted = drifts(spells(runs, PHASES))
    if since is not None:
        first = eastern(since)
        found = tuple(one for one in found if max(one.at, one.last_seen or one.at) >= first)
        drifted = tuple(one for one in drifted if one.last_at >= first)
    return DeploymentsView(
        home=home,
        since=since,
        deployments=found,
        drifts=drifted,
        unverified=sum(not one.is_verified for one in found),
        drifting=sum(not one.is_over for one in drifted),
    )


def record(ledger: Ledger, said: Deployment) -> DeploymentRecorded:
    """Keep a deployment and return it as it is on record now.

    Raises:
        DeploymentRefused: it is wrong in itself, or contradicts the record.
    """
    kept, change = record_deployment(ledger, said)
    return DeploymentRecorded(
        change=change,
        service=kept.service,
        revision=kept.revision,
        covers=coverage(kept.service, PHASES),
        commit=kept.commit,
        is_dirty=kept.is_dirty,
        started_at=kept.started_at,
        finished_at=kept.finished_at,
        fingerprint=kept.fingerprint,
        recorded_at=kept.recorded_at,
    )
