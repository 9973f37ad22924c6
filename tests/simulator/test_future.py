"""Nothing the vendors say at an instant depends on what happens after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.facts import Game
from fullcourt.simulator.league import League, build_league, calendar_config
from fullcourt.simulator.play import PlayedGame
from fullcourt.simulator.vendors.nba_cdn import NbaCdn
from fullcourt.simulator.vendors.odds_api import OddsAccount, OddsApi
from fullcourt.simulator.vendors.odds_listing import known_events
from fullcourt.simulator.vendors.wire import Scope
from tests.simulator.worlds import a_world


def _without_future(league: League, at: datetime) -> League:
    """The league as if nothing after `at` had happened: games, withdrawals, trades, injuries."""
    teams = list(league.teams)
    games = tuple(
        _forget(_blind(game, at, teams[index % len(teams)]), at)
        for index, game in enumerate(league.games)
        if game.appointments[0].known_from <= at or len(league.seasons) == 1
    )
    fork = replace(
        league,
        games=games,
        stints=tuple(
            replace(
                stint, until=None if stint.until is not None and stint.until > at else stint.until
            )
            for stint in league.stints
            if stint.since is None or stint.since <= at
        ),
        absences=tuple(a for a in league.absences if a.known_from <= at),
        _by_id={game.game_id: game for game in games},
        _played={},
        _lines={},
    )
    for game in games:
        if game.tip_at <= at < game.final_at:
            fork._played[game.game_id] = _cut(
                league.played(game.game_id), league.moment(game, at).elapsed_s
            )
    return fork


def _blind(game: Game, at: datetime, anybody: str) -> Game:
    """`game` with somebody else, some other time, where nobody knows yet who plays and when."""
    later = at + timedelta(days=400)
    home, away = game.teams(at)
    if home is None:
        game = replace(game, home=anybody, home_known_from=later)
    if away is None:
        game = replace(game, away=anybody, away_known_from=later)
    last = game.played
    if last.tip_known_from is not None and last.tip_known_from > at:
        changed = replace(last, tip_at=last.tip_at - timedelta(hours=3), tip_known_from=later)
        game = replace(game, appointments=(*game.appointments[:-1], changed))
    if game.necessary_from is not None and game.necessary_from > at:
        game = replace(game, necessary_from=None)
    return game


def _forget(game: Game, at: datetime) -> Game:
    known = [a for a in game.appointments if a.known_from <= at]
    kept = tuple(
        replace(a, withdrawn_at=None, withdrawal=None)
        if a.withdrawn_at is not None and a.withdrawn_at > at
        else a
        for a in known
    )
    begun = game.tip_at <= at and kept[-1] is game.played
    if begun:
        return replace(game, appointments=kept)
    # What is not yet played might go to three overtimes.
    return replace(
        game,
        appointments=kept,
        overtimes=3,
        final_at=max(kept[-1].tip_at, at) + timedelta(hours=3),
    )


def _cut(course: PlayedGame, elapsed_s: int) -> PlayedGame:
    kept = int(np.searchsorted(course.second, elapsed_s, side="right"))
    return replace(
        course,
        second=course.second[:kept],
        code=course.code[:kept],
        home_points=course.home_points[:kept],
        away_points=course.away_points[:kept],
    )


def _scope(path: str, query: str = "") -> Scope:
    return {
        "type": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"referer", b"https://www.nba.com/")],
    }


def _bodies(league: League, at: datetime, game_ids: Sequence[str]) -> list[bytes]:
    clock = VirtualClock(at)
    cdn, odds = NbaCdn(league, clock), OddsApi(league, clock, OddsAccount("k"))
    paths = [
        "/static/json/staticData/scheduleLeagueV2.json",
        "/static/json/liveData/scoreboard/todaysScoreboard_00.json",
        *(f"/static/json/liveData/boxscore/boxscore_{game_id}.json" for game_id in game_ids),
    ]
    bodies = [cdn.reply(_scope(path)).body for path in paths]
    events = "/v4/sports/basketball_nba/events"
    bodies.append(odds.reply(_scope(events, "apiKey=k")).body)
    wanted = "apiKey=k&regions=us&markets=player_points,player_assists"
    listed = [e.event_id for e in known_events(league).values() if e.is_listed(at)]
    bodies += [odds.reply(_scope(f"{events}/{e}/odds", wanted)).body for e in sorted(listed)]
    return bodies


@pytest.mark.parametrize("seed", [1, 3])
def test_bodies_do_not_know_the_future(seed: int) -> None:
    """With everything after an instant taken away or changed, its bodies are equal."""
    world = a_world(seed)
    league = world.league
    begin = min(game.tip_at for game in league.games) + timedelta(minutes=50)
    for step in range(20):
        at = begin + timedelta(hours=26 * step, minutes=13 * step)
        ids = [game.game_id for game in league.games]
        fork = _without_future(league, at)
        assert _bodies(fork, at, ids) == _bodies(league, at, ids)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        (Calendar.PLAYOFFS, date(2026, 4, 14)),
        (Calendar.PLAYOFFS, date(2026, 4, 26)),
        (Calendar.PLAYOFFS, date(2026, 5, 19)),
        (Calendar.SEASON, date(2025, 10, 30)),
    ],
)
def test_full_calendars_do_not_know_the_future(calendar: Calendar, day: date) -> None:
    """Nor do brackets, series and cup draws: teams, tips and games to come do not show through."""
    nights = 30 if calendar is Calendar.SEASON else None
    league = build_league(calendar_config(calendar, 2, nights))
    for at in (eastern(day, 9), eastern(day, 21, 40)):
        ids = [
            game.game_id
            for game in league.games
            if abs(game.tip_at - at) < timedelta(days=2) and game.teams(at) != (None, None)
        ]
        fork = _without_future(league, at)
        assert _bodies(fork, at, ids) == _bodies(league, at, ids)


def test_the_same_instant_gives_the_same_bytes() -> None:
    """Bodies depend on seed and clock alone, not on what was asked before."""
    one, two = a_world(5).league, a_world(5).league
    at = max(game.tip_at for game in one.games) - timedelta(hours=3)
    ids = [game.game_id for game in one.games]
    for earlier in range(5):
        _bodies(two, at - timedelta(days=earlier + 1), ids)
    assert _bodies(one, at, ids) == _bodies(two, at, ids)
