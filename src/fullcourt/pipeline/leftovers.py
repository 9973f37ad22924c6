"""Remove leftover rows of slates long over, and bring removed ones back: work of runs of their own.

Which rows are leftovers is decided where they are judged (`fullcourt.trust.leftovers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.pipeline.compute import KEY, select_wanted
from fullcourt.pipeline.work import Outcome, Run
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Append, Delete

Keys = Sequence[tuple[date, str]]
"""(game date, `game_id/player_id`)."""


class SnapshotForgotten(Terminal, FullcourtError):
    """The lake no longer keeps the snapshot rows are to be brought back from."""


def remove(run: Run, table: str, keys: Keys) -> Outcome:
    """Delete every row of these keys, in one transaction."""
    select_wanted(run, keys)
    span = [run.first, run.last]
    held = run.stores.lake.rows(
        f"SELECT count(*) FROM lake.{table} SEMI JOIN wanted_keys USING ({', '.join(KEY)}) "
        "WHERE game_date BETWEEN ? AND ?",
        span,
    )[0][0]
    if held:
        gone = f"game_date BETWEEN ? AND ? AND ({', '.join(KEY)}) IN (FROM wanted_keys)"
        run.commit([Delete(table, gone, tuple(span))], f"{table}: leftover rows removed")
    said = f"removed {run.rows_deleted or 0} leftover rows"
    return Outcome(dict.fromkeys(keys, ("ok", "")), said)


def bring_back(run: Run, table: str, keys: Keys, snapshots: Sequence[int]) -> Outcome:
    """Insert again, as they were, the rows of `keys` that `snapshots` removed, in one transaction.

    A key that is held by now stays as it is; of one removed more than once the last rows come back.

    Raises:
        SnapshotForgotten: a snapshot, or the one before it, is not kept any more.
    """
    lake = run.stores.lake
    for snapshot in snapshots:
        if not (lake.keeps_snapshot(snapshot) and lake.keeps_snapshot(snapshot - 1)):
            raise SnapshotForgotten(
                f"{table}: the lake does not keep snapshot {snapshot - 1} any more.",
                next_step="what the archive holds can be computed again: `fullcourt backfill`",
            )
    select_wanted(run, keys)
    same = f"USING ({', '.join(KEY)})"
    query = sql("pipeline", "removed_rows")
    removed = " UNION ALL ".join(
        f"({query.format(table=table, before=at - 1, removed=at)})" for at in snapshots
    )
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE brought_back AS SELECT * EXCLUDE (removed_in) "
        f"FROM ({removed}) AS removed ANTI JOIN lake.{table} {same} "
        f"QUALIFY rank() OVER (PARTITION BY {', '.join(KEY)} ORDER BY removed_in DESC) = 1"
    )
    count = lake.rows("SELECT count(*) FROM brought_back")[0][0]
    run.claim(count)
    if count:
        run.commit([Append(table, "brought_back")], f"{table}: removed rows brought back")
    return Outcome(dict.fromkeys(keys, ("ok", "")), f"brought back {count} rows")
