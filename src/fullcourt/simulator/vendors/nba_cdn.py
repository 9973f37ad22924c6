"""cdn.nba.com as a simulated vendor: schedule, today's scoreboard, box scores.

The traps of the real feeds are kept: Eastern times with a false `Z` (`meta.time` too), flags as
text, zeros in the statistics of who did not play, a postponed game left on its old date with
status 3 and null scores, 403 pages for what does not exist yet and for requests without the site's
Referer.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fullcourt.clock import Clock
from fullcourt.nba.calendar import EASTERN, PRESEASON, eastern, game_type, season_of
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import Game, GameState, Team
from fullcourt.simulator.league import League
from fullcourt.simulator.vendors.nba_boxscore import boxscore_body
from fullcourt.simulator.vendors.nba_form import false_z, game_code, meta, status_text, utc_text
from fullcourt.simulator.vendors.wire import (
    Receive,
    Reply,
    Scope,
    Send,
    header,
    html_reply,
    json_reply,
    send_reply,
)

REFERER: Final = "https://www.nba.com/"
SCHEDULE_PATH: Final = "/static/json/staticData/scheduleLeagueV2.json"
SCOREBOARD_PATH: Final = "/static/json/liveData/scoreboard/todaysScoreboard_00.json"
_BOXSCORE_PATH = re.compile(r"/static/json/liveData/boxscore/boxscore_(\d{10})\.json")
# The league's day turns over at 05:00 Eastern: late games stay on their own date.
TURNOVER_HOUR: Final = 5
# Not strftime's: its names follow the machine's language.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class NbaCdn:
    """The vendor as an ASGI app; its time is the clock's."""

    def __init__(self, league: League, clock: Clock) -> None:
        self._league = league
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_reply(scope, send, self.reply(scope))

    def reply(self, scope: Scope) -> Reply:
        """The answer at the clock's now, before any content encoding."""
        path, at = scope["path"], self._clock.now()
        if header(scope, "referer") != REFERER:
            return access_denied(path)
        if path == SCHEDULE_PATH:
            return json_reply(schedule_body(self._league, at))
        if path == SCOREBOARD_PATH:
            return json_reply(scoreboard_body(self._league, at))
        match = _BOXSCORE_PATH.fullmatch(path)
        content = boxscore_body(self._league, match[1], at) if match else None
        return access_denied(path) if content is None else json_reply(content)


def access_denied(path: str) -> Reply:
    """The edge's 403 page: for a missing Referer and for a file that does not exist alike."""
    return html_reply(
        403, "Access Denied", f"You don't have permission to access {path!r} on this server."
    )


def schedule_body(league: League, at: datetime) -> dict[str, Any]:
    """`scheduleLeagueV2` as of `at`: every listed game and date, preseason included."""
    records = records_before(league, at)
    by_date: dict[date, list[dict[str, Any]]] = {}
    for game, state in league.listings(at):
        games = by_date.setdefault(state.game_date, [])
        games.append(_schedule_game(league, game, state, len(games) + 1, records))
    return {
        "meta": meta("staticData/scheduleleaguev2", at),
        "leagueSchedule": {
            "seasonYear": season_of(league.games[0].game_id),
            "leagueId": "00",
            "gameDates": [
                {"gameDate": f"{day:%m/%d/%Y} 00:00:00", "games": games}
                for day, games in by_date.items()
            ],
            "weeks": [],
            "broadcasterList": [],
        },
    }


def scoreboard_body(league: League, at: datetime) -> dict[str, Any]:
    """`todaysScoreboard` as of `at`; the day turns over at 05:00 Eastern."""
    eastern_now = at.astimezone(EASTERN)
    # By the hour on the wall: five o'clock on the days the clocks change too.
    is_last_night = eastern_now.hour < TURNOVER_HOUR
    today = eastern_now.date() - timedelta(days=1 if is_last_night else 0)
    return {
        "meta": meta("liveData/scoreboard/todaysScoreboard_00", at),
        "scoreboard": {
            "gameDate": today.isoformat(),
            "leagueId": "00",
            "leagueName": "National Basketball Association",
            "games": [
                _scoreboard_game(league, game, state) for game, state in league.listings(at, today)
            ],
        },
    }


def records_before(league: League, at: datetime) -> dict[str, dict[str, tuple[int, int]]]:
    """(wins, losses) by game id and tricode after each regular game that is final at `at`."""
    records = dict.fromkeys(league.teams, (0, 0))
    by_game: dict[str, dict[str, tuple[int, int]]] = {}
    finals = [game for game in league.games if game.is_final(at)]
    for game in sorted(finals, key=lambda game: (game.final_at, game.game_id)):
        if game_type(game.game_id) != PRESEASON:
            state = league.state_of(game, game.played, at)
            home_won = (state.home_score or 0) > (state.away_score or 0)
            for tricode, won in ((game.home, home_won), (game.away, not home_won)):
                wins, losses = records[tricode]
                records[tricode] = (wins + won, losses + (not won))
        by_game[game.game_id] = {team: records[team] for team in (game.home, game.away)}
    return by_game


def _schedule_game(
    league: League,
    game: Game,
    state: GameState,
    sequence: int,
    records: dict[str, dict[str, tuple[int, int]]],
) -> dict[str, Any]:
    home, away = league.teams[game.home], league.teams[game.away]
    is_preseason = game_type(game.game_id) == PRESEASON
    record = records.get(game.game_id) if state.status is GameStatus.FINAL else None
    return {
        "gameId": game.game_id,
        "gameCode": game_code(game, state),
        "gameStatus": int(state.status),
        "gameStatusText": status_text(state),
        "gameSequence": sequence,
        "gameDateEst": f"{state.game_date.isoformat()}T00:00:00Z",
        "gameTimeEst": f"1900-01-01T{state.tip_at.astimezone(EASTERN):%H:%M:%S}Z",
        "gameDateTimeEst": false_z(state.tip_at),
        "gameDateUTC": utc_text(eastern(state.game_date)),
        "gameTimeUTC": f"1900-01-01T{state.tip_at:%H:%M:%S}Z",
        "gameDateTimeUTC": utc_text(state.tip_at),
        "awayTeamTime": false_z(state.tip_at, ZoneInfo(away.zone)),
        "homeTeamTime": false_z(state.tip_at, ZoneInfo(home.zone)),
        "day": _DAYS[state.game_date.weekday()],
        "monthNum": state.game_date.month,
        "weekNumber": 0 if is_preseason else _week_number(league, state.game_date),
        "weekName": "",
        "ifNecessary": False,
        "seriesGameNumber": "",
        "gameLabel": "Preseason" if is_preseason else "",
        "gameSubLabel": "",
        "seriesText": "",
        "arenaName": f"{home.city} Arena",
        "arenaState": home.state,
        "arenaCity": home.city,
        # The flag lies on purpose, as the real one did for whole seasons.
        "postponedStatus": "A" if game.number % 3 == 0 else "N",
        "branchLink": "",
        "gameSubtype": "",
        "isNeutral": False,
        "homeTeam": _schedule_side(home, _shown_score(state, state.home_score), record),
        "awayTeam": _schedule_side(away, _shown_score(state, state.away_score), record),
        "pointsLeaders": [],
    }


def _week_number(league: League, day: date) -> int:
    return 1 + (day - league.config.first_date).days // 7


def _shown_score(state: GameState, score: int | None) -> int | None:
    """Scheduled games show 0, postponed ones null."""
    return score if state.status is not GameStatus.SCHEDULED else 0


def _schedule_side(
    team: Team, score: int | None, record: dict[str, tuple[int, int]] | None
) -> dict[str, Any]:
    wins, losses = record[team.tricode] if record else (0, 0)
    return {
        "teamId": team.team_id,
        "teamName": team.nickname,
        "teamCity": team.city,
        "teamTricode": team.tricode,
        "teamSlug": team.nickname.lower(),
        "wins": wins,
        "losses": losses,
        "score": score,
        "seed": 0,
    }


def _scoreboard_game(league: League, game: Game, state: GameState) -> dict[str, Any]:
    sides = [
        _schedule_side(league.teams[tricode], _shown_score(state, score), None)
        for tricode, score in ((game.home, state.home_score), (game.away, state.away_score))
    ]
    return {
        "gameId": game.game_id,
        "gameCode": game_code(game, state),
        "gameStatus": int(state.status),
        "gameStatusText": status_text(state),
        "period": state.period,
        "gameClock": state.clock if state.status is GameStatus.LIVE else "",
        "gameTimeUTC": utc_text(state.tip_at),
        "gameEt": false_z(state.tip_at),
        "regulationPeriods": 4,
        "ifNecessary": False,
        "seriesGameNumber": "",
        "gameLabel": "Preseason" if game_type(game.game_id) == PRESEASON else "",
        "gameSubLabel": "",
        "seriesText": "",
        "gameSubtype": "",
        "isNeutral": False,
        "homeTeam": sides[0],
        "awayTeam": sides[1],
    }
