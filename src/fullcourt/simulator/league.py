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
from fullcourt.nba.calendar import PRESEASON, eastern, game_type
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.availability import absence_of, build_absences, build_stints, scratches
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
from fullcourt.simulator.fixtures import build_games
from fullcourt.simulator.gameclock import GameMoment, moment
from fullcourt.simulator.market import OPENS_BEFORE_TIP, hour_of, offered_lines
from fullcourt.simulator.people import build_rosters, build_teams
from fullcourt.simulator.play import PlayedGame, box_lines, play

DEFAULT_FIRST_DATE = date(2025, 10, 21)


@dataclass(frozen=True, slots=True)
class LeagueConfig:
    """What a league is built from. `nights` counts dates from `first_date`, off days included.

    Raises:
        ValueError: when a number is outside what a league can be.
    """

    seed: int
    teams: int = 10
    first_date: date = DEFAULT_FIRST_DATE
    nights: int = 15

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed={self.seed}: a seed is not negative")
        if self.nights < 1:
            raise ValueError(f"nights={self.nights}: a league has at least one night")


@dataclass(slots=True)
class League:
    """The league's facts. Build it with `build_league`; it never changes afterwards."""

    config: LeagueConfig
    teams: Mapping[str, Team]
    players: Mapping[int, Player]
    games: tuple[Game, ...]
    stints: tuple[Stint, ...]
    absences: tuple[Absence, ...]
    _by_id: Mapping[str, Game] = field(repr=False)
    _played: dict[str, PlayedGame] = field(default_factory=dict, repr=False)
    _lines: dict[tuple[str, datetime, int, frozenset[int]], tuple[OfferedLine, ...]] = field(
        default_factory=dict, repr=False
    )

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

    def roster(self, team: str, at: datetime) -> tuple[Player, ...]:
        """Who belongs to `team` at `at`, best first."""
        mine = [
            self.players[stint.player_id]
            for stint in self.stints
            if stint.team == team and stint.covers(at)
        ]
        return tuple(sorted(mine, key=lambda player: (-player.seconds, player.player_id)))

    def squad(self, game: Game, team: str, at: datetime) -> tuple[SquadMember, ...]:
        """`team`'s roster for `game` as known at `at`, with who is known to be out and why."""
        late = scratches(self.config.seed, game, team, at)
        return tuple(
            SquadMember(
                player,
                absence_of(self.absences, late, game, player, place, at),
            )
            for place, player in enumerate(self.roster(team, at))
        )

    def played(self, game_id: str) -> PlayedGame:
        """The whole course of a game: the future too, so never hand it to a vendor unmasked."""
        course = self._played.get(game_id)
        if course is None:
            game = self._by_id[game_id]
            course = play(
                self.config.seed,
                game.number,
                self.squad(game, game.home, game.tip_at),
                self.squad(game, game.away, game.tip_at),
                game.overtimes,
                is_exhibition=game_type(game_id) == PRESEASON,
            )
            self._played[game_id] = course
        return course

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
        return GameState(
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
        )

    def listings(self, at: datetime, on: date | None = None) -> list[tuple[Game, GameState]]:
        """What a truthful schedule shows at `at`: one entry per game and date, in tip order.

        A postponed game stays on its old date and, once it has one, appears on its new date too;
        a moved game is on its new date only. `on` keeps one date.
        """
        entries = [
            (game, self.state_of(game, appointment, at))
            for game in self.games
            for appointment in game.appointments
            if (on is None or appointment.game_date == on) and appointment.is_shown(at)
        ]
        entries.sort(key=lambda entry: (entry[1].game_date, entry[1].tip_at, entry[0].game_id))
        return entries

    def lines(self, game_id: str, at: datetime) -> tuple[OfferedLine, ...]:
        """What the books offer on a game at `at`: from 12 hours before the tip until the tip."""
        game = self._by_id[game_id]
        for appointment in game.appointments:
            opened = appointment.tip_at - OPENS_BEFORE_TIP
            if appointment.stands(at) and opened <= at < appointment.tip_at:
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

    Raises:
        ValueError: when the configuration asks for a league that cannot be.
    """
    teams = build_teams(config.teams)
    rosters = build_rosters(config.seed, teams)
    games = build_games(config.seed, teams, config.first_date, config.nights)
    stints = build_stints(config.seed, rosters, games, config.first_date, config.nights)
    return League(
        config=config,
        teams={team.tricode: team for team in teams},
        players={p.player_id: p for roster in rosters.values() for p in roster},
        games=games,
        stints=stints,
        absences=build_absences(config.seed, rosters, config.first_date, config.nights),
        _by_id={game.game_id: game for game in games},
    )


def opening_morning(league: League) -> datetime:
    """06:00 Eastern of the first night, as UTC."""
    return eastern(league.config.first_date, 6)
