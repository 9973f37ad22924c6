"""What the vendors keep between calls, hold callers to, and how their forms drift by season."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import brotli
import msgspec
import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.asgi import AsgiTransport
from fullcourt.simulator.facts import GameState
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.nba_cdn import NbaCdn, scoreboard_body
from fullcourt.simulator.vendors.nba_form import status_text
from fullcourt.simulator.vendors.nba_schedule import (
    ScheduleFeed,
    change_instants,
    schedule_game,
    scoreboard_game,
)
from fullcourt.simulator.vendors.odds_api import OddsApi
from fullcourt.simulator.vendors.wire import ASGIApp, RateLimit
from fullcourt.simulator.world import BUILTIN_API_KEY, BuiltinWorld, builtin_world
from fullcourt.vendors import nba_cdn, odds_api
from fullcourt.vendors.encoding import BodyDecoder
from fullcourt.vendors.outcome import require_ok
from fullcourt.vendors.transport import BadKey, RateLimited, Request
from tests.simulator.worlds import a_world, clock_of, tree


def test_what_is_kept_never_changes_a_byte() -> None:
    """Around the instants at which the league changes, forth and back, kept bodies equal fresh."""
    league = a_world().league
    feed = ScheduleFeed(league)
    changes = [at for at in change_instants(league) if at >= eastern(DEFAULT_FIRST_DATE)][:24]
    moments = [at + timedelta(seconds=s) for at in changes for s in (-1, 0, 1, 60)]
    for at in (*moments, *reversed(moments[::7]), *moments[::5]):
        fresh = ScheduleFeed(league)
        assert feed.schedule(at) == fresh.schedule(at)
        assert feed.scoreboard(at) == fresh.scoreboard(at)


def test_a_final_box_score_is_kept_with_the_time_of_each_call() -> None:
    """An hour later the game is the same, and `meta.time` is an hour later."""
    world = a_world()
    game = world.league.games[-1]
    clock = clock_of(world)
    request = nba_cdn.boxscore_request(game.game_id)
    clock.advance_to(game.final_at)
    first = tree(world.transport().send(request))
    clock.advance_to(game.final_at + timedelta(hours=1))
    later = tree(world.transport().send(request))
    assert later["game"] == first["game"] and later["meta"]["time"] > first["meta"]["time"]


def test_a_rate_is_held() -> None:
    """Of 31 calls in a second the last is a 429; a second later it goes on; by default no limit."""
    world = a_world()
    clock = clock_of(world)
    apps: dict[str, ASGIApp] = {
        "cdn.nba.com": NbaCdn(world.league, clock, RateLimit(30, 1.0)),
        "api.the-odds-api.com": OddsApi(world.league, clock, world.account, RateLimit(30, 1.0)),
    }
    transport = AsgiTransport(apps, clock)
    for request in (nba_cdn.scoreboard_request(), odds_api.events_request(BUILTIN_API_KEY)):
        statuses = [transport.send(request).status for _ in range(31)]
        assert statuses == [200] * 30 + [429]
        answer = transport.send(request)
        with pytest.raises(RateLimited):
            require_ok(request, answer, clock.now())
        clock.sleep(1.0)
        assert transport.send(request).status == 200
        assert {world.transport().send(request).status for _ in range(40)} == {200}


def test_a_deactivated_key_is_no_key() -> None:
    """401 DEACTIVATED_KEY, with the quota's headers on it."""
    world = a_world()
    world.account.is_active = False
    request = odds_api.events_request(world.api_key)
    answer = world.transport().send(request)
    assert (answer.status, tree(answer)["error_code"]) == (401, "DEACTIVATED_KEY")
    assert answer.headers["x-requests-remaining"] == "20000"
    with pytest.raises(BadKey):
        require_ok(request, answer, world.clock.now())


def _world_of(first: date) -> BuiltinWorld:
    return builtin_world(3, VirtualClock(eastern(first, 6)), first_date=first)


def test_the_older_form_says_the_same() -> None:
    """A season of 2020: bare times, dates with AM, no `ifNecessary`; the client reads as much."""
    for first, is_older in ((date(2020, 12, 22), True), (DEFAULT_FIRST_DATE, False)):
        world = _world_of(first)
        clock, transport = clock_of(world), world.transport()
        game = world.league.games[-1]
        clock.advance_to(game.final_at)
        answers = [
            transport.send(request)
            for request in (
                nba_cdn.schedule_request(),
                nba_cdn.scoreboard_request(),
                nba_cdn.boxscore_request(game.game_id),
            )
        ]
        schedule = nba_cdn.parse_schedule(answers[0].body)
        board = nba_cdn.parse_scoreboard(answers[1].body)
        box = nba_cdn.parse_boxscore(answers[2].body)
        assert {schedule.served_at, board.served_at, box.served_at} == {clock.now()}
        assert {(g.game_id, g.game_date) for g in schedule.games} == {
            (g.game_id, state.game_date) for g, state in world.league.listings(clock.now())
        }
        assert board.games and box.is_final
        assert all((" " in tree(answer)["meta"]["time"]) is is_older for answer in answers)
        shown = tree(answers[0])["leagueSchedule"]["gameDates"][0]["gameDate"]
        assert shown.endswith("12:00:00 AM" if is_older else "00:00:00")
        entries = scoreboard_body(world.league, clock.now())["scoreboard"]["games"]
        assert ("ifNecessary" not in entries[0]) is is_older


def test_what_is_to_be_determined_is_shown_so() -> None:
    """No team: id 0 and nulls; no tip: TBD at midnight; the client reads None for both."""
    world = a_world()
    league, at = world.league, world.clock.now()
    game, state = league.listings(at)[-1]
    unknown: GameState = replace(
        state, home_team=None, away_team=None, tip_is_known=False, if_necessary=True
    )
    assert status_text(unknown) == "TBD"
    head = {"time": "2025-10-21T06:00:00.000Z"}
    entry = schedule_game(league, game, unknown, 1, None)
    dates = [{"gameDate": f"{state.game_date:%m/%d/%Y} 00:00:00", "games": [entry]}]
    season = {"seasonYear": "2025-26", "gameDates": dates}
    listed = nba_cdn.parse_schedule(
        msgspec.json.encode({"meta": head, "leagueSchedule": season})
    ).games
    board = {"gameDate": f"{state.game_date}", "games": [scoreboard_game(league, game, unknown)]}
    shown = nba_cdn.parse_scoreboard(msgspec.json.encode({"meta": head, "scoreboard": board})).games
    for one in (*listed, *shown):
        assert (one.home_team, one.away_team, one.tip_at) == (None, None, None)
        assert one.if_necessary


@pytest.mark.parametrize("size", [60_000, 300_000, 3_000_000])
def test_long_brotli_bodies_are_read_whole(size: int) -> None:
    """A season's schedule is longer than one piece of the decoder, in one chunk or in many."""
    body = b",".join(b"%d" % (index * 2_654_435_761 % 1_000_003) for index in range(size // 7))
    wire = brotli.compress(body, quality=1)
    for step in (len(wire), 8_192):
        decoder = BodyDecoder(Request("x", "x", "http://x/"), "br")
        for start in range(0, len(wire), step):
            decoder.feed(wire[start : start + step])
        assert decoder.finish() == body
