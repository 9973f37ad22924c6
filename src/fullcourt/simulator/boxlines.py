"""From a game's events to the lines of its box score at a second of game time."""

from __future__ import annotations

from fullcourt.nba.box import BoxLine
from fullcourt.simulator.facts import Absence
from fullcourt.simulator.play import POINTS_OF_KIND, Kind, PlayedGame


def box_lines(
    game: PlayedGame, home: str, away: str, elapsed_s: int, *, is_final: bool
) -> tuple[BoxLine, ...]:
    """The box score after `elapsed_s` seconds of game time, home team first, starters first."""
    table = game.table(elapsed_s)
    seconds = game.seconds if is_final else game.seconds_so_far(elapsed_s)
    plus_minus = game.plus_minus(elapsed_s)
    points = table.dot(POINTS_OF_KIND).tolist()
    lines: list[BoxLine] = []
    rows = zip(game.squad, table.tolist(), seconds.tolist(), plus_minus.tolist(), strict=True)
    for row, (member, cells, on_court, swing) in enumerate(rows):
        is_home = row < game.home_size
        played = on_court > 0 or sum(cells) > 0

        def seen(value: int, played: bool = played) -> int | None:
            return value if played else None

        lines.append(
            BoxLine(
                player_id=member.player.player_id,
                player_name=member.player.name,
                team=home if is_home else away,
                opponent=away if is_home else home,
                is_home=is_home,
                is_starter=row in game.starters,
                played=played,
                not_playing_reason=_reason(member.absence, played, is_final),
                seconds_played=seen(on_court),
                points=seen(points[row]),
                rebounds=seen(cells[Kind.OFFENSIVE_REBOUND] + cells[Kind.DEFENSIVE_REBOUND]),
                offensive_rebounds=seen(cells[Kind.OFFENSIVE_REBOUND]),
                defensive_rebounds=seen(cells[Kind.DEFENSIVE_REBOUND]),
                assists=seen(cells[Kind.ASSIST]),
                threes=seen(cells[Kind.THREE_MADE]),
                threes_attempted=seen(cells[Kind.THREE_MADE] + cells[Kind.THREE_MISSED]),
                field_goals=seen(cells[Kind.TWO_MADE] + cells[Kind.THREE_MADE]),
                field_goals_attempted=seen(sum(cells[: Kind.FREE_THROW_MADE])),
                free_throws=seen(cells[Kind.FREE_THROW_MADE]),
                free_throws_attempted=seen(
                    cells[Kind.FREE_THROW_MADE] + cells[Kind.FREE_THROW_MISSED]
                ),
                steals=seen(cells[Kind.STEAL]),
                blocks=seen(cells[Kind.BLOCK]),
                turnovers=seen(cells[Kind.TURNOVER]),
                fouls=seen(cells[Kind.FOUL]),
                plus_minus=seen(swing),
            )
        )
    return tuple(lines)


def _reason(absence: Absence | None, played: bool, is_final: bool) -> str | None:
    if absence is not None:
        parts = (absence.reason, absence.description)
        return ": ".join(part for part in parts if part)
    return "DNP_COACH" if is_final and not played else None
