"""Asking a replay as the vendor clients do."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from fullcourt.clock import VirtualClock
from fullcourt.replay.transport import ReplayTransport
from fullcourt.replay.world import World
from fullcourt.vendors.transport import Request, Response

SCHEDULE = "https://cdn.nba.com/static/json/staticData/scheduleLeagueV2.json"
SCOREBOARD = "https://cdn.nba.com/static/json/liveData/scoreboard/todaysScoreboard_00.json"
BOX_SCORE = "https://stats.nba.com/stats/boxscoretraditionalv3"
EVENTS = "https://api.the-odds-api.com/v4/historical/sports/basketball_nba/events"


def transport_at(world: World, now: datetime) -> ReplayTransport:
    """A transport over `world` whose clock stands at `now`."""
    return ReplayTransport(Path(), VirtualClock(now), world=world)


def get(transport: ReplayTransport, url: str, **params: str) -> Response:
    """The answer to one GET."""
    return transport.send(
        Request(vendor="test", endpoint="test", url=url, params=tuple(params.items()))
    )


def body(response: Response) -> Any:
    """The decoded body of an answer that must be 200."""
    assert response.status == 200, (response.status, response.body)
    return json.loads(response.body)


def scheduled(world: World, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Game id to its entries in the schedule at `now`, each with the `listed` date it is under."""
    found: dict[str, list[dict[str, Any]]] = {}
    schedule = body(get(transport_at(world, now), SCHEDULE))
    for day in schedule["leagueSchedule"]["gameDates"]:
        for game in day["games"]:
            month, date, year = day["gameDate"][:10].split("/")
            found.setdefault(game["gameId"], []).append(game | {"listed": f"{year}-{month}-{date}"})
    return found


def one(world: World, now: datetime, game_id: str) -> dict[str, Any] | None:
    """The single schedule entry of a game at `now`, None when it is not listed."""
    entries = scheduled(world, now).get(game_id, [])
    assert len(entries) <= 1
    return entries[0] if entries else None
