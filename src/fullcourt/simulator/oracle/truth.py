"""`Oracle`: the true state of every key at every instant, by a truth table of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.nba.calendar import dates, game_date_of
from fullcourt.simulator.league import League
from fullcourt.simulator.oracle import computed, feeds
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.table import judge, turns_at
from fullcourt.simulator.oracle.view import CELLS, Question, View
from fullcourt.simulator.oracle.words import CellId, Held, Truth
from fullcourt.simulator.vendors.faults import Fault

_RULES: Mapping[str, Callable[[View, date, datetime], feeds.Keys]] = {
    "nba_schedule": feeds.nba_schedule,
    "odds_events": feeds.odds_events,
    "odds_event_props": feeds.odds_event_props,
    "nba_boxscore": feeds.nba_boxscore,
    "schedule": feeds.schedule,
    "player_box_scores": feeds.player_box_scores,
    "odds_player_props": feeds.odds_player_props,
    "player_game_summary": computed.player_game_summary,
    "upcoming_player_game_context": computed.upcoming_player_game_context,
    "player_composite_factors": computed.player_composite_factors,
    "predictions": computed.predictions,
    "grades": computed.grades,
}

_SLATES = frozenset(
    {"upcoming_player_game_context", "player_composite_factors", "predictions", "grades"}
)
_ASLEEP = frozenset({"not_due", "retired", "unverifiable"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """The truth of a cell, what it follows from, and for how long time alone does not change it."""

    asked: Mapping[Question, object]
    begun: tuple[bool, ...]
    running: bool
    sleeps: bool
    since: datetime
    until: datetime | None
    truths: Mapping[str, Truth]


class Oracle:
    """The truth about a world's cells.

    It judges what is held by what the vendors have said so far, by the other witnesses, and by the
    league behind them. It remembers its work by identity (see `words`): the answer depends on its
    arguments alone.
    """

    def __init__(self, league: League, faults: Sequence[Fault], policy: OraclePolicy) -> None:
        self.league = league
        self.faults = tuple(faults)
        self.policy = policy
        self._view = View(league, policy)
        self._kept: dict[CellId, _Kept] = {}

    def cells(self, at: datetime) -> Iterable[CellId]:
        """Every cell that must exist at `at`, in the order of dates, then of the pipeline."""
        last = game_date_of(at + self.policy.looks_ahead)
        if last < self.policy.since:
            return ()
        names = [n for n in CELLS if self.policy.odds or not n.startswith("odds_")]
        return [(name, day) for day in dates(self.policy.since, last) for name in names]

    def truth(self, dataset: str, day: date, at: datetime, held: Held) -> Mapping[str, Truth]:
        """The truth of every key that must be judged in a cell; empty where there is no key.

        Raises:
            KeyError: there is no such feed or dataset.
        """
        return self._truth(dataset, day, at, held).truths

    def _truth(self, dataset: str, day: date, at: datetime, held: Held) -> _Kept:
        rule = _RULES[dataset]
        view = self._view
        view.follow(held)
        cell = (dataset, day)
        begun = view.begun(day, at)
        running = cell in held.running
        kept = self._kept.get(cell)
        if (
            kept is not None
            and kept.since <= at
            and (kept.until is None or at < kept.until)
            and kept.running == running
            and kept.begun == begun
            and view.still_says(kept.asked, at)
        ):
            return kept
        view.asked = {}
        keys = sorted(rule(view, day, at), key=lambda entry: entry[0].key)
        truths = {owed.key: judge(owed, found, at, running) for owed, found in keys}
        turns = [t for owed, found in keys if (t := turns_at(owed, found, at)) is not None]
        until = min(turns, default=None)
        sleeps = dataset in _SLATES and all(t.states <= _ASLEEP for t in truths.values())
        kept = _Kept(view.asked, begun, running, sleeps, at, until, truths)
        self._kept[cell] = kept
        return kept

    def sleeps(self, dataset: str, day: date, at: datetime, held: Held) -> bool:
        """Whether nothing can be asked of a slate's cell yet: no key of it can be there, none is
        held. Who its keys will be is not settled before then, so that a verdict may be an old one.
        """
        return dataset in _SLATES and self._truth(dataset, day, at, held).sleeps

    def predictions_begin(self, day: date, held: Held) -> datetime | None:
        """From when on it can be said who is owed a prediction; None: no game is on."""
        self._view.follow(held)
        tips = [g.tip_at for g in self._view.games(day) if g.retired is None and g.tip_at]
        return min(tips) - self.policy.predictions_start if tips else None
