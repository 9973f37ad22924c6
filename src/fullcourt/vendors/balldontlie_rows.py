"""A player's row in balldontlie's box scores and statistics.

The vendor sends `"00"` minutes and zeros for a player who did not appear and for one who was on
court for some seconds. Such a row is undecided: it has no figures until another source speaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fullcourt.vendors.balldontlie import Player
from fullcourt.vendors.minutes import Undecided, parse_minutes_bdl

_COUNTS = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk turnover pf pts".split()


@dataclass(frozen=True, slots=True)
class BdlLine:
    """One listed player of one game. Ids are the vendor's own, teams tricodes.

    `played` is None while nobody can tell (`undecided` says why); every figure is None then, and
    where the vendor leaves it out. `seconds_played` is exact to `precision_s`; both are None for
    somebody who appeared without a whole minute.
    """

    bdl_player_id: int
    player_name: str
    team: str
    opponent: str
    is_home: bool
    played: bool | None
    undecided: str | None
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


class Figures(msgspec.Struct, frozen=True):
    """A player's figures on the wire. Bodies before 2025 have no `plus_minus`."""

    min: str | None
    fgm: int | None
    fga: int | None
    fg3m: int | None
    fg3a: int | None
    ftm: int | None
    fta: int | None
    oreb: int | None
    dreb: int | None
    reb: int | None
    ast: int | None
    stl: int | None
    blk: int | None
    turnover: int | None
    pf: int | None
    pts: int | None
    player: Player
    plus_minus: int | None = None


class RowBroken(Exception):
    """One row contradicts itself; the text names field and value."""


def line_of(row: Figures, team: str, opponent: str, is_home: bool) -> BdlLine:
    """A row in the house's terms.

    Raises:
        RowBroken: minutes in no known form, or a negative count.
    """
    counts: dict[str, int | None] = {name: getattr(row, name) for name in _COUNTS}
    for name, value in counts.items():
        if value is not None and value < 0:
            raise RowBroken(f"{name} = {value} is negative")
    try:
        minutes = parse_minutes_bdl(row.min)
    except ValueError as error:
        raise RowBroken(f"min {error}") from error
    undecided: str | None = None
    seconds: int | None = None
    precision: int | None = None
    if not isinstance(minutes, Undecided):
        seconds, precision = minutes.seconds, minutes.precision_s
    elif not any(counts.values()) and not row.plus_minus:
        undecided = minutes.reason

    def told(value: int | None) -> int | None:
        return value if undecided is None else None

    return BdlLine(
        bdl_player_id=row.player.id,
        player_name=row.player.full_name,
        team=team,
        opponent=opponent,
        is_home=is_home,
        played=True if undecided is None else None,
        undecided=undecided,
        seconds_played=seconds,
        precision_s=precision,
        points=told(row.pts),
        rebounds=told(row.reb),
        offensive_rebounds=told(row.oreb),
        defensive_rebounds=told(row.dreb),
        assists=told(row.ast),
        threes=told(row.fg3m),
        threes_attempted=told(row.fg3a),
        field_goals=told(row.fgm),
        field_goals_attempted=told(row.fga),
        free_throws=told(row.ftm),
        free_throws_attempted=told(row.fta),
        steals=told(row.stl),
        blocks=told(row.blk),
        turnovers=told(row.turnover),
        fouls=told(row.pf),
        plus_minus=told(row.plus_minus),
    )
