"""Leftover rows of upcoming slates: what stands in the lake and no verdict counts on.

A row is a leftover when its date is long past and the judge does not count its key: its game left
that date (postponed, moved, cancelled), is of no such date, or was played and nothing expects the
key nor was a prediction made from it. What is expected, held or archived is never one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.pipeline.runner import CLEANUP, Task
from fullcourt.sql_files import sql
from fullcourt.stores.ledger.removals import restored_keys
from fullcourt.stores.ledger.verdicts import get_summaries
from fullcourt.trust.grid import Grid
from fullcourt.trust.words import ALARMS, Cell, CellVerdict, KeyState

UPCOMING = ("upcoming_player_game_context", "player_composite_factors")
"""The tables of slates to come, in the order of the pipeline."""
_PLAYED = "played"
# Who belongs to a slate is read from these: while one of them is in doubt, so is who does not.
_WHO_READS = ("schedule", "nba_boxscore", "player_box_scores", "odds_player_props")
_DOUBTFUL = ALARMS | {CellVerdict.UNVERIFIABLE}


@dataclass(frozen=True, slots=True)
class Leftover:
    """A key of an upcoming table whose rows may go, and why. `rows` counts lake rows."""

    table: str
    game_date: date
    key: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """Rows that look left over and stay, because what speaks against them is itself in doubt."""

    table: str
    game_date: date
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What a look found, by date, table and key."""

    found: tuple[Leftover, ...] = ()
    withheld: tuple[Withheld, ...] = ()


def leftovers(grid: Grid, upto: date, now: datetime) -> Leftovers:
    """The leftover rows of game dates up to `upto`, as judged at `now` (UTC); nothing is changed.

    The stored verdicts must be of now: whoever asks has judged what changed.
    """
    stores = grid.stores
    held = {(r.dataset, r.game_date): r.held for r in get_summaries(stores.ledger)}
    doubts = _doubts(grid)
    exempt = restored_keys(stores.ledger)
    found: list[Leftover] = []
    withheld: list[Withheld] = []
    for table in UPCOMING:
        keys_held = stores.lake.rows(
            f"SELECT game_date, count(DISTINCT (game_id, player_id)) FROM lake.{table} "
            "WHERE game_date <= ? GROUP BY game_date ORDER BY game_date",
            [upto],
        )
        # As many keys as the judge counts: there is none besides.
        days = [day for day, keys in keys_held if held.get((table, day.isoformat())) != keys]
        if not days:
            continue
        candidates = _candidates(grid, table, days, now)
        kept = exempt.get(table, frozenset())
        for day in days:
            rows = [row for row in candidates[day] if (day, row.key) not in kept]
            doubt = _doubt(doubts, day, rows)
            if rows and doubt is not None:
                withheld.append(Withheld(table, day, sum(row.rows for row in rows), doubt))
            elif rows:
                found += rows
    found.sort(key=lambda row: (row.game_date, UPCOMING.index(row.table), row.key))
    return Leftovers(tuple(found), tuple(withheld))


def cleanup_tasks(rows: Iterable[Leftover]) -> list[Task]:
    """The runs that remove these rows: one a table."""
    by_table: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append((row.game_date, row.key))
    return [
        Task(table, min(keys)[0], max(keys)[0], tuple(keys), trigger=CLEANUP)
        for table, keys in sorted(by_table.items(), key=lambda item: UPCOMING.index(item[0]))
    ]


def _candidates(
    grid: Grid, table: str, days: Sequence[date], now: datetime
) -> Mapping[date, list[Leftover]]:
    """Rows of over games whose keys no verdict of these dates counts, by date."""
    stores = grid.stores
    counted = {
        (view.expectation.cell.game_date, key.key)
        for view in grid.look([Cell(table, day) for day in days], now)
        for key in view.verdict.keys
        if key.state is not KeyState.RETIRED
    }
    predicted = set(
        stores.lake.rows(
            "SELECT game_date, game_id || '/' || player_id FROM lake.predictions "
            "WHERE list_contains(?, game_date)",
            [list(days)],
        )
    )
    query = sql("trust/sql", "leftover_rows").format(table=table)
    found: dict[date, list[Leftover]] = defaultdict(list)
    for day, key, rows, reason, _ in stores.lake.rows(query, {"days": list(days), "now": now}):
        made_use_of = reason == _PLAYED and (day, key) in predicted
        if reason is not None and (day, key) not in counted and not made_use_of:
            found[day].append(Leftover(table, day, key, reason, rows))
    return found


def _doubts(grid: Grid) -> Mapping[str, tuple[Cell, ...]]:
    """The cells in doubt of what says who belongs to a slate, by dataset."""
    doubtful = {verdict.value for verdict in _DOUBTFUL}
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell, memo in grid.memos.items():
        if cell.dataset in _WHO_READS and memo.verdict in doubtful:
            found[cell.dataset].append(cell)
    return {name: tuple(sorted(cells)) for name, cells in found.items()}


def _doubt(
    doubts: Mapping[str, Collection[Cell]], day: date, rows: Sequence[Leftover]
) -> str | None:
    """Why these rows of a date must stay for now."""
    by_schedule = [cell for cell in doubts.get("schedule", ()) if cell.game_date == day]
    if by_schedule:
        return f"{by_schedule[0]} is in doubt"
    if all(row.reason != _PLAYED for row in rows):
        return None
    # Rosters go back further than anything else: an earlier loss may hide who was on the slate.
    earlier = [cell for cells in doubts.values() for cell in cells if cell.game_date <= day]
    return f"{min(earlier)} is in doubt" if earlier else None
