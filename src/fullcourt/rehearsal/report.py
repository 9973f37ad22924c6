"""What a rehearsal comes to, as plain records: what `simulate --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

MUST_BE_ZERO = (
    "different",
    "losses_missed",
    "false_alarms",
    "rows_lost",
    "duplicate_rows",
    "runs_miscounted",
    "laws_broken",
)
"""Counts that make `simulate` exit 1 when they are not zero."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of which something else was said than is true, from `first_at` to `last_at`.

    `said` is a state with its cause (null: the key was not there); `true` the admissible states,
    empty where no such key is owed. `times` counts the comparisons. `is_loss_missed`,
    `is_false_alarm`: what it amounts to.
    """

    dataset: str
    game_date: date
    key: str
    first_at: datetime
    last_at: datetime
    times: int
    said: str | None
    true: tuple[str, ...]
    why: str
    is_loss_missed: bool
    is_false_alarm: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Keys of a cell that are given up, with their cause."""

    dataset: str
    game_date: date
    cause: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LateKey:
    """A key that was complete later (null: never) than two planned attempts after the recovery."""

    dataset: str
    game_date: date
    key: str
    healable_by: datetime
    healed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long something took, in minutes of the world's clock; null where it never happened."""

    count: int
    median: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows that were held and are gone at the end, though nobody says so."""

    dataset: str
    game_date: date
    key: str
    rows: int


@dataclass(frozen=True, slots=True)
class Miscounted:
    """A run whose counts in the ledger are not those of the lake's snapshots (null: no rows)."""

    run_id: str
    dataset: str
    rows_written: int | None
    rows_written_true: int | None
    rows_deleted: int | None
    rows_deleted_true: int | None


@dataclass(frozen=True, slots=True)
class Breach:
    """One law of the house broken in a way that no key's state shows. `law` is its number in
    docs/reliability.md, `where` a dataset, a cell or a path, `what` a sentence."""

    law: int
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """A rehearsal. Counts say their unit in their name or are of keys.

    `compared` counts (key, instant) pairs, `equal` and `different` its parts; `differences` lists
    each once, with the times it was seen. `vendor_calls` leaves out the calls to an endpoint while
    the script has it failing (`vendor_calls_while_failing`); `vendor_calls_without_faults` is null
    where the world has no fault, or it was not played.
    """

    world: str
    seed: int
    calendar: str
    lake: str
    first_date: date
    nights: int
    games: int
    cells: int
    faults: Mapping[str, int]
    """Faults injected, by kind: how often each changed an answer or struck a write."""
    idle_faults: tuple[str, ...]
    """Scripted faults that never changed an answer nor struck a write."""
    compared: int
    equal: int
    different: int
    differences: tuple[Difference, ...]
    losses_missed: int
    false_alarms: int
    rows_lost: int
    lost: tuple[Lost, ...]
    duplicate_rows: int
    runs_miscounted: int
    miscounted: tuple[Miscounted, ...]
    laws_broken: int
    breaches: tuple[Breach, ...]
    healed: Mapping[str, int]
    """Cells healed, by what: retry (asked again), archive (loaded again), recompute."""
    healed_late: tuple[LateKey, ...]
    gaps: tuple[Gap, ...]
    detection: Minutes
    healing: Minutes
    predictions_missed: int
    vendor_calls: int
    vendor_calls_while_failing: int
    vendor_calls_without_faults: int | None
    vendor_calls_ratio: float | None
    wasted_vendor_calls: int
    credits_spent: int
    ticks: int
    ticks_failed: int
    restarts: int
    runs: Mapping[str, int]
    """Runs by the state they ended in."""
    seconds_per_night: float

    @property
    def failures(self) -> tuple[str, ...]:
        """The counts that must be zero and are not."""
        return tuple(name for name in MUST_BE_ZERO if getattr(self, name))
