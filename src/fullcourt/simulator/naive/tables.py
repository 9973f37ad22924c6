"""The naive pipeline's tables, and a log of which keys they held when (for the truth alone)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

Row = dict[str, Any]
Cell = tuple[str, date]


@dataclass(frozen=True, slots=True)
class TableForm:
    """Columns with their SQL types, what makes a row unique, and what a date must hold one of."""

    columns: Mapping[str, str]
    unique: tuple[str, ...]
    key: tuple[str, ...]


_DAY: Final = {"game_date": "DATE", "game_id": "VARCHAR"}
_SIDES: Final = {"home_team": "VARCHAR", "away_team": "VARCHAR"}
_END: Final = {"first_loaded_at": "TIMESTAMP", "loaded_at": "TIMESTAMP"}
_PLAYER: Final = {"player_id": "BIGINT", "player_name": "VARCHAR", "team": "VARCHAR"}

FORMS: Final[Mapping[str, TableForm]] = {
    "schedule": TableForm(
        _DAY | {"tip_at": "TIMESTAMP"} | _SIDES | {"status": "BIGINT", "status_text": "VARCHAR"}
        | _END,
        ("game_date", "game_id"),
        ("game_id",),
    ),
    "game_results": TableForm(
        _DAY | _SIDES | {"home_score": "BIGINT", "away_score": "BIGINT"} | _END,
        ("game_date", "game_id"),
        ("game_id",),
    ),
    "player_boxscores": TableForm(
        _DAY | _PLAYER | {"opponent": "VARCHAR", "played": "BOOLEAN", "seconds_played": "BIGINT",
        "points": "BIGINT", "rebounds": "BIGINT", "assists": "BIGINT", "threes": "BIGINT",
        "duration_minutes": "BIGINT"} | _END,
        ("game_date", "game_id", "player_id"),
        ("game_id", "player_id"),
    ),
    "team_rosters": TableForm(
        {"game_date": "DATE"} | _PLAYER | _END,
        ("game_date", "team", "player_id"),
        ("team",),
    ),
    "roster_changes": TableForm(
        {"game_date": "DATE"} | _PLAYER | {"change": "VARCHAR"} | _END,
        ("game_date", "team", "player_id", "change"),
        ("team", "player_id", "change"),
    ),
    "odds_events": TableForm(
        _DAY | {"event_id": "VARCHAR", "commence_time": "TIMESTAMP"} | _SIDES | _END,
        ("game_date", "event_id"),
        ("game_id",),
    ),
    "player_props": TableForm(
        _DAY | {"event_id": "VARCHAR", "player_name": "VARCHAR", "bookmaker": "VARCHAR",
        "line": "DOUBLE", "over_price": "DOUBLE", "under_price": "DOUBLE"} | _END,
        ("game_date", "game_id", "player_name", "bookmaker"),
        ("game_id",),
    ),
    "player_game_summary": TableForm(
        _DAY | _PLAYER | {"points": "BIGINT", "games_before": "BIGINT", "points_before": "BIGINT"}
        | _END,
        ("game_date", "game_id", "player_id"),
        ("game_id", "player_id"),
    ),
    "team_game_summary": TableForm(
        _DAY | {"team": "VARCHAR", "points": "BIGINT", "players": "BIGINT"} | _END,
        ("game_date", "game_id", "team"),
        ("game_id", "team"),
    ),
    "upcoming_context": TableForm(
        _DAY | {"team": "VARCHAR", "opponent": "VARCHAR", "games_before": "BIGINT",
        "points_before": "BIGINT"} | _END,
        ("game_date", "game_id", "team"),
        ("game_id", "team"),
    ),
    "team_factors": TableForm(
        _DAY | {"team": "VARCHAR", "factor": "DOUBLE", "source": "VARCHAR"} | _END,
        ("game_date", "game_id", "team"),
        ("game_id", "team"),
    ),
    "predictions": TableForm(
        _DAY | {"player_name": "VARCHAR", "line": "DOUBLE", "predicted": "DOUBLE"} | _END,
        ("game_date", "game_id", "player_name"),
        ("game_id",),
    ),
    "grades": TableForm(
        _DAY | {"player_name": "VARCHAR", "line": "DOUBLE", "points": "BIGINT",
        "result": "VARCHAR"} | _END,
        ("game_date", "game_id", "player_name"),
        ("game_id",),
    ),
}  # fmt: skip
"""Every table the pipeline leaves behind; instants are UTC. `first_loaded_at` is when a unique key
came and `loaded_at` when its row was last written: no statement but a lost one resets the first."""


@dataclass(slots=True)
class HeldLog:
    """Which keys a cell (a table or folder, a game date) held after each change.

    `position` counts changes, so that "at the end of a run" is a number.
    """

    position: int = 0
    _changes: dict[Cell, list[tuple[int, frozenset[str]]]] = field(default_factory=dict)

    def note(self, cell: Cell, keys: frozenset[str]) -> None:
        """The cell holds `keys` from now on."""
        if keys != self.finally_held(cell):
            self.position += 1
            self._changes.setdefault(cell, []).append((self.position, keys))

    def held(self, cell: Cell, position: int) -> frozenset[str]:
        """What the cell held at a position."""
        found: frozenset[str] = frozenset()
        for at, keys in self._changes.get(cell, ()):
            if at > position:
                break
            found = keys
        return found

    def finally_held(self, cell: Cell) -> frozenset[str]:
        """What the cell holds now."""
        changes = self._changes.get(cell)
        return changes[-1][1] if changes else frozenset()


@dataclass(slots=True)
class Tables:
    """Rows by table, date and unique key; an INSERT without a check may double a key."""

    log: HeldLog = field(default_factory=HeldLog)
    _rows: dict[str, dict[date, dict[tuple[Any, ...], list[Row]]]] = field(
        default_factory=lambda: {name: {} for name in FORMS}
    )

    def rows(self, table: str, day: date) -> list[Row]:
        """The rows of one date."""
        return [row for same in self._rows[table].get(day, {}).values() for row in same]

    def rows_before(self, table: str, day: date) -> list[Row]:
        """The rows of every earlier date, in no order that means anything."""
        days = [held for other, held in self._rows[table].items() if other < day]
        return [row for held in days for same in held.values() for row in same]

    def all_rows(self, table: str) -> list[Row]:
        """Every row, by date and unique key."""
        return [
            row
            for day in sorted(self._rows[table])
            for _, same in sorted(self._rows[table][day].items())
            for row in same
        ]

    def count(self, table: str, day: date | None = None) -> int:
        """How many rows there are, of one date or at all."""
        days: Iterable[date] = self._rows[table] if day is None else (day,)
        return sum(len(same) for d in days for same in self._rows[table].get(d, {}).values())

    def days(self, table: str) -> list[date]:
        """Every date with a row."""
        return sorted(day for day, held in self._rows[table].items() if held)

    def merge(self, table: str, rows: Collection[Row]) -> int:
        """Insert or replace by unique key; how many were *new* (what a MERGE calls inserted)."""
        new = 0
        for row in rows:
            held = self._rows[table].setdefault(row["game_date"], {})
            unique = self._unique(table, row)
            before = held.get(unique)
            new += before is None
            first = before[0]["first_loaded_at"] if before else row["loaded_at"]
            held[unique] = [row | {"first_loaded_at": first}]
        self._note(table, {row["game_date"] for row in rows})
        return new

    def first_loads(self, table: str, days: Collection[date]) -> dict[tuple[Any, ...], datetime]:
        """When each unique key of some dates was first loaded."""
        return {
            unique: same[0]["first_loaded_at"]
            for day in days
            for unique, same in self._rows[table].get(day, {}).items()
        }

    def insert(
        self,
        table: str,
        rows: Collection[Row],
        first_loads: Mapping[tuple[Any, ...], datetime] | None = None,
    ) -> int:
        """Insert without looking; how many rows were sent. Keys of `first_loads` are not new."""
        known = first_loads or {}
        for row in rows:
            held = self._rows[table].setdefault(row["game_date"], {})
            unique = self._unique(table, row)
            first = known.get(unique, row["loaded_at"])
            held.setdefault(unique, []).append(row | {"first_loaded_at": first})
        self._note(table, {row["game_date"] for row in rows})
        return len(rows)

    def delete(self, table: str, days: Collection[date], most: int | None = None) -> int:
        """Delete the rows of some dates, or the first `most` unique keys of each; how many."""
        gone = 0
        for day in days:
            held = self._rows[table].get(day, {})
            for unique in sorted(held)[:most]:
                gone += len(held.pop(unique))
        self._note(table, days)
        return gone

    def doubled(self, table: str) -> list[tuple[date, str, int]]:
        """(date, unique key, rows too many) where a key has more than one row."""
        return [
            (day, "/".join(str(part) for part in unique[1:]), len(same) - 1)
            for day, held in sorted(self._rows[table].items())
            for unique, same in sorted(held.items())
            if len(same) > 1
        ]

    def _unique(self, table: str, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in FORMS[table].unique)

    def _note(self, table: str, days: Collection[date]) -> None:
        key = FORMS[table].key
        for day in sorted(days):
            counted = Counter(
                "/".join(str(same[0][name]) for name in key)
                for same in self._rows[table].get(day, {}).values()
            )
            self.log.note((table, day), frozenset(counted))
