"""The audit's words: what a run, a date and a lost key can be said to be."""

from __future__ import annotations

from enum import StrEnum


class RunClass(StrEnum):
    """What one row of a run history came to; every row gets exactly one."""

    COMPLETE = "complete"
    """It said it wrote, and what its date owed by then was there when it ended."""
    TRACKING_FALSE_POSITIVE = "tracking_false_positive"
    """It said zero or nothing; the rows it wrote, or that stood at its end, are there."""
    HEALED = "healed"
    """What was due was not there when it ended, and is there now."""
    LEGITIMATE_ZERO = "legitimate_zero"
    """Zero, and nothing was owed: off day, postponed, proved empty, not due."""
    PARTIAL_LOSS = "partial_loss"
    """Some of the keys owed are not there now."""
    LOSS = "loss"
    """None of the keys owed is there now."""
    UNVERIFIABLE = "unverifiable"
    """The evidence at hand does not decide; `settles` says what would."""
    PHANTOM_FAILURE = "phantom_failure"
    """A sweeper closed it beside a row in which the same run had ended by itself."""
    STUCK_RUN = "stuck_run"
    """Still open, or closed by a sweeper, and its run has no end of its own."""


class DateClass(StrEnum):
    """What one table holds of one date at the audit's instant."""

    COMPLETE = "complete"
    LEGITIMATE_ZERO = "legitimate_zero"
    PARTIAL_LOSS = "partial_loss"
    LOSS = "loss"
    UNVERIFIABLE = "unverifiable"


class LossCause(StrEnum):
    """Why a key that is owed is not there."""

    SCRAPER_FAILED = "scraper_failed"
    PROCESSOR_FAILED = "processor_failed"
    UPSTREAM_EMPTY = "upstream_empty"
    NEVER_RUN = "never_run"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    """No witness of the scrape or the input: named, not guessed."""


class LieKind(StrEnum):
    """Falsehoods in the other direction."""

    OVER_CLAIMED = "over_claimed"
    """A run says more rows than its table can hold of it."""
    SHRINKAGE = "shrinkage"
    """A later load left fewer keys than an earlier one brought."""
    DUPLICATES = "duplicates"
    """More rows than unique keys."""
    COVERED_BY_COUNT = "covered_by_count"
    """Rows enough for a naive look, and keys owed that are not among them."""


class Rule(StrEnum):
    """Where the keys a table owes on a date come from."""

    GAMES_FINAL = "games_final"
    GAMES_SCHEDULED = "games_scheduled"
    TEAMS = "teams"
    """The teams that play (or a given list of teams every day)."""
    EVENT_LOG = "event_log"
    """A change log: what two whole snapshots of another table differ by; empty may be right."""
    PLAYERS_LISTED = "players_listed"
    """The keys another table lists."""
    FLOOR = "floor"
    """A number of rows, whoever they are: can prove a loss, never a set."""
    QUERY = "query"


class RunState(StrEnum):
    """The states a foreign history's own words are mapped to."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class GameState(StrEnum):
    """The states a foreign schedule's own words are mapped to."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    FINAL = "final"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
