"""stats.nba.com: box score V3 and scoreboard V3, in nested camelCase.

This host hangs, without refusing, for callers it does not like: a hang is a state, met with a total
deadline. Leave at least 0.6 s between calls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from fullcourt.nba.box import BoxScore
from fullcourt.vendors.minutes import seconds_of_clock
from fullcourt.vendors.nba_box_rows import Appearance, PlayerRow, RowBroken, TeamRows, build_lines
from fullcourt.vendors.nba_games import GameId, Meta
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode, nba_served_at

VENDOR = "nba_stats"
BASE_URL = "https://stats.nba.com/stats"
_HEADERS = (
    ("Referer", "https://www.nba.com/"),
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-US,en;q=0.9"),
)
_BOXSCORE = Source(VENDOR, "boxscoretraditionalv3")


def boxscore_v3_request(game_id: str, base_url: str = BASE_URL) -> Request:
    """One game's traditional box score, whole game."""
    params = (
        ("GameID", game_id),
        ("StartPeriod", "0"),
        ("EndPeriod", "0"),
        ("StartRange", "0"),
        ("EndRange", "0"),
        ("RangeType", "0"),
    )
    return request("boxscoretraditionalv3", params, base_url)


def scoreboard_v3_request(game_date: date, base_url: str = BASE_URL) -> Request:
    """One date's scoreboard; its body is read by `nba_cdn.parse_scoreboard`."""
    params = (("GameDate", game_date.isoformat()), ("LeagueID", "00"))
    return request("scoreboardv3", params, base_url)


def game_log_request(
    season: str, season_type: str = "Regular Season", base_url: str = BASE_URL
) -> Request:
    """A season's player lines in one call (`2023-24`; `Regular Season`, `Playoffs`, `PlayIn`)."""
    params = (
        ("Counter", "0"),
        ("DateFrom", ""),
        ("DateTo", ""),
        ("Direction", "ASC"),
        ("LeagueID", "00"),
        ("PlayerOrTeam", "P"),
        ("Season", season),
        ("SeasonType", season_type),
        ("Sorter", "DATE"),
    )
    # Some 26,000 lines in one body.
    asked = request("leaguegamelog", params, base_url)
    return replace(asked, deadline_s=45.0, max_bytes=64 * 1024 * 1024)


def request(endpoint: str, params: tuple[tuple[str, str], ...], base_url: str) -> Request:
    """A question to this host, with the headers and the deadline all of them need."""
    return Request(
        vendor=VENDOR,
        endpoint=endpoint,
        url=f"{base_url}/{endpoint}",
        params=params,
        headers=_HEADERS,
        deadline_s=25.0,
        max_bytes=8 * 1024 * 1024,
    )


class _Player(PlayerRow, frozen=True, rename="camel"):
    position: str
    comment: str


class _TeamTotals(msgspec.Struct, frozen=True):
    points: int | None = None


class _Team(msgspec.Struct, frozen=True, rename="camel"):
    team_tricode: str | None
    players: list[_Player]
    statistics: _TeamTotals | None = None


class _Box(msgspec.Struct, frozen=True, rename="camel"):
    game_id: GameId
    home_team: _Team
    away_team: _Team


class _Form(msgspec.Struct, frozen=True, rename="camel"):
    meta: Meta
    box_score_traditional: _Box | None


def parse_boxscore_v3(body: bytes) -> BoxScore:
    """A `boxscoretraditionalv3` body. The form does not say whether the game is over.

    Scores are the teams' points so far, None where the totals are left out. `rejected` has the rows
    left out, `notes` name what was folded.

    Raises:
        NotThere: empty body, or a game without any box score yet.
        ContractBroken: not the form, or a missing or retyped field.
    """
    form = decode(body, _Form, _BOXSCORE)
    box = form.box_score_traditional
    if box is None:
        raise _BOXSCORE.nothing("boxScoreTraditional is null: no box score yet", body)
    home, away = box.home_team, box.away_team
    if not home.team_tricode or not away.team_tricode:
        message = f"game {box.game_id}: teams {home.team_tricode!r} and {away.team_tricode!r}"
        if home.players or away.players:
            raise _BOXSCORE.broken(f"{message}: players without a team", body)
        raise _BOXSCORE.nothing(f"{message}: no box score yet", body)
    rows = build_lines(
        box.game_id,
        (
            TeamRows(home.team_tricode, away.team_tricode, True, home.players),
            TeamRows(away.team_tricode, home.team_tricode, False, away.players),
        ),
        _appearance,
    )
    return BoxScore(
        game_id=box.game_id,
        home_team=home.team_tricode,
        away_team=away.team_tricode,
        is_final=None,
        home_score=home.statistics.points if home.statistics else None,
        away_score=away.statistics.points if away.statistics else None,
        overtimes=None,
        served_at=nba_served_at(form.meta.time, _BOXSCORE, body),
        lines=rows.lines,
        rejected=rows.rejected,
        notes=rows.notes,
    )


def _appearance(row: _Player) -> Appearance:
    """Empty minutes: did not appear. `0:00` is an appearance without a whole second."""
    text = row.statistics.minutes
    comment = row.comment.strip() or None
    is_starter = bool(row.position.strip())
    if text is None and comment is None:
        raise RowBroken("statistics.minutes is null and no comment says why")
    if not text:
        return Appearance(is_starter, None, comment)
    try:
        return Appearance(is_starter, seconds_of_clock(text), None)
    except ValueError as error:
        raise RowBroken(f"statistics.minutes {error}") from error
