"""The rows a home ends with against its laws: their dates, their values, what they were made from.

Each question is asked of the lake in SQL of its own; the league and the clock know the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fullcourt.nba.calendar import raises_cells
from fullcourt.pipeline.work import Stores
from fullcourt.rehearsal.report import Breach
from fullcourt.simulator.league import League
from fullcourt.sql_files import sql
from fullcourt.stores.lake_mirror import parameters_of
from fullcourt.stores.lake_tables import KEPT, TABLES

_FEATURES = (
    ("analytics", "upcoming_player_game_context"),
    ("precompute", "player_composite_factors"),
    ("predict", "prediction_inputs"),
)
_AN_HOUR = timedelta(hours=1)
_PLANTED = (
    *(
        f"INSERT INTO lake.{table} SELECT * REPLACE ('0022599999' AS game_id, "
        "$day - 1 AS game_date, points + 20 AS points, $later AS known_at) "
        f"FROM lake.{table} WHERE game_date < $day "
        "QUALIFY row_number() OVER (PARTITION BY player_id ORDER BY game_date DESC) = 1"
        for table in ("player_box_scores", "player_game_summary")
    ),
    "INSERT INTO lake.odds_player_props SELECT * REPLACE (line + 5 AS line, "
    "$later AS snapshot_at, $later AS known_at) FROM lake.odds_player_props "
    "WHERE game_date = $day AND is_main",
)
_INVENTED = {
    "a line no book offered": (
        "predictions",
        "SELECT count(*) FROM lake.predictions AS p WHERE p.line IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM lake.odds_player_props AS o WHERE o.game_date = p.game_date "
        "AND o.game_id = p.game_id AND o.player_id = p.player_id AND o.line = p.line "
        "AND o.bookmaker = p.line_book AND o.known_at = p.line_known_at)",
    ),
    "a pace of teams that have not played": (
        "player_composite_factors",
        "SELECT count(*) FROM lake.player_composite_factors AS f, unnest([f.team, f.opponent]) "
        "AS t (side) WHERE f.pace IS NOT NULL AND f.team IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM lake.player_game_summary AS s WHERE s.team = t.side "
        "AND s.game_date < f.game_date AND s.known_at <= f.as_of)",
    ),
    "the form of a player who has not played": (
        "player_composite_factors",
        "SELECT count(*) FROM lake.player_composite_factors AS f "
        "WHERE (f.points_last_5 IS NOT NULL OR f.minutes_last_5 IS NOT NULL OR f.games_used > 0) "
        "AND NOT EXISTS (SELECT 1 FROM lake.player_game_summary AS s "
        "WHERE s.player_id = f.player_id AND s.game_date < f.game_date AND s.known_at <= f.as_of)",
    ),
    "points of a player who did not play": (
        "player_box_scores",
        "SELECT count(*) FROM lake.player_box_scores "
        "WHERE NOT played AND coalesce(points, seconds_played, rebounds) IS NOT NULL",
    ),
    "a score of a game that is not over": (
        "schedule",
        "SELECT count(*) FROM lake.schedule WHERE status <> 3 "
        "AND coalesce(home_score, away_score) IS NOT NULL",
    ),
}
"""What no row may say, by the words of the breach: where, and how many rows say it (law 14)."""


def row_breaches(stores: Stores, league: League, fingerprints: Mapping[str, str]) -> list[Breach]:
    """What is wrong with the rows held at the end; `fingerprints`: the release of each run."""
    # The mirror is filled by whoever first names a table.
    for table in TABLES:
        stores.lake.rows(f"SELECT count(*) FROM lake.{table}")
    return [
        *_misdated(stores, league),
        *_from_the_future(stores),
        *_mislabelled(stores, fingerprints),
        *_invented(stores),
    ]


def _misdated(stores: Stores, league: League) -> list[Breach]:
    """Rows on a date their game was never appointed to (law 9)."""
    found = []
    for table in TABLES:
        query = f"SELECT DISTINCT game_date, game_id FROM lake.{table} ORDER BY ALL"
        for day, game_id in stores.lake.rows(query):
            if not league.has_game(game_id) or not raises_cells(game_id):
                continue
            if day not in {a.game_date for a in league.game(game_id).appointments}:
                found.append(Breach(9, f"{table} {day}", f"game {game_id} is not of this date"))
    return found


def _invented(stores: Stores) -> list[Breach]:
    found = []
    for what, (table, query) in _INVENTED.items():
        count = stores.lake.rows(query)[0][0]
        if count:
            found.append(Breach(14, table, f"{what}: {count} times"))
    return found


def _mislabelled(stores: Stores, fingerprints: Mapping[str, str]) -> list[Breach]:
    """Predictions that name another release than the one that made them (law 11)."""
    rows = stores.lake.rows(
        "SELECT DISTINCT game_date, run_id, code_fingerprint FROM lake.predictions ORDER BY ALL"
    )
    what = "rows name another release than the one that made them"
    return [
        Breach(11, f"predictions {day}", what)
        for day, run_id, said in rows
        if fingerprints.get(run_id, said) != said
    ]


def _from_the_future(stores: Stores) -> list[Breach]:
    """Features that follow from what became known after their tip (law 10).

    A future is planted, so that there is one to see: games of the day before and lines that become
    known an hour after the tip. Then all that is known after the tip is deleted.
    """
    connection, now = stores.lake.connection, stores.clock.now()
    # The last date whose games stood as they stand: a tip corrected later is itself of the future.
    games = stores.lake.rows(
        "WITH steady AS (SELECT game_date FROM lake.schedule WHERE game_type = '002' "
        "GROUP BY game_date HAVING bool_and(is_listed AND NOT is_postponed AND tip_at <= ?) AND "
        "count(DISTINCT (game_id, tip_at, home_team, away_team)) = count(DISTINCT game_id)) "
        "SELECT game_date, game_id, min(tip_at) AS tip FROM lake.schedule "
        "WHERE game_type = '002' AND game_date = (SELECT max(game_date) FROM steady) "
        "GROUP BY ALL HAVING min(known_at) <= min(tip_at) ORDER BY tip, game_id",
        [now],
    )
    found = []
    for day, game_id, tip in (*games[:1], *games[1:][-1:]):
        connection.execute("BEGIN TRANSACTION")
        for planted in _PLANTED:
            connection.execute(planted, {"day": day, "later": tip + _AN_HOUR})
        with_it = _features(stores, day, game_id, now)
        for table in TABLES:
            connection.execute(f"DELETE FROM lake.{table} WHERE known_at > ?", [tip])
        without = _features(stores, day, game_id, now)
        connection.execute("ROLLBACK")
        found += [
            Breach(10, f"{name} {day}", f"game {game_id}: rows follow from its future")
            for name, rows in with_it.items()
            if rows != without[name]
        ]
    return found


def _features(
    stores: Stores, day: date, game_id: str, now: datetime
) -> Mapping[str, Sequence[tuple[Any, ...]]]:
    """What is computed for one game at `now`, by statement."""
    connection = stores.lake.connection
    span = {"first_date": day, "last_date": day, "now": now}
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE context_usable AS "
        "SELECT DISTINCT game_id, player_id FROM lake.upcoming_player_game_context"
    )
    for name, kept in KEPT.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {kept.query}", span)
    found = {}
    for room, name in _FEATURES:
        query = f"SELECT * FROM ({sql(room, name)}) WHERE game_id = $game_id ORDER BY player_id"
        asked = {n: v for n, v in {**span, "game_id": game_id}.items() if n in parameters_of(query)}
        found[name] = connection.execute(query, asked).fetchall()
    return found
