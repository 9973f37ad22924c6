"""Long walks over many dates: the bootstrap of a home, a backfill by ranges, a replay of nights."""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.clock import VirtualClock
from fullcourt.controller import Controller
from fullcourt.nba.calendar import dates, eastern, game_date_of, season_start_year
from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.pipeline.runner import Task
from fullcourt.pipeline.work import Stores
from fullcourt.stores.ledger.runs import fingerprints_of
from fullcourt.trust.gather import date_ranges
from fullcourt.trust.plan import CellView
from fullcourt.trust.prediction_breaker import UPSTREAM as PREDICTION_BREAKER
from fullcourt.trust.words import Cell, KeyEvidence, KeyExpectation, KeyState

_OPEN = frozenset(
    {
        KeyState.MISSING,
        KeyState.WAITING,
        KeyState.NOT_DUE,
        KeyState.UNVERIFIABLE,
        KeyState.UNRECOVERABLE,
        KeyState.STALE,
        KeyState.SUSPECT,
    }
)
# What frozen rows and appended snapshots are not: made again from the same inputs by newer code.
_REMADE = ("player_box_scores", "player_game_summary", "grades")
_PAST = ("nba_boxscore", "player_box_scores", "player_game_summary")


@dataclass(frozen=True, slots=True)
class Step:
    """One task of a backfill as planned: keys asked for, vendor calls and credits at the most."""

    dataset: str
    first: date
    last: date
    keys: tuple[tuple[date, str], ...]
    calls: int
    credits: int


def backfill_step(
    controller: Controller,
    dataset: str,
    first: date,
    last: date,
    *,
    cost_per_key: int = 0,
    passes_gates: bool = False,
) -> Step | None:
    """What a backfill of one dataset over a range would ask for; None when nothing is open.

    `passes_gates`: what the prediction breaker holds back is asked for too.
    """
    now = controller.stores.clock.now()
    keys: list[tuple[date, str]] = []
    views = controller.look([Cell(dataset, day) for day in dates(first, last)])
    for view in views:
        keys += _open_keys(view, now, passes_gates=passes_gates)
    if dataset in _REMADE:
        keys += _made_by_other_code(controller.stores, dataset, first, last, views)
    if not keys:
        return None
    calls = len(keys) if BY_NAME[dataset].is_feed else 0
    return Step(dataset, first, last, tuple(keys), calls, calls * cost_per_key)


def backfill(
    controller: Controller,
    first: date,
    last: date,
    datasets: Sequence[str] | None = None,
    say: Callable[[str], None] = lambda text: None,
    override_gate: str | None = None,
) -> None:
    """Fill every open key of a range, dataset by dataset in pipeline order, one run a dataset.

    What is held, unchanged and made by the same code and settings is not asked for again.
    `override_gate`: why closed gates are to be passed.
    """
    controller.close_dead_runs()
    controller.stores.lake.use_threads(os.cpu_count() or 1)
    for declaration in GRAPH:
        if datasets is not None and declaration.name not in datasets:
            continue
        gated = override_gate if declaration.gate is not None else None
        step = backfill_step(
            controller, declaration.name, first, last, passes_gates=gated is not None
        )
        if step is None:
            continue
        say(f"{declaration.name}: {len(step.keys)} keys, {first} to {last}")
        controller.run_tasks(
            [Task(step.dataset, first, last, step.keys, "backfill", override_gate=gated)]
        )
    controller.stores.lake.use_threads(1)


def _open_keys(view: CellView, now: datetime, *, passes_gates: bool) -> list[tuple[date, str]]:
    expected = {key.key: key for key in view.expectation.keys}
    cell = view.expectation.cell
    return [
        (cell.game_date, judged.key)
        for judged in view.verdict.keys
        if judged.state in _OPEN
        and _can_be_had(cell.dataset, judged.state, expected[judged.key])
        and expected[judged.key].start_at <= now
        and not _is_blocked(view.evidence_of(judged.key), passes_gates=passes_gates)
        and view.evidence_of(judged.key).ready
    ]


def _is_blocked(seen: KeyEvidence, *, passes_gates: bool) -> bool:
    return seen.blocked_by is not None and not (
        passes_gates and seen.blocked_by.startswith(PREDICTION_BREAKER)
    )


def _made_by_other_code(
    stores: Stores, dataset: str, first: date, last: date, views: Sequence[CellView]
) -> list[tuple[date, str]]:
    """Held keys whose rows were made by other code or settings than the ones running now."""
    makers = stores.lake.rows(
        f"SELECT game_date, game_id, player_id, run_id FROM lake.{dataset} "
        "WHERE game_date BETWEEN ? AND ?",
        [first, last],
    )
    fingerprints = fingerprints_of(stores.ledger, {run_id for *_, run_id in makers})
    other = {
        (day, f"{game_id}/{player_id}")
        for day, game_id, player_id, run_id in makers
        if fingerprints.get(run_id) != stores.fingerprint
    }
    return [
        (view.expectation.cell.game_date, judged.key)
        for view in views
        for judged in view.verdict.keys
        if judged.state is KeyState.COMPLETE
        and (view.expectation.cell.game_date, judged.key) in other
    ]


def _can_be_had(dataset: str, state: KeyState, key: KeyExpectation) -> bool:
    """Whether a feed can still answer: a body of today is no witness of a morning gone."""
    gone = BY_NAME[dataset].is_feed and state is KeyState.UNRECOVERABLE
    return not gone or key.ask_once


def bootstrap(
    controller: Controller,
    clock: VirtualClock,
    since: date,
    say: Callable[[str], None],
    keep_clock: Callable[[], None],
) -> None:
    """Load what was known before `since`: last season's and this season's schedule, then box scores
    and summaries of every earlier game, by ranges, with `known_at` in the past. Safe to repeat."""
    controller.close_dead_runs()
    ledger = controller.stores.ledger
    if ledger.get_meta("bootstrapped") == since.isoformat():
        return
    year = season_start_year(since)
    eve = since - timedelta(days=1)
    for moment in (eastern(date(year, 8, 31), 12), eastern(eve, 23)):
        if clock.now() <= moment:
            clock.advance_to(moment)
            keep_clock()
            day = eve if moment == eastern(eve, 23) else date(year, 8, 31)
            controller.run_tasks(
                [Task("nba_schedule", day, day, ((day, "schedule"),), trigger="backfill")]
            )
            controller.run_tasks([Task("schedule", day, day, (), trigger="backfill")])
            say(f"schedule as known on {day}")
    found = controller.stores.lake.rows(
        "SELECT DISTINCT game_date FROM schedule_as_of(?) WHERE game_date < ? ORDER BY 1",
        [clock.now(), since],
    )
    days = [row[0] for row in found]
    for first, last in date_ranges(days, gap=120):
        backfill(controller, first, last, _PAST, say)
    ledger.set_meta("bootstrapped", since.isoformat())


def warm_up(controller: Controller) -> None:
    """Load the schedule and the preseason's box scores: rosters for a first night without history.

    Preseason games raise no cells; their players are who the teams have.
    """
    controller.close_dead_runs()
    stores = controller.stores
    day = game_date_of(stores.clock.now())
    controller.run_tasks([Task("nba_schedule", day, day, ((day, "schedule"),), trigger="backfill")])
    controller.run_tasks([Task("schedule", day, day, (), trigger="backfill")])
    games = stores.lake.rows(
        "SELECT game_date, game_id FROM schedule_as_of(?) WHERE game_type = '001' AND status = 3 "
        "AND is_listed AND NOT is_postponed AND game_date BETWEEN ? AND ? ORDER BY ALL",
        [stores.clock.now(), day - timedelta(days=40), day],
    )
    if games:
        first, last = games[0][0], games[-1][0]
        keys = tuple((played, game_id) for played, game_id in games)
        controller.run_tasks([Task("nba_boxscore", first, last, keys, trigger="backfill")])
        controller.run_tasks([Task("player_box_scores", first, last, (), trigger="backfill")])


def walk(
    controller: Controller,
    clock: VirtualClock,
    until: datetime,
    keep_clock: Callable[[], None],
    on_night: Callable[[date], None],
) -> None:
    """Tick from wake to wake until `until`; time moves only here."""
    # Verdicts live long and are made by the thousand: the default counts them again and again.
    gc.set_threshold(50_000, 20, 20)
    night = game_date_of(clock.now())
    while True:
        # First: who dies in a tick goes on at its instant, not before what it has written.
        keep_clock()
        controller.tick()
        now = clock.now()
        if now >= until:
            return
        wake = controller.next_wake()
        clock.advance_to(min(wake, until) if wake is not None else until)
        # A new Eastern date also ends a night's small files.
        if game_date_of(clock.now()) != night:
            on_night(night)
            night = game_date_of(clock.now())


def walk_by_ranges(
    controller: Controller,
    clock: VirtualClock,
    first: date,
    last: date,
    until: datetime,
    say: Callable[[str], None],
    keep_clock: Callable[[], None],
) -> None:
    """The same nights by ranges: each morning's schedule and listing, then a backfill a dataset."""
    controller.close_dead_runs()
    by_month: dict[tuple[int, int], list[date]] = defaultdict(list)
    for day in dates(first, last + timedelta(days=1)):
        by_month[(day.year, day.month)].append(day)
    for days in by_month.values():
        fresh = [day for day in days if clock.now() < eastern(day, 11)]
        for day in fresh:
            clock.advance_to(eastern(day, 11))
            keep_clock()
            tasks = [Task("nba_schedule", day, day, ((day, "schedule"),), trigger="backfill")]
            if day <= last:
                tasks.append(Task("odds_events", day, day, ((day, "listing"),), trigger="backfill"))
            controller.run_tasks(tasks)
        controller.run_tasks([Task("schedule", days[0], days[-1], (), trigger="backfill")])
        say(f"schedule and listings of {days[0]} to {days[-1]}")
    clock.advance_to(until)
    keep_clock()
    # The bootstrap looked at 23:00 of the eve: its late games belong to the first slate's form.
    eve = first - timedelta(days=1)
    backfill(controller, eve, eve, _PAST, say)
    backfill(controller, first, last, None, say)
    controller.tick()
