"""cdn.nba.com play-by-play: every shot with its zone, and the free throws beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec

from fullcourt.vendors.nba_cdn import BASE_URL, VENDOR, request
from fullcourt.vendors.nba_games import GameId
from fullcourt.vendors.once import once
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source, decode

_SOURCE = Source(VENDOR, "playbyplay")
_CLOCK = re.compile(r"PT(\d{2})M(\d{2}\.\d{2})S", re.ASCII)


class Zone(StrEnum):
    """`area` of a field goal attempt, as the league names it."""

    RESTRICTED_AREA = "Restricted Area"
    PAINT = "In The Paint (Non-RA)"
    MID_RANGE = "Mid-Range"
    LEFT_CORNER_3 = "Left Corner 3"
    RIGHT_CORNER_3 = "Right Corner 3"
    ABOVE_THE_BREAK_3 = "Above the Break 3"
    BACKCOURT = "Backcourt"


_THREES = frozenset({Zone.LEFT_CORNER_3, Zone.RIGHT_CORNER_3, Zone.ABOVE_THE_BREAK_3})
_TWOS = frozenset({Zone.RESTRICTED_AREA, Zone.PAINT, Zone.MID_RANGE})


def play_by_play_request(game_id: str, base_url: str = BASE_URL) -> Request:
    """One game's actions. A future game answers 403 or 404: ask the schedule first."""
    return request(
        "playbyplay", f"{base_url}/liveData/playbyplay/playbyplay_{game_id}.json", 20.0, 16
    )


@dataclass(frozen=True, slots=True)
class Shot:
    """One field goal attempt. `seconds_left` is of the period; `distance_ft` is None unless given.

    `assisted_by` is None for a shot that was missed or made alone.
    """

    action_number: int
    period: int
    seconds_left: float
    team: str
    player_id: int
    zone: Zone
    is_three: bool
    is_made: bool
    distance_ft: float | None
    assisted_by: int | None


@dataclass(frozen=True, slots=True)
class FreeThrow:
    """One free throw."""

    action_number: int
    period: int
    team: str
    player_id: int
    is_made: bool


@dataclass(frozen=True, slots=True)
class PlayByPlay:
    """A game's shots and free throws. `has_ended`: the last action says the game is over.

    `rejected` names shots left out (a zone nobody knows, a three from two-point range), `notes`
    what was folded.
    """

    game_id: str
    shots: tuple[Shot, ...]
    free_throws: tuple[FreeThrow, ...]
    actions: int
    has_ended: bool
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Action(msgspec.Struct, frozen=True, rename="camel"):
    action_number: int
    action_type: str
    sub_type: str
    clock: str
    period: int
    person_id: int
    is_field_goal: Literal[0, 1]
    team_tricode: str | None = None
    area: str | None = None
    shot_result: Literal["Made", "Missed"] | None = None
    shot_distance: float | None = None
    assist_person_id: int | None = None


class _Game(msgspec.Struct, frozen=True, rename="camel"):
    game_id: GameId
    actions: list[_Action]


class _Form(msgspec.Struct, frozen=True):
    game: _Game


class _Broken(Exception):
    """One action contradicts itself; the text names field and value."""


def parse_play_by_play(body: bytes) -> PlayByPlay:
    """The shots of a game, with what of them contradicts itself left out by name.

    Raises:
        NotThere: empty body, or a game without any action yet.
        ContractBroken: not the form, or a missing or retyped field.
    """
    game = decode(body, _Form, _SOURCE).game
    if not game.actions:
        raise _SOURCE.nothing(f"game {game.game_id}: no actions yet", body)
    unique = once(
        game.actions,
        lambda row: row.action_number,
        lambda row: f"game {game.game_id} action {row.action_number}",
    )
    shots: list[Shot] = []
    free_throws: list[FreeThrow] = []
    rejected = list(unique.rejected)
    for row in unique.rows:
        try:
            if row.is_field_goal:
                shots.append(_shot(row))
            elif row.action_type == "freethrow":
                team, is_made = _attempt(row)
                free_throws.append(
                    FreeThrow(row.action_number, row.period, team, row.person_id, is_made)
                )
            elif row.shot_result is not None:
                raise _Broken(f"shotResult, but actionType = {row.action_type!r} is no attempt")
        except _Broken as error:
            rejected.append(f"game {game.game_id} action {row.action_number}: {error}")
    last = game.actions[-1]
    return PlayByPlay(
        game_id=game.game_id,
        shots=tuple(shots),
        free_throws=tuple(free_throws),
        actions=len(unique.rows),
        has_ended=(last.action_type, last.sub_type) == ("game", "end"),
        rejected=tuple(rejected),
        notes=unique.notes,
    )


def _shot(row: _Action) -> Shot:
    if row.action_type not in ("2pt", "3pt"):
        raise _Broken(f"isFieldGoal = 1, but actionType = {row.action_type!r}")
    if row.area not in tuple(Zone):
        raise _Broken(f"area = {row.area!r} is no zone that is known")
    zone, is_three = Zone(row.area), row.action_type == "3pt"
    if zone in (_TWOS if is_three else _THREES):
        raise _Broken(f"actionType = {row.action_type!r}, but area = {row.area!r}")
    team, is_made = _attempt(row)
    return Shot(
        action_number=row.action_number,
        period=row.period,
        seconds_left=_seconds_left(row.clock),
        team=team,
        player_id=row.person_id,
        zone=zone,
        is_three=is_three,
        is_made=is_made,
        distance_ft=row.shot_distance,
        assisted_by=row.assist_person_id if is_made else None,
    )


def _attempt(row: _Action) -> tuple[str, bool]:
    """Whose attempt, and whether it was made."""
    if not row.team_tricode or row.person_id <= 0:
        raise _Broken(f"teamTricode = {row.team_tricode!r}, personId = {row.person_id}: whose?")
    if row.shot_result is None:
        raise _Broken("shotResult is missing")
    return row.team_tricode, row.shot_result == "Made"


def _seconds_left(text: str) -> float:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise _Broken(f"clock = {text!r} is not of the form PT11M42.00S")
    return int(match[1]) * 60 + float(match[2])
