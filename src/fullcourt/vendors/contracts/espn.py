"""ESPN's site API. Much of it is links, logos and leaders for pages: those are not looked into.

The scoreboard was recorded of 2024, a roster of 2025. No summary has been recorded: its contract
names what public readers of it use.
"""

from __future__ import annotations

from fullcourt.vendors.contract import Contract, Fields
from fullcourt.vendors.espn import VENDOR

_STATUS: Fields = {
    "clock": "number",
    "displayClock": "text",
    "period": "int",
    "type": {
        "id": "text",
        "name": "text",
        "state": "text",
        "completed": "bool",
        "description": "text",
        "detail": "text",
        "shortDetail": "text",
        "altDetail?": "text",
    },
}
_TEAM: Fields = {
    "id": "text",
    "abbreviation": "text",
    "displayName": "text",
    "*": "any",
}
_COMPETITOR: Fields = {
    "id": "text",
    "homeAway": "text",
    "winner?": "bool",
    "score": "text",
    "linescores?": [{"value": "number", "displayValue": "text", "period": "int"}],
    "team": _TEAM,
    "records?": [{"name": "text", "abbreviation?": "text", "type": "text", "summary": "text"}],
    "*": "any",
}
_COMPETITION: Fields = {
    "id": "text",
    "date": "text",
    "timeValid": "bool",
    "neutralSite": "bool",
    "competitors": [_COMPETITOR],
    "status": _STATUS,
    "*": "any",
}
_EVENT: Fields = {
    "id": "text",
    "uid": "text",
    "date": "text",
    "name": "text",
    "shortName": "text",
    "season": {"year": "int", "type": "int", "slug": "text"},
    "competitions": [_COMPETITION],
    "status": _STATUS,
    "links?": "any",
}
_INJURY: Fields = {
    "status": "text",
    "date": "text",
    "type": {"id": "text", "name": "text", "description": "text", "abbreviation": "text"},
    "details?": {
        "type": "text",
        "location?": "text",
        "side?": "text",
        "detail?": "text",
        "returnDate?": "text",
        "fantasyStatus?": "any",
    },
    "*": "any",
}
_ATHLETE: Fields = {
    "id": "text",
    "fullName": "text",
    "displayName": "text",
    "weight?": "number",
    "height?": "number",
    "jersey?": "text",
    "dateOfBirth?": "text",
    "position": {"id": "text", "name": "text", "abbreviation": "text", "*": "any"},
    "status": {"id": "text", "name": "text", "type": "text", "abbreviation": "text"},
    "injuries": [_INJURY],
    "experience?": {"years": "int"},
    "*": "any",
}

CONTRACTS = (
    Contract(VENDOR, "scoreboard", {"leagues": "any", "events": [_EVENT], "*": "any"}),
    Contract(
        VENDOR,
        "roster",
        {"team": {"id": "text", "abbreviation": "text", "athletes": [_ATHLETE], "*": "any"}},
    ),
    Contract(
        VENDOR,
        "summary",
        {
            "boxscore": {
                "players?": [
                    {
                        "team": _TEAM,
                        "statistics": [
                            {
                                "keys": ["text"],
                                "athletes": [
                                    {
                                        "athlete": {
                                            "id": "text",
                                            "displayName": "text",
                                            "*": "any",
                                        },
                                        "active?": "bool",
                                        "starter": "bool",
                                        "didNotPlay": "bool",
                                        "reason?": "text",
                                        "ejected?": "bool",
                                        "stats": ["text"],
                                        "*": "any",
                                    }
                                ],
                                "*": "any",
                            }
                        ],
                        "*": "any",
                    }
                ],
                "*": "any",
            },
            "*": "any",
        },
    ),
)
