"""The NBA's own feeds: the CDN's nested camelCase, and the columns of stats.nba.com's tables.

Broadcasters, leaders and arenas are not looked into. No box score of the CDN has been recorded: its
contract names the documented fields.
"""

from __future__ import annotations

from fullcourt.vendors import nba_cdn, nba_stats
from fullcourt.vendors.contract import Contract, Fields
from fullcourt.vendors.stats_table import rows_by_column


def _of(kind: str, names: str) -> Fields:
    return dict.fromkeys(names.split(), kind)


_META: Fields = {"version": "int", "code?": "int", "request": "text", "time": "text"}
_TEAM: Fields = {
    **_of("int", "teamId"),
    **_of("int|null", "score"),
    **_of("text|null", "teamName teamCity teamTricode"),
    **_of("int", "wins losses"),
}
_SCHEDULE_TEAM: Fields = {**_TEAM, "teamSlug": "text|null", "seed": "int"}
_SCHEDULE_GAME: Fields = {
    **_of("text", "gameId gameCode gameStatusText gameDateEst gameTimeEst gameDateTimeEst"),
    **_of("text", "gameDateUTC gameTimeUTC gameDateTimeUTC awayTeamTime homeTeamTime day"),
    **_of("text", "weekName seriesGameNumber gameLabel gameSubLabel seriesText postponedStatus"),
    **_of("text", "arenaName arenaState arenaCity branchLink gameSubtype"),
    **_of("int", "gameStatus gameSequence monthNum weekNumber"),
    **_of("bool", "ifNecessary isNeutral"),
    "broadcasters": "any",
    "homeTeam": _SCHEDULE_TEAM,
    "awayTeam": _SCHEDULE_TEAM,
    "pointsLeaders": "any",
}
_SCOREBOARD_TEAM: Fields = {
    **_TEAM,
    "teamSlug?": "text|null",
    "seed?": "int|null",
    "inBonus": "text|null",
    "timeoutsRemaining": "int",
    "periods": [{"period": "int", "periodType": "text", "score": "int"}],
}
_SCOREBOARD_GAME: Fields = {
    **_of("text", "gameId gameCode gameStatusText gameClock gameTimeUTC gameEt"),
    **_of("int", "gameStatus period regulationPeriods"),
    "homeTeam": _SCOREBOARD_TEAM,
    "awayTeam": _SCOREBOARD_TEAM,
    # Labels, leaders, broadcasters and odds differ between the two hosts of this form.
    "*": "any",
}
_SCOREBOARD: Fields = {
    "meta": _META,
    "scoreboard": {
        **_of("text", "gameDate leagueId leagueName"),
        "games": [_SCOREBOARD_GAME],
    },
}
_COUNTS = (
    "fieldGoalsMade fieldGoalsAttempted threePointersMade threePointersAttempted freeThrowsMade "
    "freeThrowsAttempted reboundsOffensive reboundsDefensive reboundsTotal assists steals blocks "
    "turnovers foulsPersonal points"
)
_FIGURES: Fields = {
    "minutes": "text|null",
    **_of("int", _COUNTS),
    **_of("number", "fieldGoalsPercentage threePointersPercentage freeThrowsPercentage"),
}
_BOX_PLAYER: Fields = {
    **_of("text", "status jerseyNum starter oncourt played name nameI firstName familyName"),
    **_of("int", "personId order"),
    "position?": "text",
    "notPlayingReason?": "text",
    "notPlayingDescription?": "text",
    "statistics": {
        **_FIGURES,
        "plusMinusPoints": "number",
        "minutesCalculated": "text",
        "*": "any",
    },
}
_BOX_TEAM: Fields = {
    "teamId": "int",
    "teamTricode": "text",
    "score": "int",
    "players": [_BOX_PLAYER],
    "*": "any",
}
_V3_FIGURES: Fields = {**_FIGURES, "plusMinusPoints": "number"}
_V3_PLAYER: Fields = {
    "personId": "int",
    **_of("text", "firstName familyName nameI playerSlug position comment jerseyNum"),
    "statistics": _V3_FIGURES,
}
_V3_TEAM: Fields = {
    "teamId": "int",
    **_of("text|null", "teamCity teamName teamTricode teamSlug"),
    "players": [_V3_PLAYER],
    "statistics": _V3_FIGURES,
    "starters": _FIGURES,
    "bench": _FIGURES,
}
_ACTION: Fields = {
    **_of("int", "actionNumber period personId possession orderNumber isFieldGoal"),
    **_of("text", "clock timeActual periodType actionType subType scoreHome scoreAway edited"),
    "description": "text",
    "isTargetScoreLastPeriod": "bool",
    "qualifiers": ["text"],
    "personIdsFilter": ["int"],
    **_of("number|null", "x y"),
    **_of("int|null", "xLegacy yLegacy"),
    "side": "text|null",
    **_of("int", "teamId? shotActionNumber? officialId? pointsTotal?"),
    **_of("text", "teamTricode? descriptor? playerName? playerNameI?"),
    **_of("text", "area? areaDetail? shotResult?"),
    "shotDistance?": "number",
    **_of("int", "reboundTotal? reboundDefensiveTotal? reboundOffensiveTotal? turnoverTotal?"),
    **_of("int", "foulPersonalTotal? foulTechnicalTotal? assistTotal?"),
    **_of("int", "blockPersonId? foulDrawnPersonId? stealPersonId? assistPersonId?"),
    **_of("text", "blockPlayerName? foulDrawnPlayerName? stealPlayerName?"),
    "assistPlayerNameInitial?": "text",
    # Spelt so by the vendor.
    **_of("int", "jumpBallRecoverdPersonId? jumpBallWonPersonId? jumpBallLostPersonId?"),
    **_of("text", "jumpBallRecoveredName? jumpBallWonPlayerName? jumpBallLostPlayerName?"),
}
_INDEX_ROW: Fields = {
    **_of("int", "PERSON_ID TEAM_ID IS_DEFUNCT"),
    **_of("text", "PLAYER_LAST_NAME PLAYER_FIRST_NAME PLAYER_SLUG STATS_TIMEFRAME"),
    **_of("text", "FROM_YEAR TO_YEAR"),
    **_of("text|null", "TEAM_SLUG TEAM_CITY TEAM_NAME TEAM_ABBREVIATION JERSEY_NUMBER POSITION"),
    **_of("text|null", "HEIGHT WEIGHT COLLEGE COUNTRY"),
    **_of("int|null", "DRAFT_YEAR DRAFT_ROUND DRAFT_NUMBER"),
    **_of("number|null", "ROSTER_STATUS PTS REB AST"),
}

CONTRACTS = (
    Contract(
        nba_cdn.VENDOR,
        "schedule",
        {
            "meta": _META,
            "leagueSchedule": {
                "seasonYear": "text",
                "leagueId": "text",
                "gameDates": [{"gameDate": "text", "games": [_SCHEDULE_GAME]}],
                "weeks": "any",
                "broadcasterList": "any",
            },
        },
    ),
    Contract(nba_cdn.VENDOR, "scoreboard", _SCOREBOARD),
    Contract(nba_stats.VENDOR, "scoreboardv3", _SCOREBOARD),
    Contract(
        nba_cdn.VENDOR,
        "boxscore",
        {
            "meta": _META,
            "game": {
                **_of("text", "gameId gameTimeUTC gameEt gameStatusText gameClock"),
                **_of("int", "gameStatus period"),
                "homeTeam": _BOX_TEAM,
                "awayTeam": _BOX_TEAM,
                "*": "any",
            },
        },
    ),
    Contract(
        nba_cdn.VENDOR,
        "playbyplay",
        {"meta": _META, "game": {"gameId": "text", "actions": [_ACTION]}},
    ),
    Contract(
        nba_stats.VENDOR,
        "boxscoretraditionalv3",
        {
            "meta": _META,
            "boxScoreTraditional": (
                {
                    "gameId": "text",
                    "awayTeamId": "int",
                    "homeTeamId": "int",
                    "homeTeam": _V3_TEAM,
                    "awayTeam": _V3_TEAM,
                },
                "null",
            ),
        },
    ),
    Contract(
        nba_stats.VENDOR,
        "playerindex",
        {
            "resource": "text",
            "parameters": "any",
            "resultSets": [{"name": "text", "rows": [_INDEX_ROW]}],
        },
        view=rows_by_column,
    ),
)
