from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fullcourt.nba.calendar import (
    ALL_STAR,
    CUP_FINAL,
    EASTERN,
    PRESEASON,
    REGULAR,
    eastern,
    game_type,
    raises_cells,
)
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.facts import Game, Withdrawal
from fullcourt.simulator.league import League, LeagueConfig, build_league, calendar_config

CUP_GAMES = range(1_201, 1_231)
CALENDARS = st.sampled_from((Calendar.SEASON, Calendar.PLAYOFFS, Calendar.SUMMER))


@cache
def _league(calendar: Calendar, seed: int) -> League:
    return build_league(calendar_config(calendar, seed))


@pytest.fixture(scope="module", params=(1, 2))
def season(request: pytest.FixtureRequest) -> League:
    """A whole season of thirty teams."""
    return _league(Calendar.SEASON, request.param)


def _regular(league: League) -> list[Game]:
    return [game for game in league.games if game_type(game.game_id) == REGULAR]


def _facts(league: League) -> str:
    text = repr((league.games, league.players, league.stints, league.absences, league.seasons))
    return hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=6)
@given(calendar=CALENDARS, seed=st.integers(0, 400))
def test_no_team_has_two_games_on_a_date(calendar: Calendar, seed: int) -> None:
    """Whatever was postponed, moved, added or not needed: one game a team and date, ids unique."""
    league = build_league(calendar_config(calendar, seed))
    seen = Counter(
        (team, appointment.game_date)
        for game in league.games
        for team in (game.home, game.away)
        for appointment in game.appointments
    )
    assert max(seen.values()) == 1
    assert len({game.game_id for game in league.games}) == len(league.games)
    assert len({game.number for game in league.games}) == len(league.games)


@settings(max_examples=6)
@given(calendar=CALENDARS, seed=st.integers(0, 400))
def test_appointments_are_consistent(calendar: Calendar, seed: int) -> None:
    """Only a last appointment stands, each begins to be known before the one before it is over."""
    for game in build_league(calendar_config(calendar, seed)).games:
        for old, new in pairwise(game.appointments):
            assert old.withdrawal in (Withdrawal.POSTPONED, Withdrawal.MOVED)
            assert old.withdrawn_at is not None
            assert old.known_from < old.withdrawn_at <= old.tip_at
            assert old.withdrawn_at <= new.known_from < new.tip_at
            assert new.game_date > old.game_date
        last = game.played
        assert last.tip_at.astimezone(EASTERN).date() == last.game_date
        assert last.known_from < last.tip_at < game.final_at
        settled = game.settled_from(last)
        if last.withdrawal is None:
            assert last.withdrawn_at is None
            assert settled is not None and settled <= eastern(last.game_date, 6)
        else:
            assert last.withdrawal is Withdrawal.NOT_NEEDED and game.if_necessary
            assert settled is None and last.withdrawn_at is not None
            assert last.withdrawn_at < last.tip_at
            assert not game.has_begun(game.final_at) and not game.is_final(game.final_at)


@settings(max_examples=5)
@given(calendar=CALENDARS, seed=st.integers(0, 400), data=st.data())
def test_box_scores_add_up_and_name_who_was_there(
    calendar: Calendar, seed: int, data: st.DataObject
) -> None:
    """Points sum to the score, seconds to 5 x the game, everybody is on that roster at the tip."""
    league = build_league(calendar_config(calendar, seed))
    games = [game for game in league.games if game.played.withdrawal is None]
    for game in data.draw(st.lists(st.sampled_from(games), min_size=8, max_size=8)):
        box = league.box(game.game_id)
        for team, score in ((game.home, box.home_score), (game.away, box.away_score)):
            lines = [line for line in box.lines if line.team == team]
            played = [line for line in lines if line.played]
            seconds = sum(line.seconds_played or 0 for line in played)
            assert seconds == 5 * (2880 + 300 * game.overtimes)
            assert sum(line.points or 0 for line in played) == score
            assert len(played) >= 8
            roster = {player.player_id for player in league.roster(team, game.tip_at)}
            assert {line.player_id for line in lines} == roster
        assert box.home_score != box.away_score


@pytest.mark.parametrize("calendar", [Calendar.SEASON, Calendar.PLAYOFFS, Calendar.SUMMER])
def test_the_same_seed_is_the_same_season(calendar: Calendar) -> None:
    """Facts depend on the configuration alone."""
    one, two = (build_league(calendar_config(calendar, 5)) for _ in range(2))
    assert _facts(one) == _facts(two)
    assert _facts(one) != _facts(build_league(calendar_config(calendar, 6)))


@pytest.mark.parametrize("calendar", [Calendar.SEASON, Calendar.PLAYOFFS, Calendar.SUMMER])
def test_first_nights_do_not_depend_on_how_many_follow(calendar: Calendar) -> None:
    """A league of thirty nights is the whole calendar's, cut: no rate depends on the length."""
    whole, part = _league(calendar, 3), build_league(calendar_config(calendar, 3, 30))
    last = part.nights[-1]
    assert part.games == tuple(g for g in whole.games if g.appointments[0].game_date <= last)
    assert (part.players, part.stints, part.absences) == (
        whole.players,
        whole.stints,
        whole.absences,
    )


def test_everybody_plays_82_games_that_count(season: League) -> None:
    """1,230 regular games on 155 to 168 dates, 41 at home or nearly, one Cup final beside them."""
    games = _regular(season)
    assert len(games) == 1_230
    teams = Counter(team for game in games for team in (game.home, game.away))
    assert set(teams) == set(season.teams) and set(teams.values()) == {82}
    at_home = Counter(game.home for game in games)
    assert all(38 <= count <= 44 for count in at_home.values())
    dates = {game.appointments[0].game_date for game in games}
    assert 155 <= len(dates) <= 168
    assert season.nights[0] in dates and season.nights[-1] in dates
    assert sum(game_type(game.game_id) == CUP_FINAL for game in season.games) == 1


def test_the_season_has_its_breaks(season: League) -> None:
    """No games on Thanksgiving, Christmas Eve and six days of February but an All-Star game."""
    on = Counter(game.game_date for game in season.games if raises_cells(game.game_id))
    for day in (date(2025, 11, 27), date(2025, 12, 24)):
        assert not on[day]
    stars = [game for game in season.games if game_type(game.game_id) == ALL_STAR]
    assert len(stars) == 1 and stars[0].game_date == date(2026, 2, 15)
    assert not raises_cells(stars[0].game_id)
    assert not any(on[stars[0].game_date + timedelta(days=offset)] for offset in range(-2, 4))
    assert {stars[0].home, stars[0].away} == set(season.guests)
    assert not set(season.guests) & set(season.teams)
    assert len(season.box(stars[0].game_id).lines) == 24
    assert not season.lines(stars[0].game_id, stars[0].tip_at - timedelta(hours=1))


def test_the_season_has_rhythm(season: League) -> None:
    """Back-to-backs, never three in a row but at the end, tips to 22:30, games when clocks turn."""
    games = _regular(season)
    planned: dict[str, list[int]] = {team: [] for team in season.teams}
    for game in games:
        for team in (game.home, game.away):
            planned[team].append(game.appointments[0].game_date.toordinal())
    last = season.nights[-1].toordinal()
    for days in planned.values():
        days.sort()
        gaps = [b - a for a, b in pairwise(days)]
        assert 8 <= gaps.count(1) <= 26
        assert not any(
            a == b == 1 and day != last for a, b, day in zip(gaps, gaps[1:], days[2:], strict=False)
        )
    tips = {game.tip_at.astimezone(EASTERN).strftime("%H:%M") for game in games}
    assert min(tips) == "13:00" and max(tips) == "22:30"
    dates = {game.game_date for game in games}
    assert {date(2025, 11, 1), date(2025, 11, 2), date(2026, 3, 7), date(2026, 3, 8)} <= dates
    zones = {team.zone for team in season.teams.values()}
    assert zones >= {
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Halifax",
    }
    assert sum(game.overtimes > 1 for game in games) >= 1


def test_games_are_postponed_and_moved_all_season(season: League) -> None:
    """Some games leave their date days before, hours before (priced already) or at the tip."""
    changed = [game for game in season.games if len(game.appointments) > 1]
    kinds = Counter(game.appointments[0].withdrawal for game in changed)
    assert kinds[Withdrawal.POSTPONED] >= 4 and kinds[Withdrawal.MOVED] >= 3
    for game in changed:
        old = game.appointments[0]
        assert old.withdrawn_at is not None
        before = old.withdrawn_at - timedelta(minutes=1)
        if old.withdrawal is Withdrawal.POSTPONED and old.tip_at - old.withdrawn_at < timedelta(
            hours=9
        ):
            assert season.lines(game.game_id, before)
        assert not season.lines(game.game_id, old.withdrawn_at)


def test_postponements_come_at_every_notice() -> None:
    """Over some seasons: days before, six hours, two hours before the tip, and at the tip."""
    notice = {
        min(int((old.tip_at - old.withdrawn_at).total_seconds() // 3600), 24)
        for seed in range(4)
        for game in _league(Calendar.SEASON, seed).games
        for old in game.appointments[:-1]
        if old.withdrawal is Withdrawal.POSTPONED and old.withdrawn_at is not None
    }
    assert notice == {0, 2, 6, 24}


def test_cup_games_are_to_be_decided(season: League) -> None:
    """The schedule shows them from its release, teams null until the rounds before are over."""
    by_label: dict[str, list[Game]] = {}
    for game in season.games:
        if game.label.startswith("Cup"):
            by_label.setdefault(game.label, []).append(game)
    assert {label: len(games) for label, games in by_label.items()} == {
        "Cup Quarterfinal": 4,
        "Cup Semifinal": 2,
        "Cup Championship": 1,
    }
    final = by_label["Cup Championship"][0]
    assert final.game_id == "0062500001" and final.game_date == date(2025, 12, 16)
    assert [g for g in season.games if g.game_date == final.game_date] == [final]
    state = season.game_state(final.game_id, season.first_instant)
    assert (state.home_team, state.away_team, state.tip_is_known) == (None, None, True)
    for semi, side in zip(by_label["Cup Semifinal"], (0, 1), strict=True):
        score = season.box(semi.game_id)
        winner = semi.home if (score.home_score or 0) > (score.away_score or 0) else semi.away
        assert final.teams(semi.final_at)[side] is None
        assert final.teams(semi.final_at + timedelta(hours=1))[side] == winner
    known = season.game_state(final.game_id, final.tip_at - timedelta(hours=20))
    assert (known.home_team, known.away_team) == (final.home, final.away)
    assert season.lines(final.game_id, final.tip_at - timedelta(hours=1))
    quarter = by_label["Cup Quarterfinal"][0]
    early = season.game_state(quarter.game_id, season.first_instant)
    assert early.home_team is None and not early.tip_is_known


def test_the_cup_window_fills_up_late(season: League) -> None:
    """Games nobody listed before the draw appear for those who are out, in its dates."""
    late = [g for g in _regular(season) if g.appointments[0].known_from > season.first_instant]
    assert len(late) == 24
    assert {int(game.game_id[5:]) for game in late} <= set(CUP_GAMES)
    assert {g.game_date for g in late} <= {date(2025, 12, day) for day in (11, 12, 14, 15)}


def test_trades_go_both_ways_between_games(season: League) -> None:
    """Players swap teams before the deadline, at 09:00; nobody is ever in two teams."""
    moved: dict[int, list[str]] = {}
    for stint in season.stints:
        moved.setdefault(stint.player_id, []).append(stint.team)
    assert sum(len(teams) > 1 for teams in moved.values()) >= 10
    instants = sorted({stint.since for stint in season.stints if stint.since is not None})
    assert all(at.astimezone(EASTERN).hour == 9 for at in instants)
    assert not any(game.tip_at <= at < game.final_at for at in instants for game in season.games)
    for at in instants[::7]:
        owners = Counter(p.player_id for team in season.teams for p in season.roster(team, at))
        assert max(owners.values()) == 1
        assert all(13 <= len(season.roster(team, at)) <= 19 for team in season.teams)


def test_call_ups_appear_mid_season(season: League) -> None:
    """Players nobody has seen join during the season and play; some leave again."""
    first: dict[int, datetime] = {}
    for stint in season.stints:
        since = stint.since or season.first_instant
        first[stint.player_id] = min(first.get(stint.player_id, since), since)
    new = {who for who, since in first.items() if since > eastern(season.nights[0])}
    assert 20 <= len(new) <= 60 and 460 <= len(season.players) <= 560
    gone = {s.player_id for s in season.stints if s.until is not None} & new
    assert gone
    seen = {
        line.player_id
        for game in _regular(season)[600:700]
        for line in season.box(game.game_id).lines
        if line.played
    }
    assert seen & new


def test_some_injuries_are_not_announced(season: League) -> None:
    """Most spells are known the day before; some only at the tip of the first game missed."""
    tips = {game.tip_at for game in season.games}
    sudden = [absence for absence in season.absences if absence.known_from in tips]
    assert 0.05 < len(sudden) / len(season.absences) < 0.3
    lengths = [(a.last_date - a.first_date).days for a in season.absences]
    assert min(lengths) <= 3 and max(lengths) >= 30


def test_identity_traps_of_a_full_league(season: League) -> None:
    """No two of a name; two of a surname in one team, a Jr. and his father in the league."""
    names = Counter(player.name for player in season.players.values())
    assert max(names.values()) == 1
    assert {"Darnell Whitlock", "Darnell Whitlock Jr."} <= set(names)
    at = season.first_instant
    assert any(
        count > 1
        for team in season.teams
        for count in Counter(p.family_name for p in season.roster(team, at)).values()
    )


def test_a_season_from_the_first_of_october_begins_with_the_preseason() -> None:
    """106 nights to the middle of January: opening night is the third Tuesday of October."""
    league = build_league(LeagueConfig(4, 30, date(2025, 10, 1), 106, Calendar.SEASON))
    assert league.nights[-1] == date(2026, 1, 14)
    assert min(game.game_date for game in _regular(league)) == date(2025, 10, 21)
    preseason = [g.game_date for g in league.games if game_type(g.game_id) == PRESEASON]
    assert set(preseason) <= set(league.nights)


@pytest.mark.parametrize("teams", [10, 12, 20])
def test_smaller_leagues_have_seasons_too(teams: int) -> None:
    """An even number of teams from ten on plays 82 games each."""
    league = build_league(calendar_config(Calendar.SEASON, 2))
    config = LeagueConfig(2, teams, league.config.first_date, 174, Calendar.SEASON)
    games = _regular(build_league(config))
    assert set(Counter(t for g in games for t in (g.home, g.away)).values()) == {82}


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"teams": 9}, "teams=9"),
        ({"teams": 8}, "teams=8"),
        ({"first_date": date(2025, 7, 1)}, "first_date=2025-07-01"),
        ({"nights": 200}, "nights=200"),
        ({"calendar": "winter"}, "winter"),
    ],
)
def test_impossible_seasons_are_refused(wrong: dict[str, object], match: str) -> None:
    """A number, date or word no calendar can have is an error that names it."""
    words: dict[str, object] = {"seed": 1, "teams": 30, "calendar": "season"}
    with pytest.raises(ValueError, match=match):
        LeagueConfig(**(words | wrong))  # type: ignore[arg-type]
