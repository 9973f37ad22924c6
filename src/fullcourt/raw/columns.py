"""Rows (dicts) to Arrow tables in the lake's own column types, so that a wrong type fails here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_INSTANT = pa.timestamp("us", tz="UTC")


def _columns(*columns: tuple[str, pa.DataType]) -> list[tuple[str, pa.DataType]]:
    """The columns as pyarrow's own types ask for them."""
    return list(columns)


SCHEDULE: pa.Schema = pa.schema(
    _columns(
        ("game_date", pa.date32()),
        ("game_id", pa.string()),
        ("season", pa.string()),
        ("game_type", pa.string()),
        ("tip_at", _INSTANT),
        ("home_team", pa.string()),
        ("away_team", pa.string()),
        ("status", pa.int16()),
        ("status_text", pa.string()),
        ("is_postponed", pa.bool_()),
        ("is_listed", pa.bool_()),
        ("if_necessary", pa.bool_()),
        ("home_score", pa.int32()),
        ("away_score", pa.int32()),
        ("overtimes", pa.int16()),
        ("reason", pa.string()),
        ("source", pa.string()),
        ("body_digest", pa.string()),
        ("known_at", _INSTANT),
        ("fetched_at", _INSTANT),
        ("run_id", pa.string()),
    )
)
_COUNTS = (
    "points",
    "rebounds",
    "offensive_rebounds",
    "defensive_rebounds",
    "assists",
    "threes",
    "threes_attempted",
    "field_goals",
    "field_goals_attempted",
    "free_throws",
    "free_throws_attempted",
    "steals",
    "blocks",
    "turnovers",
    "fouls",
    "plus_minus",
)
PLAYER_BOX_SCORES: pa.Schema = pa.schema(
    _columns(
        ("game_date", pa.date32()),
        ("game_id", pa.string()),
        ("player_id", pa.int64()),
        ("player_name", pa.string()),
        ("team", pa.string()),
        ("opponent", pa.string()),
        ("is_home", pa.bool_()),
        ("is_starter", pa.bool_()),
        ("played", pa.bool_()),
        ("not_playing_reason", pa.string()),
        ("seconds_played", pa.int32()),
        ("minutes", pa.float64()),
        *((name, pa.int32()) for name in _COUNTS),
        ("source", pa.string()),
        ("body_digest", pa.string()),
        ("known_at", _INSTANT),
        ("fetched_at", _INSTANT),
        ("run_id", pa.string()),
    )
)
ODDS_PLAYER_PROPS: pa.Schema = pa.schema(
    _columns(
        ("game_date", pa.date32()),
        ("game_id", pa.string()),
        ("event_id", pa.string()),
        ("player_id", pa.int64()),
        ("player_name", pa.string()),
        ("resolution", pa.string()),
        ("bookmaker", pa.string()),
        ("market", pa.string()),
        ("line", pa.float64()),
        ("over_price", pa.float64()),
        ("under_price", pa.float64()),
        ("is_main", pa.bool_()),
        ("snapshot_at", _INSTANT),
        ("book_updated_at", _INSTANT),
        ("body_digest", pa.string()),
        ("known_at", _INSTANT),
        ("fetched_at", _INSTANT),
        ("run_id", pa.string()),
    )
)


def arrow_table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table of `schema`.

    Raises:
        pyarrow.ArrowInvalid, pyarrow.ArrowTypeError: a value does not fit its column.
    """
    return pa.Table.from_pylist(list(rows), schema=schema)
