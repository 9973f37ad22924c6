"""ESPN's summary of one game: the players' rows, with who did not play and why.

A row's figures are texts in the order of `keys`; made and attempted come as one (`6-12`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from fullcourt.vendors import team_codes
from fullcourt.vendors.espn import BASE_URL, VENDOR, TeamRef, request
from fullcourt.vendors.once import once
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode

_SOURCE = Source(VENDOR, "summary")
_COUNT = re.compile(r"\d{1,3}", re.ASCII)
_PAIR = re.compile(r"(\d{1,3})-(\d{1,3})", re.ASCII)
_SIGNED = re.compile(r"[+-]?\d{1,3}", re.ASCII)
_MINUTES = re.compile(r"(\d{1,3})(?::([0-5]\d))?", re.ASCII)

_PAIRS = {
    "fieldGoalsMade-fieldGoalsAttempted": "field goals",
    "threePointFieldGoalsMade-threePointFieldGoalsAttempted": "threes",
    "freeThrowsMade-freeThrowsAttempted": "free throws",
}
_COUNTS = (
    "points",
    "rebounds",
    "offensiveRebounds",
    "defensiveRebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "fouls",
)


def summary_request(event_id: str, base_url: str = BASE_URL) -> Request:
    """One game's summary; the id is the scoreboard's."""
    return request("summary", f"{base_url}/summary", (("event", event_id),))


@dataclass(frozen=True, slots=True)
class EspnLine:
    """One listed player. The id is ESPN's own; figures are None for somebody who did not play.

    `seconds_played` is exact to `precision_s` (60: the vendor sends whole minutes).
    """

    espn_player_id: str
    player_name: str
    team: str
    is_starter: bool
    played: bool
    not_playing_reason: str | None
    seconds_played: int | None
    precision_s: int | None
    points: int | None
    rebounds: int | None
    offensive_rebounds: int | None
    defensive_rebounds: int | None
    assists: int | None
    threes: int | None
    threes_attempted: int | None
    field_goals: int | None
    field_goals_attempted: int | None
    free_throws: int | None
    free_throws_attempted: int | None
    steals: int | None
    blocks: int | None
    turnovers: int | None
    fouls: int | None
    plus_minus: int | None


@dataclass(frozen=True, slots=True)
class EspnSummary:
    """A game's rows. `rejected` names those left out, `notes` what was folded."""

    lines: tuple[EspnLine, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Athlete(msgspec.Struct, frozen=True, rename="camel"):
    # Some rows are placeholders for somebody without a page: they have neither.
    id: str | None = None
    display_name: str | None = None


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    athlete: _Athlete
    starter: bool
    did_not_play: bool
    stats: list[str]
    reason: str | None = None


class _Table(msgspec.Struct, frozen=True):
    keys: list[str]
    athletes: list[_Row]


class _TeamRows(msgspec.Struct, frozen=True):
    team: TeamRef
    statistics: list[_Table]


class _BoxScore(msgspec.Struct, frozen=True):
    # Absent before the tip.
    players: list[_TeamRows] = []


class _Form(msgspec.Struct, frozen=True):
    boxscore: _BoxScore


class _Broken(Exception):
    """One row contradicts itself; the text names field and value."""


def parse_summary(body: bytes, teams: Mapping[str, str] = team_codes.ESPN) -> EspnSummary:
    """The players' rows of a summary. `teams`: ESPN's code -> tricode.

    Raises:
        NotThere: empty body, or a game without any row yet.
        ContractBroken: not the form, a missing or retyped field, a statistic that is gone, or a
            team outside `teams` (only games of the league are asked for).
    """
    form = decode(body, _Form, _SOURCE)
    listed: list[tuple[str, _Table, _Row]] = []
    for side in form.boxscore.players:
        team = teams.get(side.team.abbreviation)
        if team is None:
            raise _SOURCE.broken(
                f"boxscore.players[].team.abbreviation = {side.team.abbreviation!r} is in no team "
                "table",
                body,
            )
        for table in side.statistics:
            _check_keys(table.keys, body)
            listed.extend((team, table, row) for row in table.athletes)
    if not listed:
        raise _SOURCE.nothing("boxscore.players has no row yet", body)
    known = [one for one in listed if one[2].athlete.id]
    if not known:
        raise _SOURCE.broken(f"none of {len(listed)} athletes has an id", body)
    unique = once(known, lambda one: one[2].athlete.id, lambda one: _named(one[2]))
    lines: list[EspnLine] = []
    rejected = [
        *(f"{team} {_named(row)}: no id" for team, _, row in listed if not row.athlete.id),
        *unique.rejected,
    ]
    for team, table, row in unique.rows:
        try:
            lines.append(_line(team, table.keys, row))
        except _Broken as error:
            rejected.append(f"{team} {_named(row)}: {error}")
    return EspnSummary(tuple(lines), tuple(rejected), unique.notes)


def _check_keys(keys: Sequence[str], body: bytes) -> None:
    for name in ("minutes", *_COUNTS, *_PAIRS):
        if keys.count(name) != 1:
            raise _SOURCE.broken(
                f"boxscore.players[].statistics[].keys has {name} {keys.count(name)} times; found "
                f"there: {', '.join(keys)}",
                body,
            )


def _named(row: _Row) -> str:
    return f"player {row.athlete.id} {row.athlete.display_name}"


def _line(team: str, keys: Sequence[str], row: _Row) -> EspnLine:
    player_id, name = row.athlete.id, row.athlete.display_name
    if not player_id or not name:
        raise _Broken(f"athlete id = {player_id!r}, displayName = {name!r}")
    if row.did_not_play:
        if any(text.strip("0-:+ ") for text in row.stats):
            raise _Broken(f"didNotPlay = true, but stats = {row.stats}")
        return _absent(player_id, name, team, row)
    if not any(text.strip("- ") for text in row.stats):
        raise _Broken("didNotPlay = false, but there are no stats: nobody can tell")
    if len(row.stats) != len(keys):
        raise _Broken(f"{len(row.stats)} stats under {len(keys)} keys")
    told = dict(zip(keys, row.stats, strict=True))
    counts = {name: _count(name, told[name]) for name in _COUNTS}
    field_goals, threes, free_throws = (_pair(name, told[name]) for name in _PAIRS)
    seconds, precision = _seconds(told["minutes"])
    return EspnLine(
        espn_player_id=player_id,
        player_name=name,
        team=team,
        is_starter=row.starter,
        played=True,
        not_playing_reason=None,
        seconds_played=seconds,
        precision_s=precision,
        points=counts["points"],
        rebounds=counts["rebounds"],
        offensive_rebounds=counts["offensiveRebounds"],
        defensive_rebounds=counts["defensiveRebounds"],
        assists=counts["assists"],
        threes=threes[0],
        threes_attempted=threes[1],
        field_goals=field_goals[0],
        field_goals_attempted=field_goals[1],
        free_throws=free_throws[0],
        free_throws_attempted=free_throws[1],
        steals=counts["steals"],
        blocks=counts["blocks"],
        turnovers=counts["turnovers"],
        fouls=counts["fouls"],
        plus_minus=_signed("plusMinus", told["plusMinus"]) if "plusMinus" in told else None,
    )


def _absent(player_id: str, name: str, team: str, row: _Row) -> EspnLine:
    return EspnLine(
        espn_player_id=player_id,
        player_name=name,
        team=team,
        is_starter=row.starter,
        played=False,
        not_playing_reason=row.reason or None,
        seconds_played=None,
        precision_s=None,
        points=None,
        rebounds=None,
        offensive_rebounds=None,
        defensive_rebounds=None,
        assists=None,
        threes=None,
        threes_attempted=None,
        field_goals=None,
        field_goals_attempted=None,
        free_throws=None,
        free_throws_attempted=None,
        steals=None,
        blocks=None,
        turnovers=None,
        fouls=None,
        plus_minus=None,
    )


def _count(name: str, text: str) -> int:
    if _COUNT.fullmatch(text) is None:
        raise _Broken(f"{name} = {text!r} is no count")
    return int(text)


def _pair(name: str, text: str) -> tuple[int, int]:
    match = _PAIR.fullmatch(text)
    if match is None:
        raise _Broken(f"{name} = {text!r} is not made-attempted")
    made, attempted = int(match[1]), int(match[2])
    if made > attempted:
        raise _Broken(f"{name} = {text!r}: more made than attempted")
    return made, attempted


def _signed(name: str, text: str) -> int:
    if _SIGNED.fullmatch(text) is None:
        raise _Broken(f"{name} = {text!r} is no number")
    return int(text)


def _seconds(text: str) -> tuple[int, int]:
    """Seconds of `37` or `37:12`, and how exact they are."""
    match = _MINUTES.fullmatch(text)
    if match is None:
        raise _Broken(f"minutes = {text!r} is neither minutes nor MM:SS")
    if match[2] is None:
        return int(match[1]) * 60, 60
    return int(match[1]) * 60 + int(match[2]), 1
