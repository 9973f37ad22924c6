"""What the cells of computed datasets must hold: summaries, the slate's rows, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.oracle.checks import (
    MAYBE_STALE,
    STALE,
    SUSPECT,
    outcome_of,
    prediction_row,
    summary_row,
)
from fullcourt.simulator.oracle.feeds import (
    Keys,
    box_key,
    game_key,
    newest_box,
    sides,
    tip_unknown,
    tried_in_vain,
    withdrawn_rows,
)
from fullcourt.simulator.oracle.said import GameSaid
from fullcourt.simulator.oracle.table import COMPLETE, NOTHING, Found, Owed
from fullcourt.simulator.oracle.view import View
from fullcourt.simulator.oracle.words import RowSeen

# A row's inputs may have been fetched a little before it was made and loaded after.
LOADED_LATER = timedelta(hours=1)
# Places of `words.COLUMNS["player_composite_factors"]`.
GATE_EXPECTED, GATE_HELD = 5, 6


def player_game_summary(view: View, day: date, at: datetime) -> Keys:
    """Everybody who appeared; blocked where the box score is not held."""
    keys: Keys = []
    rows, boxes = view.rows("player_game_summary", day), view.rows("player_box_scores", day)
    tried = view.attempts("player_game_summary", day)
    for game in view.games(day):
        body = newest_box(view, day, game.game_id)
        named: set[int] = set()
        if body is None:
            asked = view.attempts("nba_boxscore", day).get(game.game_id, 0)
            for side in sides(game):
                box = box_key(game, f"{game.game_id}/{side}", view.policy)
                lost = box.horizon_at if asked else None
                owed = replace(
                    box,
                    due_at=box.due_at + view.policy.summary_due,
                    horizon_at=None,
                    ask_once=False,
                )
                keys.append((owed, Found(blocked="its box score", lost_from=lost)))
        else:
            made = view.bodies("nba_boxscore", day)[game.game_id][-1].fetched_at
            named = {line.player_id for line in body.lines if line.played}
            for player in sorted(named):
                key = f"{game.game_id}/{player}"
                owed = game_key(game, key, made, made + view.policy.summary_due, None)
                row = rows.get(key)
                if row is not None:
                    found = summary_row(row, boxes.get(key))
                elif key in boxes:
                    found = tried_in_vain(tried.get(key, 0))
                else:
                    found = Found(blocked="its box score")
                keys.append((owed, found))
        if game.retired is not None:
            keys += withdrawn_rows(view, "player_game_summary", day, game, named)
    return keys


def upcoming_player_game_context(view: View, day: date, at: datetime) -> Keys:
    """Every player of the slate, per game, before its tip."""
    policy = view.policy
    return _slate(
        view, "upcoming_player_game_context", day, at, policy.context_start, policy.context_due
    )


def player_composite_factors(view: View, day: date, at: datetime) -> Keys:
    """The same players; a closed gate is this cell's own trouble."""
    policy = view.policy
    return _slate(
        view, "player_composite_factors", day, at, policy.factors_start, policy.factors_due
    )


def predictions(view: View, day: date, at: datetime) -> Keys:
    """Every player with a line, and the rotation; blocked where the factors are missing."""
    policy = view.policy
    return _slate(view, "predictions", day, at, policy.predictions_start, policy.predictions_due)


def _slate(
    view: View, dataset: str, day: date, at: datetime, start: timedelta, due: timedelta
) -> Keys:
    games = view.games(day)
    players, predicted = view.slate(day, at)
    rows, tried = view.rows(dataset, day), view.attempts(dataset, day)
    is_prediction = dataset == "predictions"
    on = [g.tip_at for g in games if g.retired is None and g.tip_at is not None]
    is_factors = dataset == "player_composite_factors"
    lines = view.rows("odds_player_props", day) if is_prediction else {}
    factors = view.rows("player_composite_factors", day) if is_prediction else {}
    keys: Keys = []
    for game in games:
        mine = predicted.get(game.game_id, set()) if is_prediction else players.get(game.game_id)
        tip = game.tip_at
        begins = None if tip is None else min([*on, tip]) - start
        for player in sorted(mine or ()):
            key = f"{game.game_id}/{player}"
            if tip is None or begins is None:
                owed = tip_unknown(game, key)
            else:
                owed = game_key(game, key, begins, tip - due, tip)
            row = rows.get(key)
            if row is not None and is_factors and _is_past_gate(row, on):
                found = Found(frozenset({"missing"}), "made although its gate was closed")
            elif row is not None:
                found = _held(view, dataset, day, game, player, row, at, tried.get(key, 0), lines)
            elif is_prediction and key not in factors:
                found = Found(blocked="its factors")
            else:
                found = tried_in_vain(tried.get(key, 0))
            keys.append((owed, found))
        if game.retired is not None:
            keys += withdrawn_rows(view, dataset, day, game, set(mine or ()))
        elif not is_prediction and not mine:
            keys.append((_no_roster(game, day), NOTHING))
    return keys


def _is_past_gate(row: RowSeen, tips: Sequence[datetime]) -> bool:
    """Whether factors were made from less of the summaries than the slate needs: a row says how
    many there were. The gate itself knows nothing after the first tip."""
    expected, held = row.values[GATE_EXPECTED], row.values[GATE_HELD]
    in_time = row.as_of is not None and row.as_of <= min(tips, default=row.as_of)
    return in_time and held * 10 < expected * 9


def _no_roster(game: GameSaid, day: date) -> Owed:
    """Where no roster is known nobody can say who is missing."""
    return Owed(
        key=f"{game.game_id}/roster",
        game_id=game.game_id,
        start_at=eastern(day, 6),
        due_at=game.tip_at or eastern(day, 12),
        horizon_at=None,
        disputed="no roster is known for this game",
    )


def _held(
    view: View,
    dataset: str,
    day: date,
    game: GameSaid,
    player: int,
    row: RowSeen,
    at: datetime,
    tried: int,
    lines: Mapping[str, RowSeen],
) -> Found:
    """A held row of the slate: right by what can be seen; before its tip an input may be newer."""
    tip = game.tip_at
    if dataset == "predictions":
        checked = prediction_row(row, lines.get(game.game_id), player)
        if "suspect" in checked.states:
            return checked
    elif row.doubled:
        return Found(SUSPECT, "two rows for one key")
    elif not row.values[-1] and row.as_of is not None and tip is not None and row.as_of > tip:
        return Found(SUSPECT, "made from what was known after the tip")
    if tip is not None and at >= tip:
        return COMPLETE
    status = row.values[5] if dataset == "upcoming_player_game_context" else None
    if status == "retired":
        return Found(STALE, "its game is on again")
    if row.values[3] != tip or row.values[0] not in (game.home, game.away, None):
        return Found(STALE, "its game's tip or teams have changed")
    # What is stale is made again at once: it stays so only where that was tried in vain.
    news = view.newest_input(dataset, day) if tried else None
    if news is not None and news >= row.fetched_at - LOADED_LATER:
        return Found(MAYBE_STALE, "an input may have changed since")
    return COMPLETE


def grades(view: View, day: date, at: datetime) -> Keys:
    """Every held prediction, those of withdrawn games too."""
    games = {game.game_id: game for game in view.games(day)}
    rows, tried = view.rows("grades", day), view.attempts("grades", day)
    noon = eastern(day + timedelta(days=1), 12)
    ends = [g.ended_at or noon for g in games.values() if g.retired is None]
    start = min(max(ends, default=eastern(day)), noon)
    keys: Keys = []
    for key, prediction in view.rows("predictions", day).items():
        game_id, _, player = key.partition("/")
        owed = Owed(key, game_id, start, noon, None)
        outcome, blocked = _outcome(view, day, games.get(game_id), int(player), prediction)
        row = rows.get(key)
        if row is not None:
            found = _grade(row, outcome)
        elif blocked is not None:
            found = blocked
        else:
            found = tried_in_vain(tried.get(key, 0))
        keys.append((owed, found))
    return keys


def _outcome(
    view: View, day: date, game: GameSaid | None, player: int, prediction: RowSeen
) -> tuple[str | None, Found | None]:
    """How the prediction ended, or what is not there yet: a result that only a body knows cannot be
    graded by before it is loaded."""
    line = prediction.values[4]
    loaded = view.rows("schedule", day).get(game.game_id) if game is not None else None
    if game is None or loaded is None or not _settles(loaded, game):
        return None, Found(blocked="its game's result")
    if game.retired is not None:
        return outcome_of(line, None, off=True), None
    summaries = view.rows("player_game_summary", day)
    summary = summaries.get(f"{game.game_id}/{player}")
    if summary is not None:
        return outcome_of(line, summary.values[4], off=False), None
    boxed = view.rows("player_box_scores", day).get(f"{game.game_id}/{player}")
    held = {row.values[0] for key, row in summaries.items() if key.startswith(game.game_id)}
    if held >= {game.home, game.away} and not (boxed is not None and boxed.values[4]):
        return outcome_of(line, None, off=False), None
    asked = view.attempts("nba_boxscore", day).get(game.game_id, 0)
    body = newest_box(view, day, game.game_id)
    horizon = box_key(game, game.game_id, view.policy).horizon_at if asked and not body else None
    return None, Found(blocked="its game's summaries", lost_from=horizon)


def _settles(row: RowSeen, game: GameSaid) -> bool:
    """Whether a schedule row says of a game that is over or off that it is."""
    _, _, _, status, is_postponed, is_listed, *_ = row.values
    if game.retired is not None:
        return is_postponed or not is_listed
    return game.is_final and status == 3 and not is_postponed


def _grade(row: RowSeen, outcome: str | None) -> Found:
    if row.doubled:
        return Found(SUSPECT, "two rows for one key")
    if outcome is None or row.values[3] == outcome:
        return COMPLETE
    return Found(STALE, f"graded {row.values[3]}, it is {outcome}")
