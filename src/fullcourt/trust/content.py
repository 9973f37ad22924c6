"""Content checks of held rows. Pure: rows in, suspicions out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fullcourt.trust.facts import BoxBody, Game

# A team's minutes are rounded per player: measured 2023-25, the sum is off by at most 4 seconds.
_SECONDS_TOLERANCE = 10
_REGULATION_SECONDS = 240 * 60
_OVERTIME_SECONDS = 25 * 60


def box_score_suspicions(
    game: Game, rows: Sequence[tuple[Any, ...]], body: BoxBody | None
) -> dict[int | None, str]:
    """Why held box rows of one game are suspect: by player id, or under None for the whole game.

    `rows`: (player_id, team, is_home, points, seconds, row_count). Team sums are checked only when
    every listed player is held (a missing player is *missing*, not a wrong sum) and the game is
    final.
    """
    found: dict[int | None, str] = {
        row[0]: f"{row[5]} rows for one player" for row in rows if row[5] > 1
    }
    whole = body is not None and set(body.listed) <= {row[0] for row in rows}
    if body is None or not rows or not game.is_final or not whole or found:
        return found
    points: dict[bool, int] = defaultdict(int)
    appeared: dict[bool, int] = defaultdict(int)
    seconds: dict[bool, int] = defaultdict(int)
    for _, _, is_home, scored, played, _ in rows:
        points[is_home] += scored or 0
        seconds[is_home] += played or 0
        appeared[is_home] += played is not None
    problems = []
    for is_home, score, team in (
        (True, game.home_score, game.home_team),
        (False, game.away_score, game.away_team),
    ):
        if score is not None and points[is_home] != score:
            problems.append(
                f"{team}: players' points sum to {points[is_home]}, final score {score}"
            )
        overtimes = game.overtimes
        if overtimes is None:
            # Without the number of overtimes any whole number of them is accepted.
            overtimes = round((seconds[is_home] - _REGULATION_SECONDS) / _OVERTIME_SECONDS)
        expected = _REGULATION_SECONDS + _OVERTIME_SECONDS * max(0, overtimes)
        # Whole minutes are off by half a minute a player at the most.
        rounded = appeared[is_home] * body.precision_s // 2 if body.precision_s > 1 else 0
        if abs(seconds[is_home] - expected) > max(_SECONDS_TOLERANCE, rounded):
            problems.append(
                f"{team}: minutes sum to {seconds[is_home] / 60:.1f}, expected {expected / 60:.0f}"
            )
    if problems:
        found[None] = f"{game.name}: " + "; ".join(problems)
    return found
