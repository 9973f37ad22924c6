"""The loop: observe, judge, plan, act; again, for ever. Nothing waits for an event.

A tick that crashes anywhere loses nothing: the next tick looks at the world again. What was judged
is kept (ledger and memory) and judged again only when its evidence or its time has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from fullcourt.nba.calendar import dates, eastern, game_date_of
from fullcourt.pipeline.execute import Executor, InlineExecutor
from fullcourt.pipeline.feeds import poll_scoreboard, store_answer
from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.pipeline.runner import WHOLE_CELL, RunReport, Task
from fullcourt.pipeline.sweep import sweep
from fullcourt.pipeline.work import Stores
from fullcourt.scrape.nba_schedule import fetch_schedule
from fullcourt.scrape.odds import props_cost
from fullcourt.stores.lake import Change
from fullcourt.stores.ledger.database import instant_of
from fullcourt.stores.ledger.manifests import good_bodies, unloaded_cells
from fullcourt.stores.ledger.vendors import attempts_of, credits_left, get_breaker
from fullcourt.stores.ledger.verdicts import get_summaries
from fullcourt.trust.effects import SLATE_DATASETS, affected_cells
from fullcourt.trust.evidence import FEED_BEHIND, Observer
from fullcourt.trust.expectations import SCHEDULE_RESULT_DUE, expected_datasets
from fullcourt.trust.gather import OddsCoverage
from fullcourt.trust.plan import Action, CellView, Plan, VendorState, plan
from fullcourt.trust.record import record_verdicts
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import ALARMS, Cell, CellVerdict, KeyEvidence, Verdict

POLL_EVERY = timedelta(minutes=15)
# The earliest work on a date: the first props snapshot of a noon game, half a day before its tip.
LOOK_AHEAD = timedelta(hours=14)
_SETTLED = frozenset(
    {CellVerdict.COMPLETE, CellVerdict.LEGITIMATE_ZERO, CellVerdict.UNRECOVERABLE}
)
_DATASET_OF_FEED = {feed: dataset for dataset, feed in FEED_BEHIND.items()}
_MAX_ROUNDS = 60
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Memo:
    """What is remembered of a judged cell."""

    verdict: str
    next_change_at: datetime | None
    next_action_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did: cells judged, runs made."""

    judged: int
    runs: tuple[RunReport, ...] = ()


@dataclass(slots=True)
class Controller:
    """One controller per home (the caller holds the home's lock)."""

    stores: Stores
    coverage: OddsCoverage
    executor: Executor = field(default_factory=InlineExecutor)
    say: Callable[[str], None] = lambda text: None
    _memos: dict[Cell, _Memo] = field(default_factory=dict)
    _views: dict[Cell, CellView] = field(default_factory=dict)
    _dirty: set[Cell] = field(default_factory=set)
    _raised_to: date | None = None
    _snapshot: int | None = None
    _observer: Observer | None = None
    _polled: dict[date, datetime] = field(default_factory=dict)
    _tried: dict[tuple[Cell, tuple[str, ...], datetime], int] = field(default_factory=dict)

    def tick(self) -> TickReport:
        """Look, judge, act until nothing more can be done now."""
        now = self.stores.clock.now()
        self._notice(now)
        judged = self._judge_dirty(now)
        runs: list[RunReport] = []
        self._poll(now)
        judged += self._judge_dirty(now)
        for _ in range(_MAX_ROUNDS):
            planned = self._plan(now)
            actions = [a for a in planned.actions if self._not_stuck(a, now)]
            if not actions:
                break
            first = actions[0].cell.dataset
            runs += self._act([a for a in actions if a.cell.dataset == first])
            now = self.stores.clock.now()
            judged += self._judge_dirty(now)
        self._tried = {k: n for k, n in self._tried.items() if k[2] == now}
        return TickReport(judged, tuple(runs))

    def next_wake(self) -> datetime | None:
        """The next instant at which something may have to be done; None: nothing in sight."""
        now = self.stores.clock.now()
        instants = [
            t
            for memo in self._memos.values()
            for t in (memo.next_change_at, memo.next_action_at)
            if t is not None and now < t < _NEVER
        ]
        instants += [at for day in self._open_boards(now) if (at := self._poll_at(day)) > now]
        if self._raised_to is not None:
            instants.append(eastern(self._raised_to + timedelta(days=1)) - LOOK_AHEAD)
        later = [t for t in instants if t > now]
        return min(later) if later else None

    def verdicts_wrong(self) -> bool:
        """Whether any cell is an alarm (partial, missing, suspect, stale)."""
        alarms = {verdict.value for verdict in ALARMS}
        return any(memo.verdict in alarms for memo in self._memos.values())

    def something_due(self) -> bool:
        """Whether an action is due now (a vendor's pause not counted)."""
        return bool(self._plan(self.stores.clock.now()).actions)

    def view(self, cell: Cell) -> CellView:
        """The cell as judged now, from fresh evidence."""
        return self._look([cell], self.stores.clock.now())[0]

    def look(self, cells: Collection[Cell]) -> list[CellView]:
        """Several cells as judged now, from fresh evidence; nothing is recorded."""
        return self._look(cells, self.stores.clock.now())

    def mark(self, cells: Iterable[Cell]) -> None:
        """Judge these cells again at the next look."""
        self._dirty.update(c for c in cells if self._is_raised(c))

    def run_tasks(self, tasks: list[Task]) -> list[RunReport]:
        """Run tasks outside the plan (a backfill) and mark what they touched."""
        reports = self.executor.run(self.stores, tasks)
        for task, report in zip(tasks, reports, strict=True):
            self._after(task, report)
        return reports

    def judge_now(self) -> int:
        """Notice changes and judge what they touch; nothing is executed."""
        now = self.stores.clock.now()
        self._notice(now)
        return self._judge_dirty(now)

    # Noticing

    def _notice(self, now: datetime) -> None:
        if self._snapshot is None:
            self._remember()
        self.mark([Cell(name, day) for name, day in sweep(self.stores)])
        self._raise_cells(now)
        self._notice_lake(now)
        for cell, memo in self._memos.items():
            if memo.next_change_at is not None and memo.next_change_at <= now:
                self._dirty.add(cell)

    def _remember(self) -> None:
        """Take over what was judged before; open cells are looked at again."""
        self._snapshot = int(self.stores.ledger.get_meta("judged_snapshot") or -1)
        for row in get_summaries(self.stores.ledger):
            cell = Cell(row.dataset, date.fromisoformat(row.game_date))
            change = instant_of(row.next_change_at)
            self._memos[cell] = _Memo(row.verdict, change)
            if row.verdict not in _SETTLED:
                self._dirty.add(cell)
        self.mark(self._lost_bodies())

    def _lost_bodies(self) -> list[Cell]:
        """Cells whose archived bodies are gone behind our back."""
        found = []
        for feed, day, digest in good_bodies(self.stores.ledger):
            if not self.stores.archive.has_body(digest):
                found.append(Cell(feed, day))
        return found

    def _raise_cells(self, now: datetime) -> None:
        since = self.stores.settings.since
        upto = game_date_of(now + LOOK_AHEAD)
        if self._raised_to is None:
            before = self.stores.lake.rows(
                "SELECT DISTINCT game_date FROM schedule_as_of(?) WHERE game_date < ? "
                "AND game_type IN ('002', '004', '005', '006') AND is_listed",
                [now, since],
            )
            for (day,) in before:
                self._add_cells(day)
            first = since
        else:
            first = self._raised_to + timedelta(days=1)
        for day in dates(first, upto):
            self._add_cells(day)
        self._raised_to = max(upto, self._raised_to or upto)

    def _add_cells(self, day: date) -> None:
        for name in expected_datasets(day, self.stores.settings.since):
            cell = Cell(name, day)
            if cell not in self._memos:
                self._memos[cell] = _Memo("", None)
                self._dirty.add(cell)

    def _notice_lake(self, now: datetime, own: RunReport | None = None) -> None:
        """Whoever changed the lake, a run of ours or another process: its dates are judged again."""
        newest = self.stores.lake.snapshot_id()
        before = self._snapshot if self._snapshot is not None else -1
        if newest == before:
            return
        # Our own inline commits kept the mirror in step; anybody else's are read again.
        if own is not None and newest == own.snapshot_id and newest - before == own.commits:
            changes = [Change(table, days) for table, days in own.touched.items()]
        else:
            own = None
            changes = list(self.stores.lake.changes_between(before, newest))
        upto = game_date_of(now + LOOK_AHEAD)
        for change in changes:
            self._observed().note_change(change.table, change.dates)
            if own is None:
                self.stores.lake.refresh(change.table, change.dates)
            affected = affected_cells(
                change.table, change.dates, upto, only_results=own is not None and own.only_results
            )
            # Slates that are not due yet are looked at when their time comes, not at every change.
            asleep = change.table != "schedule"
            self.mark(
                c
                for c in affected
                if c.dataset not in SLATE_DATASETS
                or (c.game_date in change.dates and not asleep)
                or self._has_begun(c)
            )
        self._snapshot = newest

    def _has_begun(self, cell: Cell) -> bool:
        """Whether work on the cell may have started."""
        memo = self._memos.get(cell)
        return memo is not None and memo.verdict != CellVerdict.NOT_DUE.value

    def _is_raised(self, cell: Cell) -> bool:
        return cell in self._memos

    # Judging

    def _look(self, cells: Collection[Cell], now: datetime) -> list[CellView]:
        wanted: dict[date, set[str]] = defaultdict(set)
        for cell in cells:
            wanted[cell.game_date].add(cell.dataset)
        return [
            CellView(expectation, evidence, judge(expectation, evidence, now))
            for expectation, evidence in self._observed().observe(wanted, now)
        ]

    def _observed(self) -> Observer:
        if self._observer is None:
            stores = self.stores
            self._observer = Observer(
                stores.ledger, stores.lake, stores.archive, stores.settings, self.coverage
            )
        return self._observer

    def _judge_dirty(self, now: datetime) -> int:
        if not self._dirty:
            return 0
        cells, self._dirty = self._dirty, set()
        views = self._look(cells, now)
        record_verdicts(self.stores.ledger, [v.verdict for v in views], self.stores.fingerprint)
        for view in views:
            verdict = view.verdict
            self._memos[verdict.cell] = _Memo(verdict.verdict.value, verdict.next_change_at)
            if self._stays_open(verdict) or any(e.next_attempt_at for e in view.evidence.keys.values()):
                self._views[verdict.cell] = view
            else:
                self._views.pop(verdict.cell, None)
        self.stores.ledger.set_meta("judged_snapshot", str(self._snapshot))
        return len(views)

    @staticmethod
    def _stays_open(verdict: Verdict) -> bool:
        return verdict.verdict not in _SETTLED

    # Acting

    def _plan(self, now: datetime) -> Plan:
        """Plan over the views that changed or whose next attempt has come; the others stay as they
        were planned."""
        views = [
            view
            for cell, view in self._views.items()
            if (at := self._memos[cell].next_action_at) is None or at <= now
        ]
        unloaded = self._unloaded()
        if not views and not unloaded:
            return Plan()
        planned = plan(views, GRAPH, self._vendor_states(now), unloaded, now)
        acted = {action.cell for action in planned.actions}
        for view in views:
            cell = view.expectation.cell
            if cell not in acted:
                self._memos[cell].next_action_at = planned.next_at.get(cell, _NEVER)
        for cell, at in planned.next_at.items():
            if cell in unloaded and cell in self._memos:
                self._memos[cell].next_action_at = at
        return planned

    def _vendor_states(self, now: datetime) -> dict[str, VendorState]:
        odds = self.stores.settings.odds
        found = {}
        for name in ("nba_cdn", "nba_boxscore", "odds_api"):
            breaker = get_breaker(self.stores.ledger, name)
            metered = name == "odds_api"
            found[name] = VendorState(
                allowed=breaker.allows(now),
                retry_at=breaker.retry_at,
                credits_left=credits_left(self.stores.ledger, name) if metered else None,
                credits_kept=odds.keep_credits if metered else 0,
                cost_per_key=props_cost(odds) if metered else 0,
            )
        return found

    def _unloaded(self) -> dict[Cell, KeyEvidence]:
        found = {}
        for feed, day in unloaded_cells(self.stores.ledger, tuple(_DATASET_OF_FEED)):
            name = _DATASET_OF_FEED[feed]
            tried = attempts_of(self.stores.ledger, name, day).get(WHOLE_CELL)
            found[Cell(name, day)] = (
                KeyEvidence(attempts=tried.attempts, last_attempt_at=tried.last_at)
                if tried
                else KeyEvidence()
            )
        return found

    def _not_stuck(self, action: Action, now: datetime) -> bool:
        """The same action twice at one instant changed nothing the first time: leave it to its
        retry schedule instead of turning for ever."""
        token = (action.cell, action.keys, now)
        self._tried[token] = self._tried.get(token, 0) + 1
        return self._tried[token] <= 2

    def _act(self, actions: list[Action]) -> list[RunReport]:
        tasks = [
            Task(
                a.cell.dataset,
                a.cell.game_date,
                a.cell.game_date,
                tuple((a.cell.game_date, key) for key in a.keys),
            )
            for a in actions
        ]
        return self.run_tasks(tasks)

    def _after(self, task: Task, report: RunReport) -> None:
        days = {task.first, task.last} | {day for day, _ in task.keys or ()}
        self.mark(Cell(task.dataset, day) for day in days)
        if BY_NAME[task.dataset].is_feed:
            behind = _DATASET_OF_FEED.get(task.dataset)
            for day in days:
                if task.dataset == "odds_events":
                    self.mark(Cell(d.name, day) for d in GRAPH)
                elif behind is not None:
                    self.mark([Cell(behind, day)])
                if task.dataset == "nba_boxscore":
                    # A body names its players: what is expected of the summaries changes with it.
                    self.mark([Cell("player_game_summary", day)])
        if report.touched or report.run_id is None:
            self._notice_lake(self.stores.clock.now(), report)
        self.say(_sentence(task, report))

    # The small scoreboard

    def _open_boards(self, now: datetime) -> list[date]:
        """Game dates whose results are still awaited, from 06:00 Eastern of the date on."""
        open_days = []
        today = game_date_of(now)
        for day in (today - timedelta(days=1), today):
            if day < self.stores.settings.since:
                continue
            view = self._views.get(Cell("nba_boxscore", day))
            if view is None:
                continue
            waiting = [k for k in view.expectation.keys if k.retired is None and k.why.startswith("not final")]
            if waiting and now < max(k.due_at for k in waiting) + SCHEDULE_RESULT_DUE:
                open_days.append(day)
        return open_days

    def _poll_at(self, day: date) -> datetime:
        last = self._polled.get(day)
        return eastern(day, 6) if last is None else last + POLL_EVERY

    def _poll(self, now: datetime) -> None:
        for day in self._open_boards(now):
            if self._poll_at(day) > now:
                continue
            self._polled[day] = now
            outcome, detail = poll_scoreboard(self.stores, day)
            if outcome == "vendor_empty" and day < game_date_of(now):
                # The board has turned over to the next date: the season's schedule still says it.
                answer = fetch_schedule(
                    self.stores.transport, self.stores.settings.nba, game_date_of(now), now
                )
                store_answer(self.stores, "nba_schedule", answer, "poll")
            elif outcome != "ok":
                self.say(f"scoreboard {day}: {outcome} {detail}")


def _sentence(task: Task, report: RunReport) -> str:
    rows = "" if report.rows_written is None else f", {report.rows_written} rows"
    dates_text = str(task.first) if task.first == task.last else f"{task.first}..{task.last}"
    return f"{task.dataset} {dates_text}: {report.state}{rows}{' - ' + report.error if report.error else ''}"

