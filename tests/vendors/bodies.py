"""Made-up bodies in the vendors' forms, to be bent by the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

Json = dict[str, Any]
Bend = Callable[[Json], None]


def encoded(tree: Any, bend: Bend | None = None) -> bytes:
    """`tree` as JSON, bent first."""
    if bend is not None:
        bend(tree)
    return json.dumps(tree).encode()


def side(tricode: str | None, score: int | None = 0, team_id: int = 1610612738) -> Json:
    """`homeTeam` or `awayTeam` of a schedule or scoreboard game."""
    return {"teamId": team_id, "teamTricode": tricode, "score": score, "wins": 0}


def schedule_game(game_id: str = "0022400524", **changes: Any) -> Json:
    """A scheduled regular-season game of the evening of 2025-01-09."""
    return {
        "gameId": game_id,
        "gameStatus": 1,
        "gameStatusText": "10:30 pm ET",
        "gameDateEst": "2025-01-09T00:00:00Z",
        "gameTimeEst": "1900-01-01T22:30:00Z",
        "gameDateTimeEst": "2025-01-09T22:30:00Z",
        "gameDateTimeUTC": "2025-01-10T03:30:00Z",
        "ifNecessary": False,
        "postponedStatus": "A",
        "homeTeam": side("LAL"),
        "awayTeam": side("CHA"),
        **changes,
    }


def schedule(
    games: Sequence[Json], day: str = "01/09/2025 00:00:00", time: str = "2025-01-09T12:00:00.000Z"
) -> Json:
    """A schedule with one date."""
    return {
        "meta": {"version": 1, "time": time},
        "leagueSchedule": {
            "seasonYear": "2024-25",
            "gameDates": [{"gameDate": day, "games": list(games)}],
        },
    }


def scoreboard_game(**changes: Any) -> Json:
    """A final of the scoreboard of 2025-01-09."""
    return {
        "gameId": "0022400524",
        "gameStatus": 3,
        "gameStatusText": "Final",
        "period": 4,
        "gameTimeUTC": "2025-01-10T03:30:00Z",
        "gameEt": "2025-01-09T22:30:00Z",
        "homeTeam": side("LAL", 110),
        "awayTeam": side("CHA", 99),
        **changes,
    }


def scoreboard(games: Sequence[Json]) -> Json:
    """A scoreboard body of the CDN, whose time carries no zone."""
    return {
        "meta": {"version": 1, "time": "2025-01-10 01:11:39.1139", "code": 200},
        "scoreboard": {"gameDate": "2025-01-09", "leagueId": "00", "games": list(games)},
    }


def statistics(minutes: str | None, **changes: Any) -> Json:
    """A player's figures; all zero where the minutes are."""
    on = 1 if minutes and any(digit in minutes for digit in "123456789") else 0
    return {
        "minutes": minutes,
        "points": 21 * on,
        "reboundsTotal": 5 * on,
        "reboundsOffensive": 1 * on,
        "reboundsDefensive": 4 * on,
        "assists": 8 * on,
        "threePointersMade": 2 * on,
        "threePointersAttempted": 5 * on,
        "fieldGoalsMade": 6 * on,
        "fieldGoalsAttempted": 12 * on,
        "freeThrowsMade": 7 * on,
        "freeThrowsAttempted": 7 * on,
        "steals": 1 * on,
        "blocks": 0,
        "turnovers": 2 * on,
        "foulsPersonal": 1 * on,
        "plusMinusPoints": -4.0 * on,
        **changes,
    }


def cdn_player(person_id: int, minutes: str | None = "PT25M01.00S", **changes: Any) -> Json:
    """A starter who played 25:01."""
    return {
        "personId": person_id,
        "name": f"First Family{person_id}",
        "firstName": "First",
        "familyName": f"Family{person_id}",
        "status": "ACTIVE",
        "starter": "1",
        "oncourt": "0",
        "played": "1",
        "statistics": statistics(minutes),
        **changes,
    }


def cdn_box(home: Sequence[Json], away: Sequence[Json], **changes: Any) -> Json:
    """A final box score of the CDN."""
    return {
        "meta": {"version": 1, "code": 200, "time": "2025-01-10 01:51:25.282704"},
        "game": {
            "gameId": "0022400524",
            "gameStatus": 3,
            "gameStatusText": "Final/OT",
            "period": 5,
            "homeTeam": {**side("LAL", 110), "players": list(home)},
            "awayTeam": {**side("CHA", 99), "players": list(away)},
            **changes,
        },
    }


def v3_player(person_id: int, minutes: str | None = "25:01", **changes: Any) -> Json:
    """A bench player who played 25:01."""
    return {
        "personId": person_id,
        "firstName": "First",
        "familyName": f"Family{person_id}",
        "position": "",
        "comment": "",
        "statistics": statistics(minutes),
        **changes,
    }


def v3_box(home: Sequence[Json], away: Sequence[Json]) -> Json:
    """A V3 box score."""
    return {
        "meta": {"version": 1, "time": "2025-01-10T01:50:11.5011Z"},
        "boxScoreTraditional": {
            "gameId": "0022400524",
            "homeTeam": {
                "teamTricode": "LAL",
                "players": list(home),
                "statistics": {"minutes": "240:00", "points": 110},
            },
            "awayTeam": {"teamTricode": "CHA", "players": list(away)},
        },
    }


def event(event_id: str = "e1", **changes: Any) -> Json:
    """An event of The Odds API: 22:30 Eastern on 2025-01-09."""
    return {
        "id": event_id,
        "sport_key": "basketball_nba",
        "commence_time": "2025-01-10T03:30:00Z",
        "home_team": "Los Angeles Lakers",
        "away_team": "Charlotte Hornets",
        **changes,
    }


def outcome(name: str, price: float, point: float | None = 24.5, player: str = "A Player") -> Json:
    """One outcome of a player market."""
    row: Json = {"name": name, "description": player, "price": price}
    return row if point is None else {**row, "point": point}


def book(key: str, outcomes: Sequence[Json], market: str = "player_points") -> Json:
    """One book with one market."""
    return {
        "key": key,
        "title": key.title(),
        "markets": [
            {"key": market, "last_update": "2025-01-09T18:00:20Z", "outcomes": list(outcomes)}
        ],
    }


def historical(data: Any, timestamp: str | None = "2025-01-09T18:00:38Z") -> Json:
    """The envelope of the historical endpoints."""
    return {
        "timestamp": timestamp,
        "previous_timestamp": None,
        "next_timestamp": None,
        "data": data,
    }
