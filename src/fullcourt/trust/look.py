"""What every look at the stores shares: connections, caches, attempts, and words of evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.records import Attempt
from fullcourt.stores.ledger.vendors import attempts_between
from fullcourt.trust.cache import ReadCache
from fullcourt.trust.gather import date_ranges
from fullcourt.trust.words import Cause, KeyEvidence

CAUSES = {cause.value: cause for cause in Cause}
HeldKeys = dict[date, dict[str, KeyEvidence]]


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look. Nothing that looks decides; `fullcourt.trust.verdict.judge` does."""

    ledger: Ledger
    lake: Lake
    archive: Archive
    settings: Any
    aliases_file: Path
    cache: ReadCache = field(default_factory=ReadCache)
    fresh: dict[tuple[str, date], object] = field(default_factory=dict)
    """By dataset and date: the state of its tables at which its rows were found to match inputs."""
    once: dict[object, HeldKeys] = field(default_factory=dict)
    """Evidence that several datasets of one observation share."""


def attempts_by_date(
    look: Look, name: str, days: Collection[date]
) -> dict[date, Mapping[str, Attempt]]:
    """Attempts of a dataset, by date and key."""
    found: dict[date, Mapping[str, Attempt]] = {}
    for first, last in date_ranges(days):
        found.update(attempts_between(look.ledger, name, first, last))
    return found


def with_attempts(look: Look, name: str, found: HeldKeys, days: Collection[date]) -> HeldKeys:
    """`found` with what was tried for keys that are not held."""
    for day, tried in attempts_by_date(look, name, days).items():
        for key, attempt in tried.items():
            found[day].setdefault(key, as_tried(attempt))
    return found


def as_tried(attempt: Attempt) -> KeyEvidence:
    """A key that was asked for and is not held."""
    return KeyEvidence(
        attempts=attempt.attempts,
        last_attempt_at=attempt.last_at,
        cause=CAUSES.get(attempt.outcome, Cause.PROCESSOR_FAILED),
        detail=attempt.detail,
    )


def not_loaded(attempt: Attempt | None) -> KeyEvidence:
    """The body is in the archive and its rows are not in the lake."""
    if attempt is None:
        return KeyEvidence(cause=Cause.ARCHIVED_NOT_LOADED, detail="the archive holds it")
    return as_tried(attempt)


def as_failed(attempt: Attempt | None) -> KeyEvidence:
    """A key that was perhaps asked for and is not held."""
    return KeyEvidence() if attempt is None else as_tried(attempt)


def same_cause(behind: KeyEvidence) -> KeyEvidence:
    """The feed's word on a key, for the dataset made from it."""
    return KeyEvidence(
        attempts=behind.attempts,
        last_attempt_at=behind.last_attempt_at,
        cause=behind.cause,
        detail=behind.detail,
        ready=False,
    )
