"""Run the computed datasets' SQL as the runner does: a range of dates, an instant, rows stored."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pyarrow as pa

from fullcourt.predict.grades import grade_rows
from fullcourt.predict.model import EwmaNegativeBinomial
from fullcourt.predict.predictions import predict_rows
from fullcourt.sql_files import sql
from fullcourt.stores.lake_mirror import parameters_of
from fullcourt.stores.lake_tables import KEPT

ROOMS = {
    "player_game_summary": "analytics",
    "upcoming_player_game_context": "analytics",
    "player_composite_factors": "precompute",
    "gate": "precompute",
    "prediction_inputs": "predict",
    "prediction_keys": "predict",
    "grade_inputs": "predict",
    "grade_keys": "predict",
}
Rows = list[dict[str, object]]


def computed(
    connection: duckdb.DuckDBPyConnection, name: str, first: date, last: date, now: datetime
) -> pa.Table:
    """What the SQL of `name` gives for `first`..`last` at `now`."""
    span = {"first_date": first, "last_date": last, "now": now}
    text = sql(ROOMS[name], name)
    for kept, how in KEPT.items():
        if kept in text:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {kept} AS {how.query}", span)
    used = {key: value for key, value in span.items() if key in parameters_of(text)}
    return connection.execute(text, used).to_arrow_table()


def stored(
    connection: duckdb.DuckDBPyConnection, name: str, first: date, last: date, now: datetime
) -> pa.Table:
    """Compute a dataset, write it in place of what the lake holds of these dates, return it."""
    rows = _made(connection, name, first, last, now)
    connection.execute(f"DELETE FROM lake.{name} WHERE game_date BETWEEN ? AND ?", [first, last])
    connection.register("made", rows)
    connection.execute(
        f"INSERT INTO lake.{name} BY NAME SELECT *, ? AS fetched_at, 'made' AS run_id FROM made",
        [now],
    )
    connection.unregister("made")
    return rows


def _made(
    connection: duckdb.DuckDBPyConnection, name: str, first: date, last: date, now: datetime
) -> pa.Table:
    if name == "predictions":
        inputs = computed(connection, "prediction_inputs", first, last, now)
        return predict_rows(inputs, EwmaNegativeBinomial(), "code")
    if name == "grades":
        return grade_rows(computed(connection, "grade_inputs", first, last, now))
    return computed(connection, name, first, last, now)


def use_all_context(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the factors read every context row the lake holds."""
    connection.execute(
        "DELETE FROM context_usable; INSERT INTO context_usable "
        "SELECT DISTINCT game_id, player_id FROM lake.upcoming_player_game_context"
    )


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    """Insert rows by column name; columns that are not named stay NULL."""
    if rows:
        connection.register("given", pa.Table.from_pylist(rows))
        connection.execute(f"INSERT INTO lake.{table} BY NAME SELECT * FROM given")
        connection.unregister("given")
