"""What the NBA's two box score forms share: counting fields, duplicates, row-level rejection.

A field that is missing or of another type breaks the whole body. A value that contradicts itself
breaks its row only; the row is left out and named, never repaired (law 14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from fullcourt.nba.box import BoxLine, RejectedRow


class Statistics(msgspec.Struct, frozen=True, rename="camel"):
    """A player's `statistics` in both forms; `minutes` is text in either spelling."""

    minutes: str | None
    points: int
    rebounds_total: int
    rebounds_offensive: int
    rebounds_defensive: int
    assists: int
    three_pointers_made: int
    three_pointers_attempted: int
    field_goals_made: int
    field_goals_attempted: int
    free_throws_made: int
    free_throws_attempted: int
    steals: int
    blocks: int
    turnovers: int
    fouls_personal: int
    plus_minus_points: float | None

    def counts(self) -> dict[str, int]:
        """The counting fields (never negative) under their wire names."""
        return {
            name: value
            for name, value in msgspec.to_builtins(self).items()
            if name not in ("minutes", "plusMinusPoints")
        }


class RowBroken(Exception):
    """One row contradicts the contract; the text names field and value."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Whether a row's player appeared, for how long, or why not."""

    is_starter: bool | None
    seconds_played: int | None
    not_playing_reason: str | None


class PlayerRow(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a player that both forms have."""

    person_id: int
    first_name: str
    family_name: str
    statistics: Statistics

    @property
    def full_name(self) -> str:
        """First and family name; some players have only one."""
        return f"{self.first_name} {self.family_name}".strip()


R = TypeVar("R", bound=PlayerRow)


@dataclass(frozen=True, slots=True)
class TeamRows(Generic[R]):
    """One team's rows of a body."""

    team: str
    opponent: str
    is_home: bool
    rows: Sequence[R]


@dataclass(frozen=True, slots=True)
class BoxRows:
    """The rows of a body: lines, rows left out, and notes of what was folded."""

    lines: tuple[BoxLine, ...]
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]


def build_lines(
    game_id: str, teams: Sequence[TeamRows[R]], appearance_of: Callable[[R], Appearance]
) -> BoxRows:
    """The rows of a body in its order.

    A player listed twice with equal content is one player. With different content nobody can tell
    which row is true, so neither is taken.
    """
    listed: dict[int, list[tuple[TeamRows[R], R]]] = {}
    for team in teams:
        for row in team.rows:
            listed.setdefault(row.person_id, []).append((team, row))
    lines: list[BoxLine] = []
    rejected: list[RejectedRow] = []
    notes: list[str] = []
    for person_id, entries in listed.items():
        team, row = entries[0]
        if len(entries) > 1:
            times = f"listed {len(entries)} times in game {game_id}"
            if any(other != row or side.team != team.team for side, other in entries[1:]):
                reason = f"{times} with different content, which of them is true is unknown"
                rejected.extend(
                    RejectedRow(person_id, row.full_name, code, reason)
                    for code in dict.fromkeys(side.team for side, _ in entries)
                )
                continue
            notes.append(
                f"player {person_id} {row.full_name} ({team.team}): {times}, all equal; taken once"
            )
        try:
            lines.append(_line(team, row, appearance_of(row)))
        except RowBroken as error:
            reason = f"game {game_id}: {error}"
            rejected.append(RejectedRow(person_id, row.full_name, team.team, reason))
    return BoxRows(tuple(lines), tuple(rejected), tuple(notes))


def _line(team: TeamRows[R], row: R, appearance: Appearance) -> BoxLine:
    figures = row.statistics
    counts = figures.counts()
    for name, value in counts.items():
        if value < 0:
            raise RowBroken(f"statistics.{name} = {value} is negative")
    played = appearance.seconds_played is not None
    if not played:
        for name, value in counts.items():
            if value:
                raise RowBroken(f"did not appear, but statistics.{name} = {value}")

    def counted(value: int) -> int | None:
        return value if played else None

    return BoxLine(
        player_id=row.person_id,
        player_name=row.full_name,
        team=team.team,
        opponent=team.opponent,
        is_home=team.is_home,
        is_starter=appearance.is_starter,
        played=played,
        not_playing_reason=appearance.not_playing_reason,
        seconds_played=appearance.seconds_played,
        points=counted(figures.points),
        rebounds=counted(figures.rebounds_total),
        offensive_rebounds=counted(figures.rebounds_offensive),
        defensive_rebounds=counted(figures.rebounds_defensive),
        assists=counted(figures.assists),
        threes=counted(figures.three_pointers_made),
        threes_attempted=counted(figures.three_pointers_attempted),
        field_goals=counted(figures.field_goals_made),
        field_goals_attempted=counted(figures.field_goals_attempted),
        free_throws=counted(figures.free_throws_made),
        free_throws_attempted=counted(figures.free_throws_attempted),
        steals=counted(figures.steals),
        blocks=counted(figures.blocks),
        turnovers=counted(figures.turnovers),
        fouls=counted(figures.fouls_personal),
        plus_minus=_plus_minus(figures.plus_minus_points) if played else None,
    )


def _plus_minus(value: float | None) -> int | None:
    if value is None:
        return None
    if not value.is_integer():
        raise RowBroken(f"statistics.plusMinusPoints = {value} is not whole")
    return int(value)
