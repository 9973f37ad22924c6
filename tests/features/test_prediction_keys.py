"""Which predictions and grades are expected, made and possible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from tests.features.computing import computed, insert, stored
from tests.features.small_league import FINAL, game_id_of, listed, priced, scheduled, tip_of

LATER = datetime(2025, 8, 1, tzinfo=UTC)
NIGHT = date(2025, 1, 10)
GAME = game_id_of(500)
TIP = tip_of(NIGHT)
HOUR = timedelta(hours=1)


@pytest.fixture
def night(lake: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """AAA against BBB: 1 priced, 2 and (of BBB) 5 in the rotation, 3 on the bench, 4 never used."""
    for ago in range(6, 0, -1):
        day, game_id = NIGHT - timedelta(days=ago), game_id_of(100 + ago)
        known = tip_of(day) + 3 * HOUR
        insert(lake, "schedule", [scheduled(day, game_id, "AAA", "BBB", known, **FINAL)])
        rows = [
            listed(day, game_id, 1, "AAA", "BBB", known, seconds=60, points=3 + ago),
            listed(day, game_id, 2, "AAA", "BBB", known, seconds=1900, points=20 + ago),
            listed(day, game_id, 3, "AAA", "BBB", known, seconds=60 if ago == 1 else None),
            listed(day, game_id, 4, "AAA", "BBB", known),
            listed(day, game_id, 5, "BBB", "AAA", known, seconds=1900),
        ]
        insert(lake, "player_box_scores", rows)
    insert(lake, "schedule", [scheduled(NIGHT, GAME, "AAA", "BBB", TIP - 99 * HOUR)])
    quotes = [
        priced(NIGHT, GAME, 1, TIP - 8 * HOUR, 5.5),
        priced(NIGHT, GAME, 4, TIP - 8 * HOUR),
        priced(NIGHT, GAME, -9, TIP - 8 * HOUR, player_name="Nobody Known"),
    ]
    insert(lake, "odds_player_props", quotes)
    stored(lake, "player_game_summary", NIGHT - timedelta(days=9), NIGHT, LATER)
    stored(lake, "player_composite_factors", NIGHT, NIGHT, TIP)
    yield lake


def _keys(lake: duckdb.DuckDBPyConnection) -> dict[object, object]:
    made = computed(lake, "prediction_keys", NIGHT, NIGHT, TIP).to_pylist()
    return {row["player_id"]: row["no_key_reason"] for row in made}


def test_lines_and_rotation_raise_keys(night: duckdb.DuckDBPyConnection) -> None:
    """A line or the rotation raises a key; other priced names are listed with the reason."""
    assert _keys(night) == {
        1: None,
        2: None,
        4: "no recorded minutes",
        5: None,
        -9: "unresolved name",
    }
    made = computed(night, "prediction_inputs", NIGHT, NIGHT, TIP).to_pylist()
    assert [(row["player_id"], row["line"]) for row in made] == [(1, 5.5), (2, None), (5, None)]


def test_missing_factors_leave_the_key(night: duckdb.DuckDBPyConnection) -> None:
    """Without factors the key is still expected, and there is no input for it."""
    night.execute("DELETE FROM lake.player_composite_factors WHERE player_id = 2")
    assert 2 in _keys(night)
    made = computed(night, "prediction_inputs", NIGHT, NIGHT, TIP).to_pylist()
    assert [row["player_id"] for row in made] == [1, 5]


def test_a_new_price_makes_a_prediction_stale(night: duckdb.DuckDBPyConnection) -> None:
    """The fingerprint follows the line's values: the same quote again is no change, another is."""

    def fingerprint() -> object:
        return computed(night, "prediction_inputs", NIGHT, NIGHT, TIP)["input_fingerprint"][0]

    before = fingerprint()
    insert(night, "odds_player_props", [priced(NIGHT, GAME, 1, TIP - 2 * HOUR, 5.5)])
    assert fingerprint() == before
    insert(night, "odds_player_props", [priced(NIGHT, GAME, 1, TIP - 1 * HOUR, 6.5)])
    assert fingerprint() != before


def _states(lake: duckdb.DuckDBPyConnection) -> dict[object, object]:
    made = computed(lake, "grade_keys", NIGHT, NIGHT, LATER).to_pylist()
    return {row["player_id"]: row["game_state"] for row in made}


def _play(lake: duckdb.DuckDBPyConnection, *rows: dict[str, object]) -> None:
    insert(lake, "player_box_scores", list(rows))
    stored(lake, "player_game_summary", NIGHT, NIGHT, LATER)


def test_a_grade_waits_for_its_game(night: duckdb.DuckDBPyConnection) -> None:
    """Pending, then final without box, then graded: over, and void for the one who did not play."""
    stored(night, "predictions", NIGHT, NIGHT, TIP)
    assert set(_states(night).values()) == {"pending"}
    insert(night, "schedule", [scheduled(NIGHT, GAME, "AAA", "BBB", TIP + 2 * HOUR, **FINAL)])
    assert set(_states(night).values()) == {"final_without_box"}
    known = TIP + 3 * HOUR
    _play(night, listed(NIGHT, GAME, 1, "AAA", "BBB", known, seconds=90, points=9))
    assert _states(night) == {1: "final", 2: "final_without_box", 5: "final_without_box"}
    _play(
        night,
        listed(NIGHT, GAME, 2, "AAA", "BBB", known),
        listed(NIGHT, GAME, 5, "BBB", "AAA", known, seconds=900),
    )
    assert set(_states(night).values()) == {"final"}
    grades = {
        row["player_id"]: row for row in stored(night, "grades", NIGHT, NIGHT, LATER).to_pylist()
    }
    assert {player: row["outcome"] for player, row in grades.items()} == {
        1: "over",
        2: "void",
        5: "no_line",
    }
    assert grades[2]["void_reason"] == "did not play"
    assert (grades[2]["crps"], grades[2]["brier"], grades[2]["in_p10_p90"]) == (None, None, None)
    assert grades[1]["known_at"] == known


def test_a_lost_summary_is_not_a_void(night: duckdb.DuckDBPyConnection) -> None:
    """A player his box score shows on the floor is not void because his summary is missing."""
    stored(night, "predictions", NIGHT, NIGHT, TIP)
    insert(night, "schedule", [scheduled(NIGHT, GAME, "AAA", "BBB", TIP + 2 * HOUR, **FINAL)])
    known = TIP + 3 * HOUR
    _play(
        night,
        listed(NIGHT, GAME, 1, "AAA", "BBB", known, seconds=90),
        listed(NIGHT, GAME, 2, "AAA", "BBB", known, seconds=900),
        listed(NIGHT, GAME, 5, "BBB", "AAA", known, seconds=900),
    )
    night.execute(
        "DELETE FROM lake.player_game_summary WHERE player_id = 2 AND game_id = ?", [GAME]
    )
    assert _states(night) == {1: "final", 2: "final_without_box", 5: "final"}


@pytest.mark.parametrize("change", [{"is_postponed": True}, {"is_listed": False}])
def test_a_postponed_game_is_void(
    night: duckdb.DuckDBPyConnection, change: dict[str, object]
) -> None:
    """Predictions of a game that left its date are void as postponed, whoever has a line."""
    stored(night, "predictions", NIGHT, NIGHT, TIP)
    off = scheduled(NIGHT, GAME, "AAA", "BBB", TIP + HOUR, **change)
    insert(night, "schedule", [off])
    assert set(_states(night).values()) == {"postponed"}
    grades = stored(night, "grades", NIGHT, NIGHT, LATER).to_pylist()
    assert {(row["outcome"], row["void_reason"]) for row in grades} == {("void", "postponed")}
    assert {row["known_at"] for row in grades} == {TIP + HOUR}
