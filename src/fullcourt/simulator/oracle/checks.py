"""Whether what is held is right: against what the vendors said, the other witnesses, the league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fullcourt.nba.box import BoxLine, BoxScore
from fullcourt.nba.props import EventProps
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.said import GameSaid, Version
from fullcourt.simulator.oracle.slates import LINE_MAIN, LINE_MARKET, LINE_PLAYER, POINTS, lines_of
from fullcourt.simulator.oracle.table import COMPLETE, Found
from fullcourt.simulator.oracle.words import BodySeen, RowSeen

REGULATION_S, OVERTIME_S = 240 * 60, 25 * 60
# Places of `words.COLUMNS["odds_player_props"]`.
LINE_NAME, LINE_BOOK, LINE_POINTS, LINE_OVER, LINE_UNDER = 2, 4, 6, 7, 8
SUSPECT, STALE = frozenset({"suspect"}), frozenset({"stale"})
MAYBE_STALE = frozenset({"complete", "stale"})


def schedule_row(row: RowSeen, version: Version) -> Found:
    """A schedule row against the last word on its game."""
    listing = version.listing
    said = (
        listing.tip_at,
        listing.home_team,
        listing.away_team,
        listing.status == 3,
        listing.is_postponed,
        version.is_listed,
        listing.if_necessary,
        listing.home_score,
        listing.away_score,
        listing.overtimes,
        version.reason,
    )
    held = (*row.values[:3], row.values[3] == 3, *row.values[4:])
    if row.doubled:
        return Found(SUSPECT, "the same version twice")
    return COMPLETE if held == said else Found(STALE, "a newer word lies in the archive")


def box_values(line: BoxLine) -> tuple[Any, ...]:
    """A listed player as `words.COLUMNS["player_box_scores"]` has him, his name left out."""
    return (
        line.team,
        line.opponent,
        line.is_home,
        line.played,
        line.seconds_played,
        line.points,
        line.rebounds,
        line.assists,
        line.threes,
    )


def box_game(
    game: GameSaid,
    rows: Mapping[int, RowSeen],
    bodies: Sequence[BodySeen],
    policy: OraclePolicy,
) -> dict[int, Found]:
    """What each held player of one game may be called: against its newest body, and by sums."""
    scores = [body.facts for body in bodies if isinstance(body.facts, BoxScore)]
    if not scores:
        return {player: _once(row) for player, row in rows.items()}
    newest = {line.player_id: line for line in scores[-1].lines}
    doubt = _box_doubt(game, rows, scores[-1], policy)
    found: dict[int, Found] = {}
    for player, row in rows.items():
        line = newest.get(player)
        if row.doubled:
            found[player] = _once(row)
        elif doubt is not None:
            found[player] = Found(SUSPECT, doubt)
        elif row.fetched_at < bodies[-1].fetched_at:
            # A body is taken in whole: whatever it says of him, his row is of the one before.
            found[player] = Found(STALE, "a newer body lies in the archive")
        elif line is None or row.values[1:] != box_values(line):
            found[player] = Found(SUSPECT, "no archived body says so")
        else:
            found[player] = COMPLETE
    return found


def _once(row: RowSeen) -> Found:
    return Found(SUSPECT, "two rows for one key") if row.doubled else COMPLETE


def _box_doubt(
    game: GameSaid, rows: Mapping[int, RowSeen], body: BoxScore, policy: OraclePolicy
) -> str | None:
    """What the other witness, the schedule, holds against a game's rows; None: nothing."""
    listed = {line.player_id for line in body.lines}
    listed |= {rejected.player_id for rejected in body.rejected}
    if not game.is_final or game.version is None or not listed <= set(rows):
        return None
    if any(row.doubled for row in rows.values()):
        return None
    listing = game.version.listing
    sides = ((True, game.home, listing.home_score), (False, game.away, listing.away_score))
    for is_home, team, score in sides:
        mine = [row.values for row in rows.values() if row.values[3] is is_home]
        points = sum(values[6] or 0 for values in mine)
        seconds = sum(values[5] or 0 for values in mine)
        if points != score:
            return f"{team}: points sum to {points}, the final score says {score}"
        overtimes = listing.overtimes
        if overtimes is None:
            overtimes = max(0, round((seconds - REGULATION_S) / OVERTIME_S))
        whole = REGULATION_S + OVERTIME_S * overtimes
        if abs(seconds - whole) > policy.seconds_tolerance:
            return f"{team}: seconds sum to {seconds}, {whole} were played"
        if any(values[1] != team for values in mine):
            return f"{team}: its side lists players of another team"
    return None


def summary_row(row: RowSeen, box: RowSeen | None) -> Found:
    """A summary against the box score row it was made from."""
    if row.doubled:
        return _once(row)
    if box is None:
        return COMPLETE
    _, team, opponent, is_home, _, seconds, points, rebounds, assists, threes = box.values
    made_from = (team, opponent, is_home, seconds, points, rebounds, assists, threes)
    return COMPLETE if row.values[:8] == made_from else Found(STALE, "its box score says otherwise")


def props_row(
    row: RowSeen,
    bodies: Sequence[BodySeen],
    players: Mapping[tuple[str, str], frozenset[int]],
    tried: int = 0,
) -> Found:
    """A game's lines against the archived snapshots, and each name against who it really is.

    `tried`: how often they were loaded again in vain.
    """
    if row.doubled:
        return _once(row)
    held: dict[datetime, set[tuple[Any, ...]]] = {}
    for line in lines_of(row):
        quote = (line[LINE_NAME], *line[LINE_BOOK:])
        held.setdefault(line[0], set()).add(quote)
        real = players.get((line[LINE_BOOK], line[LINE_NAME]))
        if real and line[LINE_PLAYER] > 0 and line[LINE_PLAYER] not in real:
            return Found(SUSPECT, f"{line[LINE_NAME]} is not player {line[LINE_PLAYER]}")
    unloaded = False
    for body in bodies:
        if not isinstance(body.facts, EventProps):
            continue
        offered = {
            (q.player_name, q.bookmaker, q.market, q.line, q.over_price, q.under_price, q.is_main)
            for q in body.facts.quotes
        }
        mine = held.pop(body.facts.snapshot_at, None)
        if mine is None:
            unloaded = True
        elif mine != offered:
            return Found(SUSPECT, "the lines are not those of their snapshot")
    if held and bodies:
        return Found(SUSPECT, "lines of a snapshot nobody served")
    if unloaded:
        return Found(STALE, "a newer snapshot lies in the archive")
    if tried and any(line[LINE_PLAYER] < 0 for line in lines_of(row)):
        # Whether a spelling can be read by now is looked at once a day; then it is read at once.
        return Found(MAYBE_STALE, "a name may be known by now")
    return COMPLETE


def prediction_row(row: RowSeen, props: RowSeen | None, player: int) -> Found:
    """A prediction: made before its tip, from a line that was known by then."""
    _, _, _, tip_at, line, book, line_known_at, is_retrospective = row.values
    if row.doubled:
        return _once(row)
    if row.as_of is not None and tip_at is not None and row.as_of > tip_at:
        return Found(SUSPECT, "made from what was known after the tip")
    if line is None:
        return COMPLETE
    if line_known_at is None or (row.as_of is not None and line_known_at > row.as_of):
        return Found(SUSPECT, "from a line nobody knew then")
    offered = any(
        quote[LINE_PLAYER] == player
        and quote[LINE_MARKET] == POINTS
        and quote[LINE_MAIN]
        and (quote[LINE_POINTS], quote[LINE_BOOK], quote[0]) == (line, book, line_known_at)
        for quote in lines_of(props)
    )
    if offered or is_retrospective:
        return COMPLETE
    return Found(SUSPECT, "from a line nobody offered")


def outcome_of(line: float | None, points: int | None, *, off: bool) -> str:
    """How a prediction ends: `points` None: did not play; `off`: its game left the date."""
    if off or points is None:
        return "void"
    if line is None:
        return "no_line"
    if points == line:
        return "push"
    return "over" if points > line else "under"
