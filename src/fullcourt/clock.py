"""The only place that reads real time. Everything else is handed a `Clock`.

All instants are timezone-aware UTC. Game dates are Eastern and live in `fullcourt.nba.calendar`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the package may know about time."""

    def now(self) -> datetime:
        """The current instant, UTC-aware."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` (a virtual clock moves forward instead)."""
        ...

    @property
    def is_virtual(self) -> bool:
        """True when time moves only by `sleep`."""
        ...


class SystemClock:
    """Real time."""

    is_virtual = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class VirtualClock:
    """A clock that stands still until somebody sleeps on it."""

    is_virtual = True

    def __init__(self, start: datetime) -> None:
        self._now = require_utc(start)

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._now += timedelta(seconds=seconds)

    def advance_to(self, instant: datetime) -> None:
        """Move forward to `instant`; an instant in the past changes nothing."""
        self._now = max(self._now, require_utc(instant))


def require_utc(instant: datetime) -> datetime:
    """`instant` in UTC; a naive datetime is refused (law 9).

    Raises:
        ValueError: when `instant` carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: every instant must carry a time zone")
    return instant.astimezone(UTC)


def parse_instant(text: str) -> datetime:
    """An ISO-8601 instant with a zone (`Z` or an offset) as UTC.

    Raises:
        ValueError: when the text is no instant or has no zone.
    """
    return require_utc(datetime.fromisoformat(text))


def iso(instant: datetime) -> str:
    """`2025-01-09T11:55:38Z`: how instants are written everywhere (whole seconds unless finer)."""
    return require_utc(instant).isoformat().replace("+00:00", "Z")


def elapsed_timer() -> float:
    """Monotonic seconds, for measuring how long real work took (never for deadlines of cells)."""
    return time.perf_counter()
