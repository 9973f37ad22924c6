"""cdn.nba.com: the season's schedule, the day's scoreboard, a game's box score.

Times: `*UTC` fields are UTC; `gameEt`, `*Est` and `meta.time` are Eastern, some with a false `Z`.
Postponement is told by the status text alone: `postponedStatus` has flagged whole seasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from fullcourt.nba.box import BoxScore
from fullcourt.nba.calendar import EASTERN
from fullcourt.nba.schedule import GameListing, GameStatus, says_postponed
from fullcourt.vendors.minutes import seconds_of_iso
from fullcourt.vendors.nba_box_rows import Appearance, PlayerRow, RowBroken, TeamRows, build_lines
from fullcourt.vendors.nba_games import (
    GameId,
    Meta,
    Side,
    final_scores,
    listing,
    overtimes_of,
    without_duplicates,
)
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode, iso_date, nba_served_at, utc_instant

VENDOR = "nba_cdn"
BASE_URL = "https://cdn.nba.com/static/json"
_HEADERS = (("Referer", "https://www.nba.com/"), ("Accept", "application/json"))
_SCHEDULE = Source(VENDOR, "schedule")
_SCOREBOARD = Source(VENDOR, "scoreboard")
_BOXSCORE = Source(VENDOR, "boxscore")


def schedule_request(base_url: str = BASE_URL) -> Request:
    """The whole season's schedule (about 9 MB, a few hundred kB on the wire)."""
    return request("schedule", f"{base_url}/staticData/scheduleLeagueV2.json", 60.0, 64)


def scoreboard_request(base_url: str = BASE_URL) -> Request:
    """Today's scoreboard; "today" is the league's day."""
    return request(
        "scoreboard", f"{base_url}/liveData/scoreboard/todaysScoreboard_00.json", 20.0, 8
    )


def boxscore_request(game_id: str, base_url: str = BASE_URL) -> Request:
    """One game's box score. A future game answers 403 or 404: ask the schedule first."""
    return request("boxscore", f"{base_url}/liveData/boxscore/boxscore_{game_id}.json", 20.0, 8)


def request(endpoint: str, url: str, deadline_s: float, max_mib: int) -> Request:
    """A question to this host, with the headers all of them need."""
    return Request(
        vendor=VENDOR,
        endpoint=endpoint,
        url=url,
        headers=_HEADERS,
        deadline_s=deadline_s,
        max_bytes=max_mib * 1024 * 1024,
    )


@dataclass(frozen=True, slots=True)
class ScheduleBody:
    """A season's schedule. `served_at` is UTC; `notes` name what was folded or disagreed."""

    served_at: datetime
    season: str
    games: tuple[GameListing, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreboardBody:
    """One date's games. `game_date` is Eastern, `served_at` UTC; `notes` name what was folded."""

    served_at: datetime
    game_date: date
    games: tuple[GameListing, ...]
    notes: tuple[str, ...] = ()


class _ScheduleGame(msgspec.Struct, frozen=True, rename="camel"):
    game_id: GameId
    game_status: GameStatus
    game_status_text: str
    game_date_est: str
    tip_utc: str | None = msgspec.field(name="gameDateTimeUTC")
    if_necessary: bool
    home_team: Side
    away_team: Side


class _ScheduleDate(msgspec.Struct, frozen=True, rename="camel"):
    game_date: str
    games: list[_ScheduleGame]


class _LeagueSchedule(msgspec.Struct, frozen=True, rename="camel"):
    season_year: str
    game_dates: list[_ScheduleDate]


class _ScheduleForm(msgspec.Struct, frozen=True, rename="camel"):
    meta: Meta
    league_schedule: _LeagueSchedule


class _ScoreboardGame(msgspec.Struct, frozen=True, rename="camel"):
    game_id: GameId
    game_status: GameStatus
    game_status_text: str
    period: int
    tip_utc: str | None = msgspec.field(name="gameTimeUTC")
    home_team: Side
    away_team: Side
    # Older forms have no such field; they listed only games that were to be played.
    if_necessary: bool = False


class _Scoreboard(msgspec.Struct, frozen=True, rename="camel"):
    game_date: str
    games: list[_ScoreboardGame]


class _ScoreboardForm(msgspec.Struct, frozen=True):
    meta: Meta
    scoreboard: _Scoreboard


class _BoxPlayer(PlayerRow, frozen=True, rename="camel"):
    starter: Literal["0", "1"]
    played: Literal["0", "1"]
    not_playing_reason: str | None = None
    not_playing_description: str | None = None


class _BoxTeam(Side, frozen=True, rename="camel", kw_only=True):
    players: list[_BoxPlayer]


class _BoxGame(msgspec.Struct, frozen=True, rename="camel"):
    game_id: GameId
    game_status: GameStatus
    game_status_text: str
    period: int
    home_team: _BoxTeam
    away_team: _BoxTeam


class _BoxForm(msgspec.Struct, frozen=True):
    meta: Meta
    game: _BoxGame


def parse_schedule(body: bytes) -> ScheduleBody:
    """The games of a `scheduleLeagueV2` body, keyed by (game, Eastern date it is listed under).

    A postponed game may be listed on two dates. A row that breaks the contract breaks the body:
    leaving it out would look like a removal.

    Raises:
        NotThere: empty body.
        ContractBroken: not the form, a missing or retyped field, contradicting duplicates.
    """
    form = decode(body, _ScheduleForm, _SCHEDULE)
    games: list[GameListing] = []
    notes: list[str] = []
    for day in form.league_schedule.game_dates:
        day_date = _schedule_date(day.game_date, body)
        for game in day.games:
            if game.game_date_est[:10] != day_date.isoformat():
                notes.append(
                    f"game {game.game_id}: listed under {day_date}, but gameDateEst is "
                    f"{game.game_date_est!r}; the date it is listed under counts"
                )
            games.append(
                listing(
                    game_id=game.game_id,
                    game_date=day_date,
                    tip_at=_tip(game.tip_utc, game.game_id, "gameDateTimeUTC", _SCHEDULE, body),
                    home=game.home_team,
                    away=game.away_team,
                    status=game.game_status,
                    status_text=game.game_status_text,
                    if_necessary=game.if_necessary,
                    period=None,
                )
            )
    unique, folds = without_duplicates(games, _SCHEDULE, body)
    return ScheduleBody(
        served_at=nba_served_at(form.meta.time, _SCHEDULE, body),
        season=form.league_schedule.season_year,
        games=unique,
        notes=(*notes, *folds),
    )


def parse_scoreboard(body: bytes) -> ScoreboardBody:
    """The games of `todaysScoreboard` or of stats `scoreboardv3` (one form, two hosts).

    Raises:
        NotThere: empty body.
        ContractBroken: not the form, a missing or retyped field, contradicting duplicates.
    """
    form = decode(body, _ScoreboardForm, _SCOREBOARD)
    game_date = iso_date(form.scoreboard.game_date, "$.scoreboard.gameDate", _SCOREBOARD, body)
    games = [
        listing(
            game_id=game.game_id,
            game_date=game_date,
            tip_at=_tip(game.tip_utc, game.game_id, "gameTimeUTC", _SCOREBOARD, body),
            home=game.home_team,
            away=game.away_team,
            status=game.game_status,
            status_text=game.game_status_text,
            if_necessary=game.if_necessary,
            period=game.period,
        )
        for game in form.scoreboard.games
    ]
    unique, notes = without_duplicates(games, _SCOREBOARD, body)
    return ScoreboardBody(
        served_at=nba_served_at(form.meta.time, _SCOREBOARD, body),
        game_date=game_date,
        games=unique,
        notes=notes,
    )


def parse_boxscore(body: bytes) -> BoxScore:
    """A liveData box score. `rejected` has the rows left out, `notes` name what was folded.

    Raises:
        NotThere: empty body.
        ContractBroken: not the form, or a missing or retyped field.
    """
    form = decode(body, _BoxForm, _BOXSCORE)
    game = form.game
    home, away = game.home_team, game.away_team
    if home.tricode is None or away.tricode is None:
        raise _BOXSCORE.broken(
            f"game {game.game_id}: homeTeam {home.team_id} {home.team_tricode!r} against awayTeam "
            f"{away.team_id} {away.team_tricode!r}: a team is not named",
            body,
        )
    rows = build_lines(
        game.game_id,
        (
            TeamRows(home.tricode, away.tricode, True, home.players),
            TeamRows(away.tricode, home.tricode, False, away.players),
        ),
        _appearance,
    )
    played_out = game.game_status is GameStatus.FINAL and not says_postponed(game.game_status_text)
    scores = final_scores(home, away) if played_out else None
    return BoxScore(
        game_id=game.game_id,
        home_team=home.tricode,
        away_team=away.tricode,
        is_final=scores is not None,
        home_score=scores[0] if scores else None,
        away_score=scores[1] if scores else None,
        overtimes=overtimes_of(game.game_status_text, game.period) if scores else None,
        served_at=nba_served_at(form.meta.time, _BOXSCORE, body),
        lines=rows.lines,
        rejected=rows.rejected,
        notes=rows.notes,
    )


def _appearance(row: _BoxPlayer) -> Appearance:
    """`played` decides; minutes must agree with it."""
    text = row.statistics.minutes
    if row.played == "1" and text is None:
        raise RowBroken("played = '1', but statistics.minutes is null")
    try:
        seconds = seconds_of_iso(text) if text else 0
    except ValueError as error:
        raise RowBroken(f"statistics.minutes {error}") from error
    if row.played == "1":
        if not text:
            raise RowBroken("played = '1', but statistics.minutes = ''")
        return Appearance(row.starter == "1", seconds, None)
    if seconds:
        raise RowBroken(f"played = '0', but statistics.minutes = {text!r}")
    parts = (row.not_playing_reason, row.not_playing_description)
    return Appearance(row.starter == "1", None, ": ".join(part for part in parts if part) or None)


def _schedule_date(text: str, body: bytes) -> date:
    """`12/11/2020 12:00:00 AM` and `10/02/2025 00:00:00`: both have been served."""
    for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=EASTERN).date()
        except ValueError:
            continue
    raise _SCHEDULE.broken(f"$.leagueSchedule.gameDates[].gameDate = {text!r} is no date", body)


def _tip(
    text: str | None, game_id: str, field: str, source: Source, body: bytes
) -> datetime | None:
    """The tip, None where the time is not set (absent, or the feeds' 1900 placeholder)."""
    if not text or text.startswith("1900-"):
        return None
    return utc_instant(text, f"game {game_id} {field}", source, body)
