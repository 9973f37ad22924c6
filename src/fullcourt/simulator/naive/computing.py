"""Phases 3 to 5 of the naive pipeline, and the fallback that stale rows keep from firing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fullcourt.simulator.naive.scraping import counted
from fullcourt.simulator.naive.tables import Row
from fullcourt.simulator.naive.work import Naive, Processor, Work

PLAYERS = Processor("summarize_players", 3, "player_game_summary", ("player_game_summary",))
TEAMS = Processor("summarize_teams", 3, "team_game_summary", ("player_game_summary",))
UPCOMING = Processor("build_upcoming", 3, "upcoming_context", ("upcoming_player_game_context",))
FACTORS = Processor("build_factors", 4, "team_factors", ("player_composite_factors",))
PREDICTIONS = Processor("predict_points", 5, "predictions", ("predictions",))
GRADES = Processor("grade_predictions", 5, "grades", ("grades",))


def summarize_players(work: Work, day: date) -> int:
    """Each player's game beside his games before: DELETE, then INSERT; it reports the growth."""
    naive = work.naive
    before: dict[int, list[int]] = {}
    for row in naive.tables.rows_before("player_boxscores", day):
        if row["played"]:
            sums = before.setdefault(row["player_id"], [0, 0])
            sums[0] += 1
            sums[1] += row["points"]
    rows = [
        {
            "game_date": day,
            "game_id": row["game_id"],
            "player_id": row["player_id"],
            "player_name": row["player_name"],
            "team": row["team"],
            "points": row["points"],
            "games_before": before.get(row["player_id"], (0, 0))[0],
            "points_before": before.get(row["player_id"], (0, 0))[1],
            "loaded_at": naive.now(),
        }
        for row in naive.tables.rows("player_boxscores", day)
        if row["played"]
    ]
    return work.replace([day], rows)


def summarize_teams(work: Work, day: date, games: Sequence[str]) -> int:
    """The teams of the games a message names: INSERT."""
    naive = work.naive
    sums: dict[tuple[str, str], list[int]] = {}
    for row in naive.tables.rows("player_boxscores", day):
        if row["game_id"] in games and row["played"]:
            cell = sums.setdefault((row["game_id"], row["team"]), [0, 0])
            cell[0] += row["points"]
            cell[1] += 1
    return work.insert(
        [
            {
                "game_date": day,
                "game_id": game_id,
                "team": team,
                "points": points,
                "players": players,
                "loaded_at": naive.now(),
            }
            for (game_id, team), (points, players) in sorted(sums.items())
        ]
    )


def build_upcoming(work: Work, day: date) -> int:
    """A row per team of the slate: MERGE. What a date left behind is never taken away."""
    return work.merge(_context(work.naive, day))


def _context(naive: Naive, day: date) -> list[Row]:
    sums: dict[str, list[int]] = {}
    for row in naive.tables.rows_before("team_game_summary", day):
        cell = sums.setdefault(row["team"], [0, 0])
        cell[0] += 1
        cell[1] += row["points"]
    return [
        {
            "game_date": day,
            "game_id": row["game_id"],
            "team": row[mine],
            "opponent": row[other],
            "games_before": sums.get(row[mine], (0, 0))[0],
            "points_before": sums.get(row[mine], (0, 0))[1],
            "loaded_at": naive.now(),
        }
        for row in naive.tables.rows("schedule", day)
        if counted(row["game_id"]) and not row["status_text"].startswith("PPD")
        for mine, other in (("home_team", "away_team"), ("away_team", "home_team"))
    ]


def build_factors(work: Work, day: date) -> int:
    """From the upcoming rows of the date; the fallback fires when `upcoming` is empty altogether,
    which it never is: rows of earlier dates stand in its way."""
    naive = work.naive
    source, rows = "upcoming", naive.tables.rows("upcoming_context", day)
    if not naive.tables.count("upcoming_context"):
        source, rows = "fallback", _context(naive, day)
    return work.replace(
        [day],
        [
            {
                "game_date": day,
                "game_id": row["game_id"],
                "team": row["team"],
                "factor": row["points_before"] / row["games_before"]
                if row["games_before"]
                else 0.0,
                "source": source,
                "loaded_at": naive.now(),
            }
            for row in rows
        ],
    )


def predict_points(work: Work, day: date) -> int:
    """A number for each player with a line in a game with factors: MERGE."""
    naive = work.naive
    ready = {row["game_id"] for row in naive.tables.rows("team_factors", day)}
    lines: dict[tuple[str, str], list[float]] = {}
    for row in naive.tables.rows("player_props", day):
        if row["game_id"] in ready:
            lines.setdefault((row["game_id"], row["player_name"]), []).append(row["line"])
    return work.merge(
        [
            {
                "game_date": day,
                "game_id": game_id,
                "player_name": name,
                "line": sorted(found)[len(found) // 2],
                "predicted": round(sum(found) / len(found), 2),
                "loaded_at": naive.now(),
            }
            for (game_id, name), found in sorted(lines.items())
        ]
    )


def grade_predictions(work: Work, day: date) -> int:
    """Over, under or push of the predictions whose game has lines: DELETE, then INSERT."""
    naive = work.naive
    points: dict[tuple[str, str], int | None] = {}
    games = set()
    for row in naive.tables.rows("player_boxscores", day):
        points[row["game_id"], row["player_name"]] = row["points"]
        games.add(row["game_id"])
    rows = []
    for row in naive.tables.rows("predictions", day):
        if row["game_id"] not in games:
            continue
        made = points.get((row["game_id"], row["player_name"]))
        rows.append(
            {
                "game_date": day,
                "game_id": row["game_id"],
                "player_name": row["player_name"],
                "line": row["line"],
                "points": made,
                "result": _result(made, row["line"]),
                "loaded_at": naive.now(),
            }
        )
    return work.replace([day], rows)


def _result(points: int | None, line: float) -> str:
    if points is None:
        return "void"
    return "push" if points == line else "over" if points > line else "under"
