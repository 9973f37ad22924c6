"""`expect(dataset, facts) -> Expectation`: which keys a cell must hold, and when. Pure.

Every due time of the house stands here, once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern, full_hour_from
from fullcourt.trust.facts import DayFacts, Game, PlannedLines, playable
from fullcourt.trust.keys import (
    CLOSING_BEFORE,
    CLOSING_DUE,
    ODDS_DUE,
    archived_key,
    ended_at,
    game_key,
    loaded_by,
    shifted,
    snapshot_at,
    tip_unknown,
)
from fullcourt.trust.words import Cell, Expectation, KeyExpectation

SCHEDULE_RESULT_DUE = timedelta(hours=5)
BOX_DUE = timedelta(hours=3)
BOX_HORIZON = timedelta(days=14)
SUMMARY_DUE = timedelta(hours=1)
CONTEXT_DUE = timedelta(hours=2)
FACTORS_DUE = timedelta(minutes=90)
PREDICTIONS_DUE = timedelta(minutes=30)
# Work on a slate starts this long before its first tip: one run serves the whole night.
CONTEXT_START = timedelta(hours=6)
FACTORS_START = timedelta(hours=5)
PREDICTIONS_START = timedelta(hours=4)


def expect(dataset: str, facts: DayFacts) -> Expectation:
    """The expectation of one cell.

    Raises:
        KeyError: no expectation is declared for `dataset`.
    """
    return _EXPECT[dataset](Cell(dataset, facts.game_date), facts)


def _nothing(cell: Cell, facts: DayFacts) -> Expectation | None:
    """The cell's expectation when the date itself asks for no key."""
    if not facts.schedule_known:
        return Expectation(cell, (), unverifiable="no schedule is known for this date")
    if not facts.games:
        return Expectation(cell, (), zero_reason="no games")
    return None


def _nba_schedule(cell: Cell, facts: DayFacts) -> Expectation:
    day = facts.game_date
    key = KeyExpectation(
        key="schedule",
        name="schedule",
        start_at=eastern(day, 5, 45),
        due_at=eastern(day, 6),
        # The vendor serves only what it knows now: a morning that passed cannot be fetched again.
        horizon_at=eastern(day + timedelta(days=1), 6),
        why="due 06:00 Eastern",
    )
    return Expectation(cell, (key,))


def _schedule(cell: Cell, facts: DayFacts) -> Expectation:
    if not facts.schedule_known:
        return Expectation(cell, (), unverifiable="no schedule is known for this date")
    morning = eastern(facts.game_date, 6)
    keys = []
    for game in facts.games:
        overdue_at = game.tip_at + SCHEDULE_RESULT_DUE if game.tip_at else None
        keys.append(
            game_key(
                game,
                start_at=morning - timedelta(minutes=15),
                due_at=loaded_by(morning, game),
                horizon_at=None,
                review_at=overdue_at,
                why="due 06:00 Eastern"
                + (f", result by {overdue_at:%H:%M} UTC" if overdue_at else ""),
            )
        )
    known = {game.game_id for game in facts.games}
    keys += [
        archived_key(game_id, start_at=morning - timedelta(minutes=15), facts=facts)
        for game_id in sorted(facts.archived_game_ids - known)
    ]
    return Expectation(cell, tuple(keys), zero_reason="no games")


def _nba_boxscore(cell: Cell, facts: DayFacts) -> Expectation:
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    return Expectation(cell, tuple(_box_key(game, game.game_id, game.name) for game in facts.games))


def _player_box_scores(cell: Cell, facts: DayFacts) -> Expectation:
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    keys: list[KeyExpectation] = []
    for game in facts.games:
        body = facts.boxes.get(game.game_id)
        if body is not None:
            keys += [
                _box_key(game, f"{game.game_id}/{player}", f"{game.name} {name}")
                for player, name in body.listed.items()
            ]
        else:
            keys += [
                _box_key(game, f"{game.game_id}/{team or side}", f"{game.name} {team or side}")
                for side, team in (("home", game.home_team), ("away", game.away_team))
            ]
    return Expectation(cell, tuple(keys))


def _box_key(game: Game, key: str, name: str) -> KeyExpectation:
    ended = ended_at(game)
    if ended is None:
        return game_key(
            game,
            key=key,
            name=name,
            start_at=eastern(game.game_date, 12),
            due_at=eastern(game.game_date + timedelta(days=1), 6),
            horizon_at=None,
            why="tip time not known",
        )
    if not game.is_final and game.tip_at is not None:
        # Never silently "not due": past this instant the schedule itself owes an answer.
        overdue_at = game.tip_at + SCHEDULE_RESULT_DUE
        overdue = f"neither final nor postponed by {overdue_at:%H:%M} UTC"
        return KeyExpectation(
            key=key,
            name=name,
            start_at=ended,
            due_at=overdue_at,
            horizon_at=None,
            why=f"not final; tip {game.tip_at:%H:%M} UTC",
            game_id=game.game_id,
            retired=game.retired,
            unverifiable=game.disputed or overdue,
            unverifiable_at=None if game.disputed else overdue_at,
            ask_once=True,
            awaits_result=True,
        )
    return game_key(
        game,
        key=key,
        name=name,
        start_at=full_hour_from(ended),
        due_at=ended + BOX_DUE,
        horizon_at=box_horizon(game),
        why="due 3 h after final",
        ask_once=True,
    )


def box_horizon(game: Game) -> datetime | None:
    """When a game's box score stops being asked for; None: it is not over, or its tip unknown."""
    ended = ended_at(game) if game.is_final else None
    return None if ended is None else ended + BOX_DUE + BOX_HORIZON


def _odds_events(cell: Cell, facts: DayFacts) -> Expectation:
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    if not facts.has_odds:
        return Expectation(cell, (), zero_reason="no odds vendor for this date")
    tips = [game.tip_at for game in facts.games if game.tip_at is not None]
    day = facts.game_date
    first_tip = min(tips, default=eastern(day, 19))
    start = min(eastern(day, 7), first_tip - timedelta(hours=6))
    due = min(eastern(day, 11), first_tip - ODDS_DUE)
    horizon = due + BOX_HORIZON if facts.odds_recoverable else max(tips, default=first_tip)
    retired = None if playable(facts.games) else "all games withdrawn"
    why = "due in the morning of a game day"
    past = facts.odds_recoverable
    key = KeyExpectation(
        "listing", "odds listing", start, due, horizon, why, retired=retired, ask_once=past
    )
    return Expectation(cell, (key,))


def _odds(cell: Cell, facts: DayFacts) -> Expectation:
    """The game's props, as a feed (`odds_event_props`) and as a dataset (`odds_player_props`)."""
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    if not facts.has_odds:
        return Expectation(cell, (), zero_reason="no odds vendor for this date")
    keys = []
    for game in facts.games:
        tip = game.tip_at
        if tip is None:
            keys.append(tip_unknown(game, game.game_id, game.name))
            continue
        if facts.planned_lines is not None:
            planned = facts.planned_lines.get(game.game_id, PlannedLines())
            keys.append(_planned_lines(game, tip, planned))
            continue
        due = tip - ODDS_DUE
        keys.append(
            game_key(
                game,
                start_at=snapshot_at(tip, facts.hours_before_tip),
                due_at=due,
                horizon_at=due + BOX_HORIZON if facts.odds_recoverable else tip,
                why=f"due 1 h before tip {tip:%H:%M} UTC",
                ask_once=facts.odds_recoverable,
            )
        )
    return Expectation(cell, tuple(keys), warnings=facts.credit_warnings)


def _planned_lines(game: Game, tip: datetime, planned: PlannedLines) -> KeyExpectation:
    """A game's lines where credits are planned: due when its closing snapshot should be there."""
    return game_key(
        game,
        # What is given up is looked at once all the same, so that its loss is recorded.
        start_at=planned.first_at or tip - CLOSING_BEFORE,
        due_at=tip - CLOSING_DUE,
        horizon_at=tip,
        why=planned.why_none or f"due 5 min before tip {tip:%H:%M} UTC",
        review_at=planned.look_at,
    )


def _player_game_summary(cell: Cell, facts: DayFacts) -> Expectation:
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    keys: list[KeyExpectation] = []
    for game in facts.games:
        body = facts.boxes.get(game.game_id)
        if body is None:
            for side, team in (("home", game.home_team), ("away", game.away_team)):
                name = f"{game.name} {team or side}"
                box = _box_key(game, f"{game.game_id}/{team or side}", name)
                keys.append(shifted(box, SUMMARY_DUE))
            continue
        for player in body.appeared:
            keys.append(
                game_key(
                    game,
                    key=f"{game.game_id}/{player}",
                    name=f"{game.name} {body.listed[player]}",
                    start_at=body.fetched_at,
                    due_at=body.fetched_at + SUMMARY_DUE,
                    horizon_at=None,
                    why="due 1 h after its box score",
                )
            )
    return Expectation(cell, tuple(keys))


_SLATE = {
    "upcoming_player_game_context": (CONTEXT_START, CONTEXT_DUE, "2 h"),
    "player_composite_factors": (FACTORS_START, FACTORS_DUE, "90 min"),
    "predictions": (PREDICTIONS_START, PREDICTIONS_DUE, "30 min"),
}


def _slate(cell: Cell, facts: DayFacts) -> Expectation:
    """Expectations of the datasets that hold every slate player before the tip."""
    start, due, words = _SLATE[cell.dataset]
    nothing = _nothing(cell, facts)
    if nothing is not None:
        return nothing
    predicts = cell.dataset == "predictions"
    players = facts.prediction_players if predicts else facts.slate_players
    if players is None:
        return Expectation(cell, (), unverifiable="the slate's players are not known")
    games = {game.game_id: game for game in facts.games}
    tips = [g.tip_at for g in playable(facts.games) if g.tip_at is not None]
    whens = {
        game.game_id: (
            min([*tips, game.tip_at]) - start,
            game.tip_at - due,
            f"due {words} before tip {game.tip_at:%H:%M} UTC",
        )
        for game in facts.games
        if game.tip_at is not None
    }
    keys: list[KeyExpectation] = []
    for player in players:
        game = games.get(player.game_id)
        if game is None:
            continue
        key, name = f"{player.game_id}/{player.player_id}", f"{game.name} {player.name}"
        when = whens.get(player.game_id)
        if when is None:
            keys.append(tip_unknown(game, key, name))
            continue
        begins, due_at, why = when
        keys.append(
            game_key(
                game,
                key=key,
                name=name,
                start_at=begins,
                due_at=due_at,
                horizon_at=game.tip_at,
                why=why,
            )
        )
    if not predicts:
        keys += _games_without_roster(facts, {p.game_id for p in players})
    warnings = facts.prediction_warnings if predicts else ()
    zero = "no player with a line or in the rotation" if predicts else None
    if not playable(facts.games):
        reasons = sorted({game.retired for game in facts.games if game.retired})
        zero = f"all games withdrawn: {', '.join(reasons)}"
    # Lines come until shortly before the tip: who is owed is not said before work may start.
    review = min(tips) - start if predicts and tips else None
    return Expectation(cell, tuple(keys), zero_reason=zero, warnings=warnings, review_at=review)


def _games_without_roster(facts: DayFacts, with_players: set[str]) -> list[KeyExpectation]:
    return [
        KeyExpectation(
            key=f"{game.game_id}/roster",
            name=f"{game.name} rosters",
            start_at=eastern(game.game_date, 6),
            due_at=game.tip_at or eastern(game.game_date, 12),
            horizon_at=None,
            why="no roster is known",
            game_id=game.game_id,
            unverifiable="no roster is known for this game",
        )
        for game in facts.games
        if game.game_id not in with_players and game.retired is None
    ]


def _grades(cell: Cell, facts: DayFacts) -> Expectation:
    nothing = _nothing(cell, facts)
    if nothing is not None and not facts.predictions:
        return nothing
    noon = eastern(facts.game_date + timedelta(days=1), 12)
    games = {game.game_id: game for game in facts.games}
    # A slate is graded once, when its last game is over.
    start = max(
        (ended_at(g) or noon for g in playable(facts.games)), default=eastern(facts.game_date)
    )
    keys = []
    for held in facts.predictions or ():
        game = games.get(held.game_id)
        keys.append(
            KeyExpectation(
                key=f"{held.game_id}/{held.player_id}",
                name=f"{game.name if game else held.game_id} {held.name}",
                start_at=min(start, noon),
                due_at=noon,
                horizon_at=None,
                why="due 12:00 Eastern the next day",
                game_id=held.game_id,
            )
        )
    return Expectation(cell, tuple(keys), zero_reason="no prediction held")


_EXPECT: dict[str, Callable[[Cell, DayFacts], Expectation]] = {
    "nba_schedule": _nba_schedule,
    "nba_boxscore": _nba_boxscore,
    "odds_events": _odds_events,
    "odds_event_props": _odds,
    "schedule": _schedule,
    "player_box_scores": _player_box_scores,
    "odds_player_props": _odds,
    "player_game_summary": _player_game_summary,
    "upcoming_player_game_context": _slate,
    "player_composite_factors": _slate,
    "predictions": _slate,
    "grades": _grades,
}

PAST_DATASETS = frozenset({"nba_boxscore", "player_box_scores", "player_game_summary"})
"""Datasets that raise cells before the home's `since`."""


def expected_datasets(game_date: date, since: date) -> tuple[str, ...]:
    """The feeds and datasets that raise a cell on this date, in the order of the pipeline."""
    if game_date >= since:
        return tuple(_EXPECT)
    return tuple(name for name in _EXPECT if name in PAST_DATASETS)
