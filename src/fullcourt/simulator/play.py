"""Playing a game: from minutes and rates to events on a game clock, and from events to box lines.

Every count is an event with a second of game time, so that the numbers at half-time are a part of
the final ones and the box score of an instant cannot know what happens after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from fullcourt.nba.box import BoxLine
from fullcourt.simulator.draws import (
    Floats,
    Ints,
    Purpose,
    apportion,
    bell,
    counts,
    stream,
    successes,
)
from fullcourt.simulator.facts import Absence, Role, SquadMember

REGULATION_S = 2880
OVERTIME_S = 300
WIDEST_OVERTIME_MARGIN = 10
ATTEMPTS_AT_A_CLOSE_GAME = 12
DEEP_BENCH_CHANCE = 0.22
CAMEO_CHANCE = 0.06
HARDEST_WORKED_SHARE = 0.94
FORM_SPREAD = 0.22


class Kind(IntEnum):
    """What can happen, one event each."""

    TWO_MADE = 0
    TWO_MISSED = 1
    THREE_MADE = 2
    THREE_MISSED = 3
    FREE_THROW_MADE = 4
    FREE_THROW_MISSED = 5
    OFFENSIVE_REBOUND = 6
    DEFENSIVE_REBOUND = 7
    ASSIST = 8
    STEAL = 9
    BLOCK = 10
    TURNOVER = 11
    FOUL = 12


KINDS = len(Kind)
POINTS_OF_KIND = np.array([2, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class PlayedGame:
    """A game's whole course. Rows are squad members, home first; `code` is row * KINDS + kind.

    `second`, `code`, `home_points` and `away_points` (running totals) are parallel, in game time.
    """

    squad: tuple[SquadMember, ...]
    home_size: int
    overtimes: int
    starters: frozenset[int]
    seconds: Ints
    swing: Floats
    second: Ints
    code: Ints
    home_points: Ints
    away_points: Ints

    @property
    def length_s(self) -> int:
        """Game seconds from tip to the end."""
        return REGULATION_S + OVERTIME_S * self.overtimes

    def score(self, elapsed_s: int) -> tuple[int, int]:
        """(home, away) points after `elapsed_s` seconds of game time."""
        happened = int(np.searchsorted(self.second, elapsed_s, side="right"))
        if happened == 0:
            return 0, 0
        return int(self.home_points[happened - 1]), int(self.away_points[happened - 1])

    def table(self, elapsed_s: int) -> Ints:
        """Counts by (row, kind) after `elapsed_s` seconds of game time."""
        happened = int(np.searchsorted(self.second, elapsed_s, side="right"))
        flat = np.bincount(self.code[:happened], minlength=len(self.squad) * KINDS)
        table: Ints = flat.reshape(len(self.squad), KINDS)
        return table

    def seconds_so_far(self, elapsed_s: int) -> Ints:
        """Seconds on court by row after `elapsed_s` seconds of game time."""
        so_far: Ints = self.seconds * elapsed_s // self.length_s
        return so_far

    def plus_minus(self, elapsed_s: int) -> Ints:
        """Plus-minus by row; a team's values sum to five times its margin."""
        home, away = self.score(elapsed_s)
        share = elapsed_s / self.length_s
        values = np.zeros(len(self.squad), dtype=np.int64)
        for rows, margin in (
            (slice(0, self.home_size), home - away),
            (slice(self.home_size, None), away - home),
        ):
            values[rows] = _plus_minus(self.seconds[rows], self.swing[rows] * share, margin)
        return values


def _plus_minus(seconds: Ints, swing: Floats, margin: int) -> Ints:
    share = seconds / seconds.sum()
    exact = 5.0 * margin * share + (swing - swing.sum() * share) * (seconds > 0)
    exact += (5.0 * margin - exact.sum()) * share
    whole: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole) * (seconds > 0), kind="stable")
    whole[order[: 5 * margin - int(whole.sum())]] += 1
    return whole


def expected_seconds(squad: Sequence[SquadMember], total: int = 5 * REGULATION_S) -> Floats:
    """Latent mean seconds by member, the team's total shared by those who can play."""
    chances = {Role.DEEP_BENCH: DEEP_BENCH_CHANCE}
    base: Floats = np.array(
        [0.0 if m.absence else m.player.seconds * chances.get(m.player.role, 1.0) for m in squad]
    )
    shared: Floats = base * (total / base.sum())
    return shared


def play(
    seed: int,
    number: int,
    home: Sequence[SquadMember],
    away: Sequence[SquadMember],
    overtimes: int,
    *,
    is_exhibition: bool = False,
) -> PlayedGame:
    """The course of game `number`: the same for the same seed, number and squads."""
    best: tuple[int, np.random.Generator, Ints, Ints] | None = None
    for attempt in range(ATTEMPTS_AT_A_CLOSE_GAME if overtimes else 1):
        rng = stream(seed, Purpose.GAME, number, attempt)
        sides = [_side(rng, squad, overtimes, is_exhibition) for squad in (home, away)]
        seconds = np.concatenate([side[0] for side in sides])
        table = np.concatenate([side[1] for side in sides])
        points_by_row = table.dot(POINTS_OF_KIND)
        margin = abs(int(points_by_row[: len(home)].sum() - points_by_row[len(home) :].sum()))
        if best is None or margin < best[0]:
            best = (margin, rng, seconds, table)
        if margin <= WIDEST_OVERTIME_MARGIN:
            break
    assert best is not None
    margin, rng, seconds, table = best
    if margin == 0:
        # Nobody goes home level: the home team's busiest player makes one more free throw.
        table[int(np.argmax(seconds[: len(home)])), Kind.FREE_THROW_MADE] += 1
    squad = (*home, *away)
    code = np.repeat(np.arange(table.size), table.ravel())
    second = _when(rng, code, len(home), overtimes)
    order = np.argsort(second, kind="stable")
    second, code = second[order], code[order]
    points = POINTS_OF_KIND[code % KINDS]
    is_home = code // KINDS < len(home)
    return PlayedGame(
        squad=squad,
        home_size=len(home),
        overtimes=overtimes,
        starters=frozenset(
            offset + row
            for offset, side in ((0, home), (len(home), away))
            for row in _starters(side)
        ),
        seconds=seconds,
        swing=6.0 * bell(rng, len(squad)),
        second=second,
        code=code,
        home_points=np.cumsum(points * is_home),
        away_points=np.cumsum(points * ~is_home),
    )


def _starters(squad: Sequence[SquadMember]) -> list[int]:
    """Rows of the five with the most latent minutes among those who can play."""
    able = [row for row, member in enumerate(squad) if member.absence is None]
    return sorted(able, key=lambda row: -squad[row].player.seconds)[:5]


def _side(
    rng: np.random.Generator, squad: Sequence[SquadMember], overtimes: int, is_exhibition: bool
) -> tuple[Ints, Ints]:
    """One team's seconds by row (they sum exactly to 5 x the game) and counts by (row, kind)."""
    size = len(squad)
    dice = rng.random((size, 2))
    noise = 1.0 + 0.13 * bell(rng, size)
    weights = np.zeros(size)
    cameo = np.zeros(size, dtype=np.int64)
    for row, member in enumerate(squad):
        if member.absence is not None:
            continue
        deep = member.player.role is Role.DEEP_BENCH
        base = 0.5 * member.player.seconds + 500.0 if is_exhibition else member.player.seconds
        if not deep or is_exhibition or dice[row, 0] < DEEP_BENCH_CHANCE:
            weights[row] = base * noise[row]
        elif dice[row, 0] > 1.0 - CAMEO_CHANCE:
            # In for the last possession only: a few seconds, and the box score shows 0 minutes.
            cameo[row] = 2 + int(dice[row, 1] * 8)
    length = REGULATION_S + OVERTIME_S * overtimes
    seconds = cameo + _share_out(weights, 5 * length - int(cameo.sum()), length)
    form = 1.0 + FORM_SPREAD * bell(rng, size)
    rates = [member.player.rates for member in squad]
    on_court = seconds / 2160.0
    usual = np.array([r.shots for r in rates]) * on_court
    # Who is hot takes the shots of who is not: the team's expected number stays.
    form *= usual.sum() / (usual * form).sum()
    shots = counts(rng, usual * form, trials_per_event=2)
    threes = successes(rng, shots, np.array([r.three_share for r in rates]))
    twos = shots - threes
    twos_made = successes(rng, twos, np.array([r.two_chance for r in rates]))
    threes_made = successes(rng, threes, np.array([r.three_chance for r in rates]))
    free_throws = counts(rng, np.array([r.free_throws for r in rates]) * on_court * form)
    made = successes(rng, free_throws, np.array([r.free_throw_chance for r in rates]))
    spread = 1.0 + 0.15 * bell(rng, size)
    rest = [
        counts(rng, np.array([getattr(r, name) for r in rates]) * on_court * spread)
        for name in (
            "offensive_rebounds",
            "defensive_rebounds",
            "assists",
            "steals",
            "blocks",
            "turnovers",
        )
    ]
    fouls = np.minimum(counts(rng, np.array([r.fouls for r in rates]) * on_court), 6)
    columns = [twos_made, twos - twos_made, threes_made, threes - threes_made]
    columns += [made, free_throws - made, *rest, fouls]
    return seconds, np.stack(columns, axis=1)


def _share_out(weights: Floats, total: int, length: int) -> Ints:
    """`total` seconds by weight, nobody above 94 % of the game."""
    ceiling = HARDEST_WORKED_SHARE * length
    shares = weights * (total / weights.sum())
    for _ in range(len(weights)):
        over = shares > ceiling
        if not over.any():
            break
        free = ~over & (weights > 0)
        left = total - ceiling * int((over | (shares == ceiling)).sum())
        shares = np.where(over, ceiling, shares)
        free &= shares < ceiling
        shares = np.where(free, shares * (left / shares[free].sum()), shares)
    return apportion(shares, total)


def _when(rng: np.random.Generator, code: Ints, home_size: int, overtimes: int) -> Ints:
    """The game second of each event; regulation and all overtimes but the last end level."""
    uniform = rng.random(code.size)
    second = 1 + np.floor(uniform * REGULATION_S).astype(np.int64)
    if not overtimes:
        return second
    points = POINTS_OF_KIND[code % KINDS]
    is_home = code // KINDS < home_size
    period = np.zeros(code.size, dtype=np.int64)
    quiet = points == 0
    length = REGULATION_S + OVERTIME_S * overtimes
    late = quiet & (uniform * length >= REGULATION_S)
    period[late] = 1 + ((uniform[late] * length - REGULATION_S) // OVERTIME_S).astype(np.int64)
    order = np.argsort(rng.random(code.size), kind="stable")
    for number in range(overtimes, 0, -1):
        home, away = (int(points[side & (period == 0)].sum()) for side in (is_home, ~is_home))
        low = min(home, away)
        # The first level score, some points back, that both teams' last baskets can add up from.
        for level in range(low - 8, -1, -1):
            parts = [
                _baskets(points, order[(side & (period == 0) & ~quiet)[order]], total - level)
                for side, total in ((is_home, home), (~is_home, away))
            ]
            if parts[0] is not None and parts[1] is not None:
                period[parts[0]] = number
                period[parts[1]] = number
                break
    inside = 1 + np.floor(rng.random(code.size) * OVERTIME_S).astype(np.int64)
    return np.where(period > 0, REGULATION_S + (period - 1) * OVERTIME_S + inside, second)


def _baskets(points: Ints, events: Ints, wanted: int) -> list[int] | None:
    """Some of `events` worth exactly `wanted` points, or None."""
    chosen: list[int] = []
    for event in events:
        worth = int(points[event])
        if worth <= wanted:
            chosen.append(int(event))
            wanted -= worth
        if wanted == 0:
            return chosen
    return None


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
