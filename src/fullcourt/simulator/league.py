"""A fictional league, built from a seed, and the truth about it at every instant.

The same configuration gives the same league, byte for byte. Everything is either fixed when the
league is built (people, fixtures, absences, trades) or drawn from a stream keyed by the game, so
that one game's box score does not depend on which others were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import ALL_STAR, PRESEASON, eastern, game_type, season_of
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.availability import ACTIVE_LIST, FULL_ACTIVE_LIST, absence_of, scratches
from fullcourt.simulator.boxlines import box_lines
from fullcourt.simulator.calendars import Calendar
from fullcourt.simulator.facts import (
    Absence,
    Appointment,
    Game,
    GameState,
    OfferedLine,
    Player,
    SquadMember,
    Stint,
    Team,
)
from fullcourt.simulator.gameclock import GameMoment, moment
from fullcourt.simulator.leagueconfig import DEFAULT_FIRST_DATE, LeagueConfig, calendar_config
from fullcourt.simulator.market import OPENS_BEFORE_TIP, hour_of, offered_lines
from fullcourt.simulator.people import build_teams
from fullcourt.simulator.plans import Plan, playoffs_plan, season_plan, short_plan, summer_plan
from fullcourt.simulator.play import PlayedGame, play

__all__ = [
    "DEFAULT_FIRST_DATE",
    "League",
    "LeagueConfig",
    "build_league",
    "calendar_config",
    "opening_morning",
]


@dataclass(slots=True)
class League:
    """The league's facts. Build it with `build_league`; it never changes afterwards."""

    config: LeagueConfig
    teams: Mapping[str, Team]
    players: Mapping[int, Player]
    games: tuple[Game, ...]
    stints: tuple[Stint, ...]
    absences: tuple[Absence, ...]
    seasons: tuple[tuple[datetime, str], ...]
    guests: Mapping[str, Team]
    guest_squads: Mapping[str, tuple[int, ...]] = field(repr=False)
    _by_id: Mapping[str, Game] = field(repr=False)
    _played: dict[str, PlayedGame] = field(default_factory=dict, repr=False)
    _lines: dict[tuple[str, datetime, int, frozenset[int]], tuple[OfferedLine, ...]] = field(
        default_factory=dict, repr=False
    )
    # What follows from the facts, found once.
    _finals: dict[tuple[str, date], GameState] = field(init=False, repr=False, compare=False)
    _stints_of: dict[str, list[Stint]] = field(init=False, repr=False, compare=False)
    _absences_of: dict[int, list[Absence]] = field(init=False, repr=False, compare=False)
    _entries: dict[date, list[tuple[Game, Appointment]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        self._finals, self._stints_of, self._absences_of, self._entries = {}, {}, {}, {}
        for stint in self.stints:
            self._stints_of.setdefault(stint.team, []).append(stint)
        for absence in self.absences:
            self._absences_of.setdefault(absence.player_id, []).append(absence)
        for game in self.games:
            for appointment in game.appointments:
                entries = self._entries.setdefault(appointment.game_date, [])
                entries.append((game, appointment))

    @property
    def team_names(self) -> Mapping[str, str]:
        """Tricode by full team name, every form a vendor uses."""
        return {
            name: team.tricode
            for team in self.teams.values()
            for name in (team.full_name, team.vendor_name)
        }

    @property
    def nights(self) -> tuple[date, ...]:
        """The league's dates in order, off days included."""
        first = self.config.first_date
        return tuple(first + timedelta(days=index) for index in range(self.config.nights))

    @property
    def first_instant(self) -> datetime:
        """When the schedule is released: before it nothing is known."""
        return min(game.appointments[0].known_from for game in self.games)

    def has_game(self, game_id: str) -> bool:
        """Whether the league has a game of this id."""
        return game_id in self._by_id

    def game(self, game_id: str) -> Game:
        """The game with this id.

        Raises:
            KeyError: when the league has no such game.
        """
        return self._by_id[game_id]

    def side(self, tricode: str) -> Team:
        """A team of the league, or a guest (an All-Star side).

        Raises:
            KeyError: when nobody has this code.
        """
        return self.teams.get(tricode) or self.guests[tricode]

    def season_at(self, at: datetime) -> str:
        """The season the schedule shows at `at` (`2025-26`): the next one from its release on."""
        shown = [season for since, season in self.seasons if since <= at]
        return shown[-1] if shown else self.seasons[0][1]

    def roster(self, team: str, at: datetime) -> tuple[Player, ...]:
        """Who belongs to `team` at `at`, best first."""
        if team in self.guest_squads:
            return tuple(self.players[player_id] for player_id in self.guest_squads[team])
        mine = [
            self.players[stint.player_id]
            for stint in self._stints_of.get(team, ())
            if stint.covers(at)
        ]
        return tuple(sorted(mine, key=lambda player: (-player.seconds, player.player_id)))

    def squad(self, game: Game, team: str, at: datetime) -> tuple[SquadMember, ...]:
        """`team`'s roster for `game` as known at `at`, with who is known to be out and why."""
        late = scratches(self.config.seed, game, team, at)
        is_short = self.config.calendar is Calendar.SHORT
        dressed = ACTIVE_LIST if is_short else FULL_ACTIVE_LIST
        return tuple(
            SquadMember(
                player,
                absence_of(
                    self._absences_of.get(player.player_id, ()),
                    late,
                    game,
                    player,
                    place,
                    at,
                    dressed,
                ),
            )
            for place, player in enumerate(self.roster(team, at))
        )

    def played(self, game_id: str) -> PlayedGame:
        """The whole course of a game: the future too, so never hand it to a vendor unmasked."""
        course = self._played.get(game_id)
        if course is None:
            course = self._played[game_id] = self._play(self._by_id[game_id])
        return course

    def home_wins(self, game: Game) -> bool:
        """Whether the home team wins `game`, which need not be one of the league's yet."""
        course = self._play(game)
        home, away = course.score(course.length_s)
        return home > away

    def _play(self, game: Game) -> PlayedGame:
        return play(
            self.config.seed,
            game.number,
            self.squad(game, game.home, game.tip_at),
            self.squad(game, game.away, game.tip_at),
            game.overtimes,
            is_exhibition=game_type(game.game_id) in (PRESEASON, ALL_STAR),
        )

    def box(self, game_id: str) -> BoxScore:
        """The final box score of a game: the truth, whatever the clock says."""
        game = self._by_id[game_id]
        return self.box_at(game_id, game.final_at)

    def box_at(self, game_id: str, at: datetime) -> BoxScore:
        """The box score as it stands at `at`.

        Raises:
            ValueError: when the game has not begun at `at`.
        """
        game = self._by_id[game_id]
        if not game.has_begun(at):
            raise ValueError(f"game {game_id} has not begun: no box score at {at}")
        course = self.played(game_id)
        now = self.moment(game, at)
        is_final = now.status is GameStatus.FINAL
        home_score, away_score = course.score(now.elapsed_s)
        return BoxScore(
            game_id=game_id,
            home_team=game.home,
            away_team=game.away,
            is_final=is_final,
            home_score=home_score,
            away_score=away_score,
            overtimes=max(0, now.period - 4),
            served_at=at,
            lines=box_lines(course, game.home, game.away, now.elapsed_s, is_final=is_final),
            rejected=(),
        )

    def moment(self, game: Game, at: datetime) -> GameMoment:
        """Where the game clock stands at `at`."""
        return moment(game.tip_at, game.final_at, game.overtimes, at)

    def game_state(self, game_id: str, at: datetime) -> GameState:
        """The game's state at `at`, by its latest appointment that is known then.

        Raises:
            ValueError: when the game is not known yet at `at`.
        """
        game = self._by_id[game_id]
        known = [appointment for appointment in game.appointments if appointment.known_from <= at]
        if not known:
            raise ValueError(f"game {game_id} is not known at {at}")
        return self.state_of(game, known[-1], at)

    def state_of(self, game: Game, appointment: Appointment, at: datetime) -> GameState:
        """One appointment's state at `at`: a postponed one stays postponed for ever."""
        key = (game.game_id, appointment.game_date)
        if appointment is game.played and key in self._finals and game.is_final(at):
            return self._finals[key]
        withdrawn = not appointment.stands(at)
        home_score: int | None = None
        away_score: int | None = None
        now = moment(appointment.tip_at, game.final_at, game.overtimes, appointment.tip_at)
        status, text = GameStatus.SCHEDULED, ""
        if withdrawn:
            status, text = GameStatus.FINAL, "PPD"
        elif at >= appointment.tip_at:
            now = self.moment(game, at)
            status, text = now.status, now.text
            home_score, away_score = self.played(game.game_id).score(now.elapsed_s)
        begun = not withdrawn and at >= appointment.tip_at
        home, away = game.teams(at)
        state = GameState(
            game_id=game.game_id,
            game_date=appointment.game_date,
            tip_at=appointment.tip_at,
            status=status,
            status_text=text,
            is_postponed=withdrawn,
            period=now.period if begun else 0,
            clock=now.clock if begun else "",
            elapsed_s=now.elapsed_s if begun else 0,
            home_score=home_score,
            away_score=away_score,
            home_team=home,
            away_team=away,
            tip_is_known=appointment.has_tip(at),
            if_necessary=game.if_necessary and not game.is_certain(at),
        )
        if status is GameStatus.FINAL and not withdrawn:
            self._finals[key] = state
        return state

    def listings(self, at: datetime, on: date | None = None) -> list[tuple[Game, GameState]]:
        """What a truthful schedule shows at `at`: one entry per game and date, in tip order.

        A postponed game stays on its old date and, once it has one, appears on its new date too;
        a moved game is on its new date only, one its series did not need is gone. The games of a
        season leave with the release of the next. `on` keeps one date.
        """
        season = self.season_at(at) if len(self.seasons) > 1 else None
        days = self._entries if on is None else (on,)
        entries = [
            (game, self.state_of(game, appointment, at))
            for day in days
            for game, appointment in self._entries.get(day, ())
            if appointment.is_shown(at) and season in (None, season_of(game.game_id))
        ]
        # A tip nobody knows must not show through the order.
        entries.sort(
            key=lambda entry: (
                entry[1].game_date,
                entry[1].tip_at if entry[1].tip_is_known else eastern(entry[1].game_date),
                entry[0].game_id,
            )
        )
        return entries

    def lines(self, game_id: str, at: datetime) -> tuple[OfferedLine, ...]:
        """What the books offer on a game at `at`: from 12 hours before the tip until the tip.

        Nothing on All-Star games, nor before it is known who plays and that it will be played.
        """
        game = self._by_id[game_id]
        if game_type(game_id) == ALL_STAR:
            return ()
        for appointment in game.appointments:
            opened = appointment.tip_at - OPENS_BEFORE_TIP
            settled = game.settled_from(appointment)
            if (
                appointment.stands(at)
                and opened <= at < appointment.tip_at
                and settled is not None
                and settled <= at
            ):
                return self._offered(game, appointment, at)
        return ()

    def _offered(
        self, game: Game, appointment: Appointment, at: datetime
    ) -> tuple[OfferedLine, ...]:
        # The squads as of this appointment: a withdrawn date was priced with its own absences.
        as_appointed = replace(game, appointments=(appointment,))
        sides = [self.squad(as_appointed, team, at) for team in (game.home, game.away)]
        able = frozenset(
            member.player.player_id for side in sides for member in side if member.absence is None
        )
        hour = hour_of(appointment.tip_at, at)
        key = (game.game_id, appointment.tip_at, hour, able)
        if key not in self._lines:
            self._lines[key] = offered_lines(self.config.seed, game.number, sides, hour)
        return self._lines[key]


def build_league(config: LeagueConfig) -> League:
    """The league of this configuration, the same on every machine.

    A full calendar's league is planned whole and cut after `nights`: its first nights are the same
    however many are asked for.

    Raises:
        ValueError: when the configuration asks for a league that cannot be.
    """
    teams = build_teams(config.teams)
    if config.calendar is Calendar.SHORT:
        return _league(
            config, teams, short_plan(config.seed, teams, config.first_date, config.nights)
        )
    plan = {
        Calendar.SEASON: season_plan,
        Calendar.PLAYOFFS: playoffs_plan,
        Calendar.SUMMER: summer_plan,
    }[config.calendar](
        config.seed,
        teams,
        config.first_date,
        lambda plan: _league(config, teams, plan).home_wins,
    )
    last_night = config.first_date + timedelta(days=config.nights - 1)
    games = tuple(game for game in plan.games if game.appointments[0].game_date <= last_night)
    return _league(config, teams, replace(plan, games=games))


def _league(config: LeagueConfig, teams: tuple[Team, ...], plan: Plan) -> League:
    return League(
        config=config,
        teams={team.tricode: team for team in teams},
        players=plan.players,
        games=plan.games,
        stints=plan.stints,
        absences=plan.absences,
        seasons=plan.seasons,
        guests=plan.guests,
        guest_squads=plan.guest_squads,
        _by_id={game.game_id: game for game in plan.games},
    )


def opening_morning(league: League) -> datetime:
    """06:00 Eastern of the first night, as UTC."""
    return eastern(league.config.first_date, 6)
