"""stats.nba.com LeagueGameLog: player lines by column name, of a season or of one game.

It lists only who played, in whole minutes, and says nothing of starters. The vendor serves a
season; a body of one game is cut out of it, its `parameters` name the game and its home team.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from fullcourt.nba.box import BoxScore
from fullcourt.vendors.nba_box_rows import (
    Appearance,
    PlayerRow,
    RowBroken,
    TeamRows,
    build_lines,
)
from fullcourt.vendors.nba_games import GameId
from fullcourt.vendors.nba_stats import VENDOR
from fullcourt.vendors.wire import Source, decode

NAME = "LeagueGameLog"
COLUMNS = (
    "PLAYER_ID",
    "PLAYER_NAME",
    "TEAM_ID",
    "TEAM_ABBREVIATION",
    "GAME_ID",
    "GAME_DATE",
    "MATCHUP",
    "MIN",
    "FGM",
    "FGA",
    "FG3M",
    "FG3A",
    "FTM",
    "FTA",
    "OREB",
    "DREB",
    "REB",
    "AST",
    "STL",
    "BLK",
    "TOV",
    "PF",
    "PTS",
    "PLUS_MINUS",
)
"""The columns a log must have; others are let through unread."""
_SOURCE = Source(VENDOR, "leaguegamelog")
_STATISTICS = {
    "points": "PTS",
    "rebounds_total": "REB",
    "rebounds_offensive": "OREB",
    "rebounds_defensive": "DREB",
    "assists": "AST",
    "three_pointers_made": "FG3M",
    "three_pointers_attempted": "FG3A",
    "field_goals_made": "FGM",
    "field_goals_attempted": "FGA",
    "free_throws_made": "FTM",
    "free_throws_attempted": "FTA",
    "steals": "STL",
    "blocks": "BLK",
    "turnovers": "TOV",
    "fouls_personal": "PF",
}


class _ResultSet(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    headers: list[str]
    row_set: list[list[Any]]


class _Form(msgspec.Struct, frozen=True, rename="camel"):
    result_sets: list[_ResultSet]


class _GameParameters(msgspec.Struct, frozen=True, rename="pascal"):
    game_id: GameId = msgspec.field(name="GameID")
    home_team: Annotated[str, msgspec.Meta(min_length=1)]
    away_team: Annotated[str, msgspec.Meta(min_length=1)]


class _GameForm(_Form, frozen=True, rename="camel"):
    parameters: _GameParameters


def parse_game_log(body: bytes) -> tuple[dict[str, Any], ...]:
    """The rows of a log by column name, values as served.

    Raises:
        NotThere: the body is empty, or the log has no row (yet).
        ContractBroken: not the form, or a row with more or fewer values than headers.
    """
    rows = _rows(decode(body, _Form, _SOURCE), body)
    if not rows:
        raise _SOURCE.nothing("the log has no row", body)
    return rows


def _rows(form: _Form, body: bytes) -> tuple[dict[str, Any], ...]:
    found = next((item for item in form.result_sets if item.name == NAME), None)
    if found is None:
        names = [item.name for item in form.result_sets]
        raise _SOURCE.broken(f"no resultSet {NAME}; found there: {names}", body)
    for place, row in enumerate(found.row_set):
        if len(row) != len(found.headers):
            raise _SOURCE.broken(
                f"rowSet[{place}] has {len(row)} values for {len(found.headers)} headers", body
            )
    return tuple(dict(zip(found.headers, row, strict=True)) for row in found.row_set)


def game_body(game_id: str, home: str, away: str, rows: tuple[Mapping[str, Any], ...]) -> bytes:
    """The rows of one game in the log's form."""
    headers = list(COLUMNS)
    return msgspec.json.encode(
        {
            "resource": "leaguegamelog",
            "parameters": {"GameID": game_id, "HomeTeam": home, "AwayTeam": away},
            "resultSets": [
                {
                    "name": NAME,
                    "headers": headers,
                    "rowSet": [[row[name] for name in headers] for row in rows],
                }
            ],
        }
    )


def parse_log_box(body: bytes) -> BoxScore:
    """The box score of a body of one game (`game_body`): only who played, minutes times 60.

    Raises:
        NotThere: the body is empty.
        ContractBroken: not the form, a missing or retyped column, a row of another game or team.
    """
    form = decode(body, _GameForm, _SOURCE)
    game = form.parameters
    by_team: dict[str, list[PlayerRow]] = {game.home_team: [], game.away_team: []}
    for row in _rows(form, body):
        team = row.get("TEAM_ABBREVIATION")
        if row.get("GAME_ID") != game.game_id or team not in by_team:
            raise _SOURCE.broken(
                f"a row of game {row.get('GAME_ID')} and team {team} in the body of {game.game_id}",
                body,
            )
        by_team[team].append(_player(row, body))
    home, away = game.home_team, game.away_team
    rows = build_lines(
        game.game_id,
        (
            TeamRows(home, away, True, by_team[home]),
            TeamRows(away, home, False, by_team[away]),
        ),
        _appearance,
    )
    return BoxScore(
        game_id=game.game_id,
        home_team=home,
        away_team=away,
        is_final=None,
        home_score=None,
        away_score=None,
        overtimes=None,
        served_at=None,
        lines=rows.lines,
        rejected=rows.rejected,
        notes=rows.notes,
        precision_s=60,
    )


def _player(row: Mapping[str, Any], body: bytes) -> PlayerRow:
    minutes = row.get("MIN")
    figures: dict[str, Any] = {wire: row.get(name) for wire, name in _STATISTICS.items()}
    try:
        return msgspec.convert(
            {
                "personId": row.get("PLAYER_ID"),
                "firstName": row.get("PLAYER_NAME"),
                "familyName": "",
                "statistics": {
                    "minutes": None if minutes is None else str(minutes),
                    "plusMinusPoints": row.get("PLUS_MINUS"),
                    **{_camel(wire): value for wire, value in figures.items()},
                },
            },
            PlayerRow,
        )
    except msgspec.ValidationError as error:
        raise _SOURCE.broken(f"player {row.get('PLAYER_ID')}: {error}", body) from error


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _appearance(row: PlayerRow) -> Appearance:
    """Whoever is listed played: `0` is some seconds."""
    text = row.statistics.minutes
    if text is None or not (text.isascii() and text.isdigit()):
        raise RowBroken(f"MIN = {text} is no whole number of minutes")
    return Appearance(None, int(text) * 60, None)
