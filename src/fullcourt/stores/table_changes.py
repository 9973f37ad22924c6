"""How often rows of a table changed, by game date: what came from them stands until they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date


class TableChanges:
    """Counters that only grow. Two equal readings: nothing asked about has changed between them."""

    def __init__(self) -> None:
        self._changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        self._totals: dict[str, int] = defaultdict(int)

    def note(self, table: str, changed: Collection[date]) -> None:
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
