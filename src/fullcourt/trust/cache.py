"""What was derived from the lake, kept until rows it came from have changed.

All rows in the lake are known by now, so the instant itself changes nothing; only writes do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from fullcourt.stores.table_changes import TableChanges

T = TypeVar("T")
_KEPT_AT_MOST = 96


class ReadCache:
    """Values by name and date, each with a token of the table changes it depends on."""

    def __init__(self) -> None:
        self.changes = TableChanges()
        self._kept: dict[Hashable, tuple[object, object]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, name: Hashable, token: object, read: Callable[[], T]) -> T:
        """The kept value of `name` while its token stands, else a new reading."""
        kept = self._kept.pop(name, None)
        value = read() if kept is None or kept[0] != token else cast("T", kept[1])
        self._kept[name] = (token, value)
        if len(self._kept) > _KEPT_AT_MOST:
            # The value asked for longest ago: a season walked by night must not keep every night.
            del self._kept[next(iter(self._kept))]
        return value
