"""Rows as brought into rows of the vendors' forms; a bad value is named, never repaired."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fullcourt.clock import parse_instant
from fullcourt.history.pieces import Complaint, Piece, rows_of
from fullcourt.nba.teams import tricode_of
from fullcourt.vendors import nba_game_log

_LOG_TEXT = frozenset(("PLAYER_NAME", "TEAM_ABBREVIATION", "MATCHUP"))


class BadValue(Exception):
    """One value of a row is not what its column holds."""

    def __init__(self, column: str, value: object, why: str) -> None:
        super().__init__(why)
        self.column, self.value, self.why = column, value, why


@dataclass(slots=True)
class Checked:
    """Reads the rows of pieces and collects what was left out."""

    complaints: list[Complaint]

    def rows(
        self, piece: Piece, read: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The rows `read` accepts; the others are named by file, row and column."""
        good = []
        for number, row in rows_of(piece):
            try:
                good.append(read(row) | {"_row": number})
            except BadValue as error:
                self.complaints.append(
                    Complaint(piece.shown, number, error.column, str(error.value), error.why)
                )
        return good


def text(row: Mapping[str, Any], column: str) -> str:
    """A text that is not empty."""
    value = row.get(column)
    if value is None or not str(value).strip():
        raise BadValue(column, value, "is empty")
    return str(value).strip()


def whole(row: Mapping[str, Any], column: str) -> int:
    """A whole number, also when written `9.0`."""
    value = row.get(column)
    try:
        number = float(str(value))
    except ValueError as error:
        raise BadValue(column, value, "is no number") from error
    if not math.isfinite(number) or number != int(number):
        raise BadValue(column, value, "is no whole number")
    return int(number)


def real(row: Mapping[str, Any], column: str) -> float:
    """A finite number."""
    value = row.get(column)
    try:
        number = float(str(value))
    except ValueError as error:
        raise BadValue(column, value, "is no number") from error
    if not math.isfinite(number):
        raise BadValue(column, value, "is no number")
    return number


def is_given(row: Mapping[str, Any], column: str) -> bool:
    """Whether a column that may be absent or empty has a value here."""
    return row.get(column) is not None and bool(str(row[column]).strip())


def game_id(row: Mapping[str, Any], column: str) -> str:
    """An NBA game id; the two leading zeros a spreadsheet loses are put back."""
    value = text(row, column)
    found = value.zfill(10) if len(value) == 8 else value
    if not (found.isascii() and found.isdigit() and len(found) == 10 and found.startswith("00")):
        raise BadValue(column, value, "is no NBA game id (ten digits, 00 first)")
    return found


def day(row: Mapping[str, Any], column: str) -> date:
    """An Eastern game date, `2024-01-15` (a midnight after it is let through)."""
    value = text(row, column)
    try:
        return date.fromisoformat(value.removesuffix("T00:00:00").removesuffix(" 00:00:00"))
    except ValueError as error:
        raise BadValue(column, value, "is no date, write 2024-01-15") from error


def instant(row: Mapping[str, Any], column: str) -> datetime:
    """An instant with its zone."""
    value = text(row, column)
    try:
        return parse_instant(value)
    except ValueError as error:
        raise BadValue(column, value, "is no instant with a zone, write 2024-01-15T18:00Z") from (
            error
        )


def team(row: Mapping[str, Any], column: str) -> str:
    """A team's tricode, from any spelling the house knows."""
    value = text(row, column)
    found = tricode_of(value)
    if found is None:
        raise BadValue(column, value, "is no NBA team")
    return found


def log_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A player line of LeagueGameLog, numbers as numbers."""
    found: dict[str, Any] = {}
    for column in nba_game_log.COLUMNS:
        if column == "GAME_ID":
            found[column] = game_id(row, column)
        elif column == "GAME_DATE":
            found[column] = day(row, column).isoformat()
        elif column == "PLUS_MINUS":
            found[column] = real(row, column) if is_given(row, column) else None
        elif column in _LOG_TEXT:
            found[column] = text(row, column)
        else:
            found[column] = whole(row, column)
    return found


_BOX_COUNTS = (
    "fieldGoalsMade fieldGoalsAttempted threePointersMade threePointersAttempted freeThrowsMade "
    "freeThrowsAttempted reboundsOffensive reboundsDefensive reboundsTotal assists steals blocks "
    "turnovers foulsPersonal points"
).split()
_BOX_TEXTS = "firstName familyName nameI playerSlug position comment jerseyNum".split()


def box_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a V3 box score: its game and team, and the player as the wire has him.

    `minutes` stay as they are: text that is no clock belongs to the body, whose reader names it.
    """
    player: dict[str, Any] = {"personId": whole(row, "personId")}
    player |= {name: str(row.get(name) or "") for name in _BOX_TEXTS}
    statistics: dict[str, Any] = {"minutes": str(row.get("minutes") or "")}
    statistics |= {name: whole(row, name) for name in _BOX_COUNTS}
    statistics["plusMinusPoints"] = (
        real(row, "plusMinusPoints") if is_given(row, "plusMinusPoints") else None
    )
    player["statistics"] = statistics
    return {
        "game_id": game_id(row, "gameId"),
        "game_date": day(row, "date"),
        "team": text(row, "teamTricode"),
        "team_id": whole(row, "teamId"),
        "city": str(row.get("teamCity") or ""),
        "name": str(row.get("teamName") or ""),
        "slug": str(row.get("teamSlug") or ""),
        "player": player,
    }


def played_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A team's row of a game played; its points and minutes where the file has them."""
    return {
        "game_id": game_id(row, "GAME_ID"),
        "game_date": day(row, "GAME_DATE"),
        "team": text(row, "TEAM_ABBREVIATION"),
        "is_home": " vs. " in text(row, "MATCHUP"),
        "points": whole(row, "PTS") if is_given(row, "PTS") else None,
        "minutes": whole(row, "MIN") if is_given(row, "MIN") else None,
    }


def schedule_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A game of a plain schedule; tip, scores and overtimes where they are given."""
    return {
        "game_id": game_id(row, "game_id"),
        "game_date": day(row, "game_date"),
        "home": team(row, "home_team"),
        "away": team(row, "away_team"),
        "tip_at": instant(row, "tip_at") if is_given(row, "tip_at") else None,
        "home_score": whole(row, "home_score") if is_given(row, "home_score") else None,
        "away_score": whole(row, "away_score") if is_given(row, "away_score") else None,
        "overtimes": whole(row, "overtimes") if is_given(row, "overtimes") else None,
    }


def score_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A final score; `went_to_overtime` is None where the file does not say."""
    said = is_given(row, "ot_home") and is_given(row, "ot_away")
    return {
        "game_date": day(row, "date"),
        "home": team(row, "home"),
        "away": team(row, "away"),
        "home_score": whole(row, "score_home"),
        "away_score": whole(row, "score_away"),
        "went_to_overtime": whole(row, "ot_home") + whole(row, "ot_away") > 0 if said else None,
    }


def line_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """An own line. Prices are decimal odds; a side that was not offered is empty."""
    found: dict[str, Any] = {
        "game_date": day(row, "game_date"),
        "game_id": game_id(row, "game_id") if is_given(row, "game_id") else None,
        "teams": None,
        "player_name": text(row, "player_name"),
        "bookmaker": text(row, "bookmaker"),
        "market": text(row, "market"),
        "line": real(row, "line"),
        "over_price": _price(row, "over_price"),
        "under_price": _price(row, "under_price"),
        "snapshot_at": instant(row, "snapshot_at"),
    }
    if found["game_id"] is None:
        found["teams"] = frozenset((team(row, "home_team"), team(row, "away_team")))
    if found["over_price"] is None and found["under_price"] is None:
        raise BadValue("over_price", row.get("over_price"), "neither side has a price")
    return found


def _price(row: Mapping[str, Any], column: str) -> float | None:
    if not is_given(row, column):
        return None
    price = real(row, column)
    if price < 1:
        raise BadValue(column, row.get(column), "is no decimal price (1 or more)")
    return price
