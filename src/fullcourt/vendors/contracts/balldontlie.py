"""balldontlie, as recorded from 2024 to 2026. Fields marked `?` came with the seasons."""

from __future__ import annotations

from fullcourt.vendors.balldontlie import VENDOR
from fullcourt.vendors.contract import Contract, Fields

_META: Fields = {"per_page": "int", "next_cursor?": "int", "prev_cursor?": "int|null"}
TEAM: Fields = {
    "id": "int",
    "conference": "text",
    "division": "text",
    "city": "text",
    "name": "text",
    "full_name": "text",
    "abbreviation": "text",
}
PLAYER: Fields = {
    "id": "int",
    "first_name": "text",
    "last_name": "text",
    "position": "text",
    "height": "text|null",
    "weight": "text|null",
    "jersey_number": "text|null",
    "college": "text|null",
    "country": "text|null",
    "draft_year": "int|null",
    "draft_round": "int|null",
    "draft_number": "int|null",
}
_FIGURES: Fields = {
    "min": "text",
    **dict.fromkeys(
        "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk turnover pf pts".split(), "int"
    ),
    "fg_pct": "number",
    "fg3_pct": "number",
    "ft_pct": "number|null",
    "plus_minus?": "int|null",
}
_GAME: Fields = {
    "date": "text",
    "season": "int",
    "status": "text",
    "period": "int",
    "time": "text|null",
    "postseason": "bool",
    "home_team_score": "int",
    "visitor_team_score": "int",
    # Documented, and in no recorded body.
    "period_detail?": "text|null",
    "ist_stage?": "text|null",
}
_QUARTERS: Fields = {
    f"{side}_{part}?": kind
    for side in ("home", "visitor")
    for part, kind in (
        *((f"q{n}", "int|null") for n in range(1, 5)),
        *((f"ot{n}", "int|null") for n in range(1, 4)),
        ("timeouts_remaining", "int|null"),
        ("in_bonus", "bool|null"),
    )
}
_BOX_TEAM: Fields = {**TEAM, "players": [{**_FIGURES, "player": PLAYER}]}

CONTRACTS = (
    Contract(VENDOR, "active_players", {"data": [{**PLAYER, "team": TEAM}], "meta": _META}),
    Contract(
        VENDOR,
        "player_injuries",
        {
            "data": [
                {
                    "player": {**PLAYER, "team_id": "int"},
                    "status": "text",
                    "description": "text|null",
                    "return_date": "text|null",
                }
            ],
            "meta": _META,
        },
    ),
    Contract(
        VENDOR,
        "games",
        {
            "data": [
                {
                    **_GAME,
                    **_QUARTERS,
                    "id": "int",
                    "datetime?": "text|null",
                    "home_team": TEAM,
                    "visitor_team": TEAM,
                }
            ],
            "meta": _META,
        },
    ),
    Contract(
        VENDOR,
        "stats",
        {
            "data": [
                {
                    **_FIGURES,
                    "id": "int",
                    "player": {**PLAYER, "team_id": "int"},
                    "team": TEAM,
                    "game": {
                        **_GAME,
                        "id": "int",
                        "datetime?": "text|null",
                        "home_team_id": "int",
                        "visitor_team_id": "int",
                    },
                }
            ],
            "meta": _META,
        },
    ),
    Contract(
        VENDOR,
        "box_scores",
        {
            "data": [
                {
                    **_GAME,
                    **_QUARTERS,
                    "id?": "int",
                    "datetime?": "text|null",
                    "home_team": _BOX_TEAM,
                    "visitor_team": _BOX_TEAM,
                }
            ]
        },
    ),
    Contract(
        VENDOR,
        "standings",
        {
            "data": [
                {
                    "team": TEAM,
                    "season": "int",
                    "wins": "int",
                    "losses": "int",
                    "conference_record": "text",
                    "conference_rank": "int",
                    "division_record": "text",
                    "division_rank": "int",
                    "home_record": "text",
                    "road_record": "text",
                }
            ]
        },
    ),
)
