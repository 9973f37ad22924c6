"""Deployments as a release script records them: labels, which only runs can verify (law 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import deployments, runs

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_FINGERPRINT = re.compile(r"[0-9a-f]{12}(\+[0-9a-f]{8})?")


class DeploymentRefused(Terminal, FullcourtError):
    """A deployment cannot be recorded: a value is wrong, or contradicts what is on record."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A recorded deployment. Instants are UTC; null: not said.

    `fingerprint` is that of the code, or `code+configuration` as runs carry it. `is_dirty`: the
    tree it was built from had changes that are in no commit.
    """

    service: str
    revision: str
    commit: str
    is_dirty: bool | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    fingerprint: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run as far as deployments are seen from it. `worker` is `host:pid:start`."""

    run_id: str
    dataset: str
    state: str
    opened_at: datetime
    fingerprint: str
    worker: str


def record_deployment(ledger: Ledger, said: Deployment) -> tuple[Deployment, str]:
    """Keep what is said of a deployment; what was not said before is added to it.

    Returns it as it is on record now, and what that changed: `new`, `completed` or `unchanged`.

    Raises:
        DeploymentRefused: a value has a wrong form, it ends before it starts, or it contradicts
            the record of the same service and revision.
    """
    _check(said)
    with ledger.write():
        kept = _kept(ledger, said.service, said.revision)
        now = ledger.now()
        merged = replace(said, recorded_at=now) if kept is None else _merged(kept, said)
        _check(merged)
        if merged == kept:
            return merged, "unchanged"
        ledger.insert_or_replace(deployments, [_stored(merged)])
    return merged, "new" if kept is None else "completed"


def get_deployments(ledger: Ledger) -> tuple[Deployment, ...]:
    """Every recorded deployment, in the order they were recorded."""
    query = select(deployments).order_by(deployments.c.recorded_at, deployments.c.service)
    return tuple(_read(row) for row in ledger.execute(query).all())


def runs_by_fingerprint(ledger: Ledger) -> tuple[SeenRun, ...]:
    """Every run with the fingerprint that executed it, oldest first."""
    query = select(
        runs.c.run_id,
        runs.c.dataset,
        runs.c.state,
        runs.c.opened_at,
        runs.c.code_fingerprint,
        runs.c.worker,
    ).order_by(runs.c.opened_at, runs.c.run_id)
    found = []
    for row in ledger.execute(query).all():
        opened_at = instant_of(row.opened_at)
        assert opened_at is not None
        found.append(
            SeenRun(row.run_id, row.dataset, row.state, opened_at, row.code_fingerprint, row.worker)
        )
    return tuple(found)


def _check(said: Deployment) -> None:
    for name, value in (("service", said.service), ("revision", said.revision)):
        if not value.strip() or value != value.strip():
            raise DeploymentRefused(
                f"{name} {value!r}: empty, or spaces at an end.", next_step=f"give --{name} a name"
            )
    if not _COMMIT.fullmatch(said.commit):
        raise DeploymentRefused(
            f"commit {said.commit!r}: not 7 to 64 hexadecimal digits.",
            next_step="pass what `git rev-parse HEAD` prints",
        )
    if said.fingerprint is not None and not _FINGERPRINT.fullmatch(said.fingerprint):
        raise DeploymentRefused(
            f"fingerprint {said.fingerprint!r}: neither 12 hexadecimal digits of the code nor "
            "those, `+` and 8 of the configuration.",
            next_step="leave --fingerprint out, or take it from `fullcourt runs --json`",
        )
    if said.started_at and said.finished_at and said.finished_at < said.started_at:
        raise DeploymentRefused(
            f"{said.service} {said.revision}: finished {text_of(said.finished_at)}, before it "
            f"started {text_of(said.started_at)}.",
            next_step="check --started and --finished",
        )


def _merged(kept: Deployment, said: Deployment) -> Deployment:
    return replace(
        kept,
        commit=_longer(kept, "commit", kept.commit, said.commit),
        is_dirty=_agreed(kept, "is_dirty", kept.is_dirty, said.is_dirty),
        started_at=_agreed(kept, "started_at", kept.started_at, said.started_at),
        finished_at=_agreed(kept, "finished_at", kept.finished_at, said.finished_at),
        fingerprint=_longer(kept, "fingerprint", kept.fingerprint, said.fingerprint),
    )


def _longer(kept: Deployment, name: str, before: str | None, now: str | None) -> Any:
    """The same commit, or fingerprint, may be said in fewer digits."""
    if before and now and (before.startswith(now) or now.startswith(before)):
        return max(before, now, key=len)
    return _agreed(kept, name, before, now)


def _agreed(kept: Deployment, name: str, before: Any, now: Any) -> Any:
    if before is None or now is None or before == now:
        return now if before is None else before
    raise DeploymentRefused(
        f"{kept.service} {kept.revision}: {name} is {_word(before)} on record, not {_word(now)}.",
        next_step="a revision names one deployment of a service: record another one (a rollback "
        "too) under a revision of its own",
    )


def _word(value: Any) -> str:
    return (text_of(value) or "") if isinstance(value, datetime) else str(value)


def _kept(ledger: Ledger, service: str, revision: str) -> Deployment | None:
    query = select(deployments).where(
        deployments.c.service == service, deployments.c.revision == revision
    )
    row = ledger.execute(query).first()
    return None if row is None else _read(row)


def _read(row: Any) -> Deployment:
    return Deployment(
        service=row.service,
        revision=row.revision,
        commit=row.commit_id,
        is_dirty=None if row.is_dirty is None else bool(row.is_dirty),
        started_at=instant_of(row.started_at),
        finished_at=instant_of(row.finished_at),
        fingerprint=row.fingerprint,
        recorded_at=instant_of(row.recorded_at),
    )


def _stored(deployment: Deployment) -> dict[str, Any]:
    return {
        "service": deployment.service,
        "revision": deployment.revision,
        "commit_id": deployment.commit,
        "is_dirty": None if deployment.is_dirty is None else int(deployment.is_dirty),
        "started_at": text_of(deployment.started_at),
        "finished_at": text_of(deployment.finished_at),
        "fingerprint": deployment.fingerprint,
        "recorded_at": text_of(deployment.recorded_at),
    }
