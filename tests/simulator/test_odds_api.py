from __future__ import annotations

from datetime import timedelta

import pytest

from fullcourt.nba.calendar import REGULAR, game_date_of, game_type
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.vendors.odds_listing import american, event_id_of
from fullcourt.simulator.world import BuiltinWorld
from fullcourt.vendors import odds_api
from tests.simulator.worlds import EVENTS, ODDS, a_world, changed_game, clock_of, odds, tree

HISTORY = f"{ODDS}/historical/sports/basketball_nba/events"


@pytest.fixture
def world() -> BuiltinWorld:
    """A world at the first morning."""
    return a_world()


def _game(world: BuiltinWorld, index: int = 3) -> Game:
    return [game for game in world.league.games if game_type(game.game_id) == REGULAR][index]


def _props(world: BuiltinWorld, game: Game, **params: str) -> object:
    url = f"{EVENTS}/{event_id_of(world.league, game.game_id)}/odds"
    return tree(odds(world, url, **({"regions": "us", "markets": "player_points"} | params)))


def test_a_key_is_asked_for(world: BuiltinWorld) -> None:
    """401 with the vendor's own codes for a missing and a wrong key."""
    for key, code in (("", "MISSING_KEY"), ("nonsense", "INVALID_KEY")):
        answer = odds(world, EVENTS, key=key)
        assert answer.status == 401 and tree(answer)["error_code"] == code


def test_the_client_reads_the_listing(world: BuiltinWorld) -> None:
    """Events carry full team names in the vendor's spelling, on the right Eastern dates."""
    clock = clock_of(world)
    seen = set()
    for _ in range(15 * 8):
        answer = odds(world, EVENTS)
        assert answer.headers["x-requests-last"] == "0"
        listing = odds_api.parse_events(answer.body, False, clock.now(), world.team_names)
        assert not listing.unknown_teams and not listing.rejected
        for event in listing.events:
            seen.add((event.game_date, event.home_team, event.away_team))
        clock.sleep(3 * 3600)
    assert seen >= {
        (game.game_date, game.home, game.away)
        for game in world.league.games
        if game_type(game.game_id) == REGULAR and game.tip_at < clock.now()
    }


def test_props_appear_twelve_hours_before_the_tip(world: BuiltinWorld) -> None:
    """Listed long before, priced from tip - 12 h, unpriced in play, 404 when it is over."""
    game, clock = _game(world), clock_of(world)
    url = f"{EVENTS}/{event_id_of(world.league, game.game_id)}/odds"
    asked = {"regions": "us", "markets": "player_points"}
    steps = ((-12 * 60 - 1, 0), (-12 * 60, 5), (-1, 5), (0, 0))
    for minutes, books in steps:
        clock.advance_to(game.tip_at + timedelta(minutes=minutes))
        answer = odds(world, url, **asked)
        assert answer.status == 200 and len(tree(answer)["bookmakers"]) == books
        assert answer.headers["x-requests-last"] == ("1" if books else "0")
    clock.advance_to(game.final_at)
    answer = odds(world, url, **asked)
    assert answer.status == 404 and tree(answer)["error_code"] == "EVENT_NOT_FOUND"


def test_the_client_reads_the_props_as_they_are_true(world: BuiltinWorld) -> None:
    """Every quote the client parses is a line of the league's market, and none is missing."""
    game, clock = _game(world), clock_of(world)
    clock.advance_to(game.tip_at - timedelta(hours=2))
    url = f"{EVENTS}/{event_id_of(world.league, game.game_id)}/odds"
    body = odds(world, url, regions="us", markets="player_points").body
    parsed = odds_api.parse_event_props(body, False, clock.now(), world.team_names)
    assert not parsed.rejected and not parsed.skipped
    truth = {
        (line.player_name, line.bookmaker, line.line, line.over_price, line.under_price)
        for line in world.league.lines(game.game_id, clock.now())
        if line.market == "player_points"
    }
    assert truth == {
        (q.player_name, q.bookmaker, q.line, q.over_price, q.under_price) for q in parsed.quotes
    }
    mains = {
        (line.player_name, line.bookmaker, line.line)
        for line in world.league.lines(game.game_id, clock.now())
        if line.market == "player_points" and line.is_main
    }
    said = {(q.player_name, q.bookmaker, q.line) for q in parsed.quotes if q.is_main}
    assert len(said & mains) / len(mains) > 0.9
    assert parsed.event.game_date == game.game_date


def test_names_are_spelled_the_vendors_way(world: BuiltinWorld) -> None:
    """Accents are dropped by most books, and a nickname stands for a first name."""
    clock = clock_of(world)
    printed: dict[str, set[str]] = {}
    for index in range(12):
        game = _game(world, index)
        for line in world.league.lines(game.game_id, game.tip_at - timedelta(hours=1)):
            printed.setdefault(world.league.players[line.player_id].name, set()).add(
                line.player_name
            )
    assert clock.now() < _game(world).tip_at
    assert any(len(spellings) > 1 for spellings in printed.values())
    assert any(name not in spellings for name, spellings in printed.items())


def test_a_live_event_begins_later_than_its_tip(world: BuiltinWorld) -> None:
    """`commence_time` is no official tip: announced, then the real second; the date holds."""
    game, clock = _game(world), clock_of(world)
    said = []
    for minutes in (-60, 40):
        clock.advance_to(game.tip_at + timedelta(minutes=minutes))
        body = odds(world, EVENTS).body
        listing = odds_api.parse_events(body, False, clock.now(), world.team_names)
        wanted = event_id_of(world.league, game.game_id)
        said += [event for event in listing.events if event.event_id == wanted]
    assert said[0].tip_at != said[1].tip_at > game.tip_at
    assert {game_date_of(event.tip_at) for event in said} == {game.game_date}


def test_a_postponed_event_vanishes_and_comes_back_as_another(world: BuiltinWorld) -> None:
    """Gone twenty minutes after the postponement; the new date has a new id."""
    game, clock = changed_game(world, Withdrawal.POSTPONED), clock_of(world)
    old, new = game.appointments
    ids = [event_id_of(world.league, game.game_id, index) for index in (0, 1)]
    assert ids[0] != ids[1] and old.withdrawn_at is not None
    found = []
    for at in (
        old.withdrawn_at - timedelta(minutes=1),
        old.withdrawn_at + timedelta(minutes=20),
        new.tip_at - timedelta(hours=6),
    ):
        clock.advance_to(at)
        found.append({event["id"] for event in tree(odds(world, EVENTS))} & set(ids))
    assert found == [{ids[0]}, set(), {ids[1]}]


def test_requests_that_make_no_sense_are_refused(world: BuiltinWorld) -> None:
    """422 with the vendor's codes, and nothing is charged."""
    game, clock = _game(world), clock_of(world)
    clock.advance_to(game.tip_at - timedelta(hours=1))
    url = f"{EVENTS}/{event_id_of(world.league, game.game_id)}/odds"
    cases = {
        "INVALID_MARKET": {"regions": "us", "markets": "player_height"},
        "MISSING_REGION": {"markets": "player_points"},
        "INVALID_REGION": {"regions": "moon", "markets": "player_points"},
        "INVALID_ODDS_FORMAT": {"regions": "us", "markets": "player_points", "oddsFormat": "x"},
    }
    for code, params in cases.items():
        answer = odds(world, url, **params)
        assert answer.status == 422 and tree(answer)["error_code"] == code
    dated = odds(world, HISTORY, date="yesterday")
    assert dated.status == 422 and tree(dated)["error_code"] == "INVALID_HISTORICAL_TIMESTAMP"
    assert world.account.used == 0


def test_credits_are_counted_and_run_out() -> None:
    """Markets x regions, tenfold for history; 401 OUT_OF_USAGE_CREDITS when they are spent."""
    world = a_world(credits_limit=14)
    game, clock = _game(world), clock_of(world)
    clock.advance_to(game.tip_at - timedelta(hours=1))
    path = f"{event_id_of(world.league, game.game_id)}/odds"
    asked = {"markets": "player_points,player_rebounds", "bookmakers": "draftkings,fanduel"}
    answer = odds(world, f"{EVENTS}/{path}", **asked)
    assert odds_api.credits_of(answer) == odds_api.Credits(remaining=12, used=2, last=2)
    spent = odds(world, f"{HISTORY}/{path}", date="2030-01-01T00:00:00Z", **asked)
    assert spent.status == 401 and tree(spent)["error_code"] == "OUT_OF_USAGE_CREDITS"
    assert world.account.remaining == 12
    asked["markets"] = "player_points"
    answer = odds(world, f"{HISTORY}/{path}", date="2030-01-01T00:00:00Z", **asked)
    assert odds_api.credits_of(answer) == odds_api.Credits(remaining=2, used=12, last=10)


def test_history_answers_with_the_latest_snapshot(world: BuiltinWorld) -> None:
    """Five-minute snapshots, never later than asked, and the same body whenever it is asked for."""
    game, clock = _game(world), clock_of(world)
    clock.advance_to(game.tip_at - timedelta(hours=2))
    asked_at = clock.now() - timedelta(minutes=7)
    url = f"{HISTORY}/{event_id_of(world.league, game.game_id)}/odds"
    params = {"regions": "us", "markets": "player_points", "date": f"{asked_at:%Y-%m-%dT%H:%M:%SZ}"}
    first = odds(world, url, **params)
    parsed = odds_api.parse_event_props(first.body, True, clock.now(), world.team_names)
    assert timedelta(0) <= asked_at - parsed.snapshot_at < timedelta(minutes=5)
    assert parsed.quotes
    clock.advance_to(game.final_at + timedelta(days=2))
    assert odds(world, url, **params).body == first.body
    listing = odds_api.parse_events(
        odds(world, HISTORY, date=params["date"]).body, True, clock.now(), world.team_names
    )
    assert listing.snapshot_at == parsed.snapshot_at
    assert event_id_of(world.league, game.game_id) in {e.event_id for e in listing.events}


def test_prices_come_in_both_formats(world: BuiltinWorld) -> None:
    """Decimal by default, American when asked for."""
    game, clock = _game(world), clock_of(world)
    clock.advance_to(game.tip_at - timedelta(hours=1))
    decimal = _props(world, game)
    americans = _props(world, game, oddsFormat="american")
    assert isinstance(decimal, dict) and isinstance(americans, dict)
    for one, other in zip(decimal["bookmakers"], americans["bookmakers"], strict=True):
        pairs = zip(one["markets"][0]["outcomes"], other["markets"][0]["outcomes"], strict=True)
        assert all(american(a["price"]) == b["price"] for a, b in pairs)
    assert (american(1.91), american(2.1)) == (-110, 110)
