"""Everything a league is made of, by calendar: games, people, stints, absences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import REGULAR, eastern, season_of
from fullcourt.simulator.availability import build_absences, build_stints, season_absences
from fullcourt.simulator.calendars import (
    DAYS_OF_A_SEASON,
    LAST_WEEK_DAYS,
    LAST_WEEKS_BEFORE_PLAYOFFS,
    nth_weekday,
    opening_night,
    season_opening,
)
from fullcourt.simulator.changes import with_changes
from fullcourt.simulator.cup import HomeWins, cup_games
from fullcourt.simulator.draws import Purpose, stream
from fullcourt.simulator.facts import Absence, Game, Player, Stint, Team
from fullcourt.simulator.fixtures import RELEASED_DAYS_BEFORE, build_games
from fullcourt.simulator.moves import Rolls, season_moves, summer_moves
from fullcourt.simulator.people import (
    FIRST_TEAM_ID,
    FULL_ROSTER,
    build_rosters,
    newcomers,
)
from fullcourt.simulator.postseason import final_series, postseason_games
from fullcourt.simulator.season import (
    CUP_WINDOW_DAYS,
    all_star_game,
    all_star_sunday,
    cup_window,
    games_of,
    plan_block,
    plan_season,
    preseason_games,
)

GAMES_OF_THE_LAST_WEEKS = 10
GAMES_OF_THE_LAST_WEEK = 3
# The next season is planned for two weeks; a summer shows its first nights.
NEXT_SEASON_DAYS, NEXT_SEASON_GAMES = 14, 7
NEXT_SEASON_NUMBERS = 1_000_000
ROOKIES_A_TEAM = 2
ROOKIES_WITHOUT_PRESEASON = 3
ALL_STAR_SIZE = 12
GUEST_IDS = 5_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a league is made of.

    `guests` are sides that are no teams of the league, `guest_squads` their players by id.
    `seasons`: since when the schedule shows which season, in order.
    """

    games: tuple[Game, ...]
    players: Mapping[int, Player]
    stints: tuple[Stint, ...]
    absences: tuple[Absence, ...]
    seasons: tuple[tuple[datetime, str], ...]
    guests: Mapping[str, Team] = field(default_factory=dict)
    guest_squads: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


Referee = Callable[[Plan], HomeWins]
"""Who wins the games of a plan: they can be played as soon as everybody's whereabouts are known."""


def short_plan(seed: int, teams: tuple[Team, ...], first_date: date, nights: int) -> Plan:
    """A few teams and nights: preseason, one game moved, one postponed a fortnight, one trade."""
    rosters = build_rosters(seed, teams)
    games = build_games(seed, teams, first_date, nights)
    return Plan(
        games=games,
        players={player.player_id: player for roster in rosters.values() for player in roster},
        stints=build_stints(seed, rosters, games, first_date, nights),
        absences=build_absences(seed, rosters, first_date, nights),
        seasons=((games[0].appointments[0].known_from, season_of(games[0].game_id)),),
    )


def season_plan(seed: int, teams: tuple[Team, ...], first_date: date, referee: Referee) -> Plan:
    """A regular season: 82 games a team and the Cup final."""
    rng = stream(seed, Purpose.FIXTURES, 3)
    first_date = season_opening(first_date)
    released = eastern(first_date - timedelta(days=RELEASED_DAYS_BEFORE), 15)
    pairings = plan_season(seed, teams, first_date)
    window = cup_window(first_date)
    closed = [window + timedelta(days=index) for index in range(CUP_WINDOW_DAYS)]
    days = [first_date + timedelta(days=index) for index in range(DAYS_OF_A_SEASON)]
    regular = with_changes(seed, games_of(rng, pairings, REGULAR, released), days, closed)
    deadline = nth_weekday(first_date.year + 1, 2, 3, 1)
    plan = _peopled(seed, teams, regular, days, deadline, released)
    guests = _all_stars(teams)
    squads = _all_star_squads(plan, teams, guests)
    home, away = guests
    plan = replace(
        plan,
        games=(*preseason_games(seed, teams, first_date, released), *plan.games),
        guests=guests,
        guest_squads=squads,
    )
    cup = cup_games(seed, teams, first_date, released, referee(plan))
    exhibition = all_star_game(first_date, home, away, eastern(all_star_sunday(first_date), 0))
    exhibition = replace(
        exhibition, appointments=(replace(exhibition.played, known_from=released),)
    )
    return replace(plan, games=(*plan.games, *cup, exhibition))


def playoffs_plan(seed: int, teams: tuple[Team, ...], first_date: date, referee: Referee) -> Plan:
    """A season's last three weeks, the play-in, and four rounds."""
    days = [first_date + timedelta(days=index) for index in range(7 * LAST_WEEKS_BEFORE_PLAYOFFS)]
    plan = _last_days(seed, teams, days, GAMES_OF_THE_LAST_WEEKS)
    games = postseason_games(seed, teams, days[-1], referee(plan))
    return replace(plan, games=(*plan.games, *games))


def summer_plan(seed: int, teams: tuple[Team, ...], first_date: date, referee: Referee) -> Plan:
    """A season's last week and final series; then nothing, until the next season begins."""
    days = [first_date + timedelta(days=index) for index in range(LAST_WEEK_DAYS)]
    rosters = build_rosters(seed, teams, FULL_ROSTER)
    rolls = Rolls.of(rosters)
    opening = opening_night(first_date.year)
    rookies = summer_moves(
        seed,
        rolls,
        newcomers(seed, rosters, opening.year),
        date(first_date.year, 7, 1),
        ROOKIES_A_TEAM,
    )
    plan = _last_days(seed, teams, days, GAMES_OF_THE_LAST_WEEK)
    plan = replace(
        plan,
        players={**plan.players, **{rookie.player_id: rookie for rookie in rookies}},
        stints=rolls.stints(),
    )
    finals = final_series(seed, teams, days[-1], days[-1] + timedelta(days=3), referee(plan))
    released = eastern(date(first_date.year, 8, 14), 15)
    rng = stream(seed, Purpose.FIXTURES, 4)
    coming = [opening + timedelta(days=index) for index in range(NEXT_SEASON_DAYS)]
    pairings = plan_block(rng, teams, coming, NEXT_SEASON_GAMES)
    preseason = preseason_games(seed, teams, opening, released, number=NEXT_SEASON_NUMBERS)
    season = games_of(rng, pairings, REGULAR, released, number=NEXT_SEASON_NUMBERS)
    absences = season_absences(seed + 1, rosters, season, opening, NEXT_SEASON_DAYS)
    return replace(
        plan,
        games=(*plan.games, *finals, *preseason, *season),
        absences=(*plan.absences, *absences, *_kept_out(rookies, opening)),
        seasons=(*plan.seasons, (released, season_of(season[0].game_id))),
    )


def _kept_out(rookies: Sequence[Player], opening: date) -> list[Absence]:
    """Every third rookie misses the preseason: opening night's box score is the first he is in."""
    first = opening - timedelta(days=30)
    return [
        Absence(
            player_id=rookie.player_id,
            first_date=first,
            last_date=opening - timedelta(days=1),
            known_from=eastern(first, 12),
            reason="INACTIVE_INJURY",
            description="Right Ankle; Sprain",
        )
        for rookie in rookies[::ROOKIES_WITHOUT_PRESEASON]
    ]


def _last_days(seed: int, teams: tuple[Team, ...], days: Sequence[date], games: int) -> Plan:
    """The end of a regular season, after the trade deadline."""
    rng = stream(seed, Purpose.FIXTURES, 3)
    released = eastern(days[0] - timedelta(days=RELEASED_DAYS_BEFORE), 15)
    pairings = plan_block(stream(seed, Purpose.FIXTURES, 1), teams, days, games)
    regular = with_changes(seed, games_of(rng, pairings, REGULAR, released), days)
    return _peopled(seed, teams, regular, days, days[0] - timedelta(days=1), released)


def _peopled(
    seed: int,
    teams: tuple[Team, ...],
    games: Sequence[Game],
    days: Sequence[date],
    trade_deadline: date,
    released: datetime,
) -> Plan:
    rosters = build_rosters(seed, teams, FULL_ROSTER)
    rolls = Rolls.of(rosters)
    arrivals = newcomers(seed, rosters, days[0].year)
    called = season_moves(seed, rolls, arrivals, days, trade_deadline)
    everybody = [player for roster in rosters.values() for player in roster]
    return Plan(
        games=tuple(games),
        players={player.player_id: player for player in (*everybody, *called)},
        stints=rolls.stints(),
        absences=season_absences(seed, rosters, games, days[0], len(days)),
        seasons=((released, season_of(games[0].game_id)),),
    )


def _all_stars(teams: Sequence[Team]) -> dict[str, Team]:
    """The two sides of the All-Star game: no teams of the league, with codes of their own."""
    return {
        code: Team(
            team_id=FIRST_TEAM_ID + GUEST_IDS + index,
            city="",
            nickname=name,
            tricode=code,
            state=teams[0].state,
            zone="America/New_York",
            vendor_city="",
        )
        for index, (code, name) in enumerate((("SNR", "Team Sunrise"), ("SNS", "Team Sunset")))
    }


def _all_star_squads(
    plan: Plan, teams: Sequence[Team], guests: Mapping[str, Team]
) -> dict[str, tuple[int, ...]]:
    """The best scorers of every second team for one side, of the others for the other."""
    first_team: dict[int, str] = {}
    for stint in plan.stints:
        if stint.since is None:
            first_team[stint.player_id] = stint.team
    squads: dict[str, tuple[int, ...]] = {}
    for index, guest in enumerate(guests):
        theirs = {team.tricode for team in teams[index::2]}
        players = [plan.players[who] for who, team in first_team.items() if team in theirs]
        players.sort(key=lambda one: (-one.seconds * one.rates.points, one.player_id))
        squads[guest] = tuple(one.player_id for one in players[:ALL_STAR_SIZE])
    return squads
