"""The audit of our own ledger: runs against the stored verdicts of the cells they worked on.

Nothing is judged anew. What a key is, is the judge's stored state; when it came and when it was
found missing is read from the transitions; what was written is the lake's count of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import duckdb

from fullcourt.audit.engine import Audited, audit, prepare, span
from fullcourt.audit.relations import create_relations
from fullcourt.audit.result import AuditView
from fullcourt.audit.words import LossCause, RunState
from fullcourt.clock import elapsed_timer
from fullcourt.nba.calendar import dates
from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.sql_files import sql
from fullcourt.stores.ledger.database import instant_of
from fullcourt.stores.ledger.history import changes, runs_by_cell
from fullcourt.stores.ledger.verdicts import get_verdicts
from fullcourt.trust.words import Cause, KeyState

if TYPE_CHECKING:
    import pyarrow as pa

    from fullcourt.declaration import Declaration
    from fullcourt.pipeline.work import Stores
    from fullcourt.stores.lake import Lake
    from fullcourt.stores.ledger import Ledger

CAUSES: Final = {
    Cause.NEVER_RUN: LossCause.NEVER_RUN,
    Cause.VENDOR_EMPTY: LossCause.UPSTREAM_EMPTY,
    Cause.VENDOR_FAILED: LossCause.SCRAPER_FAILED,
    Cause.VENDOR_BLOCKED: LossCause.SCRAPER_FAILED,
    Cause.QUOTA_SPENT: LossCause.SCRAPER_FAILED,
    # What was asked for and archived is not there any more: it has to be asked for again.
    Cause.ARCHIVE_LOST: LossCause.SCRAPER_FAILED,
    Cause.CONTRACT_BROKEN: LossCause.PROCESSOR_FAILED,
    Cause.PROCESSOR_FAILED: LossCause.PROCESSOR_FAILED,
    # The body lies there, and nobody has loaded it.
    Cause.ARCHIVED_NOT_LOADED: LossCause.NEVER_RUN,
    Cause.GATE_CLOSED: LossCause.BLOCKED,
    Cause.BLOCKED_UPSTREAM: LossCause.BLOCKED,
}
"""The judge's causes in the audit's words; `hung` is the scraper's of a feed, else the
processor's."""

STATES: Final = {
    "running": RunState.RUNNING,
    "succeeded": RunState.SUCCEEDED,
    "failed": RunState.FAILED,
    "timed_out": RunState.FAILED,
    "abandoned": RunState.FAILED,
    "skipped": RunState.SKIPPED,
}
"""The ledger's run states. `abandoned` is what the sweep says of a run whose process is gone."""

_HELD = frozenset({KeyState.COMPLETE, KeyState.SUSPECT, KeyState.STALE})
_LOST = frozenset({KeyState.MISSING, KeyState.UNRECOVERABLE})


def audit_own(
    stores: Stores,
    *,
    first: date | None = None,
    last: date | None = None,
    all_runs: bool = False,
    most: int | None = None,
) -> AuditView:
    """The audit of a home, of the game dates `first` to `last` (Eastern, both included; by default
    those of its runs) at its clock's instant."""
    began = elapsed_timer()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_relations(connection)
        processors = [_audited(each) for each in GRAPH]
        prepare(connection, processors)
        _load(connection, "audit.runs", _RUNS, _runs(stores.ledger))
        first, last = span(connection, first, last)
        _judged(connection, stores.ledger, first, last)
        connection.execute(sql("audit/sql", "cells"), {"first": first, "last": last})
        connection.execute(sql("audit/sql", "own_cells"))
        connection.execute(sql("audit/sql", "own_keys"))
        _hold(connection, stores.lake)
        return audit(
            connection,
            stores.home.path.name,
            str(stores.home.path),
            stores.clock.now(),
            processors,
            first=first,
            last=last,
            all_runs=all_runs,
            most=most,
            seconds={"read": elapsed_timer() - began},
        )


def _audited(declared: Declaration) -> Audited:
    return Audited(
        name=declared.name,
        fills=(declared.name,),
        listings=frozenset({declared.name} if declared.is_feed else ()),
        upstream=declared.upstream,
        longest_s=declared.deadline_s,
    )


def cause_of(told: Cause, *, is_feed: bool) -> LossCause:
    """The audit's word for a cause of the judge."""
    if told is Cause.HUNG:
        return LossCause.SCRAPER_FAILED if is_feed else LossCause.PROCESSOR_FAILED
    return CAUSES[told]


_RUNS: Final = (
    "row_no",
    "source_row",
    "run_id",
    "processor",
    "target",
    "game_date",
    "game_id",
    "started_at",
    "ended_at",
    "state",
    "records",
    "error",
    "closed_by",
    "is_swept",
    "revision",
)


def _runs(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    """A row a run and cell; of a run that never said what it did, one a date it was sent for."""
    number = 0
    for row in runs_by_cell(ledger):
        begun, ended = date.fromisoformat(row.first_date), date.fromisoformat(row.last_date)
        days = [date.fromisoformat(row.game_date)] if row.game_date else list(dates(begun, ended))
        is_swept = row.state == "abandoned"
        for day in days:
            number += 1
            yield (
                number,
                number,
                row.run_id,
                row.dataset,
                row.dataset,
                day,
                None,
                instant_of(row.opened_at),
                instant_of(row.closed_at),
                STATES[row.state].value,
                _records(row, is_alone=begun == ended),
                row.error_text or row.reason,
                "sweep" if is_swept else None,
                is_swept,
                row.code_fingerprint,
            )


def _records(row: Any, *, is_alone: bool) -> int | None:
    """Rows the lake counted for a cell (a feed: bodies it brought), None where nobody did."""
    if BY_NAME[row.dataset].is_feed:
        held: int | None = row.keys_held
        return held if is_alone else None
    rows: int | None = row.cell_rows if row.game_date else row.rows_written if is_alone else None
    # No snapshot of the lake names it: it committed nothing.
    if rows is None and row.snapshot_id is None and row.state == "succeeded":
        return 0
    return rows


def _judged(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, first: date | None, last: date | None
) -> None:
    """The stored verdicts, the states of their keys, every change of one, and what words mean."""
    connection.execute(sql("audit/sql", "own_ledger"))
    verdicts = get_verdicts(ledger, first=first, last=last)
    _load(
        connection,
        "own_verdicts",
        ("target", "game_date", "verdict", "reason", "has_open_keys"),
        (
            (
                v.dataset,
                v.game_date,
                v.verdict,
                v.reason,
                any(s[0] == KeyState.UNVERIFIABLE for s in v.states.values()),
            )
            for v in verdicts
        ),
    )
    _load(
        connection,
        "own_states",
        ("target", "game_date", "key", "state", "told", "reason", "name", "is_feed", "judged_at"),
        (
            (v.dataset, v.game_date, key, *state, BY_NAME[v.dataset].is_feed, v.judged_at)
            for v in verdicts
            for key, state in v.states.items()
        ),
    )
    _load(
        connection,
        "own_transitions",
        ("seq", "target", "game_date", "key", "to_state", "cause", "judged_at"),
        (
            (
                row.transition_id,
                row.dataset,
                date.fromisoformat(row.game_date),
                row.key,
                row.to_state,
                row.cause,
                instant_of(row.judged_at),
            )
            for row in changes(ledger)
        ),
    )
    _load(
        connection,
        "own_words",
        ("state", "is_held", "is_lost"),
        ((state.value, state in _HELD, state in _LOST) for state in KeyState),
    )
    _load(
        connection,
        "own_causes",
        ("told", "is_feed", "cause"),
        (
            (told.value, is_feed, cause_of(told, is_feed=is_feed).value)
            for told in Cause
            for is_feed in (False, True)
        ),
    )


def _hold(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """`audit.held`: what the lake has of every key, and the bodies the judge saw of a feed's."""
    for declared in GRAPH:
        if declared.is_feed:
            continue
        key = " || '/' || ".join(f"{name}::VARCHAR" for name in declared.key_columns[1:])
        rows = lake.rows(
            f"SELECT game_date, {key} AS key, count(*) FROM lake.{declared.name} GROUP BY ALL"
        )
        _load(
            connection,
            "own_rows",
            ("target", "game_date", "key", "row_count"),
            ((declared.name, *row) for row in rows),
        )
    connection.execute(sql("audit/sql", "own_held"))


def _load(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]],
) -> None:
    """Append rows; their types are the table's."""
    import pyarrow as pa

    listed = list(rows)
    if not listed:
        return
    values: Mapping[str, pa.Array[Any]] = {
        name: pa.array(column)
        for name, column in zip(columns, zip(*listed, strict=True), strict=True)
    }
    connection.register("loading", pa.table(dict(values)))
    connection.execute(f"INSERT INTO {table} BY NAME FROM loading")
    connection.unregister("loading")
