"""The run history into `audit.runs`."""

from __future__ import annotations

import duckdb

from fullcourt.audit.configuration import AuditConfig, AuditRefused
from fullcourt.audit.sources import values
from fullcourt.audit.sources.columns import Naming
from fullcourt.audit.sources.picking import pick
from fullcourt.audit.sources.reading import literal, open_source, quoted
from fullcourt.audit.sources.values import Picked
from fullcourt.audit.sources.words_map import check_mapped, mapped
from fullcourt.audit.words import RunState

_KNOWN = ", ".join(RunState)


def fill_runs(connection: duckdb.DuckDBPyConnection, config: AuditConfig) -> tuple[str, ...]:
    """Fill `audit.runs`; complaints of what could not be read and is NULL.

    Raises:
        AuditRefused: the history cannot be read, a word of state is not mapped, a run id stands on
            two rows, instants or dates can be read in two ways.
    """
    runs = config.runs
    reading = open_source(connection, runs.source, config.path.resolve().parent)
    naming = Naming(connection, reading, str(config.path), runs.lines)
    wanted = {name: (f"columns.{name}", given) for name, given in runs.columns.items()}
    picked = pick(connection, reading, naming, wanted, runs.only, keep=True)
    state = mapped(picked, "state", runs.states)
    check_mapped(picked, "state", state, _KNOWN)
    started = values.instant(picked, "started_at", runs.time_zone, runs.epoch)
    ended = values.instant(picked, "ended_at", runs.time_zone, runs.epoch)
    records = values.whole_number(picked, "records")
    day = values.game_date(picked, "game_date", runs.time_zone, runs.date_zone, runs.date_format)
    if "game_date" not in runs.columns:
        local = f"timezone({literal(runs.date_zone)}, {started.sql})"
        day = values.Value(f"CAST({local} AS DATE)")
    run_id = values.text(picked, "run_id")
    named = "'row ' || source_row" if run_id is values.NULL else run_id.sql
    closed_by = values.text(picked, "closed_by").sql
    sweepers = ", ".join(literal(each) for each in sorted(runs.sweepers)) or "NULL"
    processor = values.text(picked, "processor").sql
    texts = {
        name: values.text(picked, name).sql for name in ("target", "game_id", "error", "revision")
    }
    connection.execute(
        f"""
        INSERT INTO audit.runs BY NAME
        SELECT row_number() OVER () AS row_no, source_row,
            coalesce({named}, 'row ' || source_row) AS run_id, {processor} AS processor,
            {texts["target"]} AS target, {day.sql} AS game_date, {texts["game_id"]} AS game_id,
            {started.sql} AS started_at, {ended.sql} AS ended_at, {state} AS state,
            {records.sql} AS records, {texts["error"]} AS error, {closed_by} AS closed_by,
            coalesce({closed_by} IN ({sweepers}), false) AS is_swept,
            {texts["revision"]} AS revision
        FROM {picked.table} WHERE {processor} IS NOT NULL
        """
    )
    complaints = [each.complaint for each in (started, ended, records, day)]
    complaints += [
        _nobody(picked, "processor", processor, "the row is left out"),
        _nobody(picked, "run_id", run_id.sql, "it is called by its row"),
        _nobody(picked, "game_date", quoted("game_date"), "its date is unknown"),
    ]
    if not runs.run_ids_repeat:
        _check_ids(picked, config)
    return (*(each for each in complaints if each), *_strangers(connection, config, reading.name))


def _nobody(picked: Picked, column: str, sql: str, what_then: str) -> str:
    if column not in picked.kinds:
        return ""
    bad = f"({sql}) IS NULL"
    count = picked.count(bad)
    if not count:
        return ""
    row, _ = picked.first(column, bad)
    more = f" (and {count - 1:,} more rows)" if count > 1 else ""
    return (
        f"{picked.name}: column {picked.given[column]!r}, row {row}: nothing stands there{more}; "
        f"{what_then}"
    )


def _check_ids(picked: Picked, config: AuditConfig) -> None:
    """A run of a processor stands on one row, but for rows a sweeper closed."""
    if "run_id" not in picked.kinds:
        return
    twice = picked.connection.execute(
        "SELECT processor, run_id, count(*), min(source_row), max(source_row) FROM audit.runs "
        "WHERE NOT is_swept GROUP BY ALL HAVING count(*) > 1 ORDER BY 4"
    ).fetchall()
    if not twice:
        return
    processor, run_id, _, first, last = twice[0]
    extra = sum(int(row[2]) - 1 for row in twice)
    raise AuditRefused(
        f"{picked.said('run_id', int(last), str(run_id))} stands on row {first} too, both of "
        f"{processor!r} ({extra:,} rows too many in all).",
        next_step="a run is counted once: take the doubles out, name a column that tells them "
        "apart ({a}/{b} joins two), or say that a run may have several rows: run_ids_repeat = true",
    )


def _strangers(
    connection: duckdb.DuckDBPyConnection, config: AuditConfig, name: str
) -> tuple[str, ...]:
    """Processors of the history that no [[processor]] is about."""
    known = [each.name for each in config.processors]
    found = connection.execute(
        "SELECT processor, count(*), min(source_row) FROM audit.runs "
        "WHERE NOT list_contains(?, processor) GROUP BY 1 ORDER BY 3",
        [known],
    ).fetchall()
    return tuple(
        f"{name}: row {row}: no [[processor]] is called {processor!r} ({runs:,} runs); what it "
        "owes is unknown"
        for processor, runs, row in found
    )
