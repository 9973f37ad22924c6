"""Worlds and requests the simulator's tests share."""

from __future__ import annotations

from typing import Any

import msgspec

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.simulator.world import BUILTIN_API_KEY, BuiltinWorld, builtin_world
from fullcourt.vendors.transport import Request, Response

CDN = "https://cdn.nba.com/static/json"
ODDS = "https://api.the-odds-api.com/v4"
SCOREBOARD = f"{CDN}/liveData/scoreboard/todaysScoreboard_00.json"
SCHEDULE = f"{CDN}/staticData/scheduleLeagueV2.json"
EVENTS = f"{ODDS}/sports/basketball_nba/events"


def a_world(seed: int = 3, *faults: Fault, credits_limit: int = 20_000) -> BuiltinWorld:
    """A two-week world whose clock stands at 06:00 Eastern of the first night."""
    return builtin_world(
        seed,
        VirtualClock(eastern(DEFAULT_FIRST_DATE, 6)),
        faults=faults,
        credits_limit=credits_limit,
    )


def clock_of(world: BuiltinWorld) -> VirtualClock:
    """The world's clock, which tests turn."""
    assert isinstance(world.clock, VirtualClock)
    return world.clock


def box_url(game: Game) -> str:
    """The URL of a game's box score."""
    return f"{CDN}/liveData/boxscore/boxscore_{game.game_id}.json"


def cdn(world: BuiltinWorld, url: str, *, referer: str = "https://www.nba.com/") -> Response:
    """The CDN's answer now."""
    request = Request("nba_cdn", "test", url, headers=(("Referer", referer),))
    return world.transport().send(request)


def odds(world: BuiltinWorld, url: str, *, key: str = BUILTIN_API_KEY, **params: str) -> Response:
    """The odds vendor's answer now."""
    pairs = (("apiKey", key), *params.items()) if key else tuple(params.items())
    return world.transport().send(Request("odds_api", "test", url, pairs))


def tree(response: Response) -> Any:
    """A JSON body, decoded."""
    return msgspec.json.decode(response.body)


def changed_game(world: BuiltinWorld, how: Withdrawal) -> Game:
    """The game that was postponed, or the one that was moved."""
    return next(game for game in world.league.games if game.appointments[0].withdrawal is how)
