"""How a feed or dataset declares itself: the policy words the trust rooms judge by.

A declaration is data. Adding a dataset is one module with its declaration and one line in
`fullcourt.pipeline.graph`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Phase(StrEnum):
    """The five phases, in order."""

    SCRAPE = "1 scrape"
    RAW = "2 raw"
    ANALYTICS = "3 analytics"
    PRECOMPUTE = "4 precompute"
    PREDICT = "5 predict"


class Calendar(StrEnum):
    """On which dates a cell is raised."""

    EVERY_DAY = "every day"
    GAME_DAYS = "game days"


class Shrink(StrEnum):
    """What a smaller later load means."""

    NEVER = "never shrinks: a smaller load is suspect"
    SNAPSHOT = "snapshots append: the latest counts, a shrinkage warns"
    CONFIRM = "a removal needs a second witness or a second fetch"
    RECOMPUTED = "recomputed: rows follow their inputs"


@dataclass(frozen=True, slots=True)
class RetryStep:
    """Until `until` after the due time, try again every `every`."""

    until: timedelta
    every: timedelta


@dataclass(frozen=True, slots=True)
class Declaration:
    """One feed or dataset.

    `due`, `start` and `horizon` are sentences for people; the instants come from
    `fullcourt.trust.expectations`. `retry` bounds attempts in calendar time, `max_attempts` in
    count (per key). `freezes_at_tip`: after the tip rows are never stale and holes never filled by
    themselves. `deadline_s` is the absolute limit of one run.
    """

    name: str
    phase: Phase
    key: str
    key_columns: tuple[str, ...]
    calendar: Calendar
    due: str
    start: str
    horizon: str
    source: str
    upstream: tuple[str, ...]
    shrink: Shrink
    retry: tuple[RetryStep, ...]
    max_attempts: int
    deadline_s: float
    freezes_at_tip: bool = False
    vendor: str | None = None
    gate: str | None = None

    @property
    def is_feed(self) -> bool:
        """Whether this is a phase-1 feed (held in the archive) and not a lake table."""
        return self.phase is Phase.SCRAPE
