"""The schedule into `audit.games`."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from fullcourt.audit.configuration import AuditConfig, AuditRefused
from fullcourt.audit.sources import values
from fullcourt.audit.sources.columns import Naming
from fullcourt.audit.sources.picking import pick
from fullcourt.audit.sources.reading import literal, open_source
from fullcourt.audit.sources.values import Picked, Value
from fullcourt.audit.sources.words_map import check_mapped, mapped
from fullcourt.audit.words import GameState

_KNOWN = ", ".join(GameState)


def fill_games(connection: duckdb.DuckDBPyConnection, config: AuditConfig) -> tuple[str, ...]:
    """Fill `audit.games`; complaints.

    What everything else is measured by has no gaps of its own: any value that cannot be read is
    refused, and so are two rows that say different things of a game on one date.

    Raises:
        AuditRefused: see above.
    """
    schedule = config.schedule
    reading = open_source(connection, schedule.source, config.path.resolve().parent)
    naming = Naming(connection, reading, str(config.path), schedule.lines)
    wanted = {name: (f"columns.{name}", given) for name, given in schedule.columns.items()}
    picked = pick(connection, reading, naming, wanted, schedule.only, keep=True)
    tip = values.instant(picked, "tip_at", schedule.time_zone, schedule.epoch)
    ended = values.instant(picked, "ended_at", schedule.time_zone, schedule.epoch)
    day = values.game_date(
        picked, "game_date", schedule.time_zone, schedule.date_zone, schedule.date_format
    )
    if "game_date" not in schedule.columns:
        day = Value(f"CAST(timezone({literal(schedule.date_zone)}, {tip.sql}) AS DATE)")
    minutes = values.whole_number(picked, "minutes")
    if "ended_at" not in schedule.columns:
        ended = replace(ended, sql=f"{tip.sql} + to_minutes({minutes.sql})")
    for value in (tip, ended, minutes, day):
        if value.complaint:
            raise AuditRefused(f"{value.complaint}.", next_step="mend the schedule")
    game_id = values.text(picked, "game_id").sql
    _refuse_absent(picked, "game_id", game_id)
    source = "game_date" if "game_date" in picked.kinds else "tip_at"
    _refuse_absent(picked, source, day.sql)
    state, complaints = _state(picked, config)
    connection.execute(
        f"""
        INSERT INTO audit.games BY NAME
        SELECT DISTINCT {game_id} AS game_id, {day.sql} AS game_date, {tip.sql} AS tip_at,
            {values.text(picked, "home").sql} AS home, {values.text(picked, "away").sql} AS away,
            {state} AS state, {ended.sql} AS ended_at
        FROM {picked.table}
        """
    )
    _refuse_contradictions(picked, game_id, day.sql)
    return complaints


def _state(picked: Picked, config: AuditConfig) -> tuple[str, tuple[str, ...]]:
    """SQL of a game's state: the detail's word where it is mapped, or else the state's."""
    states = config.schedule.states
    if not states:
        return literal(GameState.SCHEDULED), (
            f"{picked.name}: no column says which games are final; all count as scheduled",
        )
    if "detail" not in picked.kinds:
        state = mapped(picked, "state", states)
        check_mapped(picked, "state", state, _KNOWN)
        return state, ()
    detail = mapped(picked, "detail", states)
    if "state" not in picked.kinds:
        check_mapped(picked, "detail", detail, _KNOWN)
        return detail, ()
    both = f"coalesce({detail}, {mapped(picked, 'state', states)})"
    check_mapped(picked, "state", both, _KNOWN)
    return both, ()


def _refuse_absent(picked: Picked, column: str, sql: str) -> None:
    bad = f"({sql}) IS NULL"
    if count := picked.count(bad):
        row, _ = picked.first(column, bad)
        raise AuditRefused(
            f"{picked.name}: column {picked.given[column]!r}, row {row}: nothing stands there "
            f"({count:,} rows).",
            next_step="mend the schedule: each row is a game on a date",
        )


def _refuse_contradictions(picked: Picked, game_id: str, day: str) -> None:
    twice = picked.connection.execute(
        "SELECT game_id, game_date FROM audit.games GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"
    ).fetchone()
    if twice is None:
        return
    rows = picked.connection.execute(
        f"SELECT source_row FROM {picked.table} WHERE ({game_id}) = ? AND ({day}) = ? "
        "ORDER BY 1 LIMIT 2",
        [twice[0], twice[1]],
    ).fetchall()
    first, last = (int(row[0]) for row in rows)
    raise AuditRefused(
        f"{picked.name}: column {picked.given['game_id']!r}, row {last}: row {first} says "
        f"something else of game {twice[0]} on {twice[1]}.",
        next_step="keep the newest row of each game and date (a query as the source can do it)",
    )
