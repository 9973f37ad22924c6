"""The plan of the month's credits, as expectations and warnings of lines need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.allowance import (
    VENDOR,
    GameSnapshots,
    Planned,
    is_planned,
    plan_now,
    taken_answers,
    words_of,
)
from fullcourt.settings import OddsSettings
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.vendors import credits_said
from fullcourt.trust.cache import ReadCache
from fullcourt.trust.facts import Game, PlannedLines

LINES = frozenset({"odds_event_props", "odds_player_props"})
_LONGEST_PLAN = timedelta(days=64)
_STANDS_S = 300


def lines_plan(
    ledger: Ledger, lake: Lake, odds: OddsSettings, cache: ReadCache, now: datetime
) -> Planned | None:
    """The plan as of `now`, kept while nothing it was made from has changed; None: not planned."""
    if not is_planned(odds):
        return None
    today = game_date_of(now)
    answered = taken_answers(ledger, today)
    token = (
        cache.changes.on("schedule", today, today + _LONGEST_PLAN),
        credits_said(ledger, VENDOR),
        {game_id: tuple(instants) for game_id, instants in answered.items()},
        # Time alone only lets snapshots pass: what passed since is seen by whoever asks.
        int(now.timestamp()) // _STANDS_S,
    )
    return cache.keep("lines plan", token, lambda: plan_now(ledger, lake, odds, now))


def planned_lines(
    planned: Planned | None, odds: OddsSettings, games: Iterable[Game], now: datetime
) -> Mapping[str, PlannedLines] | None:
    """What is planned of each game of a date, by game id; None: nothing is planned."""
    if not is_planned(odds):
        return None
    if planned is None:
        return {}
    words = words_of(planned)
    found = {}
    for game in games:
        share = planned.of(game.game_id, game.game_date)
        if share != GameSnapshots():
            first = min((s.at for s in (*share.taken, *share.bought)), default=None)
            why = f"quota_spent: {words}" if first is None else None
            found[game.game_id] = PlannedLines(first, share.look_at(now), why)
    return found


def credit_warnings(planned: Planned | None, games: Iterable[Game]) -> tuple[str, ...]:
    """What of a date's snapshots is given up for want of credits, by kind."""
    if planned is None:
        return ()
    shares = [planned.of(game.game_id, game.game_date) for game in games]
    given_up = Counter(s.kind.value for share in shares for s in share.given_up)
    if not given_up:
        return ()
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(given_up.items()))
    return (f"snapshots given up (quota_spent): {kinds}; {words_of(planned)}",)
