"""An archive as it stood at a clock's instant: what was fetched later is not there yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from fullcourt.clock import Clock
from fullcourt.stores.archive import Archive, Manifest


class ArchiveAsOf(Archive):
    """The manifests of a folder, read once; those fetched after the clock's now stay hidden."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder)
        self._clock = clock
        found = sorted(super().manifests(), key=lambda m: (m.fetched_at, m.manifest_id))
        self._all = tuple(found)
        self._instants = [manifest.fetched_at for manifest in found]

    def manifests(
        self, fetched_from: date | None = None, known: Collection[str] = ()
    ) -> Iterator[Manifest]:
        upto = bisect_right(self._instants, self._clock.now())
        first = 0
        if fetched_from is not None:
            first = bisect_left(self._instants, datetime.combine(fetched_from, time(), UTC))
        for manifest in self._all[first:upto]:
            if manifest.manifest_id not in known:
                yield manifest

    def fetched_after(self, instant: datetime) -> datetime | None:
        """The instant of the next answer after `instant` (UTC); None: there is no later one."""
        place = bisect_right(self._instants, instant)
        return self._instants[place] if place < len(self._instants) else None

    def fetched_at(self, instant: datetime) -> tuple[Manifest, ...]:
        """The answers of exactly this instant."""
        low, high = bisect_left(self._instants, instant), bisect_right(self._instants, instant)
        return self._all[low:high]

    def first_and_last(self) -> tuple[datetime, datetime] | None:
        """When the first and the last answer came (UTC); None: the archive is empty."""
        return (self._instants[0], self._instants[-1]) if self._instants else None
