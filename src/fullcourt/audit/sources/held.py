"""Tables as they stand into `audit.held`: one row a unit that is there."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from fullcourt.audit.configuration import AuditConfig, TableConfig
from fullcourt.audit.sources import values
from fullcourt.audit.sources.columns import Naming
from fullcourt.audit.sources.picking import pick
from fullcourt.audit.sources.reading import literal, open_source, quoted
from fullcourt.audit.sources.values import NULL, Picked, Value

ALL_OF_A_DATE = "*"
"""The key of a table or folder that owes a date as a whole."""
_DATE_OF_GAME = """
    (SELECT game_id AS game, any_value(game_date) AS played_on FROM audit.games
    WHERE state NOT IN ('postponed', 'cancelled') GROUP BY 1 HAVING count(*) = 1)
"""


def fill_table(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, table: TableConfig
) -> tuple[str, ...]:
    """Fill `audit.held` from one table; complaints of rows that name no unit or no date.

    Such a row is left out, and because of it the table proves nothing absent: it goes to
    `audit.unread`.

    Raises:
        AuditRefused: the table cannot be read, has no such column, or its dates or instants can be
            read in two ways.
    """
    reading = open_source(connection, table.source, config.path.resolve().parent)
    naming = Naming(connection, reading, str(config.path), table.lines)
    keys = {f"key {number}": name for number, name in enumerate(table.key, start=1)}
    wanted = {ours: ("key", theirs) for ours, theirs in keys.items()}
    for ours, key, theirs in (
        ("game_date", "date", table.date),
        ("game_id", "game", table.game),
        ("written_at", "written_at", table.written_at),
        ("first_written_at", "first_written_at", table.first_written_at),
    ):
        if theirs:
            wanted[ours] = (key, theirs)
    picked = pick(connection, reading, naming, wanted, table.only)
    if not table.date:
        picked = _dated_by_game(picked)
    day = values.game_date(picked, "game_date", table.time_zone, table.date_zone, table.date_format)
    first = values.instant(picked, "first_written_at", table.time_zone, table.epoch)
    last = values.instant(picked, "written_at", table.time_zone, table.epoch)
    units = [ours for ours, theirs in keys.items() if theirs in table.unit]
    # In the order of `unit`: a key is written so.
    units.sort(key=lambda ours: table.unit.index(keys[ours]))
    rest = [ours for ours, theirs in keys.items() if theirs not in (*table.unit, table.date)]
    complaints = [each.complaint for each in (first, last) if each.complaint]
    _insert(picked, table.name, day, _known(first), _known(last), units, rest)
    left_out = (*_left_out(picked, day, units), *_no_game_known(picked, table.name))
    if left_out:
        unread(connection, table.name, left_out[0], "mend these rows of the table")
    return (*complaints, *left_out)


def unread(connection: duckdb.DuckDBPyConnection, target: str, reason: str, settles: str) -> None:
    """Note that nothing of a table is proved absent."""
    connection.execute("INSERT INTO audit.unread VALUES (?, ?, ?)", [target, reason, settles])


def _known(value: Value) -> Value:
    """The least or greatest of instants is not known where one of them is not."""
    return value if not value.unread else NULL


def _dated_by_game(picked: Picked) -> Picked:
    """With the date of each row's game: the one it was not postponed from, where it is one."""
    game = values.text(picked, "game_id").sql
    return replace(
        picked,
        table=f"(SELECT {picked.table}.*, played_on AS game_date FROM {picked.table} "
        f"LEFT JOIN {_DATE_OF_GAME} ON game = {game})",
        kinds={**picked.kinds, "game_date": "DATE"},
        given={**picked.given, "game_date": picked.given["game_id"]},
    )


def _insert(
    picked: Picked,
    target: str,
    day: Value,
    first: Value,
    last: Value,
    units: list[str],
    rest: list[str],
) -> None:
    """Group twice where a unit has several rows of its own: all of them, and the unique ones."""
    # A game that is of the unit is not looked for among its rows.
    given = picked.given.get("game_id")
    unit_game = next((each for each in units if picked.given[each] == given), None)
    has_game = "game_id" in picked.kinds and unit_game is None
    game = f"any_value({quoted('game_id')})" if has_game else "NULL"
    by_unit = ", ".join(["day", *(quoted(each) for each in units)])
    by_row = ", ".join([by_unit, *(quoted(each) for each in rest)])
    counted = f"""
        SELECT {day.sql} AS day, {", ".join(quoted(each) for each in (*units, *rest)) or "NULL"},
            {game} AS game_id, count(*) AS row_count, CAST(1 AS BIGINT) AS unique_rows,
            min({first.sql}) AS first_at, max({last.sql}) AS last_at
        FROM {picked.table} GROUP BY {by_row}
    """
    if rest:
        counted = f"""
            SELECT {by_unit}, any_value(game_id) AS game_id, sum(row_count) AS row_count,
                count(*) AS unique_rows, min(first_at) AS first_at, max(last_at) AS last_at
            FROM ({counted}) GROUP BY {by_unit}
        """
    key = " || '/' || ".join(values.text(picked, each).sql for each in units)
    picked.connection.execute(
        f"""
        INSERT INTO audit.held BY NAME
        SELECT ? AS target, day AS game_date, {key or literal(ALL_OF_A_DATE)} AS key,
            {values.text(picked, unit_game or "game_id").sql} AS game_id,
            CAST(row_count AS BIGINT) AS row_count, unique_rows, first_at, last_at
        FROM ({counted}) WHERE day IS NOT NULL AND ({key or "''"}) IS NOT NULL
        """,
        [target],
    )


def _no_game_known(picked: Picked, target: str) -> tuple[str, ...]:
    """A complaint where no game of a table is the schedule's: its ids are of another kind."""
    if "game_id" not in picked.kinds:
        return ()
    row = picked.connection.execute(
        "SELECT count(DISTINCT game_id), min(game_id), (SELECT min(game_id) FROM audit.games), "
        "bool_or(game_id IN (SELECT game_id FROM audit.games)) FROM audit.held "
        "WHERE target = ? AND game_id IS NOT NULL",
        [target],
    ).fetchone()
    if row is None or not row[0] or row[3]:
        return ()
    return (
        f"{picked.name}: column {picked.given['game_id']!r}: none of its {row[0]:,} games is of "
        f"the schedule ({row[1]!r} here, {row[2]!r} there); what is not held is not proved absent",
    )


def _left_out(picked: Picked, day: Value, units: list[str]) -> tuple[str, ...]:
    """Complaints of the rows whose date or unit is not known."""
    found = []
    for column, sql in [("game_date", day.sql)] + [
        (each, values.text(picked, each).sql) for each in units
    ]:
        bad = f"({sql}) IS NULL"
        if count := picked.count(bad):
            more = f" (and {count - 1:,} more rows)" if count > 1 else ""
            said = picked.said(column, *picked.first(column, bad))
            what = "date" if column == "game_date" else "key"
            found.append(f"{said} names no {what}{more}; what is not held is not proved absent")
    return tuple(found)
