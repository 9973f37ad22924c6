"""What archived schedule bodies say that no run has taken in: it is known all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from fullcourt.nba.calendar import raises_cells
from fullcourt.nba.schedule import GameStatus, ended_when
from fullcourt.raw.schedule import Known
from fullcourt.trust.facts import Game

News = Sequence[tuple[Known, datetime]]
"""The latest word on each (game, date) that is news, and since when it lies there (UTC)."""


def with_news(
    games: Mapping[date, tuple[Game, ...]], news: News, first: date, last: date
) -> dict[date, tuple[Game, ...]]:
    """The games of a range of dates as the bodies not loaded yet leave them."""
    found = dict(games)
    for known, since in news:
        day = known.game_date
        if not first <= day <= last or not _counts(known):
            continue
        rows = {game.game_id: game for game in found.get(day, ())}
        before = rows.get(known.game_id)
        is_recorded = before is not None and before.is_recorded
        said = _game(known, before)
        rows[known.game_id] = replace(said, is_recorded=is_recorded, news_since=since)
        found[day] = tuple(rows.values())
    return found


def _counts(known: Known) -> bool:
    """Whether it is part of a slate; an if-necessary game once its series needs it."""
    is_open = None in (known.home_team, known.away_team, known.tip_at)
    return raises_cells(known.game_id) and not (known.if_necessary and is_open)


def _game(known: Known, before: Game | None) -> Game:
    scores = (known.home_score, known.away_score)
    is_final = known.status == GameStatus.FINAL and not known.is_postponed and None not in scores
    seen = known.known_at if before is None or before.final_at is None else before.final_at
    doubt = known.reason if known.is_listed and not known.is_postponed and not is_final else None
    return Game(
        game_id=known.game_id,
        game_date=known.game_date,
        name=f"{known.away_team or 'TBD'}@{known.home_team or 'TBD'}",
        tip_at=known.tip_at,
        home_team=known.home_team,
        away_team=known.away_team,
        is_final=is_final,
        final_at=ended_when(known.tip_at, seen) if is_final else None,
        retired=retired_why(known.is_postponed, known.is_listed, known.reason),
        disputed=doubt,
        home_score=known.home_score,
        away_score=known.away_score,
        overtimes=known.overtimes,
    )


def retired_why(postponed: bool, listed: bool, reason: str | None) -> str | None:
    """Why a game left its date; None: it did not."""
    if not listed:
        return reason or "removed"
    return "postponed" if postponed else None
