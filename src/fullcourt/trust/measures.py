"""What a pipeline's nights are measured by: counts and times of each game date. Pure.

A game date *settles* at noon Eastern of the next day, when the last dataset of the night is due,
and is *followed* for 72 hours more. What happens later is left out of every window alike: an old
date has had more time to be run again, healed or overturned than a new one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from fullcourt.nba.calendar import eastern
from fullcourt.trust.comparison import Better, Rates, Times
from fullcourt.trust.gaps import Ending, Gap, KeyChange
from fullcourt.trust.words import KeyState

FOLLOWED = timedelta(hours=72)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_LOST_WORKER = frozenset({"abandoned", "timed_out"})
_HELD = frozenset({KeyState.COMPLETE.value, KeyState.SUSPECT.value, KeyState.STALE.value})
_OTHERWISE = frozenset(
    {KeyState.MISSING.value, KeyState.UNRECOVERABLE.value, KeyState.SUSPECT.value}
)
Key = tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class NightRun:
    """One run of one cell. `last_sign_at`: its last heartbeat. Instants are UTC.

    `is_zero`: it said it wrote nothing, or said nothing; `is_false_positive`: what it was to write
    was there all the same (null: not zero, or the audit cannot decide).
    """

    run_id: str
    game_date: date
    state: str
    opened_at: datetime
    last_sign_at: datetime
    deadline_at: datetime
    closed_at: datetime | None
    is_zero: bool
    is_false_positive: bool | None


@dataclass(frozen=True)
class Window:
    """What is known of the game dates of one window (`nights`, oldest first) at `now`.

    `runs` are runs of single cells on them. `gaps`, `changes`: of the same dates; `due`: when a
    key was due, as far as is known; `brought`: the gaps that a run ended. `runs_before`: runs that
    began later are left out (None: none).
    """

    nights: tuple[date, ...]
    runs: Sequence[NightRun]
    gaps: Sequence[Gap]
    changes: Sequence[KeyChange]
    due: Mapping[Key, datetime]
    brought: frozenset[Gap]
    now: datetime
    runs_before: datetime | None = None

    @cached_property
    def night_runs(self) -> dict[date, list[NightRun]]:
        """The runs of each night that began before it settled."""
        found: dict[date, list[NightRun]] = {night: [] for night in self.nights}
        for run in self.runs:
            is_early = self.runs_before is None or run.opened_at < self.runs_before
            if run.game_date in found and is_early and run.opened_at <= settled_at(run.game_date):
                found[run.game_date].append(run)
        return found

    @cached_property
    def followed(self) -> tuple[date, ...]:
        """The nights whose 72 hours are over."""
        return tuple(night for night in self.nights if followed_at(night) <= self.now)

    @cached_property
    def found(self) -> dict[date, list[Gap]]:
        """The gaps of each followed night that were found while it was followed."""
        found: dict[date, list[Gap]] = {night: [] for night in self.followed}
        for gap in self.gaps:
            if gap.game_date in found and gap.found_at <= followed_at(gap.game_date):
                found[gap.game_date].append(gap)
        return found

    @cached_property
    def first_held(self) -> dict[Key, datetime]:
        """When each key was first judged to be held."""
        first: dict[Key, datetime] = {}
        for change in self.changes:
            if change.to_state in _HELD:
                key = (change.dataset, change.game_date, change.key)
                first.setdefault(key, change.judged_at)
        return first

    def due_of(self, gap: Gap) -> datetime | None:
        """When the earliest key of a gap that was never held before was due; None: not known."""
        keys = [(gap.dataset, gap.game_date, key) for key in gap.keys]
        fresh = [key for key in keys if self.first_held.get(key, gap.found_at) >= gap.found_at]
        return min((self.due[key] for key in fresh if key in self.due), default=None)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a window: its name, what it means, which way is better, and its sample."""

    name: str
    meaning: str
    better: Better
    sample: Callable[[Window], Rates | Times]
    is_share: bool = False


def settled_at(night: date) -> datetime:
    """Noon Eastern of the next day, in UTC: the last dataset of the night is due."""
    return eastern(night + timedelta(days=1), 12)


def followed_at(night: date) -> datetime:
    """72 hours after the night settled, in UTC."""
    return settled_at(night) + FOLLOWED


def _per_night(window: Window, unit: str, count: Callable[[NightRun], float]) -> Rates:
    parts = tuple(sum(map(count, runs)) for runs in window.night_runs.values())
    return Rates(unit, parts, (1.0,) * len(parts))


def _share(
    window: Window, unit: str, part: Callable[[NightRun], bool], whole: Callable[[NightRun], bool]
) -> Rates:
    nights = window.night_runs.values()
    counted = [[run for run in runs if whole(run)] for runs in nights]
    return Rates(
        unit,
        tuple(float(sum(map(part, runs))) for runs in counted),
        tuple(float(len(runs)) for runs in counted),
    )


def _zero_runs(window: Window) -> Rates:
    return _per_night(window, "runs a game date", lambda run: float(run.is_zero))


def _false_positives(window: Window) -> Rates:
    return _share(
        window,
        "share of decided zero runs",
        lambda run: run.is_false_positive is True,
        lambda run: run.is_zero and run.is_false_positive is not None,
    )


def _success(window: Window) -> Rates:
    return _share(
        window,
        "share of closed runs",
        lambda run: run.state == "succeeded",
        lambda run: run.closed_at is not None and run.state != "skipped",
    )


def _hours_stuck(window: Window) -> Rates:
    return _per_night(window, "hours a game date", lambda run: _stuck(run, window.now) / _HOUR)


def _stuck(run: NightRun, now: datetime) -> timedelta:
    """How long a run stood still until somebody ended it; one that is late and open still does."""
    if run.state in _LOST_WORKER and run.closed_at is not None:
        return max(timedelta(0), run.closed_at - run.last_sign_at)
    if run.closed_at is None and run.deadline_at < now:
        return now - run.last_sign_at
    return timedelta(0)


def _keys(gaps: Iterable[Gap]) -> float:
    return float(sum(len(gap.keys) for gap in gaps))


def _losses_found(window: Window) -> Rates:
    parts = tuple(_keys(_owed(gaps)) for gaps in window.found.values())
    return Rates("keys a game date", parts, (1.0,) * len(parts))


def _losses_recovered(window: Window) -> Rates:
    lost = {night: _owed(gaps) for night, gaps in window.found.items()}
    return Rates(
        "share of keys lost",
        tuple(
            _keys(gap for gap in gaps if _was_healed(gap, followed_at(night)))
            for night, gaps in lost.items()
        ),
        tuple(_keys(gaps) for gaps in lost.values()),
    )


def _owed(gaps: Iterable[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap.ending is not Ending.WITHDRAWN]


def _was_healed(gap: Gap, by: datetime) -> bool:
    return gap.ending is Ending.HEALED and gap.ended_at is not None and gap.ended_at <= by


def _minutes_to_detect(window: Window) -> Times:
    nights = list(window.found)
    times = [
        (place, (gap.found_at - due) / _MINUTE)
        for place, night in enumerate(nights)
        for gap in _owed(window.found[night])
        if (due := window.due_of(gap)) is not None and due <= gap.found_at
    ]
    return Times(
        "minutes (median)",
        len(nights),
        tuple(place for place, _ in times),
        tuple(minutes for _, minutes in times),
        (True,) * len(times),
    )


def _minutes_to_heal(window: Window) -> Times:
    places = {night: place for place, night in enumerate(window.nights)}
    gaps = [gap for gap in window.gaps if gap.game_date in places]
    return Times(
        "minutes (median)",
        len(places),
        tuple(places[gap.game_date] for gap in gaps),
        tuple(_minutes_open(gap, window.now) for gap in gaps),
        tuple(gap.ending is Ending.HEALED for gap in gaps),
    )


def _minutes_open(gap: Gap, now: datetime) -> float:
    if gap.ending is Ending.PERMANENT:
        # Given up: it lasts longer than anything that ended.
        return math.inf
    return ((gap.ended_at or now) - gap.found_at) / _MINUTE


def _overdue_cells(window: Window) -> Rates:
    late: dict[date, set[str]] = {night: set() for night in window.nights}
    for gap in _owed(window.gaps):
        if gap.game_date not in late:
            continue
        at = settled_at(gap.game_date)
        since = min(gap.found_at, window.due_of(gap) or gap.found_at)
        is_over = gap.ending is Ending.HEALED and gap.ended_at is not None and gap.ended_at <= at
        if since <= at and not is_over:
            late[gap.game_date].add(gap.dataset)
    parts = tuple(float(len(cells)) for cells in late.values())
    return Rates("cells a game date", parts, (1.0,) * len(parts))


def _alarms_confirmed(window: Window) -> Rates:
    confirmed, decided = [], []
    for night, gaps in window.found.items():
        by = followed_at(night)
        words = [_is_confirmed(gap, window.brought, by) for gap in gaps]
        confirmed.append(float(words.count(True)))
        decided.append(float(len(words) - words.count(None)))
    return Rates("share of alarms", tuple(confirmed), tuple(decided))


def _is_confirmed(gap: Gap, brought: frozenset[Gap], by: datetime) -> bool | None:
    """Whether an alarm was right: what it named was not there until a run brought it, or never
    came; None: nothing has decided it yet."""
    if gap.ended_at is None or gap.ended_at > by:
        return None
    return gap.ending is Ending.PERMANENT or gap in brought


def _verdicts_overturned(window: Window) -> Rates:
    taken: dict[date, float] = dict.fromkeys(window.followed, 0.0)
    before: dict[Key, str] = {}
    for change in window.changes:
        key = (change.dataset, change.game_date, change.key)
        was_good = before.get(key) == KeyState.COMPLETE.value
        before[key] = change.to_state
        night = change.game_date
        in_time = night in taken and change.judged_at <= followed_at(night)
        if was_good and in_time and change.to_state in _OTHERWISE:
            taken[night] += 1
    for night, gaps in window.found.items():
        by = followed_at(night)
        taken[night] += _keys(g for g in gaps if _is_confirmed(g, window.brought, by) is False)
    parts = tuple(taken.values())
    return Rates("keys a game date", parts, (1.0,) * len(parts))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "zero runs",
        "runs that said they wrote nothing, or said nothing",
        Better.LESS,
        _zero_runs,
    ),
    Measure(
        "false-positive rate",
        "of the zero runs that can be decided, those whose rows are there all the same",
        Better.LESS,
        _false_positives,
        is_share=True,
    ),
    Measure(
        "losses found",
        "keys found missing after they were due, and not withdrawn",
        Better.LESS,
        _losses_found,
    ),
    Measure(
        "losses recovered",
        "of the keys lost, those held again before noon Eastern of the fourth day after",
        Better.MORE,
        _losses_recovered,
        is_share=True,
    ),
    Measure(
        "time to detect",
        "from when a key was due to when it was named missing",
        Better.LESS,
        _minutes_to_detect,
    ),
    Measure(
        "time to heal",
        "from when keys were named missing to when they were held; those not held yet, or given "
        "up, count as longer",
        Better.LESS,
        _minutes_to_heal,
    ),
    Measure(
        "run success rate",
        "of the runs that were closed, those that succeeded",
        Better.MORE,
        _success,
        is_share=True,
    ),
    Measure(
        "overdue cells",
        "cells with a key missing at noon Eastern of the next day",
        Better.LESS,
        _overdue_cells,
    ),
    Measure(
        "hours stuck",
        "between the last sign of life of a lost run and its end",
        Better.LESS,
        _hours_stuck,
    ),
    Measure(
        "alarms confirmed",
        "of the alarms that were decided, those whose keys came by a run, or never",
        Better.MORE,
        _alarms_confirmed,
        is_share=True,
    ),
    Measure(
        "verdicts overturned",
        "keys called complete and then missing or suspect, or called missing without a run that "
        "brought them later",
        Better.LESS,
        _verdicts_overturned,
    ),
)
"""In the order they are shown."""
