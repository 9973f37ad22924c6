"""Recorded box score rows, rendered as the bodies stats.nba.com serves (BoxScoreTraditionalV3).

What the wire carries and the recording does not (team totals, starters, bench) is left out: totals
computed here from the same rows would look like a second witness and be none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from fullcourt.replay.bodies import served_time
from fullcourt.replay.history import HistoryBroken, HistoryFolder, query
from fullcourt.replay.recorded import RecordedGame, Team


@dataclass(frozen=True, slots=True)
class BoxSide:
    """One team's recorded rows: `players` is their wire JSON, sums are over those rows."""

    team: Team
    points: int
    seconds: int
    players: str

    @property
    def tricode(self) -> str:
        """The team's tricode."""
        return self.team.tricode


@dataclass(frozen=True, slots=True)
class BoxGame:
    """The recorded rows of one game, sides in recorded order."""

    game_id: str
    game_date: date
    sides: tuple[BoxSide, ...]

    @property
    def away(self) -> BoxSide | None:
        """The visitors: the recording writes them first (so in all 1,391 games of 2024-25)."""
        return self.sides[0] if len(self.sides) == 2 else None

    @property
    def home(self) -> BoxSide | None:
        """The home team: written second."""
        return self.sides[1] if len(self.sides) == 2 else None


def read_box_index(history: HistoryFolder) -> dict[str, date]:
    """Game id to the Eastern date its box score rows were recorded under."""
    rows = query("box_index.sql", history.box_scores)
    return {game_id: _day(day, history, game_id) for game_id, day in rows}


def read_box_games(history: HistoryFolder, season: str) -> dict[str, BoxGame]:
    """The recorded box scores of one season by game id, read in one pass.

    Raises:
        HistoryBroken: a file that does not read, or a count that is no number.
    """
    games: dict[str, BoxGame] = {}
    for row in query("box_scores.sql", history.box_scores, season=season[2:4]):
        side, game_id, day = _side(row)
        known = games.get(game_id)
        games[game_id] = BoxGame(
            game_id=game_id,
            game_date=known.game_date if known else _day(day, history, game_id),
            sides=(*(known.sides if known else ()), side),
        )
    return games


def _side(row: tuple[Any, ...]) -> tuple[BoxSide, str, str]:
    game_id, team_id, city, name, tricode, slug, day, _, points, seconds, players = row
    team = Team(team_id, tricode, city, name, slug)
    return BoxSide(team, points or 0, int(seconds or 0), players), game_id, day


def _day(text: str, history: HistoryFolder, game_id: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        where = f"{history.root}/stats_nba/boxscoretraditionalv3: gameId {game_id}"
        raise HistoryBroken(where, f"date: {error}") from error


def box_body(game: RecordedGame, box: BoxGame, served_at: datetime) -> bytes:
    """The wire body of one game; home and away follow the schedule.

    Raises:
        HistoryBroken: rows of a team that does not play in this game.
    """
    sides = {side.team.team_id: side for side in box.sides}
    strangers = sides.keys() - {game.home.team_id, game.away.team_id}
    if strangers:
        raise HistoryBroken(
            "stats_nba/boxscoretraditionalv3",
            f"gameId {game.game_id}: teamId {min(strangers)} plays neither home nor away",
        )
    return msgspec.json.encode(
        {
            "meta": {
                "version": 1,
                "request": f"http://nba.cloud/games/{game.game_id}/boxscoretraditional?Format=json",
                "time": served_time(served_at),
            },
            "boxScoreTraditional": {
                "gameId": game.game_id,
                "awayTeamId": game.away.team_id,
                "homeTeamId": game.home.team_id,
                "homeTeam": _side_body(game.home, sides.get(game.home.team_id)),
                "awayTeam": _side_body(game.away, sides.get(game.away.team_id)),
            },
        }
    )


def _side_body(team: Team, side: BoxSide | None) -> dict[str, object]:
    named = side.team if side else team
    return {
        "teamId": named.team_id,
        "teamCity": named.city,
        "teamName": named.name,
        "teamTricode": named.tricode,
        "teamSlug": named.slug,
        "players": msgspec.Raw(side.players if side else "[]"),
    }
