"""Copies of the lake's catalog and what lies behind it, by DuckDB's own SQLite alone.

No other SQLite library may open a catalog; so the log is written back through DuckDB and then the
one file is copied, while whoever copies holds the lock that every writer of the lake takes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fullcourt.clock import Clock
from fullcourt.errors import HomeBusy, StoreFull, StoreUnreadable, is_full
from fullcourt.sql_files import sql
from fullcourt.stores.duckdb_extensions import load_extension
from fullcourt.stores.lake_migrations import version_of
from fullcourt.stores.lake_tables import creation_lock

_TRIES = 40
_PAUSE_S = 0.1


def copy_catalog(catalog: Path, target: Path, clock: Clock) -> None:
    """Copy the catalog as it stands; the caller holds the ledger's write lock over it.

    Raises:
        HomeBusy: a reader has held on to the catalog's log for seconds.
        StoreUnreadable: the catalog cannot be read.
        StoreFull: the disk of the copy is full.
    """
    # Nobody attaches meanwhile, so nobody makes tables.
    with creation_lock(catalog.parent / "lake.lock"):
        for _ in range(_TRIES):
            if _log_written_back(catalog):
                break
            clock.sleep(_PAUSE_S)
        else:
            raise HomeBusy(
                f"{catalog}: a long reader holds on to the catalog.",
                next_step="try again when the long query is over",
            )
        try:
            shutil.copyfile(catalog, target)
        except OSError as error:
            if is_full(str(error)):
                raise StoreFull(f"{target}: the disk is full.", next_step="free space") from error
            raise


def files_of(catalog: Path) -> tuple[tuple[str, int], ...]:
    """The Parquet files that any kept snapshot reads: path below the data folder, size in bytes."""
    with _opened(catalog, read_only=True) as connection:
        rows = connection.execute(sql("stores", "lake_files")).fetchall()
    return tuple((path, size) for path, size in rows)


def catalog_state(catalog: Path) -> tuple[int, int]:
    """The lake's version and the id of the newest snapshot in a catalog.

    Raises:
        StoreUnreadable: it is no whole catalog.
    """
    with _opened(catalog, read_only=True) as connection:
        rows = connection.execute("FROM sqlite_query('catalog', 'PRAGMA integrity_check')")
        said = [str(row[0]) for row in rows.fetchall()]
        if said != ["ok"]:
            raise StoreUnreadable(
                f"{catalog}: the catalog is damaged: {'; '.join(said[:3])}.",
                next_step="restore it from a backup, or `fullcourt rebuild`",
            )
        row = connection.execute(sql("stores", "catalog_state")).fetchone()
    if row is None or row[1] is None:
        raise StoreUnreadable(
            f"{catalog}: a catalog without a snapshot.", next_step="`fullcourt rebuild`"
        )
    return version_of(row[0]), int(row[1])


def move_data(catalog: Path, data: Path) -> None:
    """Write into a catalog nobody has open where its Parquet files are from now on."""
    with _opened(catalog, read_only=False) as connection:
        connection.execute(
            "UPDATE catalog.ducklake_metadata SET value = ? WHERE key = 'data_path'",
            [f"{data}/"],
        )
        connection.execute("FROM sqlite_query('catalog', 'PRAGMA wal_checkpoint(TRUNCATE)')")


def _log_written_back(catalog: Path) -> bool:
    """Whether everything is in the one file now. Opened and closed within: a file descriptor of
    our own that is closed would take away the locks of a connection of the same process."""
    with _opened(catalog, read_only=False) as connection:
        row = connection.execute(
            "FROM sqlite_query('catalog', 'PRAGMA wal_checkpoint(TRUNCATE)')"
        ).fetchone()
    return row is not None and int(row[0]) == 0


@contextmanager
def _opened(catalog: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    if not catalog.exists():
        raise StoreUnreadable(
            f"{catalog}: no catalog there.", next_step="`fullcourt rebuild` makes the lake anew"
        )
    connection = duckdb.connect(config={"threads": 1})
    try:
        load_extension(connection, "sqlite_scanner")
        access = ", READ_ONLY" if read_only else ""
        source = str(catalog).replace("'", "''")
        try:
            connection.execute(f"ATTACH '{source}' AS catalog (TYPE sqlite{access})")
            yield connection
        except duckdb.Error as error:
            raise StoreUnreadable(
                f"{catalog}: the catalog cannot be read ({error}).",
                next_step="restore it from a backup, or `fullcourt rebuild`",
            ) from error
    finally:
        connection.close()
