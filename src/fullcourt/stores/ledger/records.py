"""Rows of the ledger as the rest of the house sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The exclusive right to write one cell. A takeover raises the epoch."""

    dataset: str
    scope: str
    epoch: int
    run_id: str


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A lease as it stands, with the progress of the run that holds it."""

    lease: Lease
    holder: str
    expires_at: datetime
    deadline_at: datetime
    first_date: date
    last_date: date
    progress: str


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. `rows_written` None means the lake reported nothing (never 0 by default)."""

    state: str
    reason: str | None = None
    rows_written: int | None = None
    rows_deleted: int | None = None
    rows_claimed: int | None = None
    keys_expected: int | None = None
    keys_held: int | None = None
    snapshot_id: int | None = None
    input_fingerprint: str | None = None
    archive_refs: str | None = None
    error_class: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Instants UTC; counts in rows and keys."""

    run_id: str
    dataset: str
    first_date: date
    last_date: date
    trigger: str
    attempt: int
    state: str
    reason: str | None
    opened_at: datetime
    closed_at: datetime | None
    deadline_at: datetime
    rows_written: int | None
    rows_deleted: int | None
    rows_claimed: int | None
    keys_expected: int | None
    keys_held: int | None
    snapshot_id: int | None
    input_fingerprint: str | None
    code_fingerprint: str
    error_class: str | None
    error_text: str | None
    progress: str
    worker: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of asking for one key: count, when last, and the last outcome (a cause word)."""

    attempts: int
    first_at: datetime
    last_at: datetime
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """The index entry of one archived answer."""

    manifest_id: str
    feed: str
    game_date: date
    key: str
    vendor: str
    endpoint: str
    url: str
    outcome: str
    status: int | None
    digest: str | None
    body_bytes: int
    rerendered: bool
    fetched_at: datetime
    known_at: datetime | None
    snapshot_at: datetime | None
    detail: str
    run_id: str
    checks: int
    checked_at: datetime
    loaded_run_id: str | None
