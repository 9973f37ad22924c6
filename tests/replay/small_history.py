"""A history folder of a few invented games, written in the forms of the recording."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fullcourt.nba.calendar import EASTERN

TEAM_IDS = {"LAL": 1610612747, "CHA": 1610612766, "BOS": 1610612738, "NYK": 1610612752}
FULL_NAMES = {
    "LAL": "Los Angeles Lakers",
    "CHA": "Charlotte Hornets",
    "BOS": "Boston Celtics",
    "NYK": "New York Knicks",
}
_COUNTS = (
    "fieldGoalsMade fieldGoalsAttempted threePointersMade threePointersAttempted freeThrowsMade "
    "freeThrowsAttempted reboundsOffensive reboundsDefensive reboundsTotal assists steals blocks "
    "turnovers foulsPersonal points"
).split()
_RATES = "fieldGoalsPercentage threePointersPercentage freeThrowsPercentage plusMinusPoints".split()


def final_game(
    game_id: str, away: str, home: str, tip: datetime, score: tuple[int, int], text: str = "Final"
) -> dict[str, Any]:
    """A game of the end-of-season schedule; `score` is (away, home)."""
    wall = tip.astimezone(EASTERN)
    return {
        "gameId": game_id,
        "gameStatus": 3,
        "gameStatusText": text,
        "gameSequence": 1,
        "gameDateEst": f"{wall:%Y-%m-%d}T00:00:00Z",
        "gameDateTimeUTC": f"{tip:%Y-%m-%dT%H:%M:%SZ}",
        "ifNecessary": False,
        "seriesGameNumber": "",
        "gameLabel": "",
        "gameSubLabel": "",
        "gameSubtype": "",
        "isNeutral": False,
        "arenaName": "Hall",
        "arenaCity": "Town",
        "arenaState": "ST",
        "homeTeam": _side(home, score[1]),
        "awayTeam": _side(away, score[0]),
    }


def _side(tricode: str, score: int) -> dict[str, Any]:
    return {
        "teamId": TEAM_IDS[tricode],
        "teamTricode": tricode,
        "teamCity": "City",
        "teamName": tricode.title(),
        "teamSlug": tricode.lower(),
        "score": score,
    }


def write_final(root: Path, games: Sequence[dict[str, Any]], season: str = "2024-25") -> Path:
    """The end-of-season schedule."""
    path = root / "schedule" / f"scheduleleaguev2_{season}_end_of_season.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    schedule = {"leagueSchedule": {"gameDates": [{"games": list(games)}]}}
    path.write_bytes(gzip.compress(json.dumps(schedule).encode()))
    return path


def write_plan(
    root: Path, tips: dict[str, datetime], as_of: str = "2024-12-18", season: str = "2024-25"
) -> Path:
    """The planned schedule: game id to planned tip."""
    path = root / "schedule" / f"data_nba_{season}_asof_{as_of}.json"
    games = []
    for game_id, tip in tips.items():
        wall = tip.astimezone(EASTERN)
        game = {"gid": game_id, "gdte": f"{wall:%Y-%m-%d}", "etm": f"{wall:%Y-%m-%dT%H:%M:%S}"}
        games.append({**game, "seq": 1, "an": "Hall", "ac": "Town", "as": "ST"})
    path.write_text(json.dumps({"lscd": [{"mscd": {"mon": "January", "g": games}}]}))
    return path


def event(event_id: str, away: str, home: str, tip: datetime) -> dict[str, str]:
    """One event of a listing."""
    return {
        "id": event_id,
        "commence_time": f"{tip:%Y-%m-%dT%H:%M:%SZ}",
        "home_team": FULL_NAMES[home],
        "away_team": FULL_NAMES[away],
    }


def write_listings(
    root: Path, listings: dict[str, list[dict[str, str]]], season: str = "2024-25"
) -> Path:
    """Listings: vendor instant to events."""
    path = root / "odds_api" / "events" / f"{season}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for instant, events in listings.items():
            body = json.dumps({"timestamp": instant, "data": events})
            archive.writestr(f"events_{instant[:10]}.json", body)
    return path


def write_event_odds(
    root: Path, bodies: dict[str, dict[str, Any]], season: str = "2024-25"
) -> Path:
    """Event odds: member name (`{date}/{event}.json`) to body."""
    path = root / "odds_api" / "event_odds" / f"{season}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in bodies.items():
            archive.writestr(member, json.dumps(content))
    return path


def box_row(
    game_id: str, team: str, person_id: int, **changed: str | None
) -> dict[str, str | None]:
    """One recorded box score row; every column is text."""
    row: dict[str, str | None] = {
        "gameId": game_id,
        "teamId": str(TEAM_IDS[team]),
        "teamCity": "City",
        "teamName": team.title(),
        "teamTricode": team,
        "teamSlug": team.lower(),
        "personId": str(person_id),
        "firstName": "First",
        "familyName": f"Last{person_id}",
        "nameI": f"F. Last{person_id}",
        "playerSlug": f"first-last{person_id}",
        "position": None,
        "comment": None,
        "jerseyNum": None,
        "minutes": "12:34",
        "date": "2025-01-09",
    }
    return row | dict.fromkeys(_COUNTS, "1") | dict.fromkeys(_RATES, "0.5") | changed


def write_boxes(root: Path, rows: Sequence[dict[str, str | None]]) -> Path:
    """Box score rows in the given order."""
    path = root / "stats_nba" / "boxscoretraditionalv3" / "2024-25.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(rows[0])
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    pq.write_table(pa.table(columns), path)
    return path


def write_played(root: Path, rows: Sequence[tuple[str, str, str, str]], season: str) -> Path:
    """Games played: rows of (team, game id, date, matchup)."""
    path = root / "schedule" / f"played_{season}_regular_season.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.table(
            {
                "TEAM_ABBREVIATION": [row[0] for row in rows],
                "TEAM_NAME": [FULL_NAMES[row[0]] for row in rows],
                "GAME_ID": [row[1] for row in rows],
                "GAME_DATE": [row[2] for row in rows],
                "MATCHUP": [row[3] for row in rows],
            }
        ),
        path,
    )
    return path
