"""Playing a game: from minutes and rates to events on a game clock.

Every count is an event with a second of game time, so that the numbers at half-time are a part of
the final ones and the box score of an instant cannot know what happens after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

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
from fullcourt.simulator.facts import Rates, SquadMember

REGULATION_S = 2880
OVERTIME_S = 300
WIDEST_OVERTIME_MARGIN = 10
ATTEMPTS_AT_A_CLOSE_GAME = 12
HARDEST_WORKED_SHARE = 0.87
# All below tuned until box scores looked like the recorded seasons'.
# A rotation's minutes by place in it; who is out is replaced by the next man, who gets his.
PLACES = 60.0 * np.array(
    [31.5, 31.0, 30.0, 28.5, 27.0, 24.5, 21.5, 18.0, 14.0, 10.5, 8.0, 6.5, 5.0, 4.5, 4.0, 4.0, 4.0,
     4.0, 4.0, 4.0]
)  # fmt: skip
OWN_SHARE = 0.55
PLACE_SPREAD = 0.22
# How many play real minutes: eight, nine, ... and the chance of at most so many.
ROTATION_SIZES = ((8, 0.08), (9, 0.46), (10, 0.82), (11, 0.95), (12, 1.0))
NOISE_OF_FIVE, NOISE_OF_EIGHT, NOISE_OF_OTHERS = 0.12, 0.22, 0.45
# When a game is decided early the rest of the bench comes in.
DECIDED_EARLY_CHANCE = 0.30
BENCH_EMPTIED_CHANCE = 0.80
STARTERS_RESTED_TO = 0.86
CAMEO_CHANCE = 0.05
# Who plays less is used less evenly.
FORM_SPREAD, FORM_SPREAD_OF_BENCH, BENCH_SECONDS = 0.225, 0.43, 1_500.0
SHOT_SPREAD = 0.55
PACE_SPREAD = 0.037
# A team takes about as many shots and free throws as every team, whoever plays.
TEAM_SHOTS, TEAM_FREE_THROWS = 88.6, 21.6
OWN_TEMPO = 0.2


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
    """Latent mean seconds by member: the team's total, less what the end of the bench gets, shared
    by those of the rotation who can play."""
    base = np.zeros(len(squad))
    able = _able(squad)
    sharers = able[: len(CHANCE_TO_PLAY)]
    base[sharers] = _blended(squad, sharers) * CHANCE_TO_PLAY[: len(sharers)]
    shared: Floats = base * (ROTATION_SHARE * total / base.sum())
    return shared


# By usual place: how often one of that place is in the rotation of the night.
CHANCE_TO_PLAY = np.array([1.0] * 7 + [0.97, 0.85, 0.62, 0.38, 0.22])
# What games decided early, and nights in another place, take from it.
ROTATION_SHARE = 0.962


def scoring_factor(squad: Sequence[SquadMember], seconds: Floats) -> float:
    """What `seconds` on court make of the squad's own numbers of shots, so that a team's add up."""
    usual = np.array([member.player.rates.shots for member in squad]) * seconds / 2160.0
    return _evened(usual, TEAM_SHOTS)


def _able(squad: Sequence[SquadMember]) -> list[int]:
    """Rows of those who can play, most latent minutes first."""
    able = [row for row, member in enumerate(squad) if member.absence is None]
    return sorted(able, key=lambda row: -squad[row].player.seconds)


def _blended(squad: Sequence[SquadMember], rows: Sequence[int]) -> Floats:
    """Mean seconds of `rows` in this order: partly a player's own, partly his place's."""
    own = np.array([squad[row].player.seconds for row in rows])
    blended: Floats = OWN_SHARE * own + (1.0 - OWN_SHARE) * PLACES[: len(rows)]
    return blended


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
    shared = stream(seed, Purpose.GAME, number, ATTEMPTS_AT_A_CLOSE_GAME)
    course = _Course(
        overtimes=overtimes,
        is_exhibition=is_exhibition,
        is_decided_early=not overtimes and float(shared.random()) < DECIDED_EARLY_CHANCE,
        pace=1.0 + PACE_SPREAD * float(bell(shared, 1)[0]),
    )
    best: tuple[int, np.random.Generator, Ints, Ints] | None = None
    for attempt in range(ATTEMPTS_AT_A_CLOSE_GAME if overtimes else 1):
        rng = stream(seed, Purpose.GAME, number, attempt)
        sides = [_side(rng, squad, course) for squad in (home, away)]
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
    return _able(squad)[:5]


@dataclass(frozen=True, slots=True)
class _Course:
    """What both teams of a game share."""

    overtimes: int
    is_exhibition: bool
    is_decided_early: bool
    pace: float


def _minutes(rng: np.random.Generator, squad: Sequence[SquadMember], course: _Course) -> Ints:
    """One team's seconds by row; they sum exactly to 5 x the game."""
    able = np.array(_able(squad))
    dice = rng.random((3, len(squad)))
    noise = bell(rng, 2 * len(squad))
    size_dice = float(rng.random())
    size = next(size for size, chance in ROTATION_SIZES if size_dice < chance)
    own = np.array([member.player.seconds for member in squad])
    # Tonight's order is nearly, not quite, the usual one.
    tonight = own[able] * (1.0 + PLACE_SPREAD * noise[: len(able)])
    able = able[np.argsort(-tonight, kind="stable")]
    base = _blended(squad, able.tolist())
    if course.is_exhibition:
        base = 0.5 * base + 500.0
        size = len(able)
    spread = np.full(len(able), NOISE_OF_OTHERS)
    spread[:8], spread[:5] = NOISE_OF_EIGHT, NOISE_OF_FIVE
    base *= np.maximum(1.0 + spread * noise[len(squad) : len(squad) + len(able)], 0.12)
    if course.is_decided_early:
        base[:5] *= STARTERS_RESTED_TO
    weights = np.zeros(len(squad))
    weights[able[:size]] = base[:size]
    seconds = np.zeros(len(squad), dtype=np.int64)
    for row in able[size:].tolist():
        if course.is_decided_early and dice[0, row] < BENCH_EMPTIED_CHANCE:
            seconds[row] = 100 + int(dice[1, row] * 460)
        elif dice[2, row] < CAMEO_CHANCE:
            # In for the last possession only: a few seconds, and the box score shows 0 minutes.
            seconds[row] = 2 + int(dice[1, row] * 8)
    length = REGULATION_S + OVERTIME_S * course.overtimes
    return seconds + _share_out(weights, 5 * length - int(seconds.sum()), length)


def _side(
    rng: np.random.Generator, squad: Sequence[SquadMember], course: _Course
) -> tuple[Ints, Ints]:
    """One team's seconds by row (they sum exactly to 5 x the game) and counts by (row, kind)."""
    seconds = _minutes(rng, squad, course)
    size = len(squad)
    own = np.array([member.player.seconds for member in squad])
    spread_of_form = np.where(own < BENCH_SECONDS, FORM_SPREAD_OF_BENCH, FORM_SPREAD)
    form = np.maximum(1.0 + spread_of_form * bell(rng, size), 0.1)
    rates = np.array([member.player.rates.per_36 for member in squad]).T
    by_name = dict(zip(Rates.__slots__, rates, strict=True))
    on_court = seconds / 2160.0
    usual = by_name["shots"] * on_court
    tempo = course.pace * _evened(usual, TEAM_SHOTS * int(seconds.sum()) / 14400.0)
    # Who is hot takes the shots of who is not: the team's number stays, as near as pace allows.
    wanted = usual * form + SHOT_SPREAD * np.sqrt(usual) * bell(rng, size)
    shots = apportion(np.maximum(wanted, 0.2 * usual), int(float(usual.sum()) * tempo + 0.5))
    threes = successes(rng, shots, by_name["three_share"])
    twos = shots - threes
    twos_made = successes(rng, twos, by_name["two_chance"])
    threes_made = successes(rng, threes, by_name["three_chance"])
    fouled = by_name["free_throws"] * on_court
    at_line = course.pace * _evened(fouled, TEAM_FREE_THROWS * int(seconds.sum()) / 14400.0)
    free_throws = counts(rng, fouled * form * at_line)
    made = successes(rng, free_throws, by_name["free_throw_chance"])
    spread = 1.0 + OTHER_SPREAD * bell(rng, size)
    rest = [counts(rng, by_name[name] * on_court * spread) for name in OTHER_KINDS]
    fouls = np.minimum(counts(rng, by_name["fouls"] * on_court), 6)
    columns = [twos_made, twos - twos_made, threes_made, threes - threes_made]
    columns += [made, free_throws - made, *rest, fouls]
    return seconds, np.stack(columns, axis=1)


def _evened(usual: Floats, of_a_team: float) -> float:
    """The factor that brings a team's usual number most of the way to every team's."""
    return OWN_TEMPO + (1.0 - OWN_TEMPO) * of_a_team / float(usual.sum())


OTHER_SPREAD = 0.26
OTHER_KINDS = (
    "offensive_rebounds",
    "defensive_rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
)


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
