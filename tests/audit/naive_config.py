"""The naive pipeline as an auditor would describe it, and its files read into the normal form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from fullcourt.audit.configuration import (
    AuditConfig,
    ProcessorConfig,
    RunsConfig,
    ScheduleConfig,
    Source,
    TableConfig,
)
from fullcourt.audit.relations import create_relations
from fullcourt.audit.words import GameState, Rule, RunState

PLAYED = ("game_id", "player_id")
SIDES = ("game_id", "team")


def naive_config(folder: Path) -> AuditConfig:
    """What somebody who inherits the pipeline would write down after a day with it."""
    tables = folder / "tables"

    def table(name: str, *unit: str, key: tuple[str, ...] = (), query: str = "") -> TableConfig:
        game = "game_id" if name not in ("team_rosters", "roster_changes") else None
        file = Source("parquet", files=str(tables / f"{name}.parquet"))
        return TableConfig(
            name,
            Source("duckdb", query=query) if query else file,
            key or ("game_date", *unit),
            unit,
            "game_date",
            "UTC",
            None if name == "roster_members" else game,
            "loaded_at",
            "first_loaded_at",
        )

    def listing(name: str, *unit: str, pattern: str) -> TableConfig:
        return TableConfig(
            f"objects/{name}",
            Source("csv", files=str(folder / "objects.csv")),
            unit,
            unit,
            "date",
            "UTC",
            "game_id" if "game_id" in unit else None,
            "created_at",
            is_listing=True,
            pattern=pattern,
        )

    boxes, rosters, schedule, events = (
        f"read_parquet('{tables / name}.parquet')"
        for name in ("player_boxscores", "team_rosters", "schedule", "odds_events")
    )
    return AuditConfig(
        name="naive",
        path=folder / "audit.toml",
        now=datetime(2100, 1, 1, tzinfo=UTC),
        runs=RunsConfig(
            Source("parquet", files=str(folder / "runs.parquet")),
            {
                "run_id": "run_id",
                "processor": "processor",
                "target": "target",
                "game_date": "game_date",
                "game_id": "parameters.game_id",
                "started_at": "started_at",
                "ended_at": "finished_at",
                "state": "status",
                "records": "records",
                "error": "error",
                "closed_by": "closed_by",
                "revision": "revision",
            },
            {
                "running": RunState.RUNNING,
                "success": RunState.SUCCEEDED,
                "failed": RunState.FAILED,
                "skipped": RunState.SKIPPED,
            },
            "UTC",
            frozenset({"watchdog"}),
        ),
        schedule=ScheduleConfig(
            Source(
                "duckdb",
                query=f"""
                    SELECT s.*, s.tip_at + to_minutes(b.minutes) AS ended_at,
                        if(status_text LIKE 'PPD%', 'PPD', status::VARCHAR) AS state
                    FROM {schedule} AS s
                    LEFT JOIN (
                        SELECT game_id, game_date, max(duration_minutes) AS minutes
                        FROM {boxes} GROUP BY ALL
                    ) AS b USING (game_id, game_date)
                """,
            ),
            {
                "game_id": "game_id",
                "game_date": "game_date",
                "tip_at": "tip_at",
                "home": "home_team",
                "away": "away_team",
                "state": "state",
                "ended_at": "ended_at",
            },
            {
                "1": GameState.SCHEDULED,
                "2": GameState.LIVE,
                "3": GameState.FINAL,
                "PPD": GameState.POSTPONED,
            },
            "UTC",
            # The schedule is the whole season's.
            (date(2025, 7, 1), date(2026, 6, 30)),
        ),
        tables=(
            table("schedule", "game_id"),
            table("game_results", "game_id"),
            table("player_boxscores", *PLAYED),
            table("team_rosters", "team", key=("game_date", "team", "player_id")),
            table("roster_changes", "team", "player_id", "change"),
            table("odds_events", "game_id", key=("game_date", "event_id")),
            table(
                "player_props", "game_id", key=("game_date", "game_id", "player_name", "bookmaker")
            ),
            table("player_game_summary", *PLAYED),
            table("team_game_summary", *SIDES),
            table("upcoming_context", *SIDES),
            table("team_factors", *SIDES),
            table("predictions", "game_id", key=("game_date", "game_id", "player_name")),
            table("grades", "game_id", key=("game_date", "game_id", "player_name")),
            listing("schedule", pattern="schedule/{date}/*"),
            listing("scoreboard", pattern="scoreboard/{date}/*"),
            listing("events", pattern="events/{date}/*"),
            listing("boxscores", "game_id", pattern="boxscores/{date}/{game_id}.json"),
            listing("props", "event_id", pattern="props/{date}/{key}/*"),
            # Not filled by anybody: they say who is owed.
            table("played", *PLAYED, query=f"SELECT * FROM {boxes} WHERE played"),
            table(
                "listed",
                *PLAYED,
                query=f"SELECT r.*, s.game_id FROM {rosters} AS r INNER JOIN {schedule} AS s"
                " ON s.game_date = r.game_date AND r.team IN (s.home_team, s.away_team)"
                " WHERE s.status_text NOT LIKE 'PPD%'",
            ),
            table("roster_members", "team", "player_id", query=f"SELECT * FROM {rosters}"),
            table("events_listed", "event_id", query=f"SELECT * FROM {events}"),
        ),
        processors=_processors(),
    )


def _processors() -> tuple[ProcessorConfig, ...]:
    def before(name: str, target: str, expects: Rule, **more: object) -> ProcessorConfig:
        # Lines are open twelve hours before the tip, and nothing of a slate is made sooner.
        words = {"due_hours": -12.0, "longest_minutes": 10.0} | more
        return ProcessorConfig(name, (target,), expects, **words)  # type: ignore[arg-type]

    def after(name: str, target: str, expects: Rule, **more: object) -> ProcessorConfig:
        words = {
            "due_hours": 2.25,
            "due_by_hours": 3.0,
            "due_after_end_hours": 0.0,
            "longest_minutes": 10.0,
        } | more
        return ProcessorConfig(name, (target,), expects, **words)  # type: ignore[arg-type]

    def daily(name: str, target: str) -> ProcessorConfig:
        return ProcessorConfig(name, (target,), Rule.FLOOR, floor=1, longest_minutes=10.0)

    boxes = ("player_boxscores",)
    return (
        daily("scrape_schedule", "objects/schedule"),
        daily("scrape_scoreboard", "objects/scoreboard"),
        daily("scrape_odds_events", "objects/events"),
        after(
            "scrape_boxscores",
            "objects/boxscores",
            Rule.GAMES_FINAL,
            upstream=("game_results",),
        ),
        before(
            "scrape_player_props",
            "objects/props",
            Rule.PLAYERS_LISTED,
            listed_in="events_listed",
            upstream=("odds_events",),
        ),
        before("load_schedule", "schedule", Rule.GAMES_SCHEDULED, archive="objects/schedule"),
        after("load_results", "game_results", Rule.GAMES_FINAL, archive="objects/scoreboard"),
        after(
            "load_boxscores",
            "player_boxscores",
            Rule.PLAYERS_LISTED,
            listed_in="listed",
            archive="objects/boxscores",
        ),
        after("load_rosters", "team_rosters", Rule.TEAMS, upstream=boxes),
        after(
            "load_roster_changes",
            "roster_changes",
            Rule.EVENT_LOG,
            listed_in="roster_members",
            change_words=("joined", "left"),
            upstream=boxes,
        ),
        before("load_odds_events", "odds_events", Rule.GAMES_SCHEDULED, archive="objects/events"),
        before("load_player_props", "player_props", Rule.GAMES_SCHEDULED, archive="objects/props"),
        after(
            "summarize_players",
            "player_game_summary",
            Rule.PLAYERS_LISTED,
            listed_in="played",
            upstream=boxes,
        ),
        after("summarize_teams", "team_game_summary", Rule.TEAMS, upstream=boxes),
        before("build_upcoming", "upcoming_context", Rule.TEAMS, upstream=("schedule",)),
        before("build_factors", "team_factors", Rule.TEAMS, upstream=("upcoming_context",)),
        before(
            "predict_points",
            "predictions",
            Rule.GAMES_SCHEDULED,
            upstream=("team_factors", "player_props"),
        ),
        after(
            "grade_predictions",
            "grades",
            Rule.GAMES_FINAL,
            upstream=("predictions", "player_boxscores"),
        ),
    )


def relations_of(folder: Path, config: AuditConfig) -> duckdb.DuckDBPyConnection:
    """The files in the normal form, by plain statements."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("SET TimeZone = 'UTC'")
    create_relations(connection)
    runs, states = config.runs, config.runs.states
    connection.execute(
        f"""
        INSERT INTO audit.runs
        SELECT row_id, row_id, run_id, processor, target, game_date,
            nullif(parameters ->> 'game_id', ''), started_at, finished_at,
            CASE status {_cases(states)} END, records, nullif(error, ''), nullif(closed_by, ''),
            closed_by IN {_words(runs.sweepers)}, revision
        FROM read_parquet('{runs.source.files}')
        """
    )
    connection.execute(
        f"""
        INSERT INTO audit.games
        SELECT game_id, game_date, tip_at, home_team, away_team,
            CASE state {_cases(config.schedule.states)} END, ended_at
        FROM ({config.schedule.source.query})
        """
    )
    for table in config.tables:
        if table.is_listing:
            _fill_listing(connection, table)
        else:
            _fill_table(connection, table)
    return connection


def _fill_table(connection: duckdb.DuckDBPyConnection, table: TableConfig) -> None:
    origin = table.source.query or f"SELECT * FROM read_parquet('{table.source.files}')"
    key = " || '/' || ".join(f"{column}::VARCHAR" for column in table.unit)
    connection.execute(
        f"""
        INSERT INTO audit.held
        SELECT '{table.name}', game_date, {key},
            {f"any_value({table.game})" if table.game else "NULL"},
            count(*), count(DISTINCT ({", ".join(table.key)})),
            min({table.first_written_at}), max({table.written_at})
        FROM ({origin}) GROUP BY game_date, {", ".join(table.unit)}
        """
    )


def _fill_listing(connection: duckdb.DuckDBPyConnection, table: TableConfig) -> None:
    part = "nullif(regexp_extract(path, '^[^/]+/[^/]+/([^/.]+)', 1), '')" if table.unit else "NULL"
    game = part if table.game else "NULL"
    connection.execute(
        f"""
        INSERT INTO audit.objects
        SELECT '{table.name}', split_part(path, '/', 2)::DATE, {part}, {game},
            path, size, created_at
        FROM read_csv('{table.source.files}', types = {{'created_at': 'TIMESTAMPTZ'}})
        WHERE split_part(path, '/', 1) = '{table.name.removeprefix("objects/")}'
        """
    )


def _cases(states: object) -> str:
    assert hasattr(states, "items")
    return " ".join(f"WHEN '{theirs}' THEN '{ours.value}'" for theirs, ours in states.items())


def _words(words: frozenset[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"
