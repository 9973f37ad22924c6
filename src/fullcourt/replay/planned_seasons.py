"""Seasons with a recorded final schedule: the CDN's file, and the plan (`lscd`) beside it."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import msgspec

from fullcourt.clock import parse_instant, require_utc
from fullcourt.nba.calendar import EASTERN, PRESEASON, REGULAR, eastern, game_type
from fullcourt.replay.history import HistoryBroken, HistoryFolder, decode
from fullcourt.replay.recorded import Appearance, RecordedGame, Season, Team


class _Side(msgspec.Struct, rename="camel"):
    team_id: int
    team_tricode: str
    team_city: str
    team_name: str
    team_slug: str
    score: int | None


class _Game(msgspec.Struct, rename="camel"):
    game_id: str
    game_status: int
    game_status_text: str
    game_sequence: int
    game_date_est: str
    game_date_time_utc: str = msgspec.field(name="gameDateTimeUTC")
    home_team: _Side
    away_team: _Side
    if_necessary: bool
    series_game_number: str
    game_label: str
    game_sub_label: str
    game_subtype: str
    is_neutral: bool
    arena_name: str | None
    arena_city: str | None
    arena_state: str | None


class _GameDate(msgspec.Struct):
    games: list[_Game]


class _League(msgspec.Struct, rename="camel"):
    game_dates: list[_GameDate]


class _FinalSchedule(msgspec.Struct, rename="camel"):
    league_schedule: _League


class _PlanGame(msgspec.Struct):
    gid: str
    gdte: str
    etm: str
    seq: int
    an: str | None
    ac: str | None
    place: str | None = msgspec.field(name="as")


class _PlanMonthGames(msgspec.Struct):
    g: list[_PlanGame]


class _PlanMonth(msgspec.Struct):
    mscd: _PlanMonthGames


class _Plan(msgspec.Struct):
    lscd: list[_PlanMonth]


def read_planned_season(history: HistoryFolder, season: str) -> Season:
    """The games of the season's final schedule, each with where the recorded plan had it.

    Raises:
        HistoryBroken: a file that is not of its form, or a game of the plan the final one lacks
            (the plan names no teams by id, so such a game could not be served).
    """
    path = history.final_schedules[season]
    league = decode(history.gunzipped(path), _FinalSchedule, path).league_schedule
    plan = history.plans.get(season)
    planned = _read_plan(history, plan.path) if plan else {}
    games = tuple(
        _game(game, planned.get(game.game_id), path)
        for day in league.game_dates
        for game in day.games
    )
    unknown = planned.keys() - {game.game_id for game in games}
    if plan and unknown:
        raise HistoryBroken(plan.path, f"gid {min(unknown)} is not in {path.name}")
    return Season(season, games, eastern(plan.as_of) if plan else None)


def _game(game: _Game, planned: Appearance | None, path: Path) -> RecordedGame:
    where = f"{path}: game {game.game_id}"
    is_final = game.game_status == 3 and game.game_status_text.startswith("Final")
    return RecordedGame(
        game_id=game.game_id,
        home=_team(game.home_team),
        away=_team(game.away_team),
        played=_appearance(game, where),
        planned=planned,
        known_all_season=_known_all_season(game),
        home_score=game.home_team.score if is_final else None,
        away_score=game.away_team.score if is_final else None,
        overtimes=_overtimes(game.game_status_text, where) if is_final else 0,
        if_necessary=game.if_necessary,
        series_game_number=game.series_game_number,
        label=game.game_label,
        sub_label=game.game_sub_label,
        subtype=game.game_subtype,
        is_neutral=game.is_neutral,
    )


def _known_all_season(game: _Game) -> bool:
    # Knockout rounds, play-in, playoffs and All-Star sides are decided by results or votes: listing
    # them from the first day would name winners before they won.
    return game_type(game.game_id) in (PRESEASON, REGULAR) and "knockout" not in game.game_subtype


def _team(side: _Side) -> Team:
    return Team(side.team_id, side.team_tricode, side.team_city, side.team_name, side.team_slug)


def _appearance(game: _Game, where: str) -> Appearance:
    try:
        tip_at = parse_instant(game.game_date_time_utc) if game.game_date_time_utc else None
        # `gameDateEst` is an Eastern date with a false Z: only its date part is meant.
        game_date = date.fromisoformat(game.game_date_est[:10])
    except ValueError as error:
        raise HistoryBroken(where, f"gameDateEst or gameDateTimeUTC: {error}") from error
    return Appearance(
        game_date=game_date,
        tip_at=tip_at,
        sequence=game.game_sequence,
        arena_name=game.arena_name or "",
        arena_city=game.arena_city or "",
        arena_state=game.arena_state or "",
    )


def _overtimes(status_text: str, where: str) -> int:
    """Overtimes of `Final`, `Final/OT`, `Final/OT2`."""
    _, _, extra = status_text.strip().partition("/OT")
    if not status_text.strip().partition("/")[2]:
        return 0
    if extra and not extra.isdigit():
        raise HistoryBroken(where, f"gameStatusText {status_text!r}: unknown final text")
    return int(extra) if extra else 1


def _read_plan(history: HistoryFolder, path: Path) -> dict[str, Appearance]:
    planned = {}
    for month in decode(history.text(path), _Plan, path).lscd:
        for game in month.mscd.g:
            try:
                # `etm` is Eastern wall-clock time without a zone.
                day, _, wall = game.etm.partition("T")
                tip_at = require_utc(
                    datetime.combine(date.fromisoformat(day), time.fromisoformat(wall), EASTERN)
                )
                game_date = date.fromisoformat(game.gdte)
            except ValueError as error:
                raise HistoryBroken(path, f"gid {game.gid}: gdte or etm: {error}") from error
            planned[game.gid] = Appearance(
                game_date=game_date,
                tip_at=tip_at,
                sequence=game.seq,
                arena_name=game.an or "",
                arena_city=game.ac or "",
                arena_state=game.place or "",
            )
    return planned
