"""What every table owes every date, derived from the schedule and the rules of a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import duckdb

from fullcourt.audit.configuration import AuditConfig, ProcessorConfig, TableConfig
from fullcourt.audit.words import Rule
from fullcourt.errors import SettingsError
from fullcourt.nba.calendar import COUNTED_TYPES
from fullcourt.sql_files import sql

OVERDUE_HOURS = 5
"""So long after its tip a game is over, or the schedule does not know how it ended."""
_MICROSECONDS = 3_600_000_000
_OF_GAMES = frozenset({Rule.GAMES_FINAL, Rule.GAMES_SCHEDULED})


def derive(
    connection: duckdb.DuckDBPyConnection,
    config: AuditConfig,
    now: datetime,
    *,
    trust_config: bool = False,
) -> None:
    """Fill `audit.expected` and `audit.unknown_dates` from `audit.games` and `audit.held`.

    The first processor that names a table says what it owes. A `query` rule runs only with
    `trust_config`; it returns `game_date`, `key` and, if it likes, `game_id`, `name`, `due_at`.

    Raises:
        SettingsError: a rule and its table's unit do not fit, or a query returns other columns.
    """
    tables = {table.name: table for table in config.tables}
    connection.execute(_sql("held_objects"))
    finals = [t for p in config.processors if p.expects is Rule.GAMES_FINAL for t in p.fills]
    connection.execute(
        _sql("playing"), {"counted_types": sorted(COUNTED_TYPES), "finals": sorted(finals)}
    )
    span = _span(connection)
    covers = config.schedule.covers or _one(
        connection, "SELECT min(game_date), max(game_date) FROM audit.games"
    )
    unread = connection.execute("SELECT DISTINCT target FROM audit.unread").fetchall()
    done = {target for (target,) in unread}
    if span is not None:
        connection.execute(_sql("unread_dates"), {"first": span[0], "last": span[1]})
    asked: dict[tuple[tuple[str, Any], ...], list[tuple[ProcessorConfig, TableConfig]]] = {}
    for processor in config.processors:
        for target in processor.fills:
            if target in tables and target not in done:
                done.add(target)
                words = tuple(_due_words(processor, now).items())
                asked.setdefault(words, []).append((processor, tables[target]))
    following: list[str] = []
    for words, those in asked.items():
        connection.execute(_sql("due_games"), dict(words))
        _expect_alike(connection, config, those)
        due = {name: value for name, value in words if name in ("due_us", "due_by_us")}
        for processor, table in those:
            _expect(connection, config, processor, table, due, span, trust_config)
            if _follows_schedule(config, processor, table):
                following.append(table.name)
    if span is not None and following:
        _unknown(connection, following, span, covers)


def _due_words(processor: ProcessorConfig, now: datetime) -> dict[str, Any]:
    after_end = processor.due_after_end_hours
    return {
        "due_us": _us(processor.due_hours),
        "due_by_us": _us(_due_by_hours(processor)),
        "after_end_us": None if after_end is None else _us(after_end),
        "is_after": _is_after(processor),
        "now": now,
        "overdue_h": OVERDUE_HOURS,
    }


def _expect_alike(
    connection: duckdb.DuckDBPyConnection,
    config: AuditConfig,
    those: Sequence[tuple[ProcessorConfig, TableConfig]],
) -> None:
    """A key a game, or a team that plays: for all tables that owe them from the same hour on."""
    games = []
    teams: dict[bool, list[str]] = {}
    for processor, table in those:
        if processor.expects in _OF_GAMES:
            if len(table.unit) != 1:
                raise _unfit(config, processor, table, "owes one key a game: name its column")
            games.append(table.name)
        elif processor.expects is Rule.TEAMS and not config.teams:
            if len(table.unit) not in (1, 2):
                raise _unfit(config, processor, table, "owes a team, or a game and a team")
            teams.setdefault(len(table.unit) == 2, []).append(table.name)
    if games:
        connection.execute(_sql("expect_games"), {"targets": games})
    for with_game, named in teams.items():
        connection.execute(_sql("expect_teams"), {"targets": named, "with_game": with_game})


def _expect(
    connection: duckdb.DuckDBPyConnection,
    config: AuditConfig,
    processor: ProcessorConfig,
    table: TableConfig,
    due: Mapping[str, Any],
    span: tuple[date, date] | None,
    trust_config: bool,
) -> None:
    target = {"target": table.name}
    match processor.expects:
        case Rule.TEAMS if config.teams:
            _daily(connection, {**target, **due}, span, list(config.teams))
        case Rule.PLAYERS_LISTED:
            listed = {"listed_in": _listed_in(config, processor, table)}
            _each(connection, _sql("expect_players"), {**target, **listed, **due})
        case Rule.EVENT_LOG:
            came, went = processor.change_words or (None, None)
            listed = {"listed_in": _listed_in(config, processor, table)}
            words = {"came": came, "went": went}
            connection.execute(_sql("expect_changes"), {**target, **listed, **words, **due})
        case Rule.FLOOR if not table.unit:
            _daily(connection, {**target, **due}, span, ["*"])
        case Rule.FLOOR:
            if not processor.floor or processor.floor < 1:
                raise _unfit(config, processor, table, "needs `floor`, a number of units from 1 on")
            _each(connection, _sql("expect_floor"), {**target, "floor": processor.floor})
        case Rule.QUERY:
            _query(connection, config, processor, table, due, span, trust_config)
        case Rule.GAMES_FINAL | Rule.GAMES_SCHEDULED | Rule.TEAMS:
            pass


def _daily(
    connection: duckdb.DuckDBPyConnection,
    words: Mapping[str, Any],
    span: tuple[date, date] | None,
    keys: list[str],
) -> None:
    if span is not None:
        first, last = span
        connection.execute(
            _sql("expect_daily"), {**words, "first": first, "last": last, "keys": keys}
        )


def _query(
    connection: duckdb.DuckDBPyConnection,
    config: AuditConfig,
    processor: ProcessorConfig,
    table: TableConfig,
    due: Mapping[str, Any],
    span: tuple[date, date] | None,
    trust_config: bool,
) -> None:
    if processor.query is None:
        raise _unfit(config, processor, table, "needs `query`, one SELECT")
    if not trust_config:
        if span is not None:
            connection.execute(
                _sql("untrusted_dates"), {"target": table.name, "first": span[0], "last": span[1]}
            )
        return
    connection.execute(f"CREATE OR REPLACE TEMP VIEW owed_query AS {processor.query}")
    named = [column[0] for column in connection.execute("DESCRIBE owed_query").fetchall()]
    if not {"game_date", "key"} <= set(named):
        listed = ", ".join(named)
        raise _unfit(config, processor, table, f"has a query of {listed}, not game_date and key")
    connection.execute(_sql("expect_query"), {"target": table.name, **due})


def _unknown(
    connection: duckdb.DuckDBPyConnection,
    targets: list[str],
    span: tuple[date, date],
    covers: tuple[date | None, ...],
) -> None:
    connection.execute(
        _sql("unknown_dates"),
        {
            "targets": targets,
            "first": span[0],
            "last": span[1],
            "covers_first": covers[0],
            "covers_last": covers[1],
        },
    )


def _follows_schedule(config: AuditConfig, processor: ProcessorConfig, table: TableConfig) -> bool:
    """Whether a date without games owes nothing because the schedule says so."""
    match processor.expects:
        case Rule.TEAMS:
            return not config.teams
        case Rule.FLOOR:
            return bool(table.unit)
        case Rule.QUERY:
            return False
        case _:
            return True


def _is_after(processor: ProcessorConfig) -> bool:
    """Whether its keys come after the game: whether it was played then matters."""
    return (
        processor.expects is Rule.GAMES_FINAL
        or processor.due_after_end_hours is not None
        or processor.due_hours > 0
    )


def _due_by_hours(processor: ProcessorConfig) -> float:
    by = processor.due_by_hours
    return processor.due_hours if by is None else max(by, processor.due_hours)


def _listed_in(config: AuditConfig, processor: ProcessorConfig, table: TableConfig) -> str:
    known = {each.name for each in config.tables}
    if processor.listed_in not in known:
        raise _unfit(config, processor, table, "needs `listed_in`, a table of this configuration")
    return processor.listed_in


def _span(connection: duckdb.DuckDBPyConnection) -> tuple[date, date] | None:
    """The first and last game date of the history."""
    first, last = _one(connection, "SELECT min(game_date), max(game_date) FROM audit.runs")
    return None if first is None else (first, last)


def _unfit(
    config: AuditConfig, processor: ProcessorConfig, table: TableConfig, what: str
) -> SettingsError:
    unit = ", ".join(table.unit) or "none"
    return SettingsError(
        f"{config.path}: processor {processor.name!r} with `expects = {processor.expects.value!r}` "
        f"for table {table.name!r} (unit: {unit}) {what}.",
        next_step="give the table another `unit`, or the processor another rule",
    )


def _us(hours: float) -> int:
    return round(hours * _MICROSECONDS)


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row


def _each(connection: duckdb.DuckDBPyConnection, script: str, words: Mapping[str, Any]) -> None:
    """Statements of one file, each with those of the words that it names."""
    for statement in duckdb.extract_statements(script):
        named = statement.named_parameters
        connection.execute(statement, {name: words[name] for name in words if name in named})


def _sql(name: str) -> str:
    return sql("audit/sql", name)
