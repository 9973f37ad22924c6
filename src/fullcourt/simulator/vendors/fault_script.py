"""A world's faults as data: which vendor and path, from when to when, on which attempts, how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from fullcourt.clock import iso, require_utc
from fullcourt.simulator.vendors.fault_kinds import FaultKind, applies, is_of_vendor

_NEEDS_NAME: Final = frozenset({FaultKind.RENAMED_FIELD, FaultKind.RETYPED_FIELD})


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted fault.

    `endpoint` is a glob over the path; `start` and `end` bound it in time, end excluded, however
    long; `attempts` are the numbers (from 1) of the requests to one path within that time that it
    hits, None for all.

    `status` and `code` belong to `status` faults; `retry_after_s` to those and `rate_limited_for`
    (120 by default). `name`: the field that is renamed, added or retyped (everywhere in the body),
    or the list whose rows are doubled or dropped; without it the list that the endpoint's rows are
    in, and for a partial slate the games of the league's day. `rows`: how many are dropped, or how
    many players change teams. `hours`: how old an old answer is.

    Raises:
        ValueError: the fault contradicts itself.
    """

    vendor: str
    endpoint: str
    start: datetime
    end: datetime
    kind: FaultKind
    attempts: frozenset[int] | None = None
    status: int = 500
    code: str = ""
    retry_after_s: int | None = None
    name: str = ""
    rows: int = 1
    hours: float = 24.0

    def __post_init__(self) -> None:
        if require_utc(self.start) >= require_utc(self.end):
            raise ValueError(f"{self}: it ends at {iso(self.end)}, before it begins")
        if self.kind in _NEEDS_NAME and not self.name:
            raise ValueError(f"{self}: a {self.kind} fault names a field or a list")
        if self.attempts is not None and min(self.attempts, default=0) < 1:
            raise ValueError(f"{self}: attempts are numbered from 1, and there is at least one")
        if not is_of_vendor(self.kind, self.vendor):
            raise ValueError(f"{self}: {self.vendor} has no answer that {self.kind} could strike")
        if self.hours <= 0:
            raise ValueError(f"{self}: an old answer is more than 0 hours old")
        if self.rows < 1:
            raise ValueError(f"{self}: at least one row is struck")

    @property
    def age(self) -> timedelta:
        """How old an old answer is."""
        return timedelta(hours=self.hours)

    def covers(self, vendor: str, path: str, at: datetime) -> bool:
        """Whether a request falls under the fault, attempts aside."""
        return (
            vendor == self.vendor
            and self.start <= at < self.end
            and fnmatchcase(path, self.endpoint)
            and applies(self.kind, path)
        )


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault that happened."""

    at: datetime
    vendor: str
    path: str
    kind: FaultKind


@dataclass(slots=True)
class FaultScript:
    """The faults of a world, the attempts counted, and what was injected.

    `injected` has only what changed an answer: a box score fault on a game that has not begun
    changes nothing.

    Raises:
        ValueError: a fault names a vendor the world does not have.
    """

    faults: Sequence[Fault]
    vendors: frozenset[str]
    injected: list[Injection] = field(default_factory=list)
    _attempts: Counter[tuple[int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for fault in self.faults:
            if fault.vendor not in self.vendors:
                known = ", ".join(sorted(self.vendors))
                raise ValueError(f"{fault}: no vendor {fault.vendor!r}; this world has {known}")

    def next_fault(self, vendor: str, path: str, at: datetime) -> Fault | None:
        """The first fault that hits this request; counts an attempt for all that cover it."""
        hit: Fault | None = None
        for index, fault in enumerate(self.faults):
            if not fault.covers(vendor, path, at):
                continue
            self._attempts[index, path] += 1
            number = self._attempts[index, path]
            if hit is None and (fault.attempts is None or number in fault.attempts):
                hit = fault
        return hit
