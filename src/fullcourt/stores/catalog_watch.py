"""Whether the lake's catalog has been written since its newest snapshot was asked for.

A look at two file stamps costs microseconds, a question to the catalog a millisecond, and a tick
asks several times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fullcourt.clock import Clock, SystemClock, elapsed_timer

# A file written twice within one tick of the system's timer may keep its stamp.
_STAMP_MAY_STAND = timedelta(milliseconds=50)
# However the stamps look: some file systems show another machine's write late.
_ASKED_AGAIN_AFTER_SECONDS = 1.0

_Stamps = tuple[tuple[int, int] | None, ...]


@dataclass(slots=True)
class CatalogWatch:
    """The newest snapshot id, asked for again only when the catalog may have changed."""

    catalog: Path
    clock: Clock = field(default_factory=SystemClock)
    _known: int | None = None
    _stamps: _Stamps = ()
    _asked_at: float = 0.0

    def newest(self, ask: Callable[[], int]) -> int:
        """The id of the newest snapshot; `ask` reads it from the catalog."""
        stamps = self._look()
        fresh = elapsed_timer() - self._asked_at < _ASKED_AGAIN_AFTER_SECONDS
        if self._known is not None and fresh and stamps == self._stamps:
            return self._known
        asked_at, now = elapsed_timer(), self.clock.now().timestamp()
        found = ask()
        # Stamps as they were before the question: a write that comes during it is seen later.
        written = max((stamp[0] for stamp in stamps if stamp is not None), default=0) / 1e9
        settled = now - written > _STAMP_MAY_STAND.total_seconds()
        self._known = found if settled else None
        self._stamps, self._asked_at = stamps, asked_at
        return found

    def _look(self) -> _Stamps:
        return tuple(
            _stamp(path)
            for path in (self.catalog, self.catalog.with_name(f"{self.catalog.name}-wal"))
        )


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    if not seen.st_size:
        # Who only reads makes an empty log anew, each time.
        return None
    return seen.st_mtime_ns, seen.st_size
