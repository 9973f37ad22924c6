"""`scheduleLeagueV2` and `todaysScoreboard` of the simulated cdn.nba.com.

A game's entry is written once for each state it is seen in, and a whole body is kept until the next
instant at which anything in the league changes: most polls find nothing new.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from fullcourt.nba.calendar import EASTERN, PRESEASON, eastern, game_type
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import Appointment, Game, GameState, Team
from fullcourt.simulator.league import League
from fullcourt.simulator.vendors.nba_form import (
    false_z,
    game_code,
    is_older_form,
    league_day,
    meta,
    status_text,
    utc_text,
)

# Not strftime's: its names follow the machine's language.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BODIES_KEPT: Final = 8

Record = dict[str, tuple[int, int]]
"""(wins, losses) by tricode."""


class ScheduleFeed:
    """The schedule and the scoreboard of one league, as bytes. Its caches never change a byte."""

    def __init__(self, league: League) -> None:
        self._league = league
        self._is_older = is_older_form(league.config.first_date)
        self._instants = change_instants(league)
        self._entries: dict[tuple[object, ...], msgspec.Raw] = {}
        self._bodies: dict[tuple[int, date | None], msgspec.Raw] = {}
        self._records = Records(league)

    def schedule(self, at: datetime) -> bytes:
        """`scheduleLeagueV2` as of `at`: every listed game and date, preseason included."""
        key = (bisect_right(self._instants, at), None)
        season = self._bodies.get(key)
        if season is None:
            listings = self._league.listings(at)
            season = msgspec.Raw(msgspec.json.encode(self._season(listings, at)))
            self._keep(key, season, listings)
        head = meta("staticData/scheduleleaguev2", at, is_older=self._is_older)
        return msgspec.json.encode({"meta": head, "leagueSchedule": season})

    def scoreboard(self, at: datetime) -> bytes:
        """`todaysScoreboard` as of `at`; the day turns over at 05:00 Eastern."""
        today = league_day(at)
        key = (bisect_right(self._instants, at), today)
        board = self._bodies.get(key)
        if board is None:
            listings = self._league.listings(at, today)
            board = msgspec.Raw(msgspec.json.encode(self._board(listings, today)))
            self._keep(key, board, listings)
        head = meta("liveData/scoreboard/todaysScoreboard_00", at, is_older=self._is_older)
        return msgspec.json.encode({"meta": head, "scoreboard": board})

    def _keep(
        self,
        key: tuple[int, date | None],
        body: msgspec.Raw,
        listings: list[tuple[Game, GameState]],
    ) -> None:
        # A game in play changes by the second.
        if any(state.status is GameStatus.LIVE for _, state in listings):
            return
        while len(self._bodies) >= _BODIES_KEPT:
            del self._bodies[next(iter(self._bodies))]
        self._bodies[key] = body

    def _season(self, listings: list[tuple[Game, GameState]], at: datetime) -> dict[str, Any]:
        self._records.advance(at)
        by_date: dict[date, list[msgspec.Raw]] = {}
        for game, state in listings:
            games = by_date.setdefault(state.game_date, [])
            games.append(self._scheduled(game, state, len(games) + 1))
        return {
            "seasonYear": self._league.season_at(at),
            "leagueId": "00",
            "gameDates": [
                {"gameDate": _date_text(day, is_older=self._is_older), "games": games}
                for day, games in by_date.items()
            ],
            "weeks": [],
            "broadcasterList": [],
        }

    def _scheduled(self, game: Game, state: GameState, sequence: int) -> msgspec.Raw:
        key = ("schedule", state, sequence)
        entry = self._entries.get(key)
        if entry is None:
            is_final = state.status is GameStatus.FINAL
            record = self._records.after(game.game_id) if is_final else None
            content = schedule_game(self._league, game, state, sequence, record)
            entry = self._entry(key, state, content)
        return entry

    def _board(self, listings: list[tuple[Game, GameState]], today: date) -> dict[str, Any]:
        games: list[msgspec.Raw] = []
        for game, state in listings:
            key = ("scoreboard", state)
            entry = self._entries.get(key)
            if entry is None:
                content = scoreboard_game(self._league, game, state, is_older=self._is_older)
                entry = self._entry(key, state, content)
            games.append(entry)
        return {
            "gameDate": today.isoformat(),
            "leagueId": "00",
            "leagueName": "National Basketball Association",
            "games": games,
        }

    def _entry(
        self, key: tuple[object, ...], state: GameState, content: dict[str, Any]
    ) -> msgspec.Raw:
        entry = msgspec.Raw(msgspec.json.encode(content))
        if state.status is not GameStatus.LIVE:
            self._entries[key] = entry
        return entry


class Records:
    """Wins and losses after each final, counted forward once."""

    def __init__(self, league: League) -> None:
        self._league = league
        self._finals = sorted(
            (game for game in league.games if game.played.withdrawal is None),
            key=lambda game: (game.final_at, game.game_id),
        )
        self._done = 0
        self._now: Record = dict.fromkeys(league.teams, (0, 0))
        self._after: dict[str, Record] = {}

    def advance(self, at: datetime) -> None:
        """Count what is final by `at`; what was counted before stays."""
        while self._done < len(self._finals) and self._finals[self._done].final_at <= at:
            game = self._finals[self._done]
            self._done += 1
            if game_type(game.game_id) != PRESEASON:
                state = self._league.state_of(game, game.played, game.final_at)
                home_won = (state.home_score or 0) > (state.away_score or 0)
                for tricode, won in ((game.home, home_won), (game.away, not home_won)):
                    wins, losses = self._now.get(tricode, (0, 0))
                    self._now[tricode] = (wins + won, losses + (not won))
            self._after[game.game_id] = {
                team: self._now.get(team, (0, 0)) for team in (game.home, game.away)
            }

    def after(self, game_id: str) -> Record | None:
        """Both teams' records after a counted final; None for any other game."""
        return self._after.get(game_id)


def change_instants(league: League) -> tuple[datetime, ...]:
    """Every instant at which a listing may change, in order; between them only games in play do."""
    found: set[datetime] = set()
    for game in league.games:
        facts: tuple[Game | Appointment, ...] = (game, *game.appointments)
        for fact in facts:
            values = (getattr(fact, field.name) for field in fields(fact))
            found.update(value for value in values if isinstance(value, datetime))
    return tuple(sorted(found))


def _date_text(day: date, *, is_older: bool) -> str:
    return f"{day:%m/%d/%Y} 12:00:00 AM" if is_older else f"{day:%m/%d/%Y} 00:00:00"


def schedule_game(
    league: League, game: Game, state: GameState, sequence: int, record: Record | None
) -> dict[str, Any]:
    """One entry of the schedule: a game on one date."""
    is_preseason = game_type(game.game_id) == PRESEASON
    arena = league.side(game.home) if state.home_team is not None else None
    # A tip to be determined is midnight of its date, under the text TBD.
    tip = state.tip_at if state.tip_is_known else eastern(state.game_date)
    return {
        "gameId": game.game_id,
        "gameCode": game_code(state),
        "gameStatus": int(state.status),
        "gameStatusText": status_text(state),
        "gameSequence": sequence,
        "gameDateEst": f"{state.game_date.isoformat()}T00:00:00Z",
        "gameTimeEst": f"1900-01-01T{tip.astimezone(EASTERN):%H:%M:%S}Z",
        "gameDateTimeEst": false_z(tip),
        "gameDateUTC": utc_text(eastern(state.game_date)),
        "gameTimeUTC": f"1900-01-01T{tip:%H:%M:%S}Z",
        "gameDateTimeUTC": utc_text(tip),
        "awayTeamTime": false_z(tip, _zone(league, state.away_team)),
        "homeTeamTime": false_z(tip, _zone(league, state.home_team)),
        "day": _DAYS[state.game_date.weekday()],
        "monthNum": state.game_date.month,
        "weekNumber": 0 if is_preseason else _week_number(league, state.game_date),
        "weekName": "",
        "ifNecessary": state.if_necessary,
        "seriesGameNumber": f"Game {game.series_game}" if game.series_game else "",
        "gameLabel": "Preseason" if is_preseason else game.label,
        "gameSubLabel": "",
        "seriesText": "",
        "arenaName": f"{arena.city} Arena" if arena else "",
        "arenaState": arena.state if arena else "",
        "arenaCity": arena.city if arena else "",
        # The flag lies on purpose, as the real one did for whole seasons.
        "postponedStatus": "A" if game.number % 3 == 0 else "N",
        "branchLink": "",
        "gameSubtype": "",
        "isNeutral": False,
        "homeTeam": _side(league, state.home_team, _shown_score(state, state.home_score), record),
        "awayTeam": _side(league, state.away_team, _shown_score(state, state.away_score), record),
        "pointsLeaders": [],
    }


def scoreboard_game(
    league: League, game: Game, state: GameState, *, is_older: bool = False
) -> dict[str, Any]:
    """One entry of the scoreboard. Older forms had no `ifNecessary`."""
    tip = state.tip_at if state.tip_is_known else eastern(state.game_date)
    is_preseason = game_type(game.game_id) == PRESEASON
    entry = {
        "gameId": game.game_id,
        "gameCode": game_code(state),
        "gameStatus": int(state.status),
        "gameStatusText": status_text(state),
        "period": state.period,
        "gameClock": state.clock if state.status is GameStatus.LIVE else "",
        "gameTimeUTC": utc_text(tip),
        "gameEt": false_z(tip),
        "regulationPeriods": 4,
        "ifNecessary": state.if_necessary,
        "seriesGameNumber": f"Game {game.series_game}" if game.series_game else "",
        "gameLabel": "Preseason" if is_preseason else game.label,
        "gameSubLabel": "",
        "seriesText": "",
        "gameSubtype": "",
        "isNeutral": False,
        "homeTeam": _side(league, state.home_team, _shown_score(state, state.home_score), None),
        "awayTeam": _side(league, state.away_team, _shown_score(state, state.away_score), None),
    }
    if is_older:
        del entry["ifNecessary"]
    return entry


def _zone(league: League, tricode: str | None) -> ZoneInfo:
    return EASTERN if tricode is None else ZoneInfo(league.side(tricode).zone)


def _week_number(league: League, day: date) -> int:
    return 1 + (day - league.config.first_date).days // 7


def _shown_score(state: GameState, score: int | None) -> int | None:
    """Scheduled games show 0, postponed ones null."""
    return score if state.status is not GameStatus.SCHEDULED else 0


def _side(
    league: League, tricode: str | None, score: int | None, record: Record | None
) -> dict[str, Any]:
    """A team of an entry: id 0 and null names where it is to be determined."""
    team: Team | None = None if tricode is None else league.side(tricode)
    wins, losses = record[tricode] if record and tricode else (0, 0)
    return {
        "teamId": team.team_id if team else 0,
        "teamName": team.nickname if team else None,
        "teamCity": team.city if team else None,
        "teamTricode": team.tricode if team else None,
        "teamSlug": team.nickname.lower() if team else None,
        "wins": wins,
        "losses": losses,
        "score": score,
        "seed": 0,
    }
