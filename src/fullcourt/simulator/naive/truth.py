"""What really became of each run of the naive pipeline: the answers an audit is scored against.

Derived from the league (what a date owes), from the log of what was held when, and from what the
vendors really answered; never from the history's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import Final

from fullcourt.simulator.naive.history import RunRow, Trace
from fullcourt.simulator.naive.owed import AFTER_THE_GAME, DAILY, TARGETS, Owed
from fullcourt.simulator.naive.tables import FORMS
from fullcourt.simulator.naive.work import Fetch, Naive

CLASSES: Final = (
    "complete",
    "tracking_false_positive",
    "healed",
    "legitimate_zero",
    "partial_loss",
    "loss",
    "phantom_failure",
    "stuck_run",
)
CAUSES: Final = ("scraper_failed", "processor_failed", "upstream_empty", "never_run", "blocked")
_FEEDS: Final = {
    "schedule": "schedule",
    "game_results": "scoreboard",
    "player_boxscores": "boxscore",
    "odds_events": "events",
    "player_props": "props",
    "objects/boxscores": "boxscore",
    "objects/props": "props",
    "objects/schedule": "schedule",
    "objects/scoreboard": "scoreboard",
    "objects/events": "events",
}
"""Tables and folders that are filled from a vendor, and its feed."""
_LISTINGS: Final = ("schedule", "scoreboard", "events")
_UPSTREAM: Final = {
    "team_rosters": ("player_boxscores",),
    "roster_changes": ("player_boxscores",),
    "player_game_summary": ("player_boxscores",),
    "team_game_summary": ("player_boxscores",),
    "upcoming_context": ("schedule",),
    "team_factors": ("upcoming_context",),
    "predictions": ("team_factors", "player_props"),
    "grades": ("predictions", "player_boxscores"),
}


@dataclass(frozen=True, slots=True)
class TrueRun:
    """The truth of one history row; the columns of `truth/runs.csv`.

    `data_class` says what its keys came to where `true_class` is about the row itself (stuck,
    phantom). Keys are counted within the run's scope: its date, or the game it was sent for.
    """

    row_id: int
    run_id: str
    true_class: str
    data_class: str
    cause: str
    scope: str
    healed_by_row: int | None
    healed_by_run: str
    keys_owed: int
    keys_due: int
    keys_held_at_end: int
    keys_held_finally: int
    keys_lost: int
    rows_inserted: int
    rows_replaced: int
    rows_deleted: int
    worked_until: datetime | None
    fault: str


@dataclass(frozen=True, slots=True)
class TrueDate:
    """The truth of one cell at the end; the columns of `truth/dates.csv`."""

    target: str
    game_date: date
    true_class: str
    causes: str
    keys_owed: int
    keys_held: int
    keys_lost: int
    rows: int | None
    naive_check: str


@dataclass(frozen=True, slots=True)
class LostKey:
    """One key that is owed and was never held at the end; a row of `truth/keys.csv`."""

    target: str
    game_date: date
    key: str
    game_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class Lie:
    """A falsehood in the other direction; a row of `truth/lies.csv`.

    `over_claimed`: the run of `row_id` says `said` records and wrote `true` rows. `duplicates`:
    `said` rows stand where `true` are unique. `shrinkage`: the run left `true` keys of a date
    where it found `said`. `covered_by_count`: a date has `said` rows, `true` of the keys it owes,
    and not all.
    """

    kind: str
    target: str
    game_date: date
    row_id: int | None
    said: int
    true: int


@dataclass(slots=True)
class Truth:
    """Reads the truth of a pipeline that has been played to its end."""

    naive: Naive
    owed: Owed
    days: Sequence[date]
    _runs_of: dict[tuple[str, date], list[RunRow]] = field(default_factory=dict)
    _fetches: dict[tuple[str, date], list[Fetch]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.naive.history.rows:
            self._runs_of.setdefault((row.target, row.game_date), []).append(row)
        for fetch in self.naive.fetches:
            self._fetches.setdefault((fetch.feed, fetch.game_date), []).append(fetch)

    def runs(self) -> Iterator[TrueRun]:
        """One a history row, in its order."""
        yield from map(self._run, self.naive.history.rows)

    def dates(self) -> Iterator[TrueDate]:
        """One a target and date."""
        for target in TARGETS:
            for day in self.days:
                owed = self.owed.keys(target, day)
                held = self._held(target, day) & owed.keys()
                lost = sorted(owed.keys() - held)
                rows = self.naive.tables.count(target, day) if target in FORMS else None
                there = rows if rows is not None else len(self._held(target, day))
                causes = sorted({self.cause(target, day, key) for key in lost})
                yield TrueDate(
                    target=target,
                    game_date=day,
                    true_class=_of_date(len(owed), len(held)),
                    causes=" ".join(causes),
                    keys_owed=len(owed),
                    keys_held=len(held),
                    keys_lost=len(lost),
                    rows=rows,
                    naive_check="has data" if there else "no data",
                )

    def lost(self) -> Iterator[LostKey]:
        """Every key that is lost, by name."""
        for target in TARGETS:
            for day in self.days:
                for key in sorted(self.owed.keys(target, day).keys() - self._held(target, day)):
                    game = self.owed.game_of(target, day, key)
                    yield LostKey(target, day, key, game, self.cause(target, day, key))

    def lies(self) -> Iterator[Lie]:
        """What is said and not so, other than zeros."""
        traces = self.naive.history.traces
        for row in self.naive.history.rows:
            trace = traces[row.row_id]
            wrote = trace.inserted + trace.replaced
            if row.records is not None and row.target in FORMS and row.records > wrote:
                yield Lie("over_claimed", *_at(row), row.records, wrote)
        yield from self._shrinkages()
        for table in FORMS:
            doubled: dict[date, int] = {}
            for day, _, more in self.naive.tables.doubled(table):
                doubled[day] = doubled.get(day, 0) + more
            for day, more in doubled.items():
                rows = self.naive.tables.count(table, day)
                yield Lie("duplicates", table, day, None, rows, rows - more)
        for each in self.dates():
            if each.rows and each.keys_lost:
                yield Lie(
                    "covered_by_count",
                    each.target,
                    each.game_date,
                    None,
                    each.rows,
                    each.keys_held,
                )

    def _shrinkages(self) -> Iterator[Lie]:
        log = self.naive.tables.log
        for cell, rows in self._runs_of.items():
            if cell[0] not in FORMS:
                continue
            ordered = sorted(rows, key=lambda row: self._trace(row).position)
            for before, after in pairwise(ordered):
                said = len(log.held(cell, self._trace(before).position))
                true = len(log.held(cell, self._trace(after).position))
                if true < said and self._trace(after).deleted:
                    yield Lie("shrinkage", *_at(after), said, true)

    # One run

    def _run(self, row: RunRow) -> TrueRun:
        trace = self._trace(row)
        owed = self._scope(row, trace)
        ended = trace.ended_at or row.started_at
        held = self.naive.tables.log.held((row.target, row.game_date), trace.position)
        last = self._held(row.target, row.game_date)
        due = {key for key, at in owed.items() if at <= ended}
        lost = sorted(owed.keys() - last)
        what, healer = self._of_keys(row, owed.keys(), due, held, last)
        causes = {self.cause(row.target, row.game_date, key) for key in lost}
        says_loss = what in ("loss", "partial_loss")
        return TrueRun(
            row_id=row.row_id,
            run_id=row.run_id,
            true_class=self._of_row(row, trace) or what,
            data_class=what,
            cause=" ".join(sorted(causes)) if says_loss else "",
            scope="game" if trace.game_id else "date",
            healed_by_row=healer.row_id if healer else None,
            healed_by_run=healer.run_id if healer else "",
            keys_owed=len(owed),
            keys_due=len(due),
            keys_held_at_end=len(held & owed.keys()),
            keys_held_finally=len(last & owed.keys()),
            keys_lost=len(lost),
            rows_inserted=trace.inserted,
            rows_replaced=trace.replaced,
            rows_deleted=trace.deleted,
            worked_until=trace.ended_at,
            fault=trace.fault,
        )

    def _of_row(self, row: RunRow, trace: Trace) -> str:
        """What the row itself is, whatever its keys: its run ended elsewhere, or never."""
        if row.closed_by == "watchdog":
            return "phantom_failure" if trace.is_beside else "stuck_run"
        return "stuck_run" if row.is_open else ""

    def _of_keys(
        self,
        row: RunRow,
        keys: Set[str],
        due: set[str],
        held: frozenset[str],
        last: frozenset[str],
    ) -> tuple[str, RunRow | None]:
        """The table of classes, first that applies; and who healed it."""
        says_zero = not row.records
        if not keys:
            return "legitimate_zero" if says_zero else "complete", None
        if says_zero and not due and not held & keys:
            return "legitimate_zero", None
        if keys - last:
            return "partial_loss" if keys & last else "loss", None
        if due <= held:
            return "tracking_false_positive" if says_zero else "complete", None
        return "healed", self._healer(row, keys)

    def _healer(self, row: RunRow, keys: Set[str]) -> RunRow | None:
        """The first later run after which every key was there."""
        cell, mine = (row.target, row.game_date), self._trace(row).position
        for other in sorted(self._runs_of[cell], key=lambda each: self._trace(each).position):
            at = self._trace(other).position
            if at > mine and keys <= self.naive.tables.log.held(cell, at):
                return other
        return None

    def _scope(self, row: RunRow, trace: Trace) -> dict[str, datetime]:
        """The keys the run was for."""
        game_of = partial(self.owed.game_of, row.target, row.game_date)
        owed = self.owed.keys(row.target, row.game_date)
        return {k: at for k, at in owed.items() if trace.game_id in ("", game_of(k))}

    # Causes

    def cause(self, target: str, day: date, key: str) -> str:
        """Why a key is not there: one of `CAUSES`."""
        due = self.owed.keys(target, day)[key]
        game = self.owed.game_of(target, day, key)
        if target in _FEEDS:
            return self._feed_cause(target, day, game, due)
        runs = [r for r in self._runs_of.get((target, day), ()) if self._saw(r) >= due]
        ready = [run for run in runs if self._was_ready(target, day, game, run)]
        if ready:
            return "processor_failed"
        is_ready = all(self._has(up, day, game, None) for up in _UPSTREAM[target])
        return "never_run" if is_ready or not self._runs_of.get((target, day)) else "blocked"

    def _saw(self, row: RunRow) -> datetime:
        return self._trace(row).ended_at or row.started_at

    def _was_ready(self, target: str, day: date, game: str, run: RunRow) -> bool:
        at = self._trace(run).position
        return all(self._has(table, day, game, at) for table in _UPSTREAM[target])

    def _has(self, table: str, day: date, game: str, position: int | None) -> bool:
        """Whether a table had anything of a game."""
        log, cell = self.naive.tables.log, (table, day)
        held = log.finally_held(cell) if position is None else log.held(cell, position)
        return any(key.partition("/")[0] == game for key in held)

    def _feed_cause(self, target: str, day: date, game: str, due: datetime) -> str:
        feed = _FEEDS[target]
        after = target in AFTER_THE_GAME
        asked = [f for f in self._fetches.get((feed, day), ()) if f.game_id in ("", game)]
        if target not in (*DAILY, "schedule"):
            # Before it can be there nobody is to blame, and after the tip no line is one of before.
            until = self.owed.league.game(game).tip_at
            asked = [f for f in asked if f.at >= due and (after or f.at < until)]
        brought = [f.at for f in asked if _brought(f, target, game, is_over=after)]
        if brought:
            runs = self._runs_of.get((target, day), ())
            has_run = any(self._saw(run) >= min(brought) for run in runs)
            return "processor_failed" if has_run else "never_run"
        if not asked:
            return "never_run"
        if all(f.outcome == "failed" for f in asked):
            return "scraper_failed"
        return "upstream_empty"

    def _held(self, target: str, day: date) -> frozenset[str]:
        return self.naive.tables.log.finally_held((target, day))

    def _trace(self, row: RunRow) -> Trace:
        return self.naive.history.traces[row.row_id]


def _brought(fetch: Fetch, target: str, game: str, *, is_over: bool) -> bool:
    """Whether an answer held what the target needs of a game."""
    if fetch.outcome != "ok":
        return False
    if target in DAILY or fetch.feed not in _LISTINGS:
        return True
    return game in (fetch.final if is_over else fetch.listed)


def _of_date(owed: int, held: int) -> str:
    if not owed:
        return "legitimate_zero"
    if held == owed:
        return "complete"
    return "partial_loss" if held else "loss"


def _at(row: RunRow) -> tuple[str, date, int]:
    return row.target, row.game_date, row.row_id
