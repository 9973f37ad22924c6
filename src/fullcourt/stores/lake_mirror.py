"""The mirror: tables of the lake in memory, and questions of one instant answered once.

A catalog round trip costs ten times what the query itself does. Tables are copied when a query
first names them, kept in step with our own commits, and read again by date when another process
has written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from fullcourt.stores.lake_tables import KEPT, TABLES, Dependence, Kept, macro_scripts
from fullcourt.stores.lake_writes import Applied, Write
from fullcourt.stores.table_changes import TableChanges

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
_COMMENT = re.compile(r"--[^\n]*")
_MACRO = re.compile(r"CREATE OR REPLACE TEMP MACRO (\w+)", re.IGNORECASE)
_KEPT_NAME = re.compile(r"\b(" + "|".join(KEPT) + r")\b")
# Tonight's slate, tomorrow's and both together are asked for in turn.
_SPANS_KEPT, _READINGS_KEPT = 3, 64
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an answer was computed from, and until when no row it left out becomes known."""

    token: tuple[object, ...]
    now: datetime
    stands_until: datetime | None

    def stands(self, token: tuple[object, ...], now: datetime) -> bool:
        """Whether it is an answer at `now` too, to a question with this token."""
        is_later = self.now <= now and (self.stands_until is None or now < self.stands_until)
        return is_later and self.token == token


class Mirror:
    """What is in memory beside a lake's files (`whole`: there are no files, all of it is here)."""

    def __init__(self, *, whole: bool) -> None:
        self.changes = TableChanges()
        self.in_step_with: int | None = None
        """The newest snapshot all mirrored tables are known to agree with."""
        self._whole = whole
        self._mirrored: set[str] = set(TABLES) if whole else set()
        self._statements: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
        self._tables: dict[str, frozenset[str]] = {}
        self._macros: dict[str, frozenset[str]] = {}
        self._answers: dict[str, _Answer] = {}
        """By the table the answer is in."""
        self._places: dict[Span, int] = {}
        """Where each span's answers are, the one asked for longest ago first."""
        self._waiting: dict[str, _Answer] = {}
        """When each table's next row becomes known."""
        self._readings: dict[tuple[Dependence, Span], tuple[int, object]] = {}
        """What a dependence says, and the changes of its table by then."""
        self._named: dict[tuple[str, int], str] = {}

    def begin(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Start empty on a new connection: the house's macros, no table yet."""
        self._mirrored = set(TABLES) if self._whole else set()
        self._answers.clear()
        self._places.clear()
        self._waiting.clear()
        self._readings.clear()
        self.in_step_with = None
        for script in macro_scripts():
            connection.execute(script)
            self._learn_macros(script)

    def holds(self, table: str) -> bool:
        """Whether a table has been copied."""
        return table in self._mirrored

    def execute(
        self,
        connection: duckdb.DuckDBPyConnection,
        sql: str,
        parameters: Mapping[str, Any] | Sequence[Any],
    ) -> duckdb.DuckDBPyConnection:
        """Execute once the tables it names are here and what it asks of `KEPT` is computed."""
        known = self._statements.get(sql)
        if known is None:
            words = set(_WORD.findall(sql))
            asked = tuple(name for name in KEPT if name in words)
            self._statements[sql] = known = (asked, parameters_of(sql))
        asked, names = known
        self.copy_for(connection, sql)
        if not isinstance(parameters, Mapping):
            return connection.execute(sql, list(parameters))
        if not asked:
            return connection.execute(sql, dict(parameters))
        span = (parameters["first_date"], parameters["last_date"])
        place = self._place(span)
        for name in asked:
            self._answer(connection, name, span, parameters["now"], place)
        # A statement that asks through a kept table may not name all of them itself.
        used = {n: value for n, value in parameters.items() if n in names}
        return connection.execute(self._at_place(sql, place), used)

    def _place(self, span: Span) -> int:
        """The place of a span's answers; a new one takes that of the span asked for longest ago."""
        place = self._places.pop(span, None)
        if place is None:
            full = len(self._places) == _SPANS_KEPT
            place = self._places.pop(next(iter(self._places))) if full else len(self._places)
        self._places[span] = place
        return place

    def _at_place(self, sql: str, place: int) -> str:
        """A statement with the tables of one place in it: the first has the plain names."""
        if place == 0:
            return sql
        known = self._named.get((sql, place))
        if known is None:
            known = self._named[sql, place] = _KEPT_NAME.sub(rf"\1_{place}", sql)
        return known

    def copy_for(self, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        """Copy every table a query names that is not here yet."""
        if len(self._mirrored) == len(TABLES):
            return
        for table in self._tables_in(sql) - self._mirrored:
            connection.execute(f"INSERT INTO lake.{table} BY NAME SELECT * FROM stored.{table}")
            self._mirrored.add(table)

    def follow(
        self,
        connection: duckdb.DuckDBPyConnection,
        done: Sequence[tuple[Write, Applied]],
    ) -> None:
        """Do again what a commit of ours has done to the files."""
        for write, applied in done:
            if write.table in self._mirrored and applied.dates:
                write.apply(connection, "lake", applied)

    def refresh(
        self, connection: duckdb.DuckDBPyConnection, table: str, dates: Collection[date]
    ) -> None:
        """Read these dates of a table again."""
        self.changes.note(table, dates)
        if self._whole or table not in self._mirrored or not dates:
            return
        days = ", ".join(f"DATE '{day}'" for day in sorted(dates))
        connection.execute(f"DELETE FROM lake.{table} WHERE game_date IN ({days})")
        connection.execute(
            f"INSERT INTO lake.{table} BY NAME SELECT * FROM stored.{table} "
            f"WHERE game_date IN ({days})"
        )

    def _answer(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        span: Span,
        now: datetime,
        place: int,
    ) -> None:
        """Compute a kept question anew unless its answer for this span still stands."""
        how, table = KEPT[name], self._at_place(name, place)
        self.copy_for(connection, how.query)
        token = (span, *(self._reading(connection, d, span) for d in how.depends))
        old = self._answers.get(table)
        if old is not None and old.now == now and old.token == token:
            return
        if old is not None and old.stands(token, now):
            if how.at_another_instant is not None:
                again = self._at_place(how.at_another_instant, place)
                connection.execute(again, {"now": now})
            self._answers[table] = _Answer(token, now, old.stands_until)
            return
        self._answers.pop(table, None)
        asked = {"first_date": span[0], "last_date": span[1], "now": now}
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {how.query}", asked)
        self._answers[table] = _Answer(token, now, self._hidden_until(connection, how, now))

    def _reading(self, connection: duckdb.DuckDBPyConnection, on: Dependence, span: Span) -> object:
        changes = on.reading(self.changes, *span)
        if on.by is None:
            return changes
        kept = self._readings.get((on, span))
        if kept is None or kept[0] != changes:
            asked = {"first_date": span[0], "last_date": span[1]}
            kept = (changes, connection.execute(on.by, asked).fetchone())
            if len(self._readings) >= _READINGS_KEPT:
                self._readings.clear()
            self._readings[on, span] = kept
        return kept[1]

    def _hidden_until(
        self, connection: duckdb.DuckDBPyConnection, how: Kept, now: datetime
    ) -> datetime | None:
        """When the next row that was not known yet becomes known; None: none is waiting."""
        waiting = (self._next_known(connection, d.table, now) for d in how.depends)
        return min((at for at in waiting if at is not None), default=None)

    def _next_known(
        self, connection: duckdb.DuckDBPyConnection, table: str, now: datetime
    ) -> datetime | None:
        changes = self.changes.total(table)
        kept = self._waiting.get(table)
        if kept is not None and kept.stands(changes, now):
            return kept.stands_until
        query = f"SELECT min(known_at) FROM lake.{table} WHERE known_at > $now"
        row = connection.execute(query, {"now": now}).fetchone()
        found: datetime | None = row[0] if row is not None else None
        self._waiting[table] = _Answer(changes, now, found)
        return found

    def _tables_in(self, sql: str) -> frozenset[str]:
        known = self._tables.get(sql)
        if known is None:
            words = set(_WORD.findall(sql))
            known = frozenset(words & set(TABLES)).union(
                *(tables for macro, tables in self._macros.items() if macro in words)
            )
            self._tables[sql] = known
        return known

    def _learn_macros(self, script: str) -> None:
        """Which tables each macro reads, through the macros before it."""
        parts = _MACRO.split(script)
        for name, body in zip(parts[1::2], parts[2::2], strict=True):
            self._macros[name] = self._tables_in(body)


def parameters_of(sql: str) -> frozenset[str]:
    """The names of a statement's $parameters, those its comments speak of left out."""
    return frozenset(_PARAMETER.findall(_COMMENT.sub("", sql)))
