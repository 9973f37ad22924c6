"""Made-up bodies of the feeds beside schedule, box score and lines, to be bent by the tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.vendors.bodies import Json


def espn_status(name: str = "STATUS_FINAL", state: str = "post", period: int = 4) -> Json:
    """The status of an event."""
    return {
        "clock": 0.0,
        "displayClock": "0.0",
        "period": period,
        "type": {
            "id": "3",
            "name": name,
            "state": state,
            "completed": name == "STATUS_FINAL",
            "description": "Final",
            "detail": "Final",
            "shortDetail": "Final",
        },
    }


def espn_side(where: str, code: str, score: str | None) -> Json:
    """A competitor of an event."""
    return {"id": "1", "homeAway": where, "score": score, "team": {"abbreviation": code}}


def espn_event(
    event_id: str = "401585184",
    home: str = "UTAH",
    away: str = "NO",
    scores: tuple[str | None, str | None] = ("124", "115"),
    **changes: Any,
) -> Json:
    """A final of the evening of 2024-01-15."""
    sides = [espn_side("home", home, scores[0]), espn_side("away", away, scores[1])]
    return {
        "id": event_id,
        "date": "2024-01-16T02:00Z",
        "competitions": [{"id": event_id, "competitors": sides}],
        "status": espn_status(),
        **changes,
    }


def espn_scoreboard(*events: Json) -> Json:
    """A date's events."""
    return {"leagues": [], "events": list(events)}


def espn_athlete(number: int = 1, **changes: Any) -> Json:
    """A player of a roster, hurt."""
    return {
        "id": str(number),
        "fullName": f"First Last{number}",
        "jersey": "7",
        "position": {"abbreviation": "SG"},
        "status": {"type": "active"},
        "injuries": [
            {
                "status": "Out",
                "date": "2025-06-11T15:30Z",
                "details": {"type": "Knee", "returnDate": "2025-10-01"},
            }
        ],
        **changes,
    }


def espn_roster(*athletes: Json, code: str = "WSH") -> Json:
    """A team's roster."""
    return {"team": {"id": "27", "abbreviation": code, "athletes": list(athletes)}}


SUMMARY_KEYS = [
    "minutes",
    "fieldGoalsMade-fieldGoalsAttempted",
    "threePointFieldGoalsMade-threePointFieldGoalsAttempted",
    "freeThrowsMade-freeThrowsAttempted",
    "offensiveRebounds",
    "defensiveRebounds",
    "rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "fouls",
    "plusMinus",
    "points",
]


def espn_row(number: int = 1, **changes: Any) -> Json:
    """A starter's row: 37 minutes, 21 points."""
    return {
        "active": True,
        "athlete": {"id": str(number), "displayName": f"First Last{number}"},
        "starter": True,
        "didNotPlay": False,
        "reason": "",
        "ejected": False,
        "stats": "37 6-12 2-5 7-7 0 2 2 8 1 0 3 1 +15 21".split(),
        **changes,
    }


def espn_summary(*rows: Json, code: str = "GS", keys: Sequence[str] = SUMMARY_KEYS) -> Json:
    """A summary with one team's rows."""
    table = {"keys": list(keys), "athletes": list(rows)}
    return {"boxscore": {"players": [{"team": {"abbreviation": code}, "statistics": [table]}]}}


INDEX_COLUMNS = (
    "PERSON_ID PLAYER_LAST_NAME PLAYER_FIRST_NAME PLAYER_SLUG TEAM_ID TEAM_ABBREVIATION "
    "JERSEY_NUMBER POSITION ROSTER_STATUS FROM_YEAR TO_YEAR"
).split()


def index_row(number: int = 1, **changes: Any) -> list[Any]:
    """A row of the player index."""
    row = {
        "PERSON_ID": number,
        "PLAYER_LAST_NAME": f"Last{number}",
        "PLAYER_FIRST_NAME": "First",
        "PLAYER_SLUG": f"first-last{number}",
        "TEAM_ID": 1610612752,
        "TEAM_ABBREVIATION": "NYK",
        "JERSEY_NUMBER": "5",
        "POSITION": "F",
        "ROSTER_STATUS": 1.0,
        "FROM_YEAR": "2020",
        "TO_YEAR": "2025",
        **changes,
    }
    return [row[name] for name in INDEX_COLUMNS]


def stats_table(
    rows: Sequence[Sequence[Any]],
    name: str = "PlayerIndex",
    headers: Sequence[str] = tuple(INDEX_COLUMNS),
) -> Json:
    """A body of the older form of stats.nba.com."""
    table = {"name": name, "headers": list(headers), "rowSet": [list(row) for row in rows]}
    return {"resource": "playerindex", "parameters": {}, "resultSets": [table]}


def action(number: int, **changes: Any) -> Json:
    """A made, assisted shot from the paint."""
    return {
        "actionNumber": number,
        "actionType": "2pt",
        "subType": "Hook",
        "clock": "PT11M42.50S",
        "period": 1,
        "personId": 1627826,
        "isFieldGoal": 1,
        "teamTricode": "LAC",
        "area": "In The Paint (Non-RA)",
        "areaDetail": "0-8 Center",
        "shotResult": "Made",
        "shotDistance": 5.57,
        "assistPersonId": 201935,
        **changes,
    }


def plain_action(number: int, kind: str, sub_type: str = "", **changes: Any) -> Json:
    """An action that is no shot."""
    row = action(number, actionType=kind, subType=sub_type, isFieldGoal=0)
    for name in ("area", "areaDetail", "shotResult", "shotDistance", "assistPersonId"):
        del row[name]
    return {**row, **changes}


def play_by_play(*actions: Json) -> Json:
    """A game's actions."""
    return {"meta": {"version": 1}, "game": {"gameId": "0022400500", "actions": list(actions)}}


def bp_event(number: int = 26545, **changes: Any) -> Json:
    """An event of BettingPros: 21:00 Eastern on 2025-10-29."""
    return {
        "id": number,
        "scheduled": "2025-10-30 01:00:00",
        "status": "scheduled",
        "home": "UTH",
        "visitor": "PHO",
        **changes,
    }


def bp_prop(number: int = 5084, **changes: Any) -> Json:
    """A player's best over at DraftKings and best under at a book nobody listed."""
    side = {"consensus_line": 27.5, "consensus_odds": -110, "probability": None}
    return {
        "market_id": 156,
        "event_id": 26545,
        "participant": {"id": str(number), "name": "A Player", "player": {"team": "UTH"}},
        "over": {"line": 26.5, "odds": -120, "book": 12, **side},
        "under": {"line": 27.5, "odds": 150, "book": 38, **side},
        "performance": {"last_5": {"over": 5, "under": 0, "push": 0}},
        "scoring": {"actual": 31},
        **changes,
    }


def bp_props(*props: Json, page: int = 1, pages: int = 1, items: int | None = None) -> Json:
    """One page of props."""
    return {
        "props": list(props),
        "events": [bp_event()],
        "books": [{"id": 12, "slug": "draftkings"}],
        "_pagination": {
            "page": page,
            "total_pages": pages,
            "total_items": len(props) if items is None else items,
        },
        "utc": "2025-10-29 19:54:04",
    }


def odds_event(event_id: str = "e1", books: Sequence[Json] = (), **changes: Any) -> Json:
    """An event with game lines: Atlanta at Golden State, 22:20 Eastern on 2024-01-24."""
    return {
        "id": event_id,
        "commence_time": "2024-01-25T03:20:30Z",
        "home_team": "Golden State Warriors",
        "away_team": "Atlanta Hawks",
        "bookmakers": list(books),
        **changes,
    }


def odds_book(key: str, **markets: Sequence[Json]) -> Json:
    """A book with some markets."""
    return {
        "key": key,
        "markets": [
            {"key": name, "last_update": "2024-01-25T03:15:22Z", "outcomes": list(outcomes)}
            for name, outcomes in markets.items()
        ],
    }


def side_outcome(name: str, price: float, point: float | None = None) -> Json:
    """One outcome of a game line."""
    row: Json = {"name": name, "price": price}
    return row if point is None else {**row, "point": point}


GAME_BOOK = odds_book(
    "draftkings",
    h2h=[side_outcome("Atlanta Hawks", 3.3), side_outcome("Golden State Warriors", 1.32)],
    spreads=[
        side_outcome("Atlanta Hawks", 1.91, 6.5),
        side_outcome("Golden State Warriors", 1.83, -6.5),
    ],
    totals=[side_outcome("Over", 1.87, 248.5), side_outcome("Under", 1.95, 248.5)],
)


def roster_cells(slug: str = "brownja02", name: str = "Jaylen Brown", **cells: str) -> str:
    """A row of a roster page."""
    told = {
        "pos": "SF",
        "height": "6-6",
        "weight": "223",
        "birth_date": "October 24, 1996",
        "years_experience": "8",
        "college": "California",
        **cells,
    }
    number = told.pop("number", "7")
    rest = "".join(f'<td data-stat="{key}">{value}</td>' for key, value in told.items())
    return (
        f'<tr><th scope="row" data-stat="number">{number}</th>'
        f'<td data-stat="player"><a href="/players/b/{slug}.html">{name}</a></td>{rest}</tr>'
    )


def roster_page(*rows: str, code: str = "BRK", table: str = "roster") -> bytes:
    """A team's page, with a table in a comment that is none of ours."""
    return (
        "<!DOCTYPE html><html><head>"
        f'<link rel="canonical" href="https://www.basketball-reference.com/teams/{code}/2025.html">'
        "</head><body><!-- <table id='roster'><tbody><tr><td>no</td></tr></tbody></table> -->"
        f'<table id="{table}"><thead><tr><th>No.</th></tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table><table id='other'><tbody><tr><td>x</td></tr></tbody></table></body></html>"
    ).encode()
