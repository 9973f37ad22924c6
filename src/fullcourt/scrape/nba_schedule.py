"""Feed `nba_schedule`: the season's schedule each morning, the small scoreboard between."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from fullcourt.nba.calendar import raises_cells
from fullcourt.scrape.ask import Answer, Testimony, ask
from fullcourt.settings import NbaSettings
from fullcourt.vendors.nba_cdn import (
    ScheduleBody,
    parse_schedule,
    parse_scoreboard,
    schedule_request,
    scoreboard_request,
)
from fullcourt.vendors.transport import Transport


def fetch_schedule(transport: Transport, nba: NbaSettings, day: date, now: datetime) -> Answer:
    """The whole season as known now; its testimony lists the counting games by date."""
    request = replace(schedule_request(nba.cdn_url), deadline_s=nba.deadline_s)
    return ask(transport, request, key="schedule", game_date=day, now=now, read=schedule_testimony)


def fetch_scoreboard(transport: Transport, nba: NbaSettings, day: date, now: datetime) -> Answer:
    """The small scoreboard; the body itself says which date it is for."""
    request = replace(scoreboard_request(nba.cdn_url), deadline_s=nba.deadline_s)
    return ask(
        transport, request, key="scoreboard", game_date=day, now=now, read=scoreboard_testimony
    )


@lru_cache(maxsize=40)
def read_season(body: bytes) -> ScheduleBody:
    """A parsed season, kept: the scrape reads it as testimony and the load again as rows."""
    return parse_schedule(body)


def schedule_testimony(body: bytes) -> Testimony:
    """The counting games of a season's schedule, by date."""
    parsed = read_season(body)
    dates: dict[str, list[str]] = defaultdict(list)
    for game in parsed.games:
        # An if-necessary game counts once its series needs it: both teams and the tip are named.
        open_yet = game.if_necessary and None in (game.home_team, game.away_team, game.tip_at)
        if raises_cells(game.game_id) and not open_yet:
            dates[game.game_date.isoformat()].append(game.game_id)
    return Testimony({"season": parsed.season, "dates": dates}, known_at=parsed.served_at)


def scoreboard_testimony(body: bytes) -> Testimony:
    """The games of a small scoreboard, and a digest of what is settled about them."""
    parsed = parse_scoreboard(body)
    games = [game.game_id for game in parsed.games]
    # Scores and clocks of a game in play are no news of the schedule; its end is.
    told = [
        (
            game.game_id,
            game.game_date,
            game.tip_at,
            game.home_team,
            game.away_team,
            game.is_postponed,
            game.is_final,
            (game.home_score, game.away_score, game.status_text) if game.is_final else None,
        )
        for game in parsed.games
    ]
    facts = hashlib.sha256(repr(told).encode()).hexdigest()
    return Testimony(
        {"games": games, "facts": facts},
        known_at=parsed.served_at,
        game_date=parsed.game_date,
        facts=facts,
    )
