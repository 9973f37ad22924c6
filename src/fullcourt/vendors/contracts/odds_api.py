"""The Odds API v4: the same events everywhere, history in an envelope."""

from __future__ import annotations

from fullcourt.vendors.contract import Contract, Fields, Shape
from fullcourt.vendors.odds_api import VENDOR

_EVENT: Fields = {
    "id": "text",
    "sport_key": "text",
    "sport_title": "text",
    "commence_time": "text",
    "home_team": "text",
    "away_team": "text",
}
_OUTCOME: Fields = {
    "name": "text",
    "price": "number",
    "description?": "text",
    "point?": "number",
}
_EVENT_ODDS: Fields = {
    **_EVENT,
    "bookmakers": [
        {
            "key": "text",
            "title": "text",
            "last_update?": "text",
            "markets": [{"key": "text", "last_update?": "text", "outcomes": [_OUTCOME]}],
        }
    ],
}


def _envelope(data: Shape) -> Fields:
    """History's wrapper; a timestamp is null where there is no snapshot."""
    return {
        "timestamp": "text|null",
        "previous_timestamp": "text|null",
        "next_timestamp": "text|null",
        "data": data,
    }


CONTRACTS = (
    Contract(VENDOR, "events", [_EVENT]),
    Contract(VENDOR, "historical_events", _envelope([_EVENT])),
    Contract(VENDOR, "event_odds", _EVENT_ODDS),
    Contract(VENDOR, "historical_event_odds", _envelope((_EVENT_ODDS, "null"))),
    Contract(VENDOR, "odds", [_EVENT_ODDS]),
    Contract(VENDOR, "historical_odds", _envelope([_EVENT_ODDS])),
)
