"""The words of the trust rooms: cells, key states, cell verdicts, causes. Plain data, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class KeyState(StrEnum):
    """The state of one expected key; `judge` gives the first that applies, in this order."""

    RETIRED = "retired"
    SUSPECT = "suspect"
    STALE = "stale"
    COMPLETE = "complete"
    RUNNING = "running"
    UNVERIFIABLE = "unverifiable"
    NOT_DUE = "not_due"
    WAITING = "waiting"
    MISSING = "missing"
    UNRECOVERABLE = "unrecoverable"


class CellVerdict(StrEnum):
    """The verdict of one cell, by the fixed table over its keys' states."""

    LEGITIMATE_ZERO = "legitimate_zero"
    PARTIAL = "partial"
    MISSING = "missing"
    SUSPECT = "suspect"
    UNVERIFIABLE = "unverifiable"
    STALE = "stale"
    RUNNING = "running"
    WAITING = "waiting"
    NOT_DUE = "not_due"
    UNRECOVERABLE = "unrecoverable"
    COMPLETE = "complete"


class Cause(StrEnum):
    """Why a key is missing."""

    NEVER_RUN = "never_run"
    VENDOR_EMPTY = "vendor_empty"
    VENDOR_FAILED = "vendor_failed"
    VENDOR_BLOCKED = "vendor_blocked"
    HUNG = "hung"
    QUOTA_SPENT = "quota_spent"
    CONTRACT_BROKEN = "contract_broken"
    ARCHIVED_NOT_LOADED = "archived_not_loaded"
    PROCESSOR_FAILED = "processor_failed"
    GATE_CLOSED = "gate_closed"
    ARCHIVE_LOST = "archive_lost"
    BLOCKED_UPSTREAM = "blocked_upstream"


ALARMS = frozenset(
    {CellVerdict.PARTIAL, CellVerdict.MISSING, CellVerdict.SUSPECT, CellVerdict.STALE}
)
"""Verdicts that make `status` exit 1."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A feed or dataset on one game date: what is scheduled, leased, run and shown."""

    dataset: str
    game_date: date

    def __str__(self) -> str:
        return f"{self.dataset} {self.game_date.isoformat()}"


@dataclass(frozen=True, slots=True)
class KeyExpectation:
    """One key a cell must hold.

    `start_at`: no sooner attempt makes sense. `due_at`: absent after it means missing.
    `horizon_at`: after it nothing is asked any more (None: never give up). `retired` and
    `unverifiable` carry their reason; `unverifiable_at` says from when the latter holds (None:
    now). `review_at`: look again then even when the key is held. `ask_once`: not given up before it
    was asked for at least once.
    """

    key: str
    name: str
    start_at: datetime
    due_at: datetime
    horizon_at: datetime | None
    why: str
    game_id: str | None = None
    retired: str | None = None
    unverifiable: str | None = None
    unverifiable_at: datetime | None = None
    review_at: datetime | None = None
    ask_once: bool = False
    awaits_result: bool = False
    """Its game is not over as far as the schedule says: the scoreboard is asked until it is."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a cell must hold, as known now. `zero_reason` names why there may be no key at all;
    `review_at`: before it nobody can say whether there will be one."""

    cell: Cell
    keys: tuple[KeyExpectation, ...]
    zero_reason: str | None = None
    unverifiable: str | None = None
    warnings: tuple[str, ...] = ()
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyEvidence:
    """What the witnesses say of one key.

    `cause`: the word of the last attempt or of the feed behind it. `blocked_by`: the upstream key
    or gate in the way; `blocked_forever`: that upstream is itself unrecoverable. `ready`: there is
    something to work with (for a raw dataset: an archived body). `next_attempt_at`: when a
    held key is worked on again (the next snapshot; rows to be archived or retired), or one that is
    not held is asked for where credits say when.
    """

    held: bool = False
    suspect: str | None = None
    stale: str | None = None
    attempts: int = 0
    last_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    cause: Cause | None = None
    detail: str = ""
    blocked_by: str | None = None
    blocked_forever: bool = False
    ready: bool = True


@dataclass(frozen=True, slots=True)
class LeaseEvidence:
    """A run at work on the cell: until when its lease holds and how far it is."""

    run_id: str
    expires_at: datetime
    deadline_at: datetime
    progress: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was observed of one cell. Keys without an entry were not seen anywhere."""

    keys: Mapping[str, KeyEvidence] = field(default_factory=dict)
    lease: LeaseEvidence | None = None
    unexpected: tuple[str, ...] = ()
    """Keys held that nothing expects (listed, never counted as held)."""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """The judged state of one key."""

    key: str
    name: str
    state: KeyState
    cause: Cause | None = None
    reason: str = ""
    game_id: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judged state of one cell. Counts are keys.

    `next_change_at`: when time alone may change it.
    """

    cell: Cell
    verdict: CellVerdict
    keys: tuple[KeyVerdict, ...]
    expected: int
    held: int
    reason: str
    warnings: tuple[str, ...]
    evidence_digest: str
    judged_at: datetime
    next_change_at: datetime | None

    def in_state(self, *states: KeyState) -> tuple[KeyVerdict, ...]:
        """The keys in any of `states`."""
        return tuple(k for k in self.keys if k.state in states)

    @property
    def is_alarm(self) -> bool:
        """Whether this cell makes `status` exit 1."""
        return self.verdict in ALARMS
