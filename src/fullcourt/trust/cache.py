"""What was derived from the lake, kept until rows it came from have changed.

All rows in the lake are known by now, so the instant itself changes nothing; only writes do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable
from datetime import date
from typing import TypeVar, cast

T = TypeVar("T")
_KEPT_AT_MOST = 96


class ReadCache:
    """Values by name and date, each with a token of the table changes it depends on."""

    def __init__(self) -> None:
        self._changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        self._totals: dict[str, int] = defaultdict(int)
        self._kept: dict[Hashable, tuple[object, object]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def note_change(self, table: str, changed: Collection[date]) -> None:
        """Rows of `table` changed on these dates."""
        for day in changed:
            self._changes[table][day] += 1
        self._totals[table] += 1

    def on(self, table: str, first: date, last: date) -> int:
        """How often `table` changed on these dates."""
        return sum(n for day, n in self._changes[table].items() if first <= day <= last)

    def before(self, table: str, day: date) -> int:
        """How often `table` changed on earlier dates."""
        return sum(n for changed, n in self._changes[table].items() if changed < day)

    def total(self, *tables: str) -> tuple[int, ...]:
        """How often each table changed at all."""
        return tuple(self._totals[table] for table in tables)

    def keep(self, name: Hashable, token: object, read: Callable[[], T]) -> T:
        """The kept value of `name` while its token stands, else a new reading."""
        kept = self._kept.pop(name, None)
        value = read() if kept is None or kept[0] != token else cast("T", kept[1])
        self._kept[name] = (token, value)
        if len(self._kept) > _KEPT_AT_MOST:
            # The value asked for longest ago: a season walked by night must not keep every night.
            del self._kept[next(iter(self._kept))]
        return value
