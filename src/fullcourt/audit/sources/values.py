"""What a column's values mean: dates, instants, whole numbers, text. Nothing is guessed.

Each function takes a table of picked values (column `source_row`, and one a column of ours) and
gives an SQL expression over it. What does not parse is NULL and among the complaints; what can be
read in two ways is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from fullcourt.audit.configuration import AuditRefused
from fullcourt.audit.sources.reading import literal, quoted

_ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
_ANY_DATE = r"^\d{1,4}[/. -]\d{1,2}[/. -]\d{1,4}$|^\d{8}$"
_INSTANT = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
_ZONED = _INSTANT + r" ?(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$"
_NAIVE = _INSTANT + "$"
_NUMBER = r"^[+-]?\d+(\.\d+)?$"
_WHOLE = r"^[+-]?\d+(\.0+)?$"
_MIDNIGHT = r"^\d{4}-\d{2}-\d{2}[ T]00:00(:00(\.0+)?)?$"
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
_FORMATS = ("%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d")
_NUMERIC = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "DECIMAL",
    "U",
)


@dataclass(frozen=True, slots=True)
class Picked:
    """Values of one source, ready to be read: table `table` of `connection`, from `name`."""

    connection: duckdb.DuckDBPyConnection
    table: str
    name: str
    kinds: dict[str, str]
    """Columns of ours that are there, with their DuckDB types."""
    given: dict[str, str]
    """The same, with what the configuration calls them."""
    where: dict[str, str]
    """The same, with the place in the configuration."""

    def count(self, condition: str) -> int:
        """How many rows meet a condition."""
        row = self.connection.execute(
            f"SELECT count(*) FROM {self.table} WHERE {condition}"
        ).fetchone()
        return int(row[0]) if row else 0

    def first(self, column: str, condition: str) -> tuple[int, str]:
        """The row number and the value of the first row that meets a condition."""
        row = self.connection.execute(
            f"SELECT source_row, CAST({quoted(column)} AS VARCHAR) FROM {self.table} "
            f"WHERE {condition} ORDER BY source_row LIMIT 1"
        ).fetchone()
        return (0, "") if row is None else (int(row[0]), str(row[1]))

    def said(self, column: str, row: int, value: str) -> str:
        """`runs.csv: column 'started', row 17: '12'`."""
        shown = value if len(value) <= 60 else value[:59] + "…"
        return f"{self.name}: column {self.given[column]!r}, row {row}: {shown!r}"

    def refused(self, column: str, row: int, value: str, why: str, step: str) -> AuditRefused:
        """The error for one value."""
        return AuditRefused(f"{self.said(column, row, value)}: {why}.", next_step=step)


@dataclass(frozen=True, slots=True)
class Value:
    """An expression and what of its column could not be read (a complaint), if anything."""

    sql: str
    complaint: str = ""
    unread: int = 0
    """Rows with a value that could not be read."""


NULL = Value("NULL")


def text(picked: Picked, column: str) -> Value:
    """As text. A number that came as a float is written without its `.0`."""
    if column not in picked.kinds:
        return NULL
    name, kind = quoted(column), picked.kinds[column]
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{name} = trunc({name}) AND abs({name}) < 9e15"
        return Value(
            f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({name} AS VARCHAR) END"
        )
    if kind == "VARCHAR":
        return Value(f"nullif({name}, '')")
    return Value(f"CAST({name} AS VARCHAR)")


def whole_number(picked: Picked, column: str) -> Value:
    """As BIGINT; `12.0` is 12, `12.5` and `n/a` are unread."""
    if column not in picked.kinds:
        return NULL
    kind = picked.kinds[column]
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER", "USMALLINT", "UTINYINT"):
        return Value(f"CAST({quoted(column)} AS BIGINT)")
    said = f"trim(CAST({quoted(column)} AS VARCHAR))"
    sql = (
        f"CASE WHEN regexp_matches({said}, '{_WHOLE}') "
        f"THEN TRY_CAST(split_part({said}, '.', 1) AS BIGINT) END"
    )
    return _checked(picked, column, sql, "is no whole number", "it counts as not reported")


def instant(picked: Picked, column: str, zone: str, epoch: str | None) -> Value:
    """As TIMESTAMPTZ. One without an offset is the wall clock of `zone`, a number counts `epoch`.

    Raises:
        AuditRefused: some of the values have an offset and some have none; numbers without `epoch`;
            dates.
    """
    if column not in picked.kinds:
        return NULL
    name, kind = quoted(column), picked.kinds[column]
    if kind == "TIMESTAMP WITH TIME ZONE":
        return Value(name)
    if kind.startswith("TIMESTAMP"):
        sql = _of_zone(f"CAST({name} AS TIMESTAMP)", zone)
        if zone == "UTC":
            return Value(sql)
        return _checked(picked, column, sql, "is in no hour or two", "it counts as unknown")
    if kind == "VARCHAR":
        return _instant_text(picked, column, zone, epoch)
    if kind.startswith(_NUMERIC):
        there = f"{name} IS NOT NULL"
        return Value(_from_epoch(picked, column, epoch, f"CAST({name} AS DOUBLE)", there))
    row, value = picked.first(column, f"{name} IS NOT NULL")
    raise picked.refused(
        column, row, value, f"{kind} is no instant", "name a column with date and time"
    )


def _instant_text(picked: Picked, column: str, zone: str, epoch: str | None) -> Value:
    said = f"trim({quoted(column)})"
    zoned, naive = f"regexp_matches({said}, '{_ZONED}')", f"regexp_matches({said}, '{_NAIVE}')"
    number = f"regexp_matches({said}, '{_NUMBER}')"
    has_zoned, has_naive, has_numbers = _counts(picked, zoned, naive, number)
    if has_zoned and has_naive:
        first, one = picked.first(column, zoned)
        other, two = picked.first(column, naive)
        raise picked.refused(
            column,
            *max((first, one), (other, two)),
            f"row {min(first, other)} is {min((first, one), (other, two))[1]!r}: one has an offset "
            f"and one has none ({has_zoned:,} and {has_naive:,} rows)",
            "write all of them with an offset; which zone the others meant is not guessed",
        )
    stripped = f"replace({said}, ',', '.')"
    cases = []
    if has_zoned:
        glued = f"regexp_replace({stripped}, ' ([+-])', '\\1')"
        cases.append(f"WHEN {zoned} THEN TRY_CAST({glued} AS TIMESTAMPTZ)")
    if has_naive:
        local = f"TRY_CAST({stripped} AS TIMESTAMP)"
        cases.append(f"WHEN {naive} THEN {_of_zone(local, zone)}")
    if has_numbers:
        from_epoch = _from_epoch(picked, column, epoch, f"CAST({said} AS DOUBLE)", number)
        cases.append(f"WHEN {number} THEN {from_epoch}")
    if not cases:
        cases.append("WHEN false THEN NULL::TIMESTAMPTZ")
    sql = f"CASE {' '.join(cases)} END"
    return _checked(picked, column, sql, "is no instant", "it counts as unknown")


def _of_zone(local: str, zone: str) -> str:
    """The instant of a wall clock; NULL in the hours a clock change leaves out or repeats."""
    name = literal(zone)
    aware = f"timezone({name}, {local})"
    if zone == "UTC":
        return aware
    others = (f"timezone({name}, {aware} {sign} INTERVAL 1 HOUR) <> {local}" for sign in ("+", "-"))
    return (
        f"CASE WHEN timezone({name}, {aware}) = {local} AND {' AND '.join(others)} THEN {aware} END"
    )


def _from_epoch(picked: Picked, column: str, epoch: str | None, number: str, is_number: str) -> str:
    if epoch is None:
        row, value = picked.first(column, is_number)
        raise picked.refused(
            column,
            row,
            value,
            "a number; seconds or milliseconds?",
            'add epoch = "s", "ms" or "us"',
        )
    return f"to_timestamp({number} / {_PER_SECOND[epoch]})"


def game_date(
    picked: Picked, column: str, zone: str, date_zone: str, date_format: str | None
) -> Value:
    """As DATE: dates as they stand, instants as the date it was in `date_zone`.

    A column whose instants are all midnight of `zone` holds dates. Text is YYYY-MM-DD, an instant,
    or of `date_format`.

    Raises:
        AuditRefused: text in two forms, or in one whose day and month cannot be told apart.
    """
    if column not in picked.kinds:
        return NULL
    name, kind = quoted(column), picked.kinds[column]
    if kind == "DATE":
        return Value(name)
    if kind.startswith("TIMESTAMP"):
        is_aware = kind == "TIMESTAMP WITH TIME ZONE"
        local = f"timezone({literal(zone)}, {name})" if is_aware else f"CAST({name} AS TIMESTAMP)"
        if not picked.count(f"{name} IS NOT NULL AND {local} <> date_trunc('day', {local})"):
            return Value(f"CAST({local} AS DATE)")
        aware = name if is_aware else f"timezone({literal(zone)}, {local})"
        return Value(f"CAST(timezone({literal(date_zone)}, {aware}) AS DATE)")
    said = f"trim(CAST({name} AS VARCHAR))"
    if date_format is not None:
        sql = f"CAST(try_strptime({said}, {literal(date_format)}) AS DATE)"
        return _checked(picked, column, sql, f"is no date of {date_format}", "it is left out")
    return _date_text(picked, column, said, zone, date_zone)


def _date_text(picked: Picked, column: str, said: str, zone: str, date_zone: str) -> Value:
    iso = f"regexp_matches({said}, '{_ISO_DATE}')"
    other = f"NOT {iso} AND regexp_matches({said}, '{_ANY_DATE}')"
    instants = f"regexp_matches({said}, '{_INSTANT}')"
    forms = dict(
        zip(("YYYY-MM-DD", "another form", "an instant"), (iso, other, instants), strict=True)
    )
    counts = dict(zip(forms, _counts(picked, *forms.values()), strict=True))
    there = [form for form, count in counts.items() if count]
    if len(there) > 1:
        rows = sorted(picked.first(column, forms[form]) for form in there)
        raise picked.refused(
            column,
            *rows[1],
            f"row {rows[0][0]} is {rows[0][1]!r}: dates in two forms "
            f"({', '.join(f'{counts[form]:,} rows {form}' for form in there)})",
            "write all of them YYYY-MM-DD; which day and month is meant is not guessed",
        )
    if counts["another form"]:
        fitting = [
            form
            for form in _FORMATS
            if not picked.count(f"{other} AND try_strptime({said}, {literal(form)}) IS NULL")
        ]
        raise picked.refused(
            column,
            *picked.first(column, other),
            "not YYYY-MM-DD, and the order of day and month is not guessed",
            f'say it: date_format = "..."; what fits every row: {", ".join(fitting) or "none"}',
        )
    if counts["an instant"]:
        if not picked.count(f"{instants} AND NOT regexp_matches({said}, '{_MIDNIGHT}')"):
            sql = f"TRY_CAST(left({said}, 10) AS DATE)"
        else:
            aware = _instant_text(picked, column, zone, None)
            sql = f"CAST(timezone({literal(date_zone)}, {aware.sql}) AS DATE)"
        return _checked(picked, column, sql, "is no date", "it is left out")
    sql = f"CASE WHEN {iso} THEN TRY_CAST({said} AS DATE) END"
    return _checked(picked, column, sql, "is no date", "it is left out")


def _counts(picked: Picked, *conditions: str) -> Sequence[int]:
    wanted = ", ".join(f"count(*) FILTER ({condition})" for condition in conditions)
    row = picked.connection.execute(f"SELECT {wanted} FROM {picked.table}").fetchone()
    return [int(each) for each in row or ()]


def _checked(picked: Picked, column: str, sql: str, why: str, what_then: str) -> Value:
    """The expression with its complaint when it leaves a value unread."""
    name = quoted(column)
    there = f"{name} IS NOT NULL AND trim(CAST({name} AS VARCHAR)) <> ''"
    bad = f"{there} AND ({sql}) IS NULL"
    unread = picked.count(bad)
    if not unread:
        return Value(sql)
    more = f" (and {unread - 1:,} more rows)" if unread > 1 else ""
    said = picked.said(column, *picked.first(column, bad))
    return Value(sql, f"{said} {why}{more}; {what_then}", unread)
