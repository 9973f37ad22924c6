"""An in-memory lake filled from the recorded seasons: what the computed datasets are proved on.

Known times are the replay's: a box score is known 2:30 after its tip, a line at its snapshot. A
season without recorded tips counts its games as started at 19:00 Eastern.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.players import fold_without_suffix
from fullcourt.nba.teams import tricode_of

MAIN_BOOKS = ("draftkings", "fanduel", "betmgm", "williamhill_us")


def empty_lake(threads: int = 1) -> duckdb.DuckDBPyConnection:
    """The house's tables and macros in an in-memory database attached as `lake`."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
    root = files("fullcourt")
    tables = (root / "stores" / "tables.sql").read_text(encoding="utf-8")
    connection.execute(tables.replace("{lake}", "lake"))
    for room in ("nba", "analytics"):
        connection.execute((root / room / "macros.sql").read_text(encoding="utf-8"))
    connection.execute("CREATE TEMP TABLE context_usable (game_id VARCHAR, player_id BIGINT)")
    return connection


def load_schedules(connection: duckdb.DuckDBPyConnection, history: Path) -> None:
    """2023-24 from the games played, 2024-25 from the end-of-season file: planned, then final."""
    end_of_season = history / "schedule/scheduleleaguev2_2024-25_end_of_season.json.gz"
    with gzip.open(end_of_season) as body:
        season = json.load(body)["leagueSchedule"]
    rows = [
        {
            "game_date": datetime.strptime(g["gameDateEst"], "%Y-%m-%dT%H:%M:%S%z").date(),
            "game_id": g["gameId"],
            "tip_at": datetime.fromisoformat(g["gameDateTimeUTC"]),
            "home": g["homeTeam"]["teamTricode"] or None,
            "away": g["awayTeam"]["teamTricode"] or None,
            "home_score": g["homeTeam"]["score"],
            "away_score": g["awayTeam"]["score"],
            "postponed": g["gameStatusText"].strip().upper().startswith("PPD"),
        }
        for day in season["gameDates"]
        for g in day["games"]
    ]
    connection.register("listed", pa.Table.from_pylist(rows))
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE games AS
        SELECT game_date, game_id, tip_at, home, away, home_score, away_score, postponed
        FROM listed
        WHERE home IS NOT NULL AND away IS NOT NULL
        UNION ALL BY NAME
        SELECT
            GAME_DATE::DATE AS game_date,
            GAME_ID AS game_id,
            timezone('America/New_York', GAME_DATE::DATE + TIME '19:00') AS tip_at,
            coalesce(
                max(TEAM_ABBREVIATION) FILTER (WHERE contains(MATCHUP, ' vs. ')),
                max(TEAM_ABBREVIATION)
            ) AS home,
            coalesce(
                max(TEAM_ABBREVIATION) FILTER (WHERE NOT contains(MATCHUP, ' vs. ')),
                min(TEAM_ABBREVIATION)
            ) AS away,
            0 AS home_score,
            0 AS away_score,
            false AS postponed
        FROM read_parquet($played)
        GROUP BY GAME_ID, GAME_DATE
        HAVING count(DISTINCT TEAM_ABBREVIATION) = 2
        """,
        {"played": str(history / "schedule/played_2023-24_*.parquet")},
    )
    connection.execute(
        """
        INSERT INTO lake.schedule BY NAME
        SELECT
            g.game_date,
            g.game_id,
            season_of(g.game_id) AS season,
            left(g.game_id, 3) AS game_type,
            g.tip_at,
            g.home AS home_team,
            g.away AS away_team,
            v.status,
            v.status_text,
            g.postponed AS is_postponed,
            true AS is_listed,
            false AS if_necessary,
            CASE WHEN v.status = 3 THEN g.home_score END AS home_score,
            CASE WHEN v.status = 3 THEN g.away_score END AS away_score,
            'nba_schedule' AS source,
            CASE
                WHEN v.status = 3 THEN g.tip_at + INTERVAL 150 MINUTE
                ELSE g.tip_at - INTERVAL 100 DAY
            END AS known_at,
            known_at AS fetched_at,
            'recorded' AS run_id
        FROM games AS g
        CROSS JOIN (VALUES (1, 'planned'), (3, 'Final')) AS v (status, status_text)
        """
    )


def load_box_scores(connection: duckdb.DuckDBPyConnection, history: Path) -> None:
    """Recorded V3 box scores of the scheduled games; one row has broken minutes and stays out."""
    connection.execute(
        """
        INSERT INTO lake.player_box_scores BY NAME
        SELECT
            g.game_date,
            g.game_id,
            b.personId::BIGINT AS player_id,
            trim(concat_ws(' ', b.firstName, b.familyName)) AS player_name,
            b.teamTricode AS team,
            CASE WHEN b.teamTricode = g.home THEN g.away ELSE g.home END AS opponent,
            b.teamTricode = g.home AS is_home,
            coalesce(b.position, '') <> '' AS is_starter,
            b.minutes IS NOT NULL AS played,
            b.comment AS not_playing_reason,
            split_part(b.minutes, ':', 1)::INTEGER * 60
            + split_part(b.minutes, ':', 2)::INTEGER AS seconds_played,
            seconds_played / 60 AS minutes,
            CASE WHEN played THEN b.points::INTEGER END AS points,
            CASE WHEN played THEN b.reboundsTotal::INTEGER END AS rebounds,
            CASE WHEN played THEN b.reboundsOffensive::INTEGER END AS offensive_rebounds,
            CASE WHEN played THEN b.reboundsDefensive::INTEGER END AS defensive_rebounds,
            CASE WHEN played THEN b.assists::INTEGER END AS assists,
            CASE WHEN played THEN b.threePointersMade::INTEGER END AS threes,
            CASE WHEN played THEN b.threePointersAttempted::INTEGER END AS threes_attempted,
            CASE WHEN played THEN b.fieldGoalsMade::INTEGER END AS field_goals,
            CASE WHEN played THEN b.fieldGoalsAttempted::INTEGER END AS field_goals_attempted,
            CASE WHEN played THEN b.freeThrowsMade::INTEGER END AS free_throws,
            CASE WHEN played THEN b.freeThrowsAttempted::INTEGER END AS free_throws_attempted,
            CASE WHEN played THEN b.steals::INTEGER END AS steals,
            CASE WHEN played THEN b.blocks::INTEGER END AS blocks,
            CASE WHEN played THEN b.turnovers::INTEGER END AS turnovers,
            CASE WHEN played THEN b.foulsPersonal::INTEGER END AS fouls,
            CASE WHEN played THEN b.plusMinusPoints::DOUBLE::INTEGER END AS plus_minus,
            'nba_stats_boxscore_v3' AS source,
            'recorded' AS body_digest,
            g.tip_at + INTERVAL 150 MINUTE AS known_at,
            g.tip_at + INTERVAL 151 MINUTE AS fetched_at,
            'recorded' AS run_id
        FROM read_parquet($boxes) AS b
        INNER JOIN games AS g
            ON g.game_id = b.gameId
        WHERE b.minutes IS NULL OR regexp_full_match(b.minutes, '\\d+:\\d\\d')
        """,
        {"boxes": str(history / "stats_nba/boxscoretraditionalv3/2023-25.parquet")},
    )


def load_lines(connection: duckdb.DuckDBPyConnection, history: Path, season: str) -> None:
    """One season's recorded points lines, names matched to players by their folded spelling."""
    rows = []
    with zipfile.ZipFile(history / f"odds_api/event_odds/{season}.zip") as bodies:
        for name in bodies.namelist():
            body = json.loads(bodies.read(name))
            event = body["data"]
            for book in event["bookmakers"]:
                for market in book["markets"]:
                    quotes: dict[tuple[str, float], dict[str, float]] = {}
                    for outcome in market["outcomes"]:
                        quote = quotes.setdefault((outcome["description"], outcome["point"]), {})
                        quote[outcome["name"]] = outcome["price"]
                    rows += [
                        {
                            "game_date": game_date_of(
                                datetime.fromisoformat(event["commence_time"])
                            ),
                            "home": tricode_of(event["home_team"]),
                            "away": tricode_of(event["away_team"]),
                            "event_id": event["id"],
                            "player_name": player,
                            "folded": fold_without_suffix(player),
                            "bookmaker": book["key"],
                            "market": market["key"],
                            "line": line,
                            "over_price": quote.get("Over"),
                            "under_price": quote.get("Under"),
                            "is_main": book["key"] in MAIN_BOOKS,
                            "snapshot_at": datetime.fromisoformat(body["timestamp"]),
                        }
                        for (player, line), quote in quotes.items()
                    ]
    connection.register("quoted", pa.Table.from_pylist(rows))
    names = connection.execute(
        "SELECT DISTINCT player_id, player_name FROM lake.player_box_scores"
    ).fetchall()
    spelled = [{"player_id": player, "folded": fold_without_suffix(name)} for player, name in names]
    connection.register("spelled", pa.Table.from_pylist(spelled))
    connection.execute(
        """
        INSERT INTO lake.odds_player_props BY NAME
        SELECT
            q.game_date,
            g.game_id,
            q.event_id,
            coalesce(n.player_id, -(hash(q.folded) // 4)::BIGINT) AS player_id,
            q.player_name,
            CASE WHEN n.player_id IS NULL THEN 'unresolved' ELSE 'league' END AS resolution,
            q.bookmaker,
            q.market,
            q.line,
            q.over_price,
            q.under_price,
            q.is_main,
            q.snapshot_at,
            'recorded' AS body_digest,
            q.snapshot_at AS known_at,
            q.snapshot_at AS fetched_at,
            'recorded' AS run_id
        FROM quoted AS q
        INNER JOIN games AS g
            ON g.game_date = q.game_date AND g.home = q.home AND g.away = q.away
        LEFT JOIN (
            SELECT folded, max(player_id) AS player_id
            FROM spelled
            GROUP BY folded
            HAVING count(DISTINCT player_id) = 1
        ) AS n
            ON n.folded = q.folded
        """
    )
