from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import PLAY_IN, PLAYOFFS, PRESEASON, REGULAR, eastern, game_type
from fullcourt.nba.schedule import GameListing, GameStatus
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.league import League, build_league, calendar_config
from fullcourt.simulator.vendors.nba_cdn import NbaCdn
from fullcourt.simulator.vendors.odds_listing import known_events
from fullcourt.vendors.nba_cdn import parse_boxscore, parse_schedule

SEEDS = (1, 2, 3)


@cache
def _of(calendar: Calendar, seed: int) -> League:
    return build_league(calendar_config(calendar, seed))


@pytest.fixture(scope="module", params=SEEDS)
def playoffs(request: pytest.FixtureRequest) -> League:
    """Three weeks of a season, the play-in, four rounds."""
    return _of(Calendar.PLAYOFFS, request.param)


@pytest.fixture(scope="module", params=SEEDS)
def summer(request: pytest.FixtureRequest) -> League:
    """The end of a season, the summer, the beginning of the next."""
    return _of(Calendar.SUMMER, request.param)


def _series(league: League) -> dict[str, list[Game]]:
    series: dict[str, list[Game]] = defaultdict(list)
    for game in league.games:
        if game_type(game.game_id) == PLAYOFFS:
            series[game.game_id[:9]].append(game)
    return series


def _home_won(league: League, game: Game) -> bool:
    box = league.box(game.game_id)
    return (box.home_score or 0) > (box.away_score or 0)


def _served(league: League, at: datetime) -> dict[tuple[str, date], GameListing]:
    scope = {
        "type": "http",
        "path": "/static/json/staticData/scheduleLeagueV2.json",
        "query_string": b"",
        "headers": [(b"referer", b"https://www.nba.com/")],
    }
    body = parse_schedule(NbaCdn(league, VirtualClock(at)).reply(scope).body)
    return {(game.game_id, game.game_date): game for game in body.games}


def test_fifteen_series_of_seven_listed_games(playoffs: League) -> None:
    """Fifteen series, four wins decide each, what comes after is withdrawn when it is decided."""
    series = _series(playoffs)
    assert len(series) == 15
    lengths = Counter[int]()
    for games in series.values():
        assert [game.series_game for game in games] == list(range(1, 8))
        wins = Counter[str]()
        decided = games[0].tip_at
        for game in games:
            if game.played.withdrawal is None:
                assert max(wins.values(), default=0) < 4
                wins[game.home if _home_won(playoffs, game) else game.away] += 1
                decided = game.final_at
            else:
                assert max(wins.values()) == 4 and game.played.withdrawn_at is not None
                assert game.played.withdrawn_at > decided
        assert max(wins.values()) == 4
        lengths[sum(wins.values())] += 1
        homes = [game.home for game in games]
        assert [home == homes[0] for home in homes] == [True, True, False, False, True, False, True]
    assert len(lengths) >= 3
    assert {game.if_necessary for games in series.values() for game in games[:4]} == {False}


def test_an_if_necessary_game_comes_when_its_series_needs_it(playoffs: League) -> None:
    """Before: flagged, no tip. Needed: an ordinary game with a tip, priced. Not needed: gone."""
    came = gone = 0
    for games in _series(playoffs).values():
        for game in games[4:]:
            state = playoffs.game_state(game.game_id, game.played.known_from)
            assert state.if_necessary and not state.tip_is_known
            if game.necessary_from is None:
                gone += 1
                left = game.played.withdrawn_at
                assert left is not None and game.played.withdrawal is Withdrawal.NOT_NEEDED
                shown = {
                    at: any(one is game for one, _ in playoffs.listings(at, game.game_date))
                    for at in (left - timedelta(seconds=1), left)
                }
                assert list(shown.values()) == [True, False]
                assert not playoffs.lines(game.game_id, game.tip_at - timedelta(hours=1))
                continue
            came += 1
            before = playoffs.game_state(game.game_id, game.necessary_from - timedelta(seconds=1))
            after = playoffs.game_state(game.game_id, game.necessary_from)
            assert before.if_necessary and not before.tip_is_known
            assert not after.if_necessary and after.tip_is_known
            assert game.necessary_from < eastern(game.game_date, 6)
            assert playoffs.lines(game.game_id, game.tip_at - timedelta(hours=1))
    assert came >= 8 and gone >= 8


def test_the_bracket_follows_who_won(playoffs: League) -> None:
    """Teams of a later series are null until both series before it are decided."""
    series = _series(playoffs)
    finals = series["004250040"][0]
    for conference, code in enumerate(("004250030", "004250031")):
        games = [game for game in series[code] if game.played.withdrawal is None]
        last = games[-1]
        winner = last.home if _home_won(playoffs, last) else last.away
        assert winner in (finals.home, finals.away), conference
        assert finals.teams(last.final_at) == (None, None)
    known = playoffs.game_state(finals.game_id, finals.tip_at - timedelta(hours=14))
    assert {known.home_team, known.away_team} == {finals.home, finals.away}
    first = series["004250010"][0]
    listed = playoffs.game_state(first.game_id, first.played.known_from)
    assert listed.home_team == first.home and listed.away_team is None


def test_the_play_in_gives_the_last_places(playoffs: League) -> None:
    """Six games of type 005: who loses the first game plays again, at home."""
    games = {g.game_id[5:]: g for g in playoffs.games if game_type(g.game_id) == PLAY_IN}
    assert sorted(games) == ["00101", "00111", "00121", "00131", "00201", "00221"]
    for one, last in (("00101", "00201"), ("00121", "00221")):
        first = games[one]
        loser = first.away if _home_won(playoffs, first) else first.home
        assert games[last].home == loser
        assert games[last].teams(first.final_at)[0] is None


def test_the_schedule_body_shows_what_is_known(playoffs: League) -> None:
    """The CDN's own words, read by the client: null teams, no tip while TBD, the flag, removals."""
    series = _series(playoffs)
    at = series["004250010"][0].played.known_from
    served = _served(playoffs, at)
    for games in series.values():
        for game in games:
            listing = served[game.game_id, game.game_date]
            state = playoffs.game_state(game.game_id, at)
            assert (listing.home_team, listing.away_team) == (state.home_team, state.away_team)
            assert (listing.tip_at is not None) == state.tip_is_known
            assert listing.if_necessary == state.if_necessary
            assert listing.status is GameStatus.SCHEDULED
    end = _served(playoffs, max(game.final_at for game in playoffs.games) + timedelta(hours=9))
    gone = [game for game in playoffs.games if game.played.withdrawal is Withdrawal.NOT_NEEDED]
    assert gone and not any((game.game_id, game.game_date) in end for game in gone)
    assert all(listing.is_final or listing.is_postponed for listing in end.values())


def test_the_odds_vendor_lists_only_what_will_be_played(playoffs: League) -> None:
    """No event of a game that is not settled."""
    events = known_events(playoffs).values()
    assert not any(event.appointment.withdrawal is Withdrawal.NOT_NEEDED for event in events)
    for event in events:
        settled = event.game.settled_from(event.appointment)
        assert settled is not None and event.listed_from >= settled


def test_months_without_games(summer: League) -> None:
    """Nothing for more than 100 days, then preseason, and a new season with new ids."""
    played = sorted({game.game_date for game in summer.games if game.played.withdrawal is None})
    gaps = [(b - a).days for a, b in pairwise(played)]
    assert max(gaps) > 100
    silent = played[gaps.index(max(gaps))]
    assert all(
        not summer.listings(eastern(silent + timedelta(days=day), 12), silent + timedelta(days=day))
        for day in range(1, 100)
    )
    kinds = Counter(game.game_id[:5] for game in summer.games)
    assert set(kinds) == {f"{REGULAR}25", f"{PLAYOFFS}25", f"{PRESEASON}26", f"{REGULAR}26"}
    assert summer.nights[-3] == date(2026, 10, 20)
    assert min(g.game_date for g in summer.games if g.game_id.startswith("00226")) == date(
        2026, 10, 20
    )


def test_the_schedule_turns_to_the_next_season(summer: League) -> None:
    """In August the old games leave the schedule and the new ones are there; boxes stay."""
    released = summer.seasons[1][0]
    before, after = (
        {listed.game_id[3:5] for listed, _ in summer.listings(at)}
        for at in (released - timedelta(seconds=1), released)
    )
    assert (before, after) == ({"25"}, {"26"})
    assert summer.season_at(released) == "2026-27"
    old = next(game for game in summer.games if game.game_id.startswith("00225"))
    assert summer.box_at(old.game_id, released).is_final
    assert {game_id[3:5] for game_id, _ in _served(summer, released)} == {"26"}


def test_rookies_have_no_past(summer: League) -> None:
    """Two a team join in July; some are seen for the first time in opening night's box scores."""
    joined = {
        stint.player_id
        for stint in summer.stints
        if stint.since is not None and stint.since.date() == date(2026, 7, 25)
    }
    old = {s.player_id for s in summer.stints if s.since is None or s.since.date().month < 7}
    rookies = joined - old
    assert len(rookies) == 60
    before = {
        line.player_id
        for game in summer.games
        if not game.game_id.startswith("00226") and game.played.withdrawal is None
        for line in summer.box(game.game_id).lines
        if line.played
    }
    opening = {
        line.player_id
        for game in summer.games
        if game.game_id.startswith("00226")
        for line in summer.box(game.game_id).lines
        if line.played
    }
    assert len((opening & rookies) - before) >= 3


def test_players_retire_and_move(summer: League) -> None:
    """Some of last season's players are in no roster in October, many in another."""
    may, october = eastern(date(2026, 5, 26)), eastern(date(2026, 10, 20))
    then = {p.player_id: team for team in summer.teams for p in summer.roster(team, may)}
    now = {p.player_id: team for team in summer.teams for p in summer.roster(team, october)}
    assert len(set(then) - set(now)) >= 15
    assert sum(then[who] != now[who] for who in set(then) & set(now)) >= 30
    assert all(13 <= len(summer.roster(team, october)) <= 20 for team in summer.teams)


def test_an_all_star_box_score_can_be_read() -> None:
    """Sides that are no teams of the league pass through feed and parser."""
    league = _of(Calendar.SEASON, 1)
    game = next(game for game in league.games if game.game_id.startswith("003"))
    scope = {
        "type": "http",
        "path": f"/static/json/liveData/boxscore/boxscore_{game.game_id}.json",
        "query_string": b"",
        "headers": [(b"referer", b"https://www.nba.com/")],
    }
    box = parse_boxscore(NbaCdn(league, VirtualClock(game.final_at)).reply(scope).body)
    assert {box.home_team, box.away_team} == set(league.guests)
