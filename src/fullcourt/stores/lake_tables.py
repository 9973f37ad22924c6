"""The lake's tables and macros, and creating them once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb

from fullcourt.stores.lake_migrations import newest, says_version
from fullcourt.stores.table_changes import TableChanges

TABLES: tuple[str, ...] = (
    "schedule",
    "player_box_scores",
    "odds_player_props",
    "player_game_summary",
    "upcoming_player_game_context",
    "player_composite_factors",
    "predictions",
    "grades",
)


@dataclass(frozen=True, slots=True)
class Dependence:
    """A table an answer depends on: rows of its own dates, or those of earlier ones.

    `by`: a query of $first_date and $last_date that says all of those rows that matters (None: any
    change of them does).
    """

    table: str
    earlier: bool = False
    by: str | None = None

    def reading(self, changes: TableChanges, first: date, last: date) -> int:
        """A counter that moves when rows that matter to `first`..`last` change."""
        if self.earlier:
            return changes.before(self.table, last)
        return changes.on(self.table, first, last)


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that many statements of one instant ask: computed once, read as a temp table.

    `query` takes $first_date, $last_date and $now; `depends`: what its answer comes from. While
    that stands and nothing new becomes known, `at_another_instant` (takes $now; None: nothing) is
    all that a later instant changes.
    """

    query: str
    depends: tuple[Dependence, ...]
    at_another_instant: str | None = None


_GAMES, _LINES = Dependence("schedule"), Dependence("odds_player_props")
_PRICED = Dependence(
    "odds_player_props",
    by="SELECT md5(string_agg(concat_ws('|', game_date, game_id, player_id, epoch_us(known_at)), "
    "',' ORDER BY game_date, game_id, player_id)) FROM slate_priced($first_date, $last_date)",
)
_LISTINGS = Dependence("player_box_scores", earlier=True)
_KNOWN_BY = "UPDATE {table} SET as_of = least(coalesce(tip_at, $now), $now)"
KEPT = {
    "kept_slate_sides": Kept(
        "SELECT * FROM slate_sides($first_date, $last_date, $now)",
        (_GAMES,),
        _KNOWN_BY.format(table="kept_slate_sides"),
    ),
    "kept_slate_lines": Kept(
        "SELECT * FROM slate_lines($first_date, $last_date, $now)", (_GAMES, _LINES)
    ),
    "kept_slate_players": Kept(
        "SELECT * FROM slate_players($first_date, $last_date, $now)",
        (_GAMES, _LISTINGS, _PRICED),
        _KNOWN_BY.format(table="kept_slate_players"),
    ),
}
"""By the name under which statements read it. Whoever names one passes all three parameters."""


def macro_scripts() -> tuple[str, ...]:
    """The SQL macros every connection of the lake knows, in the order they build on each other."""
    root = files("fullcourt")
    found = [root / "nba" / "macros.sql", root / "analytics" / "macros.sql"]
    return tuple(path.read_text(encoding="utf-8") for path in found if path.is_file())


def create_tables(
    connection: duckdb.DuckDBPyConnection, database: str, *, partitioned: bool
) -> None:
    """Create in `database` the tables of this release that are not there yet."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [database]
    ).fetchall()
    have = {row[0] for row in rows}
    if have >= set(TABLES):
        return
    script = (files("fullcourt.stores") / "tables.sql").read_text(encoding="utf-8")
    connection.execute("BEGIN TRANSACTION")
    connection.execute(script.replace("{lake}", database))
    if not have:
        connection.execute(says_version(database, newest()))
    if partitioned:
        for table in TABLES:
            if table not in have:
                connection.execute(
                    f"ALTER TABLE {database}.{table} "
                    "SET PARTITIONED BY (year(game_date), month(game_date))"
                )
    connection.execute("COMMIT")


@contextmanager
def creation_lock(path: Path) -> Iterator[None]:
    """The very first attach must not race."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
