"""`boxscore_{gameId}` of the simulated cdn.nba.com, live and final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from fullcourt.nba.box import BoxLine
from fullcourt.nba.schedule import GameStatus
from fullcourt.simulator.facts import Game, GameState, Player, Team
from fullcourt.simulator.league import League
from fullcourt.simulator.vendors.nba_form import false_z, game_code, is_older_form, meta, utc_text


def boxscore_body(league: League, game_id: str, at: datetime) -> dict[str, Any] | None:
    """`boxscore_{game_id}` as of `at`; None before the tip or where there is no such game."""
    if not league.has_game(game_id) or not league.game(game_id).has_begun(at):
        return None
    game = league.game(game_id)
    state = league.state_of(game, game.played, at)
    box = league.box_at(game_id, at)
    periods = _period_scores(league, game, state)
    sides = [
        _box_team(
            league,
            league.side(tricode),
            [line for line in box.lines if line.is_home is is_home],
            [scores[index] for scores in periods],
            state.status is GameStatus.LIVE,
        )
        for index, (tricode, is_home) in enumerate(((game.home, True), (game.away, False)))
    ]
    home = league.side(game.home)
    return {
        "meta": meta(
            f"liveData/boxscore/boxscore_{game_id}",
            at,
            is_older=is_older_form(league.config.first_date),
        ),
        "game": {
            "gameId": game_id,
            "gameTimeLocal": state.tip_at.astimezone(ZoneInfo(home.zone)).isoformat(),
            "gameTimeUTC": utc_text(state.tip_at),
            "gameTimeHome": state.tip_at.astimezone(ZoneInfo(home.zone)).isoformat(),
            "gameEt": false_z(state.tip_at),
            "duration": _duration_minutes(game, at),
            "gameCode": game_code(state),
            "gameStatusText": state.status_text,
            "gameStatus": int(state.status),
            "regulationPeriods": 4,
            "period": state.period,
            "gameClock": state.clock,
            "attendance": 0 if state.status is GameStatus.LIVE else 17_000 + game.number % 2_000,
            "sellout": "0",
            "arena": {"arenaName": f"{home.city} Arena", "arenaCity": home.city},
            "officials": [],
            "homeTeam": sides[0],
            "awayTeam": sides[1],
        },
    }


def _duration_minutes(game: Game, at: datetime) -> int:
    return int((min(at, game.final_at) - game.tip_at).total_seconds() // 60)


def _period_scores(league: League, game: Game, state: GameState) -> list[tuple[int, int]]:
    """Points of each begun period, (home, away)."""
    course = league.played(game.game_id)
    ends = [720 * number for number in (1, 2, 3, 4)]
    ends += [2880 + 300 * number for number in range(1, game.overtimes + 1)]
    totals = [(0, 0)]
    totals += [course.score(min(end, state.elapsed_s)) for end in ends[: state.period]]
    return [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(totals)]


def _box_team(
    league: League,
    team: Team,
    lines: Sequence[BoxLine],
    periods: Sequence[int],
    is_live: bool,
) -> dict[str, Any]:
    ordered = sorted(lines, key=lambda line: not line.is_starter)
    played = [line for line in ordered if line.played]
    totals = {
        wire: sum(getattr(line, name) or 0 for line in played) for wire, name in _STATISTICS.items()
    }
    return {
        "teamId": team.team_id,
        "teamName": team.nickname,
        "teamCity": team.city,
        "teamTricode": team.tricode,
        "score": sum(periods),
        "inBonus": "0",
        "timeoutsRemaining": 0,
        "periods": [
            {
                "period": number,
                "periodType": "REGULAR" if number <= 4 else "OVERTIME",
                "score": score,
            }
            for number, score in enumerate(periods, start=1)
        ],
        "players": [
            _box_player(league.players[line.player_id], line, order, is_live)
            for order, line in enumerate(ordered, start=1)
        ],
        "statistics": {
            **totals,
            "minutes": _iso_minutes(sum(line.seconds_played or 0 for line in played)),
        },
    }


_STATISTICS: Final[dict[str, str]] = {
    "assists": "assists",
    "blocks": "blocks",
    "fieldGoalsAttempted": "field_goals_attempted",
    "fieldGoalsMade": "field_goals",
    "foulsPersonal": "fouls",
    "freeThrowsAttempted": "free_throws_attempted",
    "freeThrowsMade": "free_throws",
    "points": "points",
    "reboundsDefensive": "defensive_rebounds",
    "reboundsOffensive": "offensive_rebounds",
    "reboundsTotal": "rebounds",
    "steals": "steals",
    "threePointersAttempted": "threes_attempted",
    "threePointersMade": "threes",
    "turnovers": "turnovers",
}


def _box_player(player: Player, line: BoxLine, order: int, is_live: bool) -> dict[str, Any]:
    seconds = line.seconds_played or 0
    statistics: dict[str, Any] = {
        wire: getattr(line, name) or 0 for wire, name in _STATISTICS.items()
    }
    statistics["minutes"] = _iso_minutes(seconds)
    statistics["minutesCalculated"] = f"PT{(seconds + 30) // 60:02d}M"
    statistics["plusMinusPoints"] = float(line.plus_minus or 0)
    reason, _, description = (line.not_playing_reason or "").partition(": ")
    is_inactive = reason.startswith("INACTIVE")
    row: dict[str, Any] = {
        "status": "INACTIVE" if is_inactive else "ACTIVE",
        "order": order,
        "personId": player.player_id,
        "jerseyNum": player.jersey,
        "position": player.position if line.is_starter else "",
        "starter": "1" if line.is_starter else "0",
        "oncourt": "1" if is_live and line.is_starter else "0",
        "played": "1" if line.played else "0",
        "statistics": statistics,
        "name": player.name,
        "nameI": f"{player.first_name[0]}. {player.family_with_suffix}",
        "firstName": player.first_name,
        "familyName": player.family_with_suffix,
    }
    if reason:
        row["notPlayingReason"] = reason
    if description:
        row["notPlayingDescription"] = description
    return row


def _iso_minutes(seconds: int) -> str:
    return f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S"
