"""Context and composite factors: rest and load, the gate, where the context is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.features.computing import computed, insert, stored, use_all_context
from tests.features.recorded_lake import empty_lake
from tests.features.small_league import FINAL, game_id_of, listed, scheduled, tip_of

LATER = datetime(2025, 8, 1, tzinfo=UTC)
NIGHT = date(2025, 1, 10)
LOAD = st.tuples(st.integers(0, 9), st.integers(0, 8), st.integers(0, 14), st.integers(0, 20000))


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the house's macros."""
    with empty_lake() as connection:
        yield connection


@contextmanager
def _untouched(lake: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What a test writes into the recorded lake is taken back."""
    lake.execute("BEGIN")
    try:
        yield
    finally:
        lake.execute("ROLLBACK")


def _fatigue(lake: duckdb.DuckDBPyConnection, load: tuple[int | None, ...]) -> float:
    row = lake.execute("SELECT fatigue(?::INTEGER, ?::INTEGER, ?::INTEGER, ?::INTEGER)", load)
    value = row.fetchall()[0][0]
    assert isinstance(value, float)
    return value


@given(load=LOAD, more=LOAD)
def test_more_load_never_freshens(
    macros: duckdb.DuckDBPyConnection, load: tuple[int, ...], more: tuple[int, ...]
) -> None:
    """0 exhausted, 100 fresh: fewer nights off, more games, more seconds never raise it."""
    tired = (max(0, load[0] - more[0]), *(a + b for a, b in zip(load[1:], more[1:], strict=True)))
    assert 0 <= _fatigue(macros, tired) <= _fatigue(macros, load) <= 100


def test_the_ends_of_fatigue(macros: duckdb.DuckDBPyConnection) -> None:
    """Nobody on record and nobody loaded is 100; a back-to-back after the heaviest week is 0."""
    assert _fatigue(macros, (None, 0, 0, 0)) == 100
    assert _fatigue(macros, (3, 1, 3, 0)) == 100
    assert _fatigue(macros, (0, 5, 8, 10800)) == 0


def _season(lake: duckdb.DuckDBPyConnection, days_ago: list[int], **did: object) -> str:
    """AAA plays BBB tonight, after games `days_ago`; player 1 of AAA plays them all."""
    for number, ago in enumerate([*days_ago, 0]):
        day, game_id = NIGHT - timedelta(days=ago), game_id_of(100 + number)
        known = tip_of(day) + timedelta(hours=3)
        games = [scheduled(day, game_id, "AAA", "BBB", tip_of(day) - timedelta(days=99))]
        if ago:
            games.append(scheduled(day, game_id, "AAA", "BBB", known, **FINAL))
            rows = [
                listed(day, game_id, 1, "AAA", "BBB", known, **{"seconds": 1800} | did),
                listed(day, game_id, 2, "BBB", "AAA", known, seconds=1800),
            ]
            insert(lake, "player_box_scores", rows)
        insert(lake, "schedule", games)
    stored(lake, "player_game_summary", NIGHT - timedelta(days=60), NIGHT, LATER)
    return game_id_of(100 + len(days_ago))


@pytest.mark.parametrize(
    ("days_ago", "rest", "week", "fortnight"),
    [([1], 0, 1, 1), ([9, 7, 2], 1, 2, 3), ([20, 8], 7, 0, 1)],
)
def test_rest_counts_days_off(
    lake: duckdb.DuckDBPyConnection,
    days_ago: list[int],
    rest: int,
    week: int,
    fortnight: int,
) -> None:
    """Rest is days off since the team's last game; windows are the dates before the game's."""
    game_id = _season(lake, days_ago)
    made = computed(lake, "upcoming_player_game_context", NIGHT, NIGHT, LATER).to_pylist()
    row = next(r for r in made if r["player_id"] == 1)
    assert (row["game_id"], row["team_days_rest"]) == (game_id, rest)
    assert row["team_games_last_7_days"] == week
    assert row["player_games_last_14_days"] == fortnight
    assert row["player_seconds_last_7_days"] == 1800 * week
    assert row["is_back_to_back"] == (rest == 0)
    assert row["last_game_date"] == NIGHT - timedelta(days=min(days_ago))


def test_rest_begins_with_the_season(lake: duckdb.DuckDBPyConnection) -> None:
    """Last season's games and games nobody knew of at the tip are no rest; his form remains."""
    game_id = _season(lake, [])
    last_season, known = game_id_of(7, 23), tip_of(NIGHT) + timedelta(hours=1)
    day = NIGHT - timedelta(days=200)
    insert(lake, "schedule", [scheduled(day, last_season, "AAA", "BBB", tip_of(day), **FINAL)])
    row = listed(day, last_season, 1, "AAA", "BBB", tip_of(day), seconds=900)
    # In the memory of 20 team games, whatever season they are of.
    insert(lake, "player_box_scores", [row])
    stored(lake, "player_game_summary", day, day, LATER)
    yesterday = NIGHT - timedelta(days=1)
    insert(lake, "schedule", [scheduled(yesterday, game_id_of(8), "AAA", "BBB", known, **FINAL)])
    (made,) = computed(lake, "upcoming_player_game_context", NIGHT, NIGHT, LATER).to_pylist()
    assert (made["game_id"], made["team_days_rest"]) == (game_id, None)
    assert (made["is_back_to_back"], made["season_games_played"]) == (False, 0)
    assert made["last_game_date"] == day


def test_a_heavier_week_is_more_tired(lake: duckdb.DuckDBPyConnection) -> None:
    """Through the whole computation: the same rest after longer games is less fresh."""
    _season(lake, [6, 4, 2])
    rows = computed(lake, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    lake.execute("UPDATE lake.player_game_summary SET seconds_played = 2600 WHERE player_id = 1")
    tired = computed(lake, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    assert tired[0]["player_id"] == rows[0]["player_id"] == 1
    assert tired[0]["fatigue"] < rows[0]["fatigue"]
    assert tired[1]["fatigue"] == rows[1]["fatigue"]


def test_form_weighs_the_latest_most(lake: duckdb.DuckDBPyConnection) -> None:
    """Weights halve every 11 appearances, in integers, and last season's count five eighths."""
    weights = lake.execute(
        "SELECT list(form_weight(k, true) ORDER BY k), list(form_weight(k, false) ORDER BY k) "
        "FROM range(40) AS r (k)"
    ).fetchall()[0]
    assert weights[0][0] == 8 * 2**20
    assert weights[0][11] == 4 * 2**20
    assert weights[1][0] == 5 * 2**20
    assert all(a > b > 0 for column in weights for a, b in pairwise(column))


def test_last_forty_in_order(lake: duckdb.DuckDBPyConnection) -> None:
    """The form reads the last 40 appearances, the latest first, and no more."""
    _season(lake, list(range(45, 0, -1)))
    (row, _) = computed(lake, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    assert row["games_used"] == 40
    lake.execute(
        "UPDATE lake.player_game_summary SET points = points + (?::DATE - game_date)",
        [NIGHT],
    )
    (aged, _) = computed(lake, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    expected = lake.execute(
        "SELECT sum(form_weight(k, true) * (10 + k + 1))::BIGINT FROM range(40) AS r (k)"
    ).fetchall()[0][0]
    assert aged["ew_points"] == expected
    assert aged["points_last_5"] == 13.0


def test_without_context_the_summaries_say_the_same(recorded: duckdb.DuckDBPyConnection) -> None:
    """On a recorded night the fallback finds the same rest and load, and says where it looked."""
    with _untouched(recorded):
        stored(recorded, "upcoming_player_game_context", NIGHT, NIGHT, LATER)
        use_all_context(recorded)
        first = computed(recorded, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
        recorded.execute("DELETE FROM context_usable")
        second = computed(recorded, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    assert {row["context_source"] for row in first} == {"upcoming_player_game_context"}
    assert {row["context_source"] for row in second} == {"player_game_summary"}
    source = {"context_source": None}
    assert [row | source for row in first] == [row | source for row in second]


def test_the_gate_names_what_is_missing(recorded: duckdb.DuckDBPyConnection) -> None:
    """Deleted summaries are missing pairs by team and game; the factors carry the same counts."""
    before = computed(recorded, "gate", NIGHT, NIGHT, LATER).to_pylist()
    assert all(row["held"] for row in before)
    victim = next(row for row in before if row["team"] == "OKC" or row["team"] == "BOS")
    with _untouched(recorded):
        recorded.execute(
            "DELETE FROM lake.player_game_summary WHERE game_id = ? AND team = ?",
            [victim["game_id"], victim["team"]],
        )
        after = computed(recorded, "gate", NIGHT, NIGHT, LATER).to_pylist()
        factors = computed(recorded, "player_composite_factors", NIGHT, NIGHT, LATER).to_pylist()
    missing = [(row["team"], row["game_id"]) for row in after if not row["held"]]
    assert missing == [(victim["team"], victim["game_id"])]
    counts = {(row["gate_expected"], row["gate_held"]) for row in factors}
    assert counts == {(len(before), len(before) - 1)}
