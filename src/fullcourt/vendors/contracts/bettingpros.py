"""BettingPros v3, as recorded in 2025. `_parameters` repeats the question and is not looked at."""

from __future__ import annotations

from fullcourt.vendors.bettingpros import VENDOR
from fullcourt.vendors.contract import Contract, Fields, Shape


def _texts(names: str) -> Fields:
    return dict.fromkeys(names.split(), "text")


_PLAYER: Fields = {
    **_texts("short_name first_name last_name image slug position team"),
    "popularity?": "int",
    "jersey_number": "int|null",
}
_PARTICIPANT: Fields = {**_texts("id name link"), "player": _PLAYER}
_LINEUP: Shape = [{"status": "text", "participant": _PARTICIPANT}]
_SCORES: Shape = [{"participant": "text", "score": "int"}]
_EVENT: Fields = {
    **_texts("sr_id sport scheduled season_type status home visitor link"),
    "id": "int",
    "season": "int",
    "event_name": "text|null",
    "series_summary": "any",
    "popularity": "int",
    "lineups": {
        "home_lineup": _LINEUP,
        "away_lineup": _LINEUP,
        "home_lineup_type": "text",
        "away_lineup_type": "text",
    },
    "venue": {"id": "any", **_texts("name city state country zip")},
    "participants": [
        {
            **_texts("id name link"),
            "team": {
                **_texts("city abbreviation conference division slug"),
                "record": {"W": "int", "L": "int", "T": "int"},
            },
        }
    ],
    "broadcasts": [{"network": "text", "type": "text"}],
    "results?": {
        "outcomes": [{"label": "text", "winner": "text", "scores": _SCORES}],
        "periods": [{"name": "text", "number": "int", "scores": _SCORES}],
    },
    "is_free": "bool",
}
_SIDE: Fields = {
    "line": "number",
    "odds": "int",
    "book": "int",
    "consensus_line": "number|null",
    "consensus_odds": "int|null",
    "probability": "number|null",
    "expected_value": "number|null",
    "bet_rating": "int|null",
}
_TALLY: Shape = ({"over": "int", "under": "int", "push": "int"}, "null")
_PROP: Fields = {
    "sport": "text",
    "market_id": "int",
    "event_id": "int",
    "participant": _PARTICIPANT,
    "over": (_SIDE, "null"),
    "under": (_SIDE, "null"),
    "projection": {
        "recommended_side": "text|null",
        "value": "number|null",
        "probability": "number|null",
        "expected_value": "number|null",
        "bet_rating": "int|null",
        "diff": "number|null",
    },
    "extra": {"opposition_rank": {"rank": "int", "value": "number", "tied": "bool"}},
    "scoring": {
        "is_scored": "bool",
        "is_push": "bool",
        "push_reason": "text|null",
        "actual": "number",
    },
    "links": _texts("odds analyzer affiliate"),
    "performance": {
        **dict.fromkeys("last_1 last_5 last_10 last_15 last_20".split(), _TALLY),
        **dict.fromkeys("season prior_season h2h".split(), _TALLY),
        "streak": "int",
        "streak_type": "text",
    },
}

CONTRACTS = (
    Contract(
        VENDOR,
        "events",
        {"_parameters": "any", "events": [_EVENT], "ts": "int", "utc": "text"},
    ),
    Contract(
        VENDOR,
        "props",
        {
            "_parameters": "any",
            "_pagination": {
                **dict.fromkeys("page limit total_pages total_items".split(), "int"),
                **_texts("paginated_array self"),
                "next?": "text|null",
            },
            "label": "text",
            "widget_label": "text",
            "props": [_PROP],
            # What a book looks like on the vendor's pages is of no interest here.
            "books": [{"id": "int", **_texts("name short_name display_name slug"), "*": "any"}],
            "markets?": [{"id": "int", **_texts("category slug stat"), "*": "any"}],
            "events": [_EVENT],
            "ts": "int",
            "utc": "text",
        },
    ),
)
