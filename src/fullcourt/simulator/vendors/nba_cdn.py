"""cdn.nba.com as a simulated vendor: schedule, today's scoreboard, box scores.

The traps of the real feeds are kept: Eastern times with a false `Z` (`meta.time` too), flags as
text, zeros in the statistics of who did not play, a postponed game left on its old date with
status 3 and null scores, 403 pages for what does not exist yet and for requests without the site's
Referer. A league of 2020 or before speaks the older form: bare times, dates with AM and PM, no
`ifNecessary` on the scoreboard.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import msgspec

from fullcourt.clock import Clock
from fullcourt.simulator.league import League
from fullcourt.simulator.vendors.nba_boxscore import boxscore_body
from fullcourt.simulator.vendors.nba_form import is_older_form, meta
from fullcourt.simulator.vendors.nba_schedule import ScheduleFeed
from fullcourt.simulator.vendors.wire import (
    RateLimit,
    Receive,
    Reply,
    Scope,
    Send,
    header,
    html_reply,
    instant_of,
    json_reply,
    send_reply,
)

REFERER: Final = "https://www.nba.com/"
SCHEDULE_PATH: Final = "/static/json/staticData/scheduleLeagueV2.json"
SCOREBOARD_PATH: Final = "/static/json/liveData/scoreboard/todaysScoreboard_00.json"
_BOXSCORE_PATH = re.compile(r"/static/json/liveData/boxscore/boxscore_(\d{10})\.json")


class NbaCdn:
    """The vendor as an ASGI app; its time is the clock's."""

    def __init__(self, league: League, clock: Clock, rate: RateLimit | None = None) -> None:
        """`rate`: what callers are held to; None for no limit."""
        self._league = league
        self._clock = clock
        self._rate = rate
        self._feed = ScheduleFeed(league)
        self._finals: dict[str, msgspec.Raw] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_reply(scope, send, self.reply(scope))

    def reply(self, scope: Scope) -> Reply:
        """The answer at the clock's now, before any content encoding."""
        path, at = scope["path"], instant_of(scope, self._clock)
        if header(scope, "referer") != REFERER:
            return access_denied(path)
        if self._rate is not None and not self._rate.admits(self._clock.now()):
            return html_reply(429, "Too Many Requests", "Slow down.")
        if path == SCHEDULE_PATH:
            return Reply(200, self._feed.schedule(at))
        if path == SCOREBOARD_PATH:
            return Reply(200, self._feed.scoreboard(at))
        match = _BOXSCORE_PATH.fullmatch(path)
        return self._box(match[1], at) if match else access_denied(path)

    def _box(self, game_id: str, at: datetime) -> Reply:
        final = self._finals.get(game_id)
        # An old answer may be asked for of a game that is over by now.
        if final is not None and self._league.game(game_id).is_final(at):
            is_older = is_older_form(self._league.config.first_date)
            head = meta(f"liveData/boxscore/boxscore_{game_id}", at, is_older=is_older)
            return json_reply({"meta": head, "game": final})
        content = boxscore_body(self._league, game_id, at)
        if content is None:
            return access_denied(_path_of(game_id))
        if self._league.game(game_id).is_final(at):
            self._finals[game_id] = msgspec.Raw(msgspec.json.encode(content["game"]))
        return json_reply(content)


def _path_of(game_id: str) -> str:
    return f"/static/json/liveData/boxscore/boxscore_{game_id}.json"


def access_denied(path: str) -> Reply:
    """The edge's 403 page: for a missing Referer and for a file that does not exist alike."""
    return html_reply(
        403, "Access Denied", f"You don't have permission to access {path!r} on this server."
    )


def schedule_body(league: League, at: datetime) -> dict[str, Any]:
    """`scheduleLeagueV2` as of `at`, written anew."""
    body: dict[str, Any] = msgspec.json.decode(ScheduleFeed(league).schedule(at))
    return body


def scoreboard_body(league: League, at: datetime) -> dict[str, Any]:
    """`todaysScoreboard` as of `at`, written anew."""
    body: dict[str, Any] = msgspec.json.decode(ScheduleFeed(league).scoreboard(at))
    return body
