"""A recorded week of two games a night, one of them priced and postponed: quick to replay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fullcourt.clock import iso
from tests.replay.small_history import (
    FULL_NAMES,
    box_row,
    event,
    final_game,
    write_boxes,
    write_event_odds,
    write_final,
    write_listings,
    write_plan,
)

FIRST, LAST = "2025-01-09", "2025-01-10"
SQUADS = {"NYK": 100, "BOS": 200, "CHA": 300, "LAL": 400}
UNKNOWN_NAME = "Frst Lastone"
_NIGHTS = {"2025-01-07": 7, "2025-01-09": 9, "2025-01-10": 10}


def _tip(day: int) -> datetime:
    # 19:30 in New York.
    return datetime(2025, 1, day + 1, 0, 30, tzinfo=UTC)


def _game_id(day: int, place: int) -> str:
    return f"002240{day * 10 + place:04d}"


PLAYED = "0022400090"
POSTPONED = "0022400091"


def write_small_world(root: Path, without_box: str | None = None) -> Path:
    """Write the history: NYK@BOS on the 7th, 9th, 10th; CHA@LAL on the 7th, 10th.

    The CHA@LAL of the 9th is planned, listed and priced, and played on the 20th of February.
    `without_box`: the game whose box score was not recorded.
    """
    games: list[dict[str, Any]] = []
    boxes: list[dict[str, str | None]] = []
    plan: dict[str, datetime] = {}
    for text, day in _NIGHTS.items():
        for place, (away, home) in enumerate((("NYK", "BOS"), ("CHA", "LAL"))):
            game_id = _game_id(day, place)
            plan[game_id] = _tip(day)
            played_at = _tip(day)
            if game_id == POSTPONED:
                played_at = datetime(2025, 2, 21, 0, 30, tzinfo=UTC)
                text_of_game = "2025-02-20"
            else:
                text_of_game = text
            games.append(final_game(game_id, away, home, played_at, (100, 105)))
            for team, points in ((away, 20), (home, 21)):
                boxes += [
                    box_row(
                        game_id,
                        team,
                        SQUADS[team] + number,
                        minutes="48:00",
                        plusMinusPoints="0",
                        points=str(points),
                        date=text_of_game,
                    )
                    for number in range(5)
                ]
    write_final(root, games)
    write_plan(root, plan)
    write_boxes(root, [row for row in boxes if row["gameId"] != without_box])
    listed = {
        f"{text}T11:55:00Z": [
            event(f"nyk{day}", "NYK", "BOS", _tip(day)),
            event(f"cha{day}", "CHA", "LAL", _tip(day)),
        ]
        for text, day in _NIGHTS.items()
    }
    write_listings(root, listed)
    write_event_odds(
        root,
        {
            f"{text}/{away.lower()}{day}.json": _odds(away, home, _tip(day))
            for text, day in _NIGHTS.items()
            for away, home in (("NYK", "BOS"), ("CHA", "LAL"))
        },
    )
    return root


def _odds(away: str, home: str, tip: datetime) -> dict[str, Any]:
    names = [f"First Last{SQUADS[team] + n}" for team in (away, home) for n in range(2)]
    names += [UNKNOWN_NAME] * (away == "NYK")
    outcomes = [side for name in names for side in _sides(name)]
    snapshot = tip - timedelta(hours=12)
    market = {"key": "player_points", "last_update": iso(snapshot), "outcomes": outcomes}
    book = {"key": "draftkings", "title": "DraftKings", "markets": [market]}
    return {
        "timestamp": iso(snapshot),
        "previous_timestamp": None,
        "next_timestamp": None,
        "data": {
            "id": f"{away.lower()}{tip.day - 1}",
            "sport_key": "basketball_nba",
            "sport_title": "NBA",
            "commence_time": iso(tip),
            "home_team": FULL_NAMES[home],
            "away_team": FULL_NAMES[away],
            "bookmakers": [book],
        },
    }


def _sides(name: str) -> Sequence[dict[str, Any]]:
    return [
        {"name": side, "description": name, "price": 1.9, "point": 20.5}
        for side in ("Over", "Under")
    ]


def as_json(text: str) -> Any:
    """A command's JSON document."""
    return json.loads(text)
