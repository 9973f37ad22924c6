"""Which file is the history, which the schedule, and which of their columns is what.

By names that such columns have, together with the kind of their values; which ids are of games is
seen by their overlap with the schedule's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from fullcourt.audit.sources.reading import quoted
from fullcourt.audit.survey import (
    DATE,
    INSTANT,
    JSON,
    LOCAL,
    NUMBER,
    PATH,
    TEXT,
    WHOLE,
    Look,
)
from fullcourt.audit.words import GameState, RunState

Names = tuple[tuple[str, ...], tuple[str, ...]]
_TIMES = (INSTANT, LOCAL)
_ANY = (TEXT, WHOLE, JSON, PATH, DATE, NUMBER)
_RUNS: Final[Mapping[str, Names]] = {
    "run_id": (("run_id", "execution_id", "job_run_id", "id"), _ANY),
    "processor": (
        ("processor", "processor_name", "job", "job_name", "task", "task_name", "pipeline", "name"),
        (TEXT,),
    ),
    "target": (("target", "target_table", "table_name", "destination"), (TEXT, PATH)),
    "game_date": (
        ("game_date", "data_date", "target_date", "run_date", "logical_date", "date", "day"),
        (DATE, *_TIMES),
    ),
    "started_at": (("started_at", "start_time", "start_date", "started", "created_at"), _TIMES),
    "ended_at": (
        ("finished_at", "ended_at", "completed_at", "end_time", "end_date", "processed_at"),
        _TIMES,
    ),
    "state": (("status", "state", "run_status", "outcome"), (TEXT,)),
    "records": (
        ("records", "records_processed", "rows_written", "rows_processed", "row_count", "rows"),
        (WHOLE, NUMBER),
    ),
    "error": (("error", "error_message", "errors", "message"), _ANY),
    "closed_by": (("closed_by",), (TEXT,)),
    "revision": (("revision", "version", "git_sha", "commit"), _ANY),
}
_GAMES: Final[Mapping[str, Names]] = {
    "game_id": (("game_id", "gameid", "nba_game_id", "id"), _ANY),
    "game_date": (("game_date", "date", "game_day", "day"), (DATE, *_TIMES)),
    "tip_at": (
        ("tip_at", "tipoff", "tip_time", "start_time", "game_time", "scheduled_at"),
        _TIMES,
    ),
    "home": (("home_team", "home", "home_team_abbr", "home_team_id", "home_abbr"), _ANY),
    "away": (
        ("away_team", "away", "visitor_team", "away_team_abbr", "away_team_id", "away_abbr"),
        _ANY,
    ),
    "state": (("status", "state", "game_status", "status_id"), _ANY),
    "detail": (("status_text", "game_status_text", "status_detail"), (TEXT,)),
}
_RUN_WORDS: Final[Mapping[RunState, str]] = {
    RunState.RUNNING: "running started in_progress pending queued",
    RunState.SUCCEEDED: "success succeeded ok complete completed done finished",
    RunState.FAILED: "failed failure error errored crashed timeout timed_out",
    RunState.SKIPPED: "skipped skip",
}
_GAME_WORDS: Final[Mapping[GameState, str]] = {
    GameState.SCHEDULED: "scheduled upcoming pre pregame 1",
    GameState.LIVE: "live in_progress inprogress 2",
    GameState.FINAL: "final finished completed closed 3",
    GameState.POSTPONED: "postponed ppd",
    GameState.CANCELLED: "cancelled canceled",
}
SWEEPERS = ("watchdog", "sweeper", "reaper", "janitor", "cleanup", "monitor")
_ENOUGH = 0.9
"""Of a column's distinct values, so many must be the schedule's for it to join them."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who is what. `twins`: other files with the history's columns and number of rows."""

    runs: Look | None
    run_columns: Mapping[str, str]
    twins: tuple[Look, ...]
    schedule: Look | None
    game_columns: Mapping[str, str]
    listings: tuple[Look, ...]
    tables: tuple[Look, ...]


def find_roles(connection: duckdb.DuckDBPyConnection, looks: Sequence[Look]) -> Roles:
    """Give each look its role; a file of no role is a table."""
    listings = [look for look in looks if _is_listing(look)]
    rest = [look for look in looks if look not in listings]
    histories = [(look, _matched(look, _RUNS)) for look in rest]
    # What runs is named, in a state, at a time or for a number of rows: a table has no such three.
    histories = [
        (look, columns)
        for look, columns in histories
        if {"processor", "state"} <= columns.keys()
        and columns.keys() & {"started_at", "ended_at"}
        and columns.keys() & {"run_id", "records"}
    ]
    histories.sort(key=lambda each: (-len(each[1]), _cost(each[0])))
    runs, run_columns = histories[0] if histories else (None, {})
    twins = tuple(
        look
        for look, _ in histories[1:]
        if runs is not None and look.rows == runs.rows and set(look.columns) == set(runs.columns)
    )
    rest = [look for look in rest if look is not runs and look not in twins]
    schedule, game_columns = _schedule(connection, rest)
    return Roles(
        runs,
        run_columns,
        twins,
        schedule,
        game_columns,
        tuple(listings),
        # The schedule is a table too: somebody fills it.
        tuple(rest),
    )


def _schedule(
    connection: duckdb.DuckDBPyConnection, looks: Sequence[Look]
) -> tuple[Look | None, Mapping[str, str]]:
    """The file of games that knows the most of the others' games."""
    found = [(look, _matched(look, _GAMES)) for look in looks]
    found = [
        (look, columns)
        for look, columns in found
        if {"game_id", "home", "away"} <= columns.keys()
        and columns.keys() & {"game_date", "tip_at"}
    ]
    if not found:
        return None, {}

    def known(each: tuple[Look, Mapping[str, str]]) -> tuple[float, int, int]:
        look, columns = each
        own = (look, columns["game_id"])
        others = [(other, named["game_id"]) for other, named in found if other is not look]
        shares = [overlap(connection, other, own) for other in others]
        return (round(sum(shares), 3), len(columns), look.rows)

    return max(found, key=known)


def overlap(
    connection: duckdb.DuckDBPyConnection, of: tuple[Look, str], within: tuple[Look, str]
) -> float:
    """The share of the distinct values of one column that stand in another."""
    (look, column), (other, theirs) = of, within
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER (value IN (SELECT {quoted(theirs)} FROM {other.table})) "
        f"FROM (SELECT DISTINCT {quoted(column)} AS value FROM {look.table} "
        f"WHERE {quoted(column)} IS NOT NULL)"
    ).fetchone()
    return int(row[1]) / int(row[0]) if row and row[0] else 0.0


def game_column(
    connection: duckdb.DuckDBPyConnection, look: Look, games: tuple[Look, str]
) -> tuple[str, float] | None:
    """The column whose values are the schedule's game ids, and their share; None: there is none."""
    shares = [
        (overlap(connection, (look, name), games), name) for name in look.of_kind(TEXT, WHOLE)
    ]
    best = max(shares, default=(0.0, ""))
    return (best[1], best[0]) if best[0] >= _ENOUGH else None


def words_of_runs(words: Sequence[str]) -> dict[str, str]:
    """Known words of state to ours, by their meaning; an unknown one is not among them."""
    return _mapped(words, {str(state): text.split() for state, text in _RUN_WORDS.items()})


def words_of_games(words: Sequence[str]) -> dict[str, str]:
    """The same of games."""
    return _mapped(words, {str(state): text.split() for state, text in _GAME_WORDS.items()})


def _mapped(words: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    meaning = {word: state for state, listed in known.items() for word in listed}
    plain = {word: word.strip().lower().replace(" ", "_") for word in words}
    return {word: meaning[plain[word]] for word in words if plain[word] in meaning}


def _matched(look: Look, names: Mapping[str, Names]) -> dict[str, str]:
    """Ours to theirs, by name and kind; a column is taken once."""
    lower = {name.lower(): name for name in look.columns}
    found: dict[str, str] = {}
    for ours, (synonyms, kinds) in names.items():
        for synonym in synonyms:
            theirs = lower.get(synonym)
            if theirs is None or theirs in found.values():
                continue
            column = look.columns[theirs]
            # A column without a value has no kind that could be wrong.
            if column.kind in kinds or not column.there:
                found[ours] = theirs
                break
    return found


def _is_listing(look: Look) -> bool:
    if look.source.kind == "lines":
        return True
    return len(look.columns) <= 8 and len(look.of_kind(PATH)) == 1 and look.rows > 0


def _cost(look: Look) -> int:
    return ("parquet", "duckdb", "sqlite", "jsonl", "csv").index(look.source.kind)
