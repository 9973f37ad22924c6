"""The league's numbers against the recorded seasons'. Tolerances stand beside each comparison."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from statistics import fmean, pstdev, quantiles
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from fullcourt.nba.calendar import REGULAR, game_type
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.facts import Game
from fullcourt.simulator.league import League, build_league, calendar_config

SEASONS = ("2023-24", "2024-25")
GAMES_OF_A_BOX_FILE = ("0022300%", "0022400%")
MAIN_BOOKS = ("draftkings", "fanduel", "betmgm", "williamhill_us")
RECORDED_LINE_ERROR = (5.38, 5.25)
"""Mean absolute error of the line on points in the two seasons, as the recording's index says."""

Figures = dict[str, float]


@pytest.fixture(scope="module")
def league() -> League:
    """A whole season."""
    return build_league(calendar_config(Calendar.SEASON, 1))


@pytest.fixture(scope="module")
def lake(league: League, shared: Path) -> duckdb.DuckDBPyConnection:
    """`rows`: player-games of the league (season `league`) and of the recorded seasons."""
    rows = [
        {
            "season": "league",
            "game": game.game_id,
            "day": game.game_date.isoformat(),
            "team": line.team,
            "player": line.player_id,
            "minutes": int((line.seconds_played or 0) / 60 + 0.5),
            "points": line.points,
            "is_starter": line.is_starter,
        }
        for game in _regular(league)
        for line in league.box(game.game_id).lines
        if line.played
    ]
    connection = duckdb.connect()
    connection.register("ours", pa.Table.from_pylist(rows))
    connection.execute("CREATE TABLE rows AS SELECT * EXCLUDE (is_starter) FROM ours")
    connection.execute(
        "CREATE TABLE roles AS SELECT season, is_starter, points, minutes FROM ours "
        "WHERE minutes > 0"
    )
    for season in SEASONS:
        path = shared / "history" / "stats_nba" / "leaguegamelog" / f"{season}_players.parquet"
        connection.execute(
            "INSERT INTO rows SELECT ?, GAME_ID, GAME_DATE, TEAM_ID::VARCHAR, PLAYER_ID, MIN, PTS "
            "FROM read_parquet(?)",
            [season, str(path)],
        )
    boxes = shared / "history" / "stats_nba" / "boxscoretraditionalv3" / "2023-25.parquet"
    connection.execute(
        "INSERT INTO roles SELECT 'recorded', coalesce(position, '') <> '', "
        "TRY_CAST(points AS INT), TRY_CAST(split_part(minutes, ':', 1) AS INT) AS m "
        "FROM read_parquet(?) WHERE (gameId LIKE ? OR gameId LIKE ?) AND m > 0",
        [str(boxes), *GAMES_OF_A_BOX_FILE],
    )
    return connection


def _regular(league: League) -> list[Game]:
    return [game for game in league.games if game_type(game.game_id) == REGULAR]


def _figures(lake: duckdb.DuckDBPyConnection, query: str) -> tuple[Figures, Figures]:
    """The figures of a query grouped by season: the league's, and the recorded ones' mean."""
    answer = lake.execute(query)
    names = [column[0] for column in answer.description or ()][1:]
    by_season = {
        row[0]: dict(zip(names, map(float, row[1:]), strict=True)) for row in answer.fetchall()
    }
    ours = by_season.pop("league")
    recorded = {name: fmean(each[name] for each in by_season.values()) for name in names}
    return ours, recorded


def _compare(ours: Figures, recorded: Figures, tolerances: Figures) -> None:
    off = {
        name: (round(ours[name], 2), round(recorded[name], 2))
        for name, tolerance in tolerances.items()
        if abs(ours[name] - recorded[name]) > tolerance
    }
    assert not off


def test_minutes_of_those_who_played(lake: duckdb.DuckDBPyConnection) -> None:
    """Mean within 0.7 minutes, each of seven quantiles within 2."""
    levels = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
    columns = ", ".join(f"quantile_cont(minutes, {q}) AS q{int(q * 100)}" for q in levels)
    figures = _figures(
        lake, f"SELECT season, avg(minutes) AS mean, {columns} FROM rows GROUP BY season"
    )
    _compare(*figures, {"mean": 0.7} | {f"q{int(q * 100)}": 2.0 for q in levels})


def test_players_used_per_team_game(lake: duckdb.DuckDBPyConnection) -> None:
    """Mean within 0.3, spread within 0.25, the 5th, 50th and 95th percentile within one player."""
    figures = _figures(
        lake,
        "SELECT season, avg(n) AS mean, stddev(n) AS spread, quantile_disc(n, 0.05) AS low, "
        "median(n) AS mid, quantile_disc(n, 0.95) AS high FROM (SELECT season, count(*) AS n "
        "FROM rows GROUP BY season, game, team) GROUP BY season",
    )
    _compare(*figures, {"mean": 0.3, "spread": 0.25, "low": 1.0, "mid": 1.0, "high": 1.0})


@pytest.mark.parametrize("is_starter", [True, False])
def test_points_and_minutes_by_role(lake: duckdb.DuckDBPyConnection, is_starter: bool) -> None:
    """Starters and bench: points' mean within 0.7, spread within 1.2; minutes' mean within 1.5."""
    figures = _figures(
        lake,
        "SELECT season, avg(points) AS points, stddev(points) AS spread, avg(minutes) AS minutes "
        f"FROM roles WHERE is_starter = {is_starter} GROUP BY season",
    )
    _compare(*figures, {"points": 0.7, "spread": 1.2, "minutes": 1.5})


def test_points_vary_like_points(lake: duckdb.DuckDBPyConnection) -> None:
    """A player's variance over mean, 40 games or more: within 0.5 for scorers, 1.3 for others."""
    figures = _figures(
        lake,
        "SELECT season, avg(v / mu) FILTER (mu >= 10) AS scorers, "
        "avg(v / mu) FILTER (mu BETWEEN 2 AND 10) AS others FROM (SELECT season, avg(points) AS mu,"
        " var_samp(points) AS v FROM rows GROUP BY season, player HAVING count(*) >= 40) "
        "GROUP BY season",
    )
    _compare(*figures, {"scorers": 0.5, "others": 1.3})


def test_scorers_are_as_different(lake: duckdb.DuckDBPyConnection) -> None:
    """Players' mean points: median within 1.2, 90th percentile within 2.5, the 99th within 3."""
    figures = _figures(
        lake,
        "SELECT season, median(mu) AS mid, quantile_cont(mu, 0.9) AS high, "
        "quantile_cont(mu, 0.99) AS best FROM (SELECT season, avg(points) AS mu FROM rows "
        "GROUP BY season, player HAVING count(*) >= 20) GROUP BY season",
    )
    _compare(*figures, {"mid": 1.2, "high": 2.5, "best": 3.0})


def test_team_totals(lake: duckdb.DuckDBPyConnection) -> None:
    """Team points: mean within 2, spread within 1.2; both teams' sum and margin within 1.5."""
    figures = _figures(
        lake,
        "SELECT season, avg(p) AS mean, stddev(p) AS spread FROM (SELECT season, sum(points) AS p "
        "FROM rows GROUP BY season, game, team) GROUP BY season",
    )
    _compare(*figures, {"mean": 2.0, "spread": 1.2})
    figures = _figures(
        lake,
        "SELECT season, stddev(total) AS spread, avg(margin) AS margin FROM (SELECT season, "
        "sum(p) AS total, max(p) - min(p) AS margin FROM (SELECT season, game, sum(points) AS p "
        "FROM rows GROUP BY season, game, team) GROUP BY season, game) GROUP BY season",
    )
    _compare(*figures, {"spread": 1.5, "margin": 1.5})


def test_overtimes_and_games_a_night(lake: duckdb.DuckDBPyConnection) -> None:
    """Overtimes within 2 of 100 games; games a date: mean within 0.4, spread within 0.6."""
    figures = _figures(
        lake,
        "SELECT season, 100 * avg((m >= 255)::INT) AS overtimes FROM (SELECT season, game, "
        "max(m) AS m FROM (SELECT season, game, team, sum(minutes) AS m FROM rows "
        "GROUP BY season, game, team) GROUP BY season, game) GROUP BY season",
    )
    _compare(*figures, {"overtimes": 2.0})
    figures = _figures(
        lake,
        "SELECT season, avg(n) AS mean, stddev(n) AS spread, quantile_disc(n, 0.05) AS low, "
        "median(n) AS mid, quantile_disc(n, 0.95) AS high, count(*) AS dates FROM (SELECT season, "
        "day, count(DISTINCT game) AS n FROM rows GROUP BY season, day) GROUP BY season",
    )
    _compare(
        *figures,
        {"mean": 0.4, "spread": 0.6, "low": 2.0, "mid": 1.0, "high": 2.0, "dates": 6.0},
    )


def test_lines_against_recorded_ones(league: League, shared: Path) -> None:
    """Margin within 0.01, lined players within 1, lines within 1.5, their error within 0.4."""
    margins, players, lines = _recorded_lines(
        shared / "history" / "odds_api" / "event_odds" / "2023-24.zip"
    )
    ours: dict[str, list[float]] = {"margin": [], "players": [], "line": [], "error": []}
    for game in _regular(league)[::3]:
        opened = game.tip_at - timedelta(hours=11, minutes=55)
        quotes = [
            quote
            for quote in league.lines(game.game_id, opened)
            if quote.market == "player_points" and quote.is_main
        ]
        ours["players"].append(len({quote.player_id for quote in quotes}))
        actual = {line.player_id: line.points for line in league.box(game.game_id).lines}
        for quote in quotes:
            assert quote.under_price is not None
            ours["margin"].append(1 / quote.over_price + 1 / quote.under_price)
            ours["line"].append(quote.line)
            points = actual.get(quote.player_id)
            ours["error"] += [points - quote.line] if points is not None else []
    assert fmean(ours["margin"]) == pytest.approx(fmean(margins), abs=0.01)
    assert fmean(ours["players"]) == pytest.approx(fmean(players), abs=1.0)
    assert fmean(ours["line"]) == pytest.approx(fmean(lines), abs=1.5)
    assert pstdev(ours["line"]) == pytest.approx(pstdev(lines), abs=1.5)
    assert quantiles(ours["line"], n=4) == pytest.approx(quantiles(lines, n=4), abs=2.0)
    error = fmean(abs(miss) for miss in ours["error"])
    assert error == pytest.approx(fmean(RECORDED_LINE_ERROR), abs=0.4)
    assert abs(fmean(ours["error"])) < 0.6


def _recorded_lines(path: Path) -> tuple[list[float], list[float], list[float]]:
    """Margins of pairs, lined players a game, lines of the main books in every tenth body."""
    margins: list[float] = []
    players: list[float] = []
    lines: list[float] = []
    with zipfile.ZipFile(path) as bodies:
        for name in sorted(n for n in bodies.namelist() if n.endswith(".json"))[::10]:
            pairs = dict(_pairs(json.loads(bodies.read(name))))
            players.append(len({player for _, player, _ in pairs}))
            for (_, _, line), prices in pairs.items():
                lines.append(line)
                if len(prices) == 2:
                    margins.append(sum(1 / price for price in prices.values()))
    return margins, players, lines


def _pairs(body: dict[str, Any]) -> Iterable[tuple[tuple[str, str, float], dict[str, float]]]:
    pairs: dict[tuple[str, str, float], dict[str, float]] = {}
    for book in body["data"]["bookmakers"]:
        for market in book["markets"]:
            if book["key"] in MAIN_BOOKS and market["key"] == "player_points":
                for outcome in market["outcomes"]:
                    key = (book["key"], outcome["description"], outcome["point"])
                    pairs.setdefault(key, {})[outcome["name"]] = outcome["price"]
    return pairs.items()
