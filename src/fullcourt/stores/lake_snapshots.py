"""The lake's own log: which snapshot changed what, made by which run, and how long it is kept.

Read from DuckLake's catalog, never from what a processor said it did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from fullcourt.errors import StoreUnreadable
from fullcourt.stores.lake_tables import TABLES

_METADATA = "__ducklake_metadata_stored"
# Asked of SQLite itself, which looks into its index: read as a table it is scanned, every tick.
_NEWEST = (
    f"SELECT * FROM sqlite_query('{_METADATA}', 'SELECT max(snapshot_id) FROM ducklake_snapshot')"
)
# Another DuckDB may keep a small change inlined in the catalog. Compactions rewrite files and
# change no row: they are not among these.
_ROWS_CHANGED = re.compile(
    r"(?:inserted_into_table|deleted_from_table|inlined_insert|inlined_delete):(\d+)"
)


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction really changed, counted by the database, not by the processor."""

    snapshot_id: int
    rows_written: int
    rows_deleted: int
    dates: Mapping[str, frozenset[date]]
    """Game dates touched, by table."""


@dataclass(frozen=True, slots=True)
class Change:
    """A snapshot range's effect on one table."""

    table: str
    dates: frozenset[date]


def newest_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The id of the newest snapshot."""
    return _count(connection, _NEWEST)


def last_committed(connection: duckdb.DuckDBPyConnection) -> int:
    """The id of the snapshot this connection committed last."""
    return _count(connection, "FROM ducklake_last_committed_snapshot('stored')")


def changes_between(
    connection: duckdb.DuckDBPyConnection, after: int, upto: int
) -> tuple[Change, ...]:
    """Which tables and game dates changed in the snapshots `after` < id <= `upto`."""
    known = _count(
        connection,
        f"SELECT count(*) FROM {_METADATA}.ducklake_snapshot "
        "WHERE snapshot_id > ? AND snapshot_id <= ?",
        [after, upto],
    )
    if known < upto - after:
        # What lay between has been forgotten: whatever is held may be news.
        return tuple(Change(table, _dates_held(connection, table)) for table in TABLES)
    changes = []
    for table in _tables_changed(connection, after, upto):
        dates = _dates_changed(connection, table, after + 1, upto)
        if dates:
            changes.append(Change(table, dates))
    return tuple(changes)


def written_by(connection: duckdb.DuckDBPyConnection, run_id: str) -> Commit | None:
    """What the lake's own snapshots say `run_id` committed; None when it committed nothing."""
    found = _snapshots_of(connection, run_id)
    if not found:
        return None
    counts = {"insertions": 0, "deletions": 0}
    by_table: dict[str, frozenset[date]] = {}
    for snapshot in found:
        for table in _tables_changed(connection, snapshot - 1, snapshot):
            for way in counts:
                counts[way] += _count(
                    connection,
                    f"SELECT count(*) FROM ducklake_table_{way}('stored', 'main', ?, ?, ?)",
                    [table, snapshot, snapshot],
                )
            days = _dates_changed(connection, table, snapshot, snapshot)
            by_table[table] = by_table.get(table, frozenset()) | days
    return Commit(found[-1], counts["insertions"], counts["deletions"], by_table)


def is_kept(connection: duckdb.DuckDBPyConnection, snapshot: int) -> bool:
    """Whether a snapshot can still be read."""
    query = f"SELECT count(*) FROM {_METADATA}.ducklake_snapshot WHERE snapshot_id = ?"
    return bool(_count(connection, query, [snapshot]))


def expire(
    connection: duckdb.DuckDBPyConnection,
    keep: int,
    pinned: int,
    runs: Collection[str] = (),
    restorable: Collection[int] = (),
) -> int:
    """Forget old snapshots (rows stay as they are); how many were forgotten.

    Kept: the newest `keep`, everything from snapshot `pinned` on, everything since the first
    commit of one of `runs`, and `restorable` ones one by one. DuckLake scans its snapshots at every
    statement: two thousand of them double the time of a night.
    """
    upto = min([newest_snapshot(connection) - keep + 1, pinned])
    for run_id in runs:
        upto = min([upto, *_snapshots_of(connection, run_id)])
    old = connection.execute(
        f"SELECT snapshot_id FROM {_METADATA}.ducklake_snapshot WHERE snapshot_id < ?", [upto]
    ).fetchall()
    old = [(snapshot,) for (snapshot,) in old if snapshot not in restorable]
    if not old:
        return 0
    ids = ", ".join(str(snapshot) for (snapshot,) in old)
    connection.execute(f"CALL ducklake_expire_snapshots('stored', versions => [{ids}])")
    # A reader elsewhere may still be at a forgotten snapshot: its files stay for a day.
    connection.execute(
        "CALL ducklake_cleanup_old_files('stored', older_than => now() - INTERVAL 1 DAY)"
    )
    return len(old)


def merged(commits: Iterable[Commit]) -> tuple[Change, ...]:
    """The changes of several commits, one a table."""
    found: dict[str, frozenset[date]] = {}
    for commit in commits:
        for table, dates in commit.dates.items():
            found[table] = found.get(table, frozenset()) | dates
    return tuple(Change(table, dates) for table, dates in sorted(found.items()))


def _snapshots_of(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[int]:
    rows = connection.execute(
        f"SELECT snapshot_id FROM {_METADATA}.ducklake_snapshot_changes "
        "WHERE commit_extra_info LIKE ? ORDER BY snapshot_id",
        [f'%"{run_id}"%'],
    ).fetchall()
    return [row[0] for row in rows]


def _dates_held(connection: duckdb.DuckDBPyConnection, table: str) -> frozenset[date]:
    rows = connection.execute(f"SELECT DISTINCT game_date FROM stored.{table}").fetchall()
    return frozenset(row[0] for row in rows)


def _dates_changed(
    connection: duckdb.DuckDBPyConnection, table: str, first: int, last: int
) -> frozenset[date]:
    rows = connection.execute(
        " UNION ".join(
            f"SELECT DISTINCT game_date FROM ducklake_table_{way}('stored', 'main', ?, ?, ?)"
            for way in ("insertions", "deletions")
        ),
        [table, first, last] * 2,
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _tables_changed(connection: duckdb.DuckDBPyConnection, after: int, upto: int) -> list[str]:
    rows = connection.execute(
        f"""SELECT changes_made FROM {_METADATA}.ducklake_snapshot_changes
            WHERE snapshot_id > ? AND snapshot_id <= ? AND regexp_matches(changes_made, ?)""",
        [after, upto, _ROWS_CHANGED.pattern],
    ).fetchall()
    ids = {int(table) for (made,) in rows for table in _ROWS_CHANGED.findall(made)}
    names = dict(
        connection.execute(
            f"SELECT table_id, table_name FROM {_METADATA}.ducklake_table "
            "WHERE end_snapshot IS NULL"
        ).fetchall()
    )
    return sorted(names[i] for i in ids if names.get(i) in TABLES)


def _count(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> int:
    row = connection.execute(sql, list(parameters)).fetchone()
    if row is None or row[0] is None:
        raise StoreUnreadable(f"lake: no count came back from {sql.partition(' FROM ')[0]}")
    return int(row[0])
