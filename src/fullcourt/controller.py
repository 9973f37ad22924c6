"""The loop: observe, judge, plan, act; again, for ever. Nothing waits for an event.

A tick that crashes anywhere loses nothing: the next tick looks at the world again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.execute import Executor, InlineExecutor
from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.pipeline.runner import CLEANUP, RESTORE, WHOLE_CELL, RunReport, Task
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Stores
from fullcourt.results import AwaitedResults
from fullcourt.stores.ledger.manifests import unloaded_cells
from fullcourt.stores.ledger.prediction_breaker import Hold, prediction_holds_between
from fullcourt.stores.ledger.runs import LEASE_TTL
from fullcourt.stores.ledger.vendors import (
    attempts_of,
    credits_left,
    forget_failures,
    get_breaker,
    record_attempts,
)
from fullcourt.trust.evidence import FEED_BEHIND
from fullcourt.trust.gather import OddsCoverage
from fullcourt.trust.grid import Grid
from fullcourt.trust.leftovers import cleanup_tasks, leftovers
from fullcourt.trust.plan import Action, CellView, Plan, VendorState, plan
from fullcourt.trust.words import Cell, KeyEvidence, KeyState
from fullcourt.upkeep import Upkeep
from fullcourt.watchdog.slates import look_at_slates
from fullcourt.watchdog.watch import slot_of

_DATASET_OF_FEED = {feed: dataset for dataset, feed in FEED_BEHIND.items()}
_CLEANED = "cleaned_on"
_MAX_ROUNDS = 60
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did: cells judged, runs made."""

    judged: int
    runs: tuple[RunReport, ...] = ()


class Controller:
    """One controller per home (the caller holds the home's lock)."""

    def __init__(
        self,
        stores: Stores,
        coverage: OddsCoverage,
        executor: Executor | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.stores = stores
        self.executor = executor or InlineExecutor()
        self.say = say
        self.grid = Grid(stores, coverage)
        self.results = AwaitedResults(stores, self.grid)
        self.upkeep = Upkeep(stores)
        self._cleaned: date | None = None
        self._planned_by: str | None = None
        self._index_may_lack = True
        """Whether an answer may lie in the archive and not in its index."""
        self.asks_vendors = True
        """Whether vendors may be asked; a rebuild has the archive alone."""
        self._unloaded_known: dict[Cell, KeyEvidence] | None = None
        self._tried: dict[tuple[Cell, tuple[str, ...], datetime], int] = {}
        self.beat: Callable[[], None] = lambda: None
        """Called at every tick and round: a sign of life for whoever watches this controller."""
        self._slot: datetime | None = None
        self._holds: dict[date, Hold] = {}

    def tick(self) -> TickReport:
        """Look, judge, act until nothing more can be done now."""
        now = self.stores.clock.now()
        self.upkeep.tidy_weekly(now)
        self._heed_breaker(now)
        self._try_again_what_other_code_failed_at()
        self.grid.keep_views()
        judged = self.judge_now()
        runs: list[RunReport] = self._clean_once_a_day(now)
        self._poll(now)
        judged += self.grid.judge_dirty(now)
        for _ in range(_MAX_ROUNDS):
            self.beat()
            # A plan is only as good as what it was made from: another process may have written.
            now = self.stores.clock.now()
            self.grid.notice_lake(now)
            judged += self.grid.judge_dirty(now)
            actions = [a for a in self._plan(now).actions if not self._is_stuck(a, now)]
            if not actions:
                break
            if self.stores.clock.now() - now > LEASE_TTL:
                # This process stood still meanwhile: what it wanted may be done, or too late.
                self.grid.mark(a.cell for a in actions)
                continue
            first = actions[0].cell.dataset
            chosen = [a for a in actions if a.cell.dataset == first]
            self._note_tries(chosen, now)
            runs += self._act(chosen)
            now = self.stores.clock.now()
            judged += self.grid.judge_dirty(now)
            self._count_without_progress(chosen)
        self._tried = {k: n for k, n in self._tried.items() if k[2] == now}
        return TickReport(judged + self._judge_news(now), tuple(runs))

    def _judge_news(self, now: datetime) -> int:
        """What a schedule body says is known, though its load failed: how many cells that were."""
        if all(cell.dataset != "schedule" for cell in self.unloaded()):
            return 0
        self.grid.mark_news(now)
        return self.grid.judge_dirty(now)

    def next_wake(self) -> datetime | None:
        """The next instant at which something may have to be done; None: nothing in sight."""
        now = self.stores.clock.now()
        instants = self.grid.next_instants(now)
        instants += [
            memo.next_action_at
            for memo in self.grid.memos.values()
            if memo.next_action_at is not None and now < memo.next_action_at < _NEVER
        ]
        if self.asks_vendors:
            instants += self.results.instants(now)
        return min((t for t in instants if t > now), default=None)

    def verdicts_wrong(self) -> bool:
        """Whether any cell is an alarm (partial, missing, suspect, stale)."""
        return self.grid.has_alarm()

    def something_due(self) -> bool:
        """Whether an action is due now (a vendor's pause not counted)."""
        self.grid.keep_views()
        self.judge_now()
        return bool(self._plan(self.stores.clock.now()).actions)

    def view(self, cell: Cell) -> CellView:
        """The cell as judged now, from fresh evidence."""
        return self.grid.look([cell], self.stores.clock.now())[0]

    def look(self, cells: Collection[Cell]) -> list[CellView]:
        """Several cells as judged now, from fresh evidence; nothing is recorded."""
        return self.grid.look(cells, self.stores.clock.now())

    def mark(self, cells: Iterable[Cell]) -> None:
        """Judge these cells again at the next look."""
        self.grid.mark(cells)

    def run_tasks(self, tasks: list[Task]) -> list[RunReport]:
        """Run tasks outside the plan (a backfill) and mark what they touched."""
        self._unloaded_known = None
        lacked, self._index_may_lack = self._index_may_lack, True
        # A disk that fills up under a run leaves its lease open: the next look has to see that.
        self.grid.mark(cell for task in tasks for cell in _cells_of(task))
        reports = self.executor.run(self.stores, tasks)
        self._index_may_lack = lacked or any(report.state != "succeeded" for report in reports)
        for task, report in zip(tasks, reports, strict=True):
            self._after(task, report)
        return reports

    def judge_now(self) -> int:
        """Close dead runs, notice changes and judge what they touch; nothing else is executed."""
        now = self.stores.clock.now()
        swept = self.close_dead_runs()
        self._unloaded_known = None if swept else self._unloaded_known
        self.grid.notice(now)
        self.grid.mark(swept)
        return self.grid.judge_dirty(now)

    def close_dead_runs(self) -> list[Cell]:
        """Close runs whose worker is gone, with the lake's own counts, and take in what they left
        in the archive; their cells."""
        cells = [Cell(name, day) for name, day in sweep(self.stores)]
        if self._index_may_lack or any(BY_NAME[cell.dataset].is_feed for cell in cells):
            # Late: it knows how to read every vendor's bodies.
            from fullcourt.pipeline.reindex import index_again

            for feed, day in index_again(self.stores):
                behind = _DATASET_OF_FEED.get(feed)
                cells += [Cell(name, day) for name in (feed, behind) if name is not None]
                self._mark_behind(feed, {day})
            self._index_may_lack = False
        return cells

    def look_into_archive(self) -> None:
        """At the next look, take in what lies in the archive and not in its index."""
        self._index_may_lack = True

    def _try_again_what_other_code_failed_at(self) -> None:
        """A release or its rollback: what failed in our own code starts with a fresh budget."""
        running = self.stores.fingerprint
        if running == self._planned_by:
            return
        ledger = self.stores.ledger
        if ledger.get_meta("planned_by") not in (None, running):
            ours = [declaration.name for declaration in GRAPH if not declaration.is_feed]
            self.grid.mark(Cell(name, day) for name, day in forget_failures(ledger, ours))
            self._unloaded_known = None
        if ledger.get_meta("planned_by") != running:
            ledger.set_meta("planned_by", running)
        self._planned_by = running

    def _heed_breaker(self, now: datetime) -> None:
        """Once in a quarter of an hour: count the slates that ended, and judge the predictions
        again of dates that are held back or let go since, by whomever."""
        self.beat()
        if self._slot == slot_of(now):
            return
        self._slot = slot_of(now)
        for change in look_at_slates(self.stores):
            self.say(f"prediction breaker {change.to_state.value}: {change.reason}")
        today = game_date_of(now)
        near = timedelta(days=1)
        holds = prediction_holds_between(self.stores.ledger, today - near, today + near)
        moved = [day for day in holds if holds[day] != self._holds.get(day)]
        self._holds = holds
        self.grid.mark(Cell("predictions", day) for day in moved)

    def _clean_once_a_day(self, now: datetime) -> list[RunReport]:
        """Remove the leftover rows of slates long over, unless the settings say no."""
        how, today = self.stores.settings.cleanup, game_date_of(now)
        if not how.daily or today == self._cleaned:
            return []
        if self.stores.ledger.get_meta(_CLEANED) != today.isoformat():
            found = leftovers(self.grid, today - timedelta(days=how.older_than_days), now).found
            reports = self.run_tasks(cleanup_tasks(found)) if found else []
            self.stores.ledger.set_meta(_CLEANED, today.isoformat())
        else:
            reports = []
        self._cleaned = today
        return reports

    # Acting

    def _plan(self, now: datetime) -> Plan:
        """Plan over the views that changed or whose next attempt has come; the others stay as they
        were planned."""
        views = [
            view
            for cell, view in self.grid.views.items()
            if (at := self.grid.memos[cell].next_action_at) is None or at <= now
        ]
        unloaded = self.unloaded()
        if not views and not unloaded:
            return Plan()
        asks = any(BY_NAME[view.expectation.cell.dataset].is_feed for view in views)
        vendors = self.vendor_states(now) if asks else {}
        planned = plan(views, GRAPH, vendors, unloaded, now)
        acted = {action.cell for action in planned.actions}
        for view in views:
            cell = view.expectation.cell
            if cell not in acted:
                self.grid.memos[cell].next_action_at = planned.next_at.get(cell, _NEVER)
        for cell, at in planned.next_at.items():
            if cell in unloaded and cell in self.grid.memos:
                self.grid.memos[cell].next_action_at = at
        return planned

    def vendor_states(self, now: datetime) -> dict[str, VendorState]:
        """Whether each vendor may be asked at `now`, and what a key costs there (credits)."""
        from fullcourt.scrape.odds import props_cost

        odds = self.stores.settings.odds
        found = {}
        for name in ("nba_cdn", "nba_boxscore", "odds_api"):
            breaker = get_breaker(self.stores.ledger, name)
            metered = name == "odds_api"
            found[name] = VendorState(
                allowed=self.asks_vendors and breaker.allows(now),
                retry_at=breaker.retry_at,
                credits_left=credits_left(self.stores.ledger, name) if metered else None,
                credits_kept=odds.keep_credits if metered else 0,
                cost_per_key=props_cost(odds) if metered else 0,
            )
        return found

    def unloaded(self) -> dict[Cell, KeyEvidence]:
        """The raw cells whose archive holds a body no run has taken in, with what was tried."""
        if self._unloaded_known is not None:
            return self._unloaded_known
        found: dict[Cell, KeyEvidence] = {}
        for feed, day in unloaded_cells(self.stores.ledger, tuple(_DATASET_OF_FEED)):
            name = _DATASET_OF_FEED[feed]
            tried = attempts_of(self.stores.ledger, name, day).get(WHOLE_CELL)
            found[Cell(name, day)] = (
                KeyEvidence(attempts=tried.attempts, last_attempt_at=tried.last_at)
                if tried
                else KeyEvidence()
            )
        self._unloaded_known = found
        return found

    def _is_stuck(self, action: Action, now: datetime) -> bool:
        """The same action twice at one instant changed nothing the first time: leave it to its
        retry schedule instead of turning for ever."""
        return self._tried.get((action.cell, action.keys, now), 0) >= 2

    def _note_tries(self, actions: list[Action], now: datetime) -> None:
        """Only what is carried out counts: an action that waits for its turn is not stuck."""
        for action in actions:
            token = (action.cell, action.keys, now)
            self._tried[token] = self._tried.get(token, 0) + 1

    def _count_without_progress(self, actions: list[Action]) -> None:
        """Keys that are suspect or stale after a run for them were tried: their retry backs off."""
        tried = {}
        for action in actions:
            view = self.grid.views.get(action.cell)
            for judged in view.verdict.keys if view is not None else ():
                asked = judged.key in action.keys
                if asked and judged.state in (KeyState.SUSPECT, KeyState.STALE):
                    day = action.cell.game_date
                    tried[(action.cell.dataset, day, judged.key)] = judged.reason
        if tried:
            ledger = self.stores.ledger
            with ledger.write():
                for (name, day, key), reason in tried.items():
                    outcome = {(day, key): ("processor_failed", f"no change: {reason}")}
                    record_attempts(ledger, name, outcome, ledger.now(), "no progress")
            self.stores.failpoint("ledger.tried")
            self.grid.mark({a.cell for a in actions})
            self.grid.judge_dirty(self.stores.clock.now())

    def _act(self, actions: list[Action]) -> list[RunReport]:
        tasks = [
            Task(
                a.cell.dataset,
                a.cell.game_date,
                a.cell.game_date,
                tuple((a.cell.game_date, key) for key in a.keys),
                planned_epoch=self.grid.epoch_of(a.cell),
            )
            for a in actions
        ]
        return self.run_tasks(tasks)

    def _after(self, task: Task, report: RunReport) -> None:
        cells = _cells_of(task)
        days = {cell.game_date for cell in cells}
        self.grid.mark(cells)
        if task.dataset == "nba_schedule":
            self.results.note_season(self.stores.clock.now())
        if BY_NAME[task.dataset].is_feed:
            self._mark_behind(task.dataset, days)
        # A run that was lost to another process: that one has written.
        if report.touched or report.run_id is None or report.state == "abandoned":
            self.grid.notice_lake(self.stores.clock.now(), report)
        made = task.trigger not in (CLEANUP, RESTORE)
        if made and report.state == "succeeded" and report.commits:
            self.grid.note_made(task.dataset, days)
        self.say(_sentence(task, report))

    def _mark_behind(self, feed: str, days: Collection[date]) -> None:
        """A feed has new bodies of these dates: mark whatever they speak of."""
        if feed == "nba_schedule":
            self.grid.mark_unverifiable()
        behind = _DATASET_OF_FEED.get(feed)
        for day in days:
            if feed == "odds_events":
                self.grid.mark_witnessed(day, self.stores.clock.now())
            elif behind is not None:
                self.grid.mark([Cell(behind, day)])
            if feed == "nba_boxscore":
                # A body names its players: what is expected of the summaries changes with it.
                self.grid.mark([Cell("player_game_summary", day)])

    def _poll(self, now: datetime) -> None:
        if not self.asks_vendors or not any(at <= now for at in self.results.instants(now)):
            return
        self._unloaded_known = None
        lacked, self._index_may_lack = self._index_may_lack, True
        self.results.ask(now, self.say)
        self._index_may_lack = lacked


def _sentence(task: Task, report: RunReport) -> str:
    rows = "" if report.rows_written is None else f", {report.rows_written} rows"
    span = str(task.first) if task.first == task.last else f"{task.first}..{task.last}"
    error = f" - {report.error}" if report.error else ""
    return f"{task.dataset} {span}: {report.state}{rows}{error}"


def _cells_of(task: Task) -> set[Cell]:
    days = {task.first, task.last} | {day for day, _ in task.keys or ()}
    return {Cell(task.dataset, day) for day in days}
