"""What a naive pipeline left, read by the configuration it left: rows and keys as in the files."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow.parquet as pq

from fullcourt.audit.relations import create_relations
from fullcourt.audit.sources import fill, load_config
from fullcourt.clock import parse_instant
from fullcourt.nba.calendar import raises_cells
from fullcourt.simulator.naive.tables import FORMS
from tests.simulator.naive.left import left, rows_of


def _filled(world: str) -> duckdb.DuckDBPyConnection:
    config = load_config(left(world).folder / "audit.toml")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    create_relations(connection)
    assert fill(connection, config, trust_config=False) == ()
    assert connection.execute("SELECT count(*) FROM audit.unread").fetchone() == (0,)
    return connection


def test_every_history_row_is_a_run() -> None:
    """One row a history row, in its order, with its own words and instants."""
    for world in ("flaws", "beset"):
        found = _filled(world).execute(
            "SELECT source_row, run_id, processor, target, game_date::VARCHAR, "
            "coalesce(game_id, ''), started_at, ended_at, state, records, is_swept "
            "FROM audit.runs ORDER BY row_no"
        )
        states = {"success": "succeeded"}
        assert found.fetchall() == [
            (
                int(run["row_id"]),
                run["run_id"],
                run["processor"],
                run["target"],
                run["game_date"],
                run["parameters"].partition('"game_id": "')[2][:10],
                parse_instant(run["started_at"]),
                parse_instant(run["finished_at"]) if run["finished_at"] else None,
                states.get(run["status"], run["status"]),
                int(run["records"]) if run["records"] else None,
                run["closed_by"] == "watchdog",
            )
            for run in left(world).runs
        ]


def test_every_counted_game_is_there() -> None:
    """The games of the schedule but preseason and All-Star games, with their tips."""
    found = _filled("flaws").execute("SELECT game_date, game_id, tip_at, state FROM audit.games")
    rows = [row for row in left().table("schedule") if raises_cells(row["game_id"])]
    assert sorted((day, game, tip) for day, game, tip, _ in found.fetchall()) == sorted(
        (row["game_date"], row["game_id"], row["tip_at"]) for row in rows
    )
    assert Counter(row["status"] for row in rows)[3] == len(
        _filled("flaws").execute("SELECT 1 FROM audit.games WHERE state = 'final'").fetchall()
    )


def test_every_unit_of_every_table_is_held() -> None:
    """Dates, keys, rows and unique rows of each table; when a unit was last written."""
    for world in ("flaws", "beset"):
        connection = _filled(world)
        for name, form in FORMS.items():
            held: dict[tuple[object, str], list[dict[str, Any]]] = {}
            path = left(world).folder / "tables" / f"{name}.parquet"
            for row in pq.read_table(path).to_pylist():
                key = "/".join(str(row[column]) for column in form.key)
                held.setdefault((row["game_date"], key), []).append(row)
            found = connection.execute(
                "SELECT game_date, key, row_count, unique_rows, first_at, last_at FROM audit.held "
                "WHERE target = ?",
                [name],
            ).fetchall()
            assert {(day, key): rest for day, key, *rest in found} == {
                unit: [
                    len(rows),
                    len({tuple(row[column] for column in form.unique) for row in rows}),
                    min(row["first_loaded_at"] for row in rows),
                    max(row["loaded_at"] for row in rows),
                ]
                for unit, rows in held.items()
            }, name


def test_every_object_is_listed() -> None:
    """A row an object with its size and instant; files of an event are named by its game."""
    connection = _filled("flaws")
    lines = rows_of(left().folder / "objects.csv")
    found = connection.execute("SELECT path, bytes, created_at, game_date, key FROM audit.objects")
    objects = {path: rest for path, *rest in found.fetchall()}
    assert objects.keys() == {line["path"] for line in lines}
    games = {row["event_id"]: row["game_id"] for row in left().table("odds_events")}
    for line in lines:
        size, created, day, key = objects[line["path"]]
        feed, on, name, *_ = line["path"].split("/")
        assert size == int(line["size"])
        assert created == parse_instant(line["created_at"])
        assert day.isoformat() == on
        wanted = {"boxscores": name.removesuffix(".json"), "props": games.get(name)}
        assert key == wanted.get(feed)
    assert any(line["size"] == "0" for line in lines)


def test_a_game_ended_when_its_box_score_says() -> None:
    """The minutes a box score has, from the tip on; a game without one has no known end."""
    minutes = {row["game_id"]: row["duration_minutes"] for row in left().table("player_boxscores")}
    found = _filled("flaws").execute("SELECT game_id, ended_at - tip_at FROM audit.games")
    for game, took in found.fetchall():
        known = minutes.get(game)
        assert took == (None if known is None else timedelta(minutes=known))


def test_who_is_listed_is_in_a_game_of_his_team() -> None:
    """A roster's row is of the game its team plays on that date."""
    games = {
        (row["game_date"], row[side]): row["game_id"]
        for row in left().table("schedule")
        for side in ("home_team", "away_team")
    }
    found = _filled("flaws").execute(
        "SELECT game_date, key, game_id FROM audit.held WHERE target = 'listed_players'"
    )
    assert {(day, key) for day, key, _ in found.fetchall()} == {
        (row["game_date"], f"{games[row['game_date'], row['team']]}/{row['player_id']}")
        for row in left().table("team_rosters")
    }


def test_the_instant_of_the_tables_is_told() -> None:
    """`now` is the end of the world, UTC."""
    config = load_config(left().folder / "audit.toml")
    assert config.now == datetime(2025, 11, 12, 19, tzinfo=UTC)
    assert {each.name for each in config.processors} == {row["processor"] for row in left().runs}
