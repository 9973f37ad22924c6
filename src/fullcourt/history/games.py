"""The games of a season as brought files know them, merged into one body a season.

Where the schedule of a season is not among the files, the games played are its only witness: the
body says who played whom, when and how it ended, and nothing of what was planned or postponed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from fullcourt.history.pieces import Complaint
from fullcourt.nba.calendar import season_of
from fullcourt.nba.props import EventListing
from fullcourt.nba.teams import TEAMS
from fullcourt.replay import bodies
from fullcourt.replay.masking import Phase, Shown
from fullcourt.replay.recorded import Appearance, RecordedGame, Team

_REGULATION_S, _OVERTIME_S = 240 * 60, 25 * 60
_TEAMS = {t.tricode: Team(t.team_id, t.tricode, t.city, t.name, "") for t in TEAMS}
_UNKNOWN_PERIODS = "Final, periods not recorded"

Meeting = tuple[frozenset[str], date]
"""An unordered pair of tricodes and an Eastern date."""


@dataclass(slots=True)
class _Game:
    game_id: str
    game_date: date
    file: str
    teams: dict[str, Team] = field(default_factory=dict)
    home: str | None = None
    tip_at: datetime | None = None
    overtimes: int | None = None
    points: dict[str, int] = field(default_factory=dict)
    """Final points by team, of the first witness that has both."""
    seconds: int | None = None
    """One team's playing time."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    seen_at: datetime
    tip_at: datetime
    home: str


class Witnesses:
    """Every game any file names. Files are added in the order in which they are believed."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = complaints
        self._games: dict[str, _Game] = {}
        self._sightings: dict[Meeting, _Sighting] = {}
        self._scores: dict[Meeting, dict[str, Any]] = {}
        self._known: dict[str, tuple[datetime | None, int | None]] = {}

    def add_schedule(self, rows: Sequence[Mapping[str, Any]], file: str) -> None:
        """Games of a plain schedule."""
        for row in rows:
            game = self._game(row["game_id"], row["game_date"], file)
            game.teams |= {code: _team(code) for code in (row["home"], row["away"])}
            game.home, game.tip_at, game.overtimes = row["home"], row["tip_at"], row["overtimes"]
            if row["home_score"] is not None and row["away_score"] is not None:
                game.points = {row["home"]: row["home_score"], row["away"]: row["away_score"]}

    def add_played(self, rows: Sequence[Mapping[str, Any]], file: str) -> None:
        """Games played, a row a team."""
        points: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            game = self._game(row["game_id"], row["game_date"], file)
            game.teams.setdefault(row["team"], _team(row["team"]))
            if row["is_home"] and game.home is None:
                game.home = row["team"]
            if row["points"] is not None:
                points[row["game_id"]][row["team"]] = row["points"]
            if row["minutes"] is not None and game.seconds is None:
                game.seconds = row["minutes"] * 60
        self._take_points(points)

    def add_log(self, rows: Sequence[Mapping[str, Any]], file: str) -> None:
        """Player lines: their games, and the teams' sums."""
        points: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        minutes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in rows:
            code, game_id = row["TEAM_ABBREVIATION"], row["GAME_ID"]
            game = self._game(game_id, date.fromisoformat(row["GAME_DATE"]), file)
            game.teams.setdefault(code, _team(code, row["TEAM_ID"]))
            if " vs. " in row["MATCHUP"] and game.home is None:
                game.home = code
            points[game_id][code] += row["PTS"]
            minutes[game_id][code] += row["MIN"]
        self._take_points(points)
        for game_id, sums in minutes.items():
            game = self._games[game_id]
            game.seconds = game.seconds or max(sums.values()) * 60

    def add_box(
        self, game_id: str, day: date, sides: Sequence[tuple[Team, int, int]], file: str
    ) -> None:
        """A V3 box score: its teams (visitors first), their players' points and seconds."""
        game = self._game(game_id, day, file)
        for team, _, _ in sides:
            game.teams[team.tricode] = team
        if game.home is None and len(sides) == 2:
            game.home = sides[1][0].tricode
        self._take_points({game_id: {team.tricode: points for team, points, _ in sides}})
        game.seconds = max((seconds for _, _, seconds in sides), default=None) or game.seconds

    def add_scores(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Final scores by meeting: they name no game, they end those that are known."""
        for row in rows:
            self._scores[frozenset((row["home"], row["away"])), row["game_date"]] = dict(row)

    def add_listing(self, listing: EventListing) -> None:
        """An odds listing: the tip of each meeting, as the last one before it has it."""
        for event in listing.events:
            meeting = frozenset((event.home_team, event.away_team)), event.game_date
            known = self._sightings.get(meeting)
            if known is None or known.seen_at < listing.snapshot_at:
                self._sightings[meeting] = _Sighting(
                    listing.snapshot_at, event.tip_at, event.home_team
                )

    def add_known(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """What an earlier import knew of the same games, where these files are silent.

        `rows`: game id, tip, home team, away team, both scores, overtimes.
        """
        for game_id, tip, home, away, home_score, away_score, overtimes in rows:
            game = self._games.get(game_id)
            if game is None or set(game.teams) != {home, away}:
                continue
            game.home = game.home or home
            self._known[game_id] = (tip, overtimes)
            if not game.points and home_score is not None and away_score is not None:
                game.points = {home: home_score, away: away_score}

    def seasons(self) -> tuple[str, ...]:
        """Seasons with any game, oldest first."""
        return tuple(sorted({season_of(game_id) for game_id in self._games}))

    def game_ids(self, season: str) -> frozenset[str]:
        """Games any file names of a season."""
        return frozenset(g for g in self._games if season_of(g) == season)

    def file_of(self, game_id: str) -> str:
        """The file that named a game first."""
        return self._games[game_id].file

    def games(self, season: str) -> tuple[RecordedGame, ...]:
        """The season's games; those without two teams, or a home team, are complained of."""
        found = [self._recorded(self._games[g]) for g in sorted(self.game_ids(season))]
        return tuple(game for game in found if game is not None)

    def _game(self, game_id: str, day: date, file: str) -> _Game:
        game = self._games.setdefault(game_id, _Game(game_id, day, file))
        if game.game_date != day:
            why = f"{game.file} has game {game_id} on {game.game_date}; that date is taken"
            said = Complaint(file, None, "game date", day.isoformat(), why)
            if said not in self.complaints:
                self.complaints.append(said)
        return game

    def _take_points(self, points: Mapping[str, Mapping[str, int]]) -> None:
        for game_id, sums in points.items():
            game = self._games[game_id]
            if len(sums) == 2 and not game.points:
                game.points = dict(sums)

    def _recorded(self, game: _Game) -> RecordedGame | None:
        meeting = frozenset(game.teams), game.game_date
        sighting, score = self._sightings.get(meeting), self._scores.get(meeting)
        # On a neutral floor no row says `vs.`: the league's listing has a home team all the same.
        home = game.home or (sighting.home if sighting else None) or (score or {}).get("home")
        if len(game.teams) != 2 or home not in game.teams:
            why = f"{len(game.teams)} teams" if len(game.teams) != 2 else "no file names the home"
            self.complaints.append(
                Complaint(game.file, None, "game", game.game_id, f"{why}; the game is left out")
            )
            return None
        away = next(code for code in game.teams if code != home)
        points = game.points
        if not points and score is not None:
            points = {score["home"]: score["home_score"], score["away"]: score["away_score"]}
        overtimes = game.overtimes
        if overtimes is None and score is not None and score["went_to_overtime"] is False:
            overtimes = 0
        if overtimes is None and game.seconds is not None:
            overtimes = max(0, round((game.seconds - _REGULATION_S) / _OVERTIME_S))
        known_tip, known_overtimes = self._known.get(game.game_id, (None, None))
        overtimes = known_overtimes if overtimes is None else overtimes
        tip = game.tip_at or (sighting.tip_at if sighting else None) or known_tip
        return meeting_of(
            game.game_id,
            game.teams[home],
            game.teams[away],
            Appearance(game.game_date, tip, 0, "", "", ""),
            (points.get(home), points.get(away)),
            -1 if overtimes is None else overtimes,
        )


def meeting_of(
    game_id: str,
    home: Team,
    away: Team,
    played: Appearance,
    score: tuple[int | None, int | None] = (None, None),
    overtimes: int = -1,
) -> RecordedGame:
    """A game that was played; `overtimes` is -1 where nothing tells."""
    return RecordedGame(
        game_id=game_id,
        home=home,
        away=away,
        played=played,
        planned=None,
        known_all_season=False,
        home_score=score[0],
        away_score=score[1],
        overtimes=overtimes,
        if_necessary=False,
        series_game_number="",
        label="",
        sub_label="",
        subtype="",
        is_neutral=False,
    )


def _team(tricode: str, team_id: int = 0) -> Team:
    return _TEAMS.get(tricode) or Team(team_id, tricode, "", "", "")


def season_body(season: str, games: Sequence[RecordedGame], later_s: int) -> tuple[datetime, bytes]:
    """The games in the schedule's form, all of them over: its instant and the body.

    The instant is the end of the last game, `later_s` seconds on: another body of the same games
    that knows more must be younger than the one before.
    """
    ends = [game.played.over_at for game in games if game.played is not None]
    at = max(ends) + timedelta(seconds=later_s)
    days: dict[date, list[bytes]] = defaultdict(list)
    for game in games:
        if game.played is not None:
            days[game.played.game_date].append(_encoded(game, game.played))
    named = [(f"{day:%m/%d/%Y}", days[day]) for day in sorted(days)]
    return at, bodies.schedule_body(season, at, named)


def _encoded(game: RecordedGame, played: Appearance) -> bytes:
    encoded = bodies.schedule_game(game, Shown(played.over_at, played, Phase.FINAL))
    if game.overtimes >= 0:
        return encoded
    plain = msgspec.json.decode(encoded)
    return msgspec.json.encode(plain | {"gameStatusText": _UNKNOWN_PERIODS})
