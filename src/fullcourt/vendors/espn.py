"""ESPN's site API: scoreboard (a second witness of games and scores) and rosters. No key.

Dates of events are UTC, scores are text, and six team codes are ESPN's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from fullcourt.nba.calendar import game_date_of
from fullcourt.nba.schedule import GameStatus
from fullcourt.vendors import team_codes
from fullcourt.vendors.once import once
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode, iso_date, utc_instant

VENDOR = "espn"
BASE_URL = "https://site.api.espn.com/apis/site/v2/sports/basketball/nba"
_SCOREBOARD = Source(VENDOR, "scoreboard")
_ROSTER = Source(VENDOR, "roster")
_STATES = {
    "pre": GameStatus.SCHEDULED,
    "in": GameStatus.LIVE,
    "post": GameStatus.FINAL,
}
_CALLED_OFF = frozenset({"STATUS_POSTPONED", "STATUS_CANCELED"})
_REGULATION_PERIODS = 4


def scoreboard_request(game_date: date, base_url: str = BASE_URL) -> Request:
    """All games of one Eastern date."""
    params = (("dates", f"{game_date:%Y%m%d}"), ("limit", "100"))
    return request("scoreboard", f"{base_url}/scoreboard", params)


def roster_request(team_id: int, base_url: str = BASE_URL) -> Request:
    """One team with its roster; the id is ESPN's own (1 to 30)."""
    return request("roster", f"{base_url}/teams/{team_id}", (("enable", "roster"),))


def request(endpoint: str, url: str, params: tuple[tuple[str, str], ...]) -> Request:
    """A question to this host."""
    return Request(
        vendor=VENDOR,
        endpoint=endpoint,
        url=url,
        params=params,
        headers=(("Accept", "application/json"),),
        deadline_s=20.0,
        max_bytes=16 * 1024 * 1024,
    )


@dataclass(frozen=True, slots=True)
class EspnGame:
    """One game. `event_id` is ESPN's, teams are tricodes, `game_date` is Eastern, `tip_at` UTC.

    Scores and overtimes are None unless the game was played to its end.
    """

    event_id: str
    game_date: date
    tip_at: datetime
    home_team: str
    away_team: str
    status: GameStatus
    status_text: str
    is_postponed: bool
    home_score: int | None
    away_score: int | None
    overtimes: int | None

    @property
    def is_final(self) -> bool:
        """Played to the end."""
        return self.home_score is not None


@dataclass(frozen=True, slots=True)
class EspnScoreboard:
    """A date's games. `unknown_teams` names games left out for a team in no table (an All-Star
    game), `rejected` those that contradict themselves, `notes` what was folded."""

    games: tuple[EspnGame, ...]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EspnInjury:
    """What is said of an injury: `reported_at` is UTC, `return_date` a guess of ESPN's."""

    status: str
    reported_at: datetime
    kind: str | None
    return_date: date | None


@dataclass(frozen=True, slots=True)
class RosteredPlayer:
    """One player of a roster. The id is ESPN's own."""

    espn_player_id: str
    player_name: str
    status: str
    position: str | None
    jersey_number: str | None
    injuries: tuple[EspnInjury, ...]


@dataclass(frozen=True, slots=True)
class EspnRoster:
    """One team's roster; `rejected` and `notes` as in `EspnScoreboard`."""

    team: str
    players: tuple[RosteredPlayer, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class TeamRef(msgspec.Struct, frozen=True):
    """A team by its ESPN code."""

    abbreviation: str


class _StatusType(msgspec.Struct, frozen=True):
    name: str
    state: Literal["pre", "in", "post"]
    completed: bool
    detail: str = ""


class _Status(msgspec.Struct, frozen=True):
    period: int
    type: _StatusType


class _Competitor(msgspec.Struct, frozen=True, rename="camel"):
    home_away: Literal["home", "away"]
    team: TeamRef
    score: str | None = None


class _Competition(msgspec.Struct, frozen=True):
    competitors: list[_Competitor]


class _Event(msgspec.Struct, frozen=True):
    id: str
    date: str
    competitions: list[_Competition]
    status: _Status


class _ScoreboardForm(msgspec.Struct, frozen=True):
    events: list[_Event]


class _Named(msgspec.Struct, frozen=True):
    abbreviation: str | None = None


class _AthleteStatus(msgspec.Struct, frozen=True):
    type: str


class _InjuryDetails(msgspec.Struct, frozen=True, rename="camel"):
    type: str | None = None
    return_date: str | None = None


class _Injury(msgspec.Struct, frozen=True):
    status: str
    date: str
    details: _InjuryDetails | None = None


class _Athlete(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    full_name: str
    status: _AthleteStatus
    injuries: list[_Injury]
    position: _Named | None = None
    jersey: str | None = None


class _RosterTeam(TeamRef, frozen=True):
    athletes: list[_Athlete] | None = None


class _RosterForm(msgspec.Struct, frozen=True):
    """`teams/{id}?enable=roster` has the athletes in the team, `teams/{id}/roster` beside it."""

    team: _RosterTeam
    athletes: list[_Athlete] | None = None


class _Broken(Exception):
    """One event contradicts itself; the text names field and value."""


def parse_scoreboard(body: bytes, teams: Mapping[str, str] = team_codes.ESPN) -> EspnScoreboard:
    """The games of a scoreboard. `teams`: ESPN's code -> tricode.

    Raises:
        NotThere: empty body (no events is an answer: ESPN lists none on that date).
        ContractBroken: not the form, a missing or retyped field, or a date that is no instant.
    """
    form = decode(body, _ScoreboardForm, _SCOREBOARD)
    unique = once(form.events, lambda row: row.id, lambda row: f"event {row.id}")
    games: list[EspnGame] = []
    unknown: list[str] = []
    rejected = list(unique.rejected)
    for row in unique.rows:
        tip_at = utc_instant(row.date, f"event {row.id} date", _SCOREBOARD, body)
        try:
            home, away = _sides(row)
            codes = teams.get(home.team.abbreviation), teams.get(away.team.abbreviation)
            if codes[0] is None or codes[1] is None:
                unknown.append(
                    f"event {row.id}: {away.team.abbreviation} @ {home.team.abbreviation}"
                )
                continue
            games.append(_game(row, tip_at, (codes[0], codes[1]), (home.score, away.score)))
        except _Broken as error:
            rejected.append(f"event {row.id}: {error}")
    return EspnScoreboard(tuple(games), tuple(unknown), tuple(rejected), unique.notes)


def parse_roster(body: bytes, teams: Mapping[str, str] = team_codes.ESPN) -> EspnRoster:
    """One team's roster, from either of ESPN's two addresses. `teams`: ESPN's code -> tricode.

    Raises:
        NotThere: empty body, or a team without any athletes.
        ContractBroken: not the form, a missing or retyped field, an injury's date that is none, or
            a team outside `teams` (a roster is asked for by team).
    """
    form = decode(body, _RosterForm, _ROSTER)
    team = teams.get(form.team.abbreviation)
    if team is None:
        raise _ROSTER.broken(
            f"$.team.abbreviation = {form.team.abbreviation!r} is in no team table", body
        )
    athletes = form.athletes if form.team.athletes is None else form.team.athletes
    if athletes is None:
        raise _ROSTER.broken("neither $.team.athletes nor $.athletes is there", body)
    if not athletes:
        raise _ROSTER.nothing(f"team {team}: no athletes", body)
    unique = once(athletes, lambda row: row.id, lambda row: f"player {row.id} {row.full_name}")
    players = tuple(
        RosteredPlayer(
            espn_player_id=row.id,
            player_name=row.full_name,
            status=row.status.type,
            position=row.position.abbreviation if row.position else None,
            jersey_number=row.jersey or None,
            injuries=tuple(_injury(one, f"player {row.id}", body) for one in row.injuries),
        )
        for row in unique.rows
    )
    return EspnRoster(team, players, unique.rejected, unique.notes)


def _sides(row: _Event) -> tuple[_Competitor, _Competitor]:
    """Home and away."""
    if len(row.competitions) != 1:
        raise _Broken(f"{len(row.competitions)} competitions, not one")
    sides = {side.home_away: side for side in row.competitions[0].competitors}
    if len(sides) != 2 or len(row.competitions[0].competitors) != 2:
        told = [side.home_away for side in row.competitions[0].competitors]
        raise _Broken(f"competitors are {told}, not one home and one away")
    return sides["home"], sides["away"]


def _game(
    row: _Event, tip_at: datetime, teams: tuple[str, str], scores: tuple[str | None, str | None]
) -> EspnGame:
    kind = row.status.type
    status, called_off = _STATES[kind.state], kind.name in _CALLED_OFF
    told: tuple[int, int] | None = None
    if status is GameStatus.FINAL and kind.completed and not called_off:
        told = _score(scores[0], "home"), _score(scores[1], "away")
        if told[0] == told[1]:
            raise _Broken(f"completed with a score of {told[0]}:{told[1]}")
        if row.status.period < _REGULATION_PERIODS:
            raise _Broken(f"completed in period {row.status.period}")
    return EspnGame(
        event_id=row.id,
        game_date=game_date_of(tip_at),
        tip_at=tip_at,
        home_team=teams[0],
        away_team=teams[1],
        status=status,
        status_text=kind.detail or kind.name,
        is_postponed=called_off,
        home_score=told[0] if told else None,
        away_score=told[1] if told else None,
        overtimes=row.status.period - _REGULATION_PERIODS if told else None,
    )


def _score(text: str | None, side: str) -> int:
    if text is None or not (text.isascii() and text.isdigit()):
        raise _Broken(f"completed, but the {side} score is {text!r}")
    return int(text)


def _injury(row: _Injury, named: str, body: bytes) -> EspnInjury:
    until = row.details.return_date if row.details else None
    return EspnInjury(
        status=row.status,
        reported_at=utc_instant(row.date, f"{named} injuries[].date", _ROSTER, body),
        kind=row.details.type if row.details else None,
        return_date=iso_date(until, f"{named} injuries[].details.returnDate", _ROSTER, body)
        if until
        else None,
    )
