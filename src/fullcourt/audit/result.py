"""What an audit says: frozen records, the same for a terminal, JSON, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.audit.words import DateClass, LieKind, LossCause, RunClass


@dataclass(frozen=True, slots=True)
class RunFinding:
    """One history row with its class and the evidence that decided it.

    Counts are units (keys) within the run's scope (its date, or the one game it was for):
    `owed`, of them `due` by its end, `held_at_end` (null: not knowable), `held_now`.
    `evidence` is a sentence; `settles` what would decide an `unverifiable` one.
    """

    row_no: int
    source_row: int
    run_id: str
    processor: str
    target: str
    game_date: date | None
    game_id: str | None
    said: int | None
    run_class: RunClass
    cause: LossCause | None
    owed: int
    due: int
    held_at_end: int | None
    held_now: int
    healed_by: str | None
    evidence: str
    settles: str | None


@dataclass(frozen=True, slots=True)
class DateFinding:
    """One table on one date. `rows` (table rows) is null for a listing.

    `naive_check`: what "any row on that date" says: `has data` or `no data`.
    """

    target: str
    game_date: date
    date_class: DateClass
    causes: tuple[LossCause, ...]
    owed: int
    held: int
    lost: int
    rows: int | None
    naive_check: str
    evidence: str
    settles: str | None


@dataclass(frozen=True, slots=True)
class LostKey:
    """One unit that is owed and not there, by name."""

    target: str
    game_date: date
    key: str
    name: str
    game_id: str | None
    cause: LossCause
    evidence: str


@dataclass(frozen=True, slots=True)
class Lie:
    """A falsehood in the other direction, in `unit`s: rows, keys, or `rows, keys` where rows are
    said and keys are true."""

    kind: LieKind
    target: str
    game_date: date
    run_id: str | None
    said: int
    true: int
    unit: str


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with its Wilson interval at `level`; `rate` null when `whole` is 0."""

    part: int
    whole: int
    rate: float | None
    low: float | None
    high: float | None
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class ProcessorSummary:
    """One processor, in both units. `false_positives`: of its decided zero runs, those that lost
    nothing by tracking alone."""

    processor: str
    targets: tuple[str, ...]
    runs: int
    zero_runs: int
    decided: Share
    runs_by_class: Mapping[RunClass, int]
    zero_runs_by_class: Mapping[RunClass, int]
    dates: int
    zero_dates: int
    dates_by_class: Mapping[DateClass, int]
    false_positives: Share
    naive_no_data_dates: int
    lost_keys: int


@dataclass(frozen=True, slots=True)
class AuditView:
    """A whole audit. `total` adds runs to runs and dates to dates, never one to the other.

    `findings` are the zero and partial runs and every other row that is not `complete`, unless all
    were asked for. `complaints`: what of the input could not be used, by file, column and row.
    """

    name: str
    source: str
    now: datetime
    first_date: date | None
    last_date: date | None
    total: ProcessorSummary
    processors: tuple[ProcessorSummary, ...]
    findings: tuple[RunFinding, ...]
    dates: tuple[DateFinding, ...]
    lost: tuple[LostKey, ...]
    lies: tuple[Lie, ...]
    complaints: tuple[str, ...]
    seconds: Mapping[str, float]
