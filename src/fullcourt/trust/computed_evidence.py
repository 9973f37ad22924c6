"""Evidence of computed datasets: held rows, what they were made from, what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.gates import usable_context
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger.prediction_breaker import Hold, prediction_holds_between
from fullcourt.stores.ledger.records import Attempt
from fullcourt.trust.expectations import box_horizon
from fullcourt.trust.facts import DayFacts, Game, playable
from fullcourt.trust.gather import Gathered, date_ranges
from fullcourt.trust.look import (
    CAUSES,
    HeldKeys,
    Look,
    as_failed,
    as_tried,
    attempts_by_date,
    with_attempts,
)
from fullcourt.trust.prediction_breaker import UPSTREAM
from fullcourt.trust.raw_evidence import box_scores
from fullcourt.trust.words import Cause, KeyEvidence

# Tables a computed dataset's inputs come from: rows of its own dates, and rows of any date.
_INPUTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "player_game_summary": (("player_box_scores",), ()),
    "upcoming_player_game_context": (
        (),
        ("schedule", "player_box_scores", "player_game_summary"),
    ),
    "player_composite_factors": (
        ("upcoming_player_game_context",),
        ("schedule", "player_box_scores", "player_game_summary"),
    ),
    "predictions": (("schedule", "odds_player_props", "player_composite_factors"), ()),
    "grades": (("predictions", "player_game_summary", "schedule"), ()),
}
MADE = frozenset(_INPUTS)


def summaries(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Summaries held; stale when their box score's values changed; blocked without one."""
    found = computed(look, name, days, now, fresh=sql("analytics", name))
    attempts = attempts_by_date(look, name, days)
    boxes = box_scores(look, "player_box_scores", days, gathered, now)
    for day in days:
        facts = gathered.facts[day]
        for game in facts.games:
            body = facts.boxes.get(game.game_id)
            if body is None:
                for side in (game.home_team or "home", game.away_team or "away"):
                    key = f"{game.game_id}/{side}"
                    box = boxes[day].get(key, KeyEvidence())
                    forever = _given_up(game, box, now)
                    found[day][key] = KeyEvidence(
                        blocked_by=f"player_box_scores {game.name}", blocked_forever=forever
                    )
                continue
            for player in body.appeared:
                key = f"{game.game_id}/{player}"
                if key in found[day]:
                    continue
                if boxes[day].get(key, KeyEvidence()).held:
                    found[day][key] = as_failed(attempts.get(day, {}).get(key))
                else:
                    blocked = f"player_box_scores {game.name} {body.listed[player]}"
                    found[day][key] = KeyEvidence(blocked_by=blocked)
    return found


def _given_up(game: Game, box: KeyEvidence, now: datetime) -> bool:
    """Whether the box score behind a key is past its horizon, asked for and never had."""
    horizon_at = box_horizon(game)
    return horizon_at is not None and now >= horizon_at and box.attempts > 0


def slate(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Context held; stale only before the tip."""
    room = "analytics" if name == "upcoming_player_game_context" else "precompute"
    found = computed(look, name, days, now, fresh=sql(room, name), gathered=gathered)
    _to_settle(look, days, gathered, now, found)
    return _without_rosters(with_attempts(look, name, found, days), days, gathered)


def _to_settle(
    look: Look, days: Collection[date], gathered: Gathered, now: datetime, found: HeldKeys
) -> None:
    """Context rows whose game is over, has left its date, or is on again: to be worked on."""
    rows: list[tuple[date, str, int, str]] = []
    for first, last in date_ranges(days):
        rows += look.cache.keep(
            ("statuses", first, last),
            look.cache.changes.on("upcoming_player_game_context", first, last),
            partial(
                look.lake.rows,
                "SELECT game_date, game_id, player_id, row_status "
                "FROM lake.upcoming_player_game_context WHERE game_date BETWEEN ? AND ?",
                [first, last],
            ),
        )
    games = {day: {g.game_id: g for g in gathered.facts[day].games} for day in days}
    # A slate is archived as a whole, once: when its last game is over, or at noon of the next day.
    over = {day: _is_over(gathered.facts[day], now) for day in days}
    for day, game_id, player_id, status in rows:
        game = games.get(day, {}).get(game_id)
        key = f"{game_id}/{player_id}"
        if game is None or key not in found[day]:
            continue
        withdrawn = game.retired is not None
        ended = withdrawn or (status == "active" and game.is_final and over[day])
        if ended and status != "retired":
            found[day][key] = replace(found[day][key], next_attempt_at=eastern(day))
        elif status == "retired" and not withdrawn and (game.tip_at is None or game.tip_at > now):
            found[day][key] = replace(found[day][key], stale="its game is on again")


def _is_over(facts: DayFacts, now: datetime) -> bool:
    recorded = [game for game in playable(facts.games) if game.is_recorded]
    noon = eastern(facts.game_date + timedelta(days=1), 12)
    return now >= noon or all(game.is_final for game in recorded)


def factors(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Factors held; without an open gate the missing ones say so."""
    found = computed(
        look,
        name,
        days,
        now,
        fresh=sql("precompute", name),
        gathered=gathered,
        prepare=usable_context,
    )
    return _without_rosters(with_attempts(look, name, found, days), days, gathered)


def _without_rosters(found: HeldKeys, days: Collection[date], gathered: Gathered) -> HeldKeys:
    """Where no roster is known there is nothing to compute from, however often it is tried."""
    for day in days:
        for game in gathered.facts[day].games:
            found[day].setdefault(f"{game.game_id}/roster", KeyEvidence(ready=False))
    return found


def predictions(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Predictions held; blocked by name where the factors are missing."""
    found = computed(
        look, name, days, now, fresh=sql("predict", "prediction_inputs"), gathered=gathered
    )
    factors = held_keys(look, "player_composite_factors", days)
    attempts = attempts_by_date(look, name, days)
    holds = prediction_holds_between(look.ledger, min(days), max(days)) if days else {}
    for day in days:
        games = {g.game_id: g for g in gathered.facts[day].games}
        hold = holds.get(day)
        for player in gathered.facts[day].prediction_players or ():
            key = f"{player.game_id}/{player.player_id}"
            if key in found[day]:
                continue
            tried = attempts.get(day, {}).get(key)
            if hold is not None and hold.is_closed:
                found[day][key] = _held_back(hold, tried)
            elif key not in factors[day]:
                game = games.get(player.game_id)
                where = f"{game.name} {player.name}" if game else key
                cause = CAUSES.get(tried.outcome) if tried else None
                found[day][key] = KeyEvidence(
                    blocked_by=f"player_composite_factors {where}", cause=cause
                )
            elif tried is not None:
                found[day][key] = as_tried(tried)
            elif hold is not None:
                found[day][key] = _held_back(hold, tried)
    return found


def _held_back(hold: Hold, tried: Attempt | None) -> KeyEvidence:
    """A key of a date the breaker holds back; of one it has released, why nothing was tried."""
    way = f"{UPSTREAM}: {hold.reason}" if hold.is_closed else None
    return replace(
        as_failed(tried),
        blocked_by=way,
        cause=Cause.GATE_CLOSED,
        detail=f"{UPSTREAM}: {hold.reason}",
    )


def grades(
    look: Look, name: str, days: Collection[date], gathered: Gathered, now: datetime
) -> HeldKeys:
    """Grades held; blocked by name while the game has no result or no summaries."""
    found = computed(look, name, days, now, fresh=sql("predict", "grade_inputs"))
    attempts = attempts_by_date(look, name, days)
    boxes: HeldKeys | None = None
    for day in days:
        facts = gathered.facts[day]
        games = {g.game_id: g for g in facts.games}
        for held in facts.predictions or ():
            key = f"{held.game_id}/{held.player_id}"
            if key in found[day]:
                continue
            game = games.get(held.game_id)
            shown = game.name if game else held.game_id
            if held.game_state == "final_without_box" and game is not None:
                boxes = boxes or box_scores(look, "player_box_scores", days, gathered, now)
                side = f"{held.game_id}/{game.home_team or 'home'}"
                box = boxes[day].get(side, KeyEvidence())
                forever = _given_up(game, box, now)
                found[day][key] = KeyEvidence(
                    blocked_by=f"player_game_summary {shown}", blocked_forever=forever
                )
            elif held.game_state == "pending":
                found[day][key] = KeyEvidence(blocked_by=f"schedule {shown}: no result yet")
            else:
                tried = attempts.get(day, {}).get(key)
                found[day][key] = as_tried(tried) if tried else KeyEvidence()
    return found


def computed(
    look: Look,
    name: str,
    days: Collection[date],
    now: datetime,
    *,
    fresh: str,
    gathered: Gathered | None = None,
    prepare: Callable[[Lake, date, date, datetime], None] | None = None,
) -> HeldKeys:
    """Held rows with their staleness: the fingerprint of today's inputs against the row's own."""
    found: HeldKeys = defaultdict(dict)
    for first, last in date_ranges(days):
        held = _held_rows(look, name, first, last)
        open_games = None if gathered is None else _not_frozen(gathered, first, last, now)
        judgeable = {row[0] for row in held if open_games is None or row[1] in open_games}
        unsure = {
            day for day in judgeable if look.fresh.get((name, day)) != state_of(look, name, day)
        }
        current: dict[tuple[Any, ...], str] = {}
        for low, high in date_ranges(unsure):
            current |= inputs_now(look, fresh, low, high, now, prepare)
        changed: set[date] = set()
        for day, game_id, player_id, fingerprint, rows in held:
            frozen = open_games is not None and game_id not in open_games
            other = None if frozen else current.get((day, game_id, player_id))
            stale = other is not None and other != fingerprint
            if stale:
                changed.add(day)
            found[day][f"{game_id}/{player_id}"] = KeyEvidence(
                held=True,
                suspect=f"{rows} rows for one key" if rows > 1 else None,
                stale="an input changed since" if stale else None,
            )
        for day in unsure - changed:
            look.fresh[(name, day)] = state_of(look, name, day)
    return found


def state_of(look: Look, name: str, day: date) -> object:
    """How often a computed dataset's rows of a date and the tables behind them have changed."""
    own, elsewhere = _INPUTS[name]
    here = [look.cache.changes.on(table, day, day) for table in (name, *own)]
    return here, look.cache.changes.total(*elsewhere)


def inputs_now(
    look: Look,
    fresh: str,
    first: date,
    last: date,
    now: datetime,
    prepare: Callable[[Lake, date, date, datetime], None] | None,
) -> dict[tuple[Any, ...], str]:
    """The fingerprint of each key's inputs as they are now."""
    if prepare is not None:
        prepare(look.lake, first, last, now)
    query = f"SELECT game_date, game_id, player_id, input_fingerprint FROM ({fresh})"
    span = {"first_date": first, "last_date": last, "now": now}
    return {(d, g, p): f for d, g, p, f in look.lake.rows(query, span)}


def held_keys(look: Look, name: str, days: Collection[date]) -> dict[date, set[str]]:
    """Keys a computed dataset holds, by date."""
    found: dict[date, set[str]] = defaultdict(set)
    for first, last in date_ranges(days):
        for day, game_id, player_id, _, _ in _held_rows(look, name, first, last):
            found[day].add(f"{game_id}/{player_id}")
    return found


def _held_rows(look: Look, name: str, first: date, last: date) -> list[tuple[Any, ...]]:
    """Held keys of a computed dataset with their fingerprints; read again when they changed."""
    query = sql("trust/sql", "computed_held").format(table=name)
    span = {"first_date": first, "last_date": last}
    token = look.cache.changes.on(name, first, last)
    return look.cache.keep(("held", name, first, last), token, lambda: look.lake.rows(query, span))


def _not_frozen(gathered: Gathered, first: date, last: date, now: datetime) -> set[str]:
    return {
        game.game_id
        for day, facts in gathered.facts.items()
        if first <= day <= last
        for game in playable(facts.games)
        if game.tip_at is None or game.tip_at > now
    }
