"""Made-up bodies of balldontlie, to be bent by the tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.vendors.bodies import Json

HOME, AWAY = "BOS", "NYK"
BDL_IDS = {"BOS": 2, "NYK": 20}


def bdl_team(code: str = HOME, **changes: Any) -> Json:
    """A team of balldontlie."""
    return {
        "id": BDL_IDS.get(code, 99),
        "conference": "East",
        "division": "Atlantic",
        "city": "City",
        "name": "Name",
        "full_name": "City Name",
        "abbreviation": code,
        **changes,
    }


def bdl_player(number: int = 70, **changes: Any) -> Json:
    """A player of balldontlie."""
    return {
        "id": number,
        "first_name": "First",
        "last_name": f"Last{number}",
        "position": "G",
        "height": "6-6",
        "weight": "223",
        "jersey_number": "7",
        "college": "California",
        "country": "USA",
        "draft_year": 2016,
        "draft_round": 1,
        "draft_number": 3,
        **changes,
    }


def bdl_figures(number: int = 70, minutes: str | None = "37", **changes: Any) -> Json:
    """A player's row: 12 points where he has minutes, zeros where he has none."""
    on = 1 if minutes and minutes.strip("0:") else 0
    counts = {
        "fgm": 5,
        "fga": 9,
        "fg3m": 1,
        "fg3a": 3,
        "ftm": 1,
        "fta": 2,
        "oreb": 1,
        "dreb": 4,
        "reb": 5,
        "ast": 6,
        "stl": 2,
        "blk": 1,
        "turnover": 3,
        "pf": 2,
        "pts": 12,
    }
    return {
        "min": minutes,
        **{name: value * on for name, value in counts.items()},
        "fg_pct": 0.5,
        "fg3_pct": 0,
        "ft_pct": None,
        "player": bdl_player(number),
        **changes,
    }


def bdl_game(**changes: Any) -> Json:
    """The facts of a final."""
    return {
        "date": "2025-01-09",
        "season": 2024,
        "status": "Final",
        "period": 4,
        "time": "Final",
        "postseason": False,
        "home_team_score": 24,
        "visitor_team_score": 12,
        **changes,
    }


def bdl_box_game(
    home: Sequence[Json] | None = None, away: Sequence[Json] | None = None, **changes: Any
) -> Json:
    """A box score in the form of 2024: no id, no tip, no quarters. 24:12 and four rows."""
    return bdl_game(
        home_team={
            **bdl_team(HOME),
            "players": list(
                [bdl_figures(1), bdl_figures(2), bdl_figures(3, "00")] if home is None else home
            ),
        },
        visitor_team={
            **bdl_team(AWAY),
            "players": list([bdl_figures(4)] if away is None else away),
        },
        **changes,
    )


def bdl_box_scores(*games: Json) -> Json:
    """A date's box scores."""
    return {"data": list(games)}


def bdl_page(rows: Sequence[Json], next_cursor: int | None = None) -> Json:
    """A page of a list; the last one has no cursor."""
    meta = (
        {"per_page": 100} if next_cursor is None else {"per_page": 100, "next_cursor": next_cursor}
    )
    return {"data": list(rows), "meta": meta}


def bdl_active(number: int = 70, code: str = HOME) -> Json:
    """A row of the active players."""
    return {**bdl_player(number), "team": bdl_team(code)}


def bdl_injury(number: int = 70, team_id: int | None = 2, **changes: Any) -> Json:
    """A row of the injuries."""
    return {
        "player": {**bdl_player(number), "team_id": team_id},
        "return_date": "Oct 1",
        "description": "Jun 24: surgery",
        "status": "Out",
        **changes,
    }


def bdl_listed_game(number: int = 1, **changes: Any) -> Json:
    """A row of the games."""
    return bdl_game(
        id=number,
        datetime="2025-01-10T00:30:00.000Z",
        home_team=bdl_team(HOME),
        visitor_team=bdl_team(AWAY),
        **changes,
    )


def bdl_stats_row(number: int = 70, code: str = HOME, **changes: Any) -> Json:
    """A row of the statistics."""
    game = bdl_game(id=1, home_team_id=2, visitor_team_id=20)
    return {
        **bdl_figures(number),
        "id": 1000 + number,
        "player": {**bdl_player(number), "team_id": BDL_IDS.get(code, 99)},
        "team": bdl_team(code),
        "game": game,
        **changes,
    }


def bdl_standing(code: str = HOME, **changes: Any) -> Json:
    """A row of the standings."""
    return {
        "team": bdl_team(code),
        "conference_record": "41-11",
        "conference_rank": 1,
        "division_record": "12-4",
        "division_rank": 1,
        "wins": 64,
        "losses": 18,
        "home_record": "34-7",
        "road_record": "30-11",
        "season": 2024,
        **changes,
    }
