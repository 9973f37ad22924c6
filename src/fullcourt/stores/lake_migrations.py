"""The lake's own migrations: a version in the lake, and the steps from one to the next.

The version is the comment of the table `schedule`: it changes in the transaction of the step that
earns it, and is read with the names of the tables, so that opening a lake costs nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from fullcourt.errors import StoreUnreadable
from fullcourt.sql_files import sql

_SAID = re.compile(r"fullcourt lake (\d+)")


@dataclass(frozen=True, slots=True)
class Step:
    """What brings a lake to `version` from the one before: statements with `{lake}` for its name,
    one transaction together with the new version. New tables need no step: they are made when they
    are not there."""

    version: int
    script: str


STEPS: tuple[Step, ...] = (
    # Lakes of the first releases say no version and have these same tables.
    Step(1, sql("stores/lake_steps", "v1_says_its_version")),
    Step(2, sql("stores/lake_steps", "v2_starters_unknown")),
)
"""In order; a step that has been released is never changed."""


def version_of(comment: str | None) -> int:
    """The version a lake says; 0: it says none, as those of the first releases."""
    said = _SAID.fullmatch(comment or "")
    return int(said[1]) if said else 0


def newest(steps: Sequence[Step] = STEPS) -> int:
    """The version this release reads and writes."""
    return steps[-1].version


def lake_version(connection: duckdb.DuckDBPyConnection, database: str) -> int | None:
    """The version of an attached lake; None: it has no table yet."""
    row = connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = ? AND table_name = 'schedule'",
        [database],
    ).fetchone()
    return None if row is None else version_of(row[0])


def says_version(database: str, version: int) -> str:
    """The statement that writes the version."""
    return f"COMMENT ON TABLE {database}.schedule IS 'fullcourt lake {version}'"


def migrate(
    connection: duckdb.DuckDBPyConnection, database: str, steps: Sequence[Step] = STEPS
) -> tuple[int, ...]:
    """Bring a lake with tables to the newest version, a transaction a step; the versions reached.

    A process that dies in a step leaves the lake at the version before it.

    Raises:
        StoreUnreadable: a newer release has written this lake.
    """
    has = lake_version(connection, database)
    if has is None:
        return ()
    if has > newest(steps):
        raise StoreUnreadable(
            f"the lake has version {has}; this release knows {newest(steps)}.",
            next_step="install the newer release again, or restore a backup made before it",
        )
    reached = []
    for step in steps:
        if step.version <= has:
            continue
        connection.execute("BEGIN TRANSACTION")
        try:
            connection.execute(step.script.replace("{lake}", database))
            connection.execute(says_version(database, step.version))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        reached.append(step.version)
    return tuple(reached)
