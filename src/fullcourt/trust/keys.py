"""How the expectation of a single key is written down. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fullcourt.nba.calendar import eastern, full_hour_from
from fullcourt.nba.schedule import GAME_LENGTH
from fullcourt.trust.facts import DayFacts, Game
from fullcourt.trust.words import KeyExpectation

ODDS_DUE = timedelta(hours=1)
CLOSING_BEFORE = timedelta(minutes=10)
"""When the closing snapshot of a game's lines is taken, before its tip."""
CLOSING_DUE = timedelta(minutes=5)
"""Where credits are planned, the closing snapshot may be the only one: lines are due after it."""
_TIME_TO_LOAD = timedelta(minutes=15)


def game_key(
    game: Game,
    *,
    start_at: datetime,
    due_at: datetime,
    horizon_at: datetime | None,
    why: str,
    key: str | None = None,
    name: str | None = None,
    review_at: datetime | None = None,
    ask_once: bool = False,
) -> KeyExpectation:
    """The expectation of a key of `game`: retired and disputed as the game is."""
    return KeyExpectation(
        key=key or game.game_id,
        name=name or game.name,
        start_at=start_at,
        due_at=due_at,
        horizon_at=horizon_at,
        why=why,
        game_id=game.game_id,
        retired=game.retired,
        unverifiable=game.disputed,
        review_at=review_at,
        ask_once=ask_once,
    )


def tip_unknown(game: Game, key: str, name: str) -> KeyExpectation:
    """A key of a game whose tip nobody has named."""
    return KeyExpectation(
        key=key,
        name=name,
        start_at=eastern(game.game_date, 6),
        due_at=eastern(game.game_date + timedelta(days=1)),
        horizon_at=None,
        why="tip time not known",
        game_id=game.game_id,
        retired=game.retired,
        unverifiable=game.disputed or "tip time not known",
        # The final tip time is known from 06:00 of the game date; before it, nothing is wrong.
        unverifiable_at=None if game.disputed else eastern(game.game_date, 6),
    )


def shifted(key: KeyExpectation, by: timedelta) -> KeyExpectation:
    """The summary's key, from that of its box score."""
    return replace(
        key,
        due_at=key.due_at + by,
        horizon_at=None,
        why="due 1 h after its box score",
        ask_once=False,
    )


def ended_at(game: Game) -> datetime | None:
    """When a game is over (UTC): as watched, else tip + 2:30; None without a tip."""
    if game.final_at is not None:
        return game.final_at
    return game.tip_at + GAME_LENGTH if game.tip_at is not None else None


def snapshot_at(tip_at: datetime, hours_before: float) -> datetime:
    """When a snapshot of lines is asked for: the full hour, so that games go together, and never
    later than lines are due."""
    wanted = full_hour_from(tip_at - timedelta(hours=hours_before))
    return min(wanted, tip_at - ODDS_DUE)


def loaded_by(due_at: datetime, game: Game) -> datetime:
    """When a game must be held: a body that has just come is loaded within a quarter of an hour."""
    if game.is_recorded or game.news_since is None:
        return due_at
    return max(due_at, game.news_since + _TIME_TO_LOAD)


def archived_key(game_id: str, *, start_at: datetime, facts: DayFacts) -> KeyExpectation:
    """A game the newest archived schedule lists and the lake does not hold: what must exist is
    never derived from the rows that are to be judged."""
    due_at = eastern(facts.game_date, 6)
    return KeyExpectation(
        key=game_id,
        name=game_id,
        start_at=min(start_at, due_at),
        due_at=due_at,
        horizon_at=None,
        why="the newest archived schedule lists it",
        game_id=game_id,
    )
