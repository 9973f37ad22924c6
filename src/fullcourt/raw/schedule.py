"""Dataset `schedule`: versions. What differs from what is known is written, with its instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fullcourt.nba.calendar import game_type, season_of
from fullcourt.nba.schedule import GameListing, GameStatus

ABSENT_ONCE = "absent from one schedule body; a second must confirm"
REMOVED = "removed"

COLUMNS = (
    "game_date",
    "game_id",
    "tip_at",
    "home_team",
    "away_team",
    "status",
    "status_text",
    "is_postponed",
    "is_listed",
    "if_necessary",
    "home_score",
    "away_score",
    "overtimes",
    "reason",
    "known_at",
)


@dataclass(frozen=True, slots=True)
class Known:
    """The latest version of one (game, date), as the lake holds it."""

    game_date: date
    game_id: str
    tip_at: datetime | None
    home_team: str | None
    away_team: str | None
    status: int
    status_text: str
    is_postponed: bool
    is_listed: bool
    if_necessary: bool
    home_score: int | None
    away_score: int | None
    overtimes: int | None
    reason: str | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Body:
    """One schedule body: the whole season (`season` set) or one date's scoreboard."""

    games: Sequence[GameListing]
    known_at: datetime
    fetched_at: datetime
    digest: str
    source: str
    season: str | None


def versions(
    known: Mapping[tuple[str, date], Known], body: Body, run_id: str
) -> list[dict[str, Any]]:
    """The versions `body` adds to `known` (latest version by game and date).

    A result that is known stands until another replaces it, a postponed game is not put back on a
    tip that has passed, and a scoreboard alone does not swap sides: such listings are old
    or wrong, whatever time they carry.

    A game that moved leaves a version on its old date (not listed, `moved to ...`). A game absent
    from a whole-season body is confirmed by the next body before it is withdrawn. A body older than
    what is known of a game says nothing about it.
    """
    rows = []
    listed = {(game.game_id, game.game_date): game for game in body.games}
    new_dates: dict[str, date] = {}
    for (game_id, day), game in listed.items():
        before = known.get((game_id, day))
        if before is not None and before.known_at >= body.known_at:
            continue
        if before is not None and _is_unbelievable(before, game, body):
            new_dates[game_id] = day
            continue
        if before is None or facts_of(before) != _listing_facts(game):
            rows.append(_row(game, body, run_id))
        # A postponed id may stand on two dates; only a live listing moves it.
        if not game.is_postponed:
            new_dates[game_id] = day
    for (game_id, day), before in known.items():
        if (game_id, day) in listed or before.known_at >= body.known_at or not before.is_listed:
            continue
        if game_id in new_dates and new_dates[game_id] != day:
            reason = f"moved to {new_dates[game_id].isoformat()}"
            rows.append(_withdrawn(before, body, run_id, reason, listed=False))
        elif body.season is not None and season_of(game_id) == body.season:
            if before.reason == ABSENT_ONCE:
                rows.append(_withdrawn(before, body, run_id, REMOVED, listed=False))
            else:
                rows.append(_withdrawn(before, body, run_id, ABSENT_ONCE, listed=True))
    return rows


def _is_unbelievable(before: Known, game: GameListing, body: Body) -> bool:
    has_result = (
        before.status == GameStatus.FINAL
        and before.is_listed
        and not before.is_postponed
        and None not in (before.home_score, before.away_score)
    )
    undone = has_result and not game.is_final
    sides = (before.home_team, before.away_team)
    swapped = None not in sides and sides == (game.away_team, game.home_team)
    revived = (
        before.is_postponed
        and before.is_listed
        and game.status is GameStatus.SCHEDULED
        and not game.is_postponed
        and game.tip_at is not None
        and game.tip_at <= body.known_at
    )
    return undone or revived or (swapped and body.season is None)


def facts_of(known: Known) -> tuple[object, ...]:
    """What makes another version of a game news."""
    return (
        known.tip_at,
        known.home_team,
        known.away_team,
        _stage(known.status),
        known.is_postponed,
        known.is_listed,
        known.if_necessary,
        known.home_score,
        known.away_score,
        known.overtimes,
        known.reason,
        known.status_text if known.status == GameStatus.FINAL else None,
    )


def _listing_facts(game: GameListing) -> tuple[object, ...]:
    return (
        game.tip_at,
        game.home_team,
        game.away_team,
        _stage(game.status),
        game.is_postponed,
        True,
        game.if_necessary,
        game.home_score,
        game.away_score,
        game.overtimes,
        None,
        game.status_text if game.status is GameStatus.FINAL else None,
    )


def _stage(status: int) -> int:
    """That a game is under way is no news: its tip said so, and its clock ticks with every poll."""
    return GameStatus.SCHEDULED if status == GameStatus.LIVE else int(status)


def _row(game: GameListing, body: Body, run_id: str) -> dict[str, Any]:
    return {
        "game_date": game.game_date,
        "game_id": game.game_id,
        "season": season_of(game.game_id),
        "game_type": game_type(game.game_id),
        "tip_at": game.tip_at,
        "home_team": game.home_team,
        "away_team": game.away_team,
        "status": int(game.status),
        "status_text": game.status_text,
        "is_postponed": game.is_postponed,
        "is_listed": True,
        "if_necessary": game.if_necessary,
        "home_score": game.home_score,
        "away_score": game.away_score,
        "overtimes": game.overtimes,
        "reason": None,
        "source": body.source,
        "body_digest": body.digest,
        "known_at": body.known_at,
        "fetched_at": body.fetched_at,
        "run_id": run_id,
    }


def _withdrawn(
    before: Known, body: Body, run_id: str, reason: str, *, listed: bool
) -> dict[str, Any]:
    return {
        "game_date": before.game_date,
        "game_id": before.game_id,
        "season": season_of(before.game_id),
        "game_type": game_type(before.game_id),
        "tip_at": before.tip_at,
        "home_team": before.home_team,
        "away_team": before.away_team,
        "status": before.status,
        "status_text": before.status_text,
        "is_postponed": before.is_postponed,
        "is_listed": listed,
        "if_necessary": before.if_necessary,
        "home_score": before.home_score,
        "away_score": before.away_score,
        "overtimes": before.overtimes,
        "reason": reason,
        "source": body.source,
        "body_digest": body.digest,
        "known_at": body.known_at,
        "fetched_at": body.fetched_at,
        "run_id": run_id,
    }
