"""Law 10: nothing known after a game's as_of has any part in what is computed for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import duckdb
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.features.computing import computed, insert, stored, use_all_context
from tests.features.recorded_lake import empty_lake
from tests.features.small_league import SEASON_OPENS, random_league

LATER = datetime(2025, 8, 1, tzinfo=UTC)
TABLES = (
    "schedule",
    "player_box_scores",
    "odds_player_props",
    "player_game_summary",
    "upcoming_player_game_context",
    "player_composite_factors",
)
SLATE = ("upcoming_player_game_context", "player_composite_factors", "prediction_inputs")


def _of_game(table: pa.Table, game_id: str) -> list[dict[str, object]]:
    return [row for row in table.to_pylist() if row["game_id"] == game_id]


def _slate_rows(
    lake: duckdb.DuckDBPyConnection, day: date, game_id: str, now: datetime
) -> dict[str, list[dict[str, object]]]:
    return {name: _of_game(computed(lake, name, day, day, now), game_id) for name in SLATE}


def _forget_after(lake: duckdb.DuckDBPyConnection, instant: datetime) -> None:
    for table in TABLES:
        lake.execute(f"DELETE FROM lake.{table} WHERE known_at > ?", [instant])


def _check_game(lake: duckdb.DuckDBPyConnection, day: date, game_id: str, as_of: datetime) -> None:
    """The rows of one game with the future in the lake, without it, and live at its tip."""
    lake.execute("BEGIN")
    seen = _slate_rows(lake, day, game_id, LATER)
    _forget_after(lake, as_of)
    assert _slate_rows(lake, day, game_id, LATER) == seen
    live = _slate_rows(lake, day, game_id, as_of)
    for name in SLATE:
        assert not any(row["is_retrospective"] for row in live[name])
        # What a row says of its own making may differ; nothing it says of the game may.
        made_live: dict[str, object] = {"is_retrospective": False}
        if name == "upcoming_player_game_context":
            made_live["row_status"] = "active"
        assert live[name] == [row | made_live for row in seen[name]]
    lake.execute("ROLLBACK")


@settings(max_examples=12)
@given(seed=st.integers(0, 10**9))
def test_forgetting_the_future_changes_nothing(seed: int) -> None:
    """Context, factors and prediction inputs of a game are equal with and without its future."""
    random = Random(seed)
    with empty_lake() as lake:
        for table, rows in random_league(random).items():
            insert(lake, table, rows)
        first, last = date(2024, 4, 1), date(2024, 11, 10)
        stored(lake, "player_game_summary", first, last, LATER)
        stored(lake, "upcoming_player_game_context", SEASON_OPENS, last, LATER)
        use_all_context(lake)
        # A part of the slate's players has no context to read.
        lake.execute("DELETE FROM context_usable WHERE player_id % 3 = ?", [random.randrange(3)])
        stored(lake, "player_composite_factors", SEASON_OPENS, last, LATER)
        games = lake.execute(
            "SELECT game_date, game_id, as_of FROM slate_games(?, ?, ?) ORDER BY ALL",
            [SEASON_OPENS, last, LATER],
        ).fetchall()
        for day, game_id, as_of in random.sample(games, min(2, len(games))):
            _check_game(lake, day, game_id, as_of)


def test_forgetting_the_future_of_a_real_night(recorded: duckdb.DuckDBPyConnection) -> None:
    """On recorded history, too: a deadline-week night, its first game and its last."""
    day = date(2025, 2, 8)
    recorded.execute("BEGIN")
    stored(recorded, "upcoming_player_game_context", day, day, LATER)
    stored(recorded, "player_composite_factors", day, day, LATER)
    games = recorded.execute(
        "SELECT game_id, as_of FROM slate_games(?, ?, ?) ORDER BY as_of, game_id", [day, day, LATER]
    ).fetchall()
    recorded.execute("COMMIT")
    try:
        for game_id, as_of in (games[0], games[-1]):
            _check_game(recorded, day, game_id, as_of)
    finally:
        for table in ("upcoming_player_game_context", "player_composite_factors"):
            recorded.execute(f"DELETE FROM lake.{table}")


@settings(max_examples=5)
@given(seed=st.integers(0, 10**9))
# Somebody priced in one game whose first minutes come from another game of that date.
@example(seed=52)
def test_a_backfill_equals_the_days_one_by_one(seed: int) -> None:
    """One statement over a range gives the rows of one statement a day, in any order of storage."""
    with empty_lake() as lake:
        rows = random_league(Random(seed))
        for table, given_rows in rows.items():
            Random(seed + 1).shuffle(given_rows)
            insert(lake, table, given_rows)
        first, last = SEASON_OPENS, date(2024, 11, 10)
        stored(lake, "player_game_summary", date(2024, 4, 1), last, LATER)
        for name in ("upcoming_player_game_context", "player_composite_factors"):
            whole = computed(lake, name, first, last, LATER).to_pylist()
            days = sorted({row["game_date"] for row in whole})
            daily = [r for d in days for r in computed(lake, name, d, d, LATER).to_pylist()]
            assert daily == whole


@settings(max_examples=5)
@given(seed=st.integers(0, 10**9))
def test_reloading_the_same_facts_makes_nothing_stale(seed: int) -> None:
    """Fingerprints follow values alone: other runs, bodies and fetch times leave them alone."""
    with empty_lake() as lake:
        for table, rows in random_league(Random(seed)).items():
            insert(lake, table, rows)
        span = (SEASON_OPENS, date(2024, 11, 10))

        def fingerprints(name: str, first: date = span[0]) -> dict[object, object]:
            return {
                (row["game_date"], row["game_id"], row["player_id"]): row["input_fingerprint"]
                for row in stored(lake, name, first, span[1], LATER).to_pylist()
            }

        def all_fingerprints() -> list[dict[object, object]]:
            return [
                fingerprints("player_game_summary", date(2024, 4, 1)),
                fingerprints("upcoming_player_game_context"),
                fingerprints("player_composite_factors"),
                fingerprints("predictions"),
                fingerprints("grades"),
            ]

        before = all_fingerprints()
        for table in ("schedule", "player_box_scores", "odds_player_props"):
            lake.execute(
                f"UPDATE lake.{table} SET run_id = 'again', body_digest = 'other', "
                "fetched_at = fetched_at + INTERVAL 3 DAY"
            )
        assert all_fingerprints() == before
