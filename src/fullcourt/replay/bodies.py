"""Schedule and scoreboard bodies in the CDN's form, rendered from what may be shown of each game.

Left out on purpose: standings (`wins`, `losses`, `seed` stay 0, as before a season), series
standings, points leaders, broadcasters. Of these the recording has the last state only, which would
leak the future, or no reader needs them.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from fullcourt.clock import iso
from fullcourt.nba.calendar import EASTERN, eastern
from fullcourt.nba.schedule import GameStatus
from fullcourt.replay.masking import Phase, Shown
from fullcourt.replay.recorded import RecordedGame, Team

_STATUS = {
    Phase.SCHEDULED: GameStatus.SCHEDULED,
    Phase.LIVE: GameStatus.LIVE,
    Phase.FINAL: GameStatus.FINAL,
    # The league's own trap: a postponed game carries the final status, and only its text says so.
    Phase.POSTPONED: GameStatus.FINAL,
}
_NO_CLOCK_DAY = "1900-01-01"
_REGULATION_PERIODS = 4


def served_time(instant: datetime) -> str:
    """`meta.time` of the NBA's feeds: Eastern wall-clock time.

    The vendor ends it with a false Z; the true offset here keeps the repeated hour of autumn apart.
    """
    return instant.astimezone(EASTERN).isoformat()


def schedule_game(game: RecordedGame, shown: Shown) -> bytes:
    """One game of `scheduleLeagueV2.json`. Times ending in `Est` carry the vendor's false Z."""
    day = shown.at.game_date
    wall = _wall_clock(shown)
    utc = shown.at.tip_at
    return msgspec.json.encode(
        {
            "gameId": game.game_id,
            "gameCode": _game_code(game, shown),
            "gameStatus": int(_STATUS[shown.phase]),
            "gameStatusText": _status_text(game, shown),
            "gameSequence": shown.at.sequence,
            "gameDateEst": f"{day}T00:00:00Z",
            "gameTimeEst": f"{_NO_CLOCK_DAY}T{wall:%H:%M:%S}Z" if wall else "",
            "gameDateTimeEst": f"{wall:%Y-%m-%dT%H:%M:%S}Z" if wall else "",
            "gameDateUTC": iso(eastern(day)),
            "gameTimeUTC": f"{_NO_CLOCK_DAY}T{utc:%H:%M:%S}Z" if utc else "",
            "gameDateTimeUTC": iso(utc) if utc else "",
            "day": f"{day:%a}",
            "monthNum": day.month,
            "ifNecessary": game.if_necessary,
            "seriesGameNumber": game.series_game_number,
            "gameLabel": game.label,
            "gameSubLabel": game.sub_label,
            "seriesText": "",
            "arenaName": shown.at.arena_name,
            "arenaState": shown.at.arena_state,
            "arenaCity": shown.at.arena_city,
            # The flag is no evidence on the wire either: it stays N for a postponed game.
            "postponedStatus": "N",
            "branchLink": "",
            "gameSubtype": game.subtype,
            "isNeutral": game.is_neutral,
            "homeTeam": _schedule_side(game.home, _score(game.home_score, shown)),
            "awayTeam": _schedule_side(game.away, _score(game.away_score, shown)),
            "pointsLeaders": [],
        }
    )


def schedule_body(season: str, changed_at: datetime, days: list[tuple[str, list[bytes]]]) -> bytes:
    """The whole schedule; `days` are (`MM/DD/YYYY`, encoded games) in order."""
    body = bytearray(
        b'{"meta":{"version":1,"request":"http://nba.cloud/league/00/'
        + season.encode()
        + b'/scheduleleaguev2?Format=json","time":"'
        + served_time(changed_at).encode()
        + b'"},"leagueSchedule":{"seasonYear":"'
        + season.encode()
        + b'","leagueId":"00","gameDates":['
    )
    body += b",".join(
        b'{"gameDate":"' + day.encode() + b' 00:00:00","games":[' + b",".join(games) + b"]}"
        for day, games in days
    )
    body += b'],"weeks":[],"broadcasterList":[]}}'
    return bytes(body)


def scoreboard_game(game: RecordedGame, shown: Shown) -> bytes:
    """One game of `todaysScoreboard_00.json`. `gameEt` carries the vendor's false Z.

    Period and clock of a live game are not recorded: period 0 and an empty clock, as before tip.
    """
    wall = _wall_clock(shown)
    is_final = shown.phase is Phase.FINAL
    return msgspec.json.encode(
        {
            "gameId": game.game_id,
            "gameCode": _game_code(game, shown),
            "gameStatus": int(_STATUS[shown.phase]),
            "gameStatusText": _status_text(game, shown),
            "period": _REGULATION_PERIODS + game.overtimes if is_final else 0,
            "gameClock": "",
            "gameTimeUTC": iso(shown.at.tip_at) if shown.at.tip_at else "",
            "gameEt": f"{wall:%Y-%m-%dT%H:%M:%S}Z" if wall else "",
            "regulationPeriods": _REGULATION_PERIODS,
            "ifNecessary": game.if_necessary,
            "seriesGameNumber": game.series_game_number,
            "gameLabel": game.label,
            "gameSubLabel": game.sub_label,
            "seriesText": "",
            "gameSubtype": game.subtype,
            "isNeutral": game.is_neutral,
            "homeTeam": _scoreboard_side(game.home, _score(game.home_score, shown)),
            "awayTeam": _scoreboard_side(game.away, _score(game.away_score, shown)),
        }
    )


def scoreboard_body(day: str, changed_at: datetime, games: list[bytes]) -> bytes:
    """The scoreboard of one Eastern date (`YYYY-MM-DD`)."""
    return (
        b'{"meta":{"version":1,"request":"https://nba-prod-us-east-1-mediaops-stats.s3.amazonaws.com'
        b'/NBA/liveData/scoreboard/todaysScoreboard_00.json","time":"'
        + served_time(changed_at).encode()
        + b'","code":200},"scoreboard":{"gameDate":"'
        + day.encode()
        + b'","leagueId":"00","leagueName":"National Basketball Association","games":['
        + b",".join(games)
        + b"]}}"
    )


def _wall_clock(shown: Shown) -> datetime | None:
    return shown.at.tip_at.astimezone(EASTERN) if shown.at.tip_at else None


def _game_code(game: RecordedGame, shown: Shown) -> str:
    return f"{shown.at.game_date:%Y%m%d}/{game.away.tricode}{game.home.tricode}"


def _status_text(game: RecordedGame, shown: Shown) -> str:
    if shown.phase is Phase.POSTPONED:
        return "PPD"
    if shown.phase is Phase.FINAL:
        return game.final_text
    if shown.phase is Phase.LIVE:
        return "Live"
    wall = _wall_clock(shown)
    return (
        f"{wall.hour % 12 or 12}:{wall:%M} {'am' if wall.hour < 12 else 'pm'} ET" if wall else "TBD"
    )


def _score(score: int | None, shown: Shown) -> int | None:
    """The score when final, the feed's 0 before tip, null where there is none to be known."""
    if shown.phase is Phase.FINAL:
        return score
    return 0 if shown.phase is Phase.SCHEDULED else None


def _schedule_side(team: Team, score: int | None) -> dict[str, object]:
    return {
        "teamId": team.team_id,
        "teamName": team.name,
        "teamCity": team.city,
        "teamTricode": team.tricode,
        "teamSlug": team.slug,
        "wins": 0,
        "losses": 0,
        "score": score,
        "seed": 0,
    }


def _scoreboard_side(team: Team, score: int | None) -> dict[str, object]:
    return {
        "teamId": team.team_id,
        "teamName": team.name,
        "teamCity": team.city,
        "teamTricode": team.tricode,
        "wins": 0,
        "losses": 0,
        "score": score,
        "seed": 0,
    }
