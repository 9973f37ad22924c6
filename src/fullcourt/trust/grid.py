"""The grid: every cell that is raised, what was judged of it, and what must be judged again.

What was judged is kept (ledger and memory) and judged again only when its evidence or its time has
changed; a tick with nothing to do reads one snapshot id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from fullcourt.nba.calendar import dates, eastern, game_date_of
from fullcourt.pipeline.runner import RunReport
from fullcourt.pipeline.work import Stores
from fullcourt.stores.lake import Change
from fullcourt.stores.ledger.database import instant_of
from fullcourt.stores.ledger.manifests import good_bodies
from fullcourt.stores.ledger.runs import epochs_of
from fullcourt.stores.ledger.verdicts import get_summaries
from fullcourt.trust.effects import SLATE_DATASETS, affected_cells
from fullcourt.trust.evidence import Observer
from fullcourt.trust.expectations import expected_datasets
from fullcourt.trust.gather import OddsCoverage
from fullcourt.trust.plan import CellView
from fullcourt.trust.record import record_verdicts
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import ALARMS, Cell, CellVerdict

# The earliest work on a date: the first props snapshot of a noon game, half a day before its tip.
LOOK_AHEAD = timedelta(hours=14)
_LAST_NIGHTS, _BODIES_LOOK_BACK_DAYS = 2, 30
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_NEARLY_OVER = timedelta(minutes=30)
_NAMES_LOOK_BACK_DAYS = 30
_SETTLED = frozenset({CellVerdict.COMPLETE, CellVerdict.LEGITIMATE_ZERO, CellVerdict.UNRECOVERABLE})


@dataclass(slots=True)
class Memo:
    """What is remembered of a judged cell."""

    verdict: str
    next_change_at: datetime | None
    next_action_at: datetime | None = None
    begins_at: datetime | None = None
    """The earliest instant at which one of its keys may be worked on."""
    epoch: int | None = None
    """The epoch of its lease before its evidence was read (None: not judged by this process)."""


@dataclass(slots=True)
class Grid:
    """The cells of a home. `memos` has every raised cell, `views` the open ones."""

    stores: Stores
    coverage: OddsCoverage
    memos: dict[Cell, Memo] = field(default_factory=dict)
    views: dict[Cell, CellView] = field(default_factory=dict)
    _dirty: set[Cell] = field(default_factory=set)
    _wants_views: bool = False
    _raised_to: date | None = None
    _soonest: datetime | None = None
    """No memo's verdict changes by time alone before; None: not known."""
    _bodies_looked_at: date | None = None
    _archive_states: dict[str, int] = field(default_factory=dict)
    _bodies_lost: set[tuple[Cell, str]] = field(default_factory=set)
    _snapshot: int | None = None
    _kept_snapshot: int | None = None
    _observer: Observer | None = None

    def keep_views(self) -> None:
        """From now on keep open cells ready to plan: those judged before are looked at once."""
        if not self._wants_views:
            self._wants_views = True
            self._mark_open(self.stores.clock.now())

    def notice(self, now: datetime) -> None:
        """Find out which cells must be judged again: new dates, changed rows, passed instants."""
        if self._snapshot is None:
            self._remember(now)
        self._raise_cells(now)
        self._look_for_lost_bodies(now)
        self.notice_lake(now)
        if self._soonest is None or self._soonest <= now:
            changes = {c: at for c, m in self.memos.items() if (at := m.next_change_at) is not None}
            self._dirty.update(cell for cell, at in changes.items() if at <= now)
            self._soonest = min((at for at in changes.values() if at > now), default=_NEVER)

    def mark(self, cells: Iterable[Cell]) -> None:
        """Judge these cells again at the next look."""
        self._dirty.update(c for c in cells if c in self.memos)

    def note_made(self, dataset: str, days: Collection[date]) -> None:
        """An inline run has just computed these dates: its rows match their inputs."""
        self._observed().note_made(dataset, days)

    def epoch_of(self, cell: Cell) -> int | None:
        """The epoch of the cell's lease when it was judged; None: it was not."""
        memo = self.memos.get(cell)
        return None if memo is None else memo.epoch

    def next_instants(self, now: datetime) -> list[datetime]:
        """Later instants at which a judgement may change or new cells are raised."""
        found = [
            memo.next_change_at
            for memo in self.memos.values()
            if memo.next_change_at is not None and memo.next_change_at > now
        ]
        if self._raised_to is not None:
            found.append(eastern(self._raised_to + timedelta(days=1)) - LOOK_AHEAD)
        return found

    def has_alarm(self) -> bool:
        """Whether any cell is partial, missing, suspect or stale."""
        alarms = {verdict.value for verdict in ALARMS}
        return any(memo.verdict in alarms for memo in self.memos.values())

    def _mark_open(self, now: datetime) -> None:
        """Cells that may have to be worked on. A settled one of the last nights may too: another
        snapshot of its lines is to come, or a result is still awaited."""
        recent = game_date_of(now) - timedelta(days=_LAST_NIGHTS)
        self._dirty.update(
            cell
            for cell, memo in self.memos.items()
            if memo.verdict not in _SETTLED or cell.game_date >= recent
        )

    def _remember(self, now: datetime) -> None:
        """Take over what was judged before; open cells are looked at again."""
        self._snapshot = int(self.stores.ledger.get_meta("judged_snapshot") or -1)
        for row in get_summaries(self.stores.ledger):
            cell = Cell(row.dataset, date.fromisoformat(row.game_date))
            change = instant_of(row.next_change_at)
            self.memos[cell] = Memo(row.verdict, change)
        if self._wants_views:
            self._mark_open(now)
        self._archive_states = self.stores.archive.states()
        self._note_lost(good_bodies(self.stores.ledger))

    def _note_lost(self, bodies: Iterable[tuple[str, date, str]]) -> None:
        """Judge the feeds whose bodies are gone behind our back, and those whose were."""
        archive = self.stores.archive
        has_body = archive.has_body
        lost = {(Cell(name, day), body) for name, day, body in bodies if not has_body(body)}
        lost = {found for found in lost if not archive.was_removed(found[1])}
        back = {found for found in self._bodies_lost if has_body(found[1])}
        self.mark(cell for cell, _ in back | (lost - self._bodies_lost))
        self._bodies_lost = (self._bodies_lost - back) | lost

    def _look_for_lost_bodies(self, now: datetime) -> None:
        """Wherever the archive has changed; once a day every body of the last weeks."""
        ledger, before = self.stores.ledger, self._archive_states
        states = self._archive_states = self.stores.archive.states()
        if states != before:
            places = {p for p in states.keys() | before.keys() if states.get(p) != before.get(p)}
            self._note_lost(good_bodies(ledger, prefixes=places))
        today = game_date_of(now)
        if today != self._bodies_looked_at:
            self._bodies_looked_at = today
            first = today - timedelta(days=_BODIES_LOOK_BACK_DAYS)
            self._note_lost(good_bodies(ledger, first))

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
            # A clock that stood before `since` has raised nothing yet.
            first = max(since, self._raised_to + timedelta(days=1))
        for day in dates(first, upto):
            self._add_cells(day)
        if first <= upto:
            # Once a day: a name nobody could resolve may have played since.
            newly = (upto - timedelta(days=back) for back in range(_NAMES_LOOK_BACK_DAYS))
            self.mark(Cell("odds_player_props", day) for day in newly)
        self._raised_to = max(upto, self._raised_to or upto)

    def _add_cells(self, day: date) -> None:
        for name in expected_datasets(day, self.stores.settings.since):
            cell = Cell(name, day)
            if cell not in self.memos:
                self.memos[cell] = Memo("", None)
                self._dirty.add(cell)

    def notice_lake(self, now: datetime, own: RunReport | None = None) -> None:
        """Whoever changed the lake, we or another process: its dates are judged again."""
        before = self._snapshot if self._snapshot is not None else -1
        if own is not None and own.snapshot_id == before + own.commits:
            # Nobody else came between; whoever comes after is seen by the next tick.
            newest = own.snapshot_id
        else:
            newest = self.stores.lake.snapshot_id()
        if newest == before:
            self.stores.lake.caught_up(newest)
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
            moved = change.dates if change.table == "schedule" else frozenset()
            self.mark(c for c in affected if c.game_date in moved or self.is_awake(c, now))
            if change.table == "schedule":
                # A result may also settle what the witnesses disagreed about.
                self.mark(self._disputed(change.dates))
        self._snapshot = newest
        self.stores.lake.caught_up(newest)

    def _disputed(self, days: Collection[date]) -> list[Cell]:
        return [
            cell
            for cell, memo in self.memos.items()
            if memo.verdict == CellVerdict.UNVERIFIABLE.value and cell.game_date in days
        ]

    def is_awake(self, cell: Cell, now: datetime) -> bool:
        """Whether news may matter to the cell now: a slate that is not due yet sleeps until its
        time, its grades until the last game is nearly over."""
        memo = self.memos.get(cell)
        if memo is None:
            return False
        if memo.verdict != CellVerdict.NOT_DUE.value:
            return True
        if cell.dataset == "grades":
            return memo.begins_at is None or now >= memo.begins_at - _NEARLY_OVER
        return cell.dataset not in SLATE_DATASETS

    def mark_unverifiable(self) -> None:
        """A schedule has come: it may speak of dates nobody knew anything of."""
        word = CellVerdict.UNVERIFIABLE.value
        self.mark(cell for cell, memo in self.memos.items() if memo.verdict == word)

    def mark_witnessed(self, day: date, now: datetime) -> None:
        """The second witness has spoken: what it disputes concerns slates that sleep, too."""
        lines = self.look([Cell("odds_event_props", day)], now)
        disputes = any(key.unverifiable for view in lines for key in view.expectation.keys)
        cells = [cell for cell in self.memos if cell.game_date == day]
        self.mark(cell for cell in cells if disputes or self.is_awake(cell, now))

    def mark_news(self, now: datetime) -> None:
        """Judge the dates again of which an archived schedule body says more than was loaded."""
        days = {known.game_date for known, _ in self._observed().schedule_news()}
        cells = (cell for cell in self.memos if cell.game_date in days)
        self.mark(c for c in cells if c.dataset == "schedule" or self.is_awake(c, now))

    def look(self, cells: Collection[Cell], now: datetime) -> list[CellView]:
        """Cells as judged now, from fresh evidence; nothing is recorded."""
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
                stores.ledger,
                stores.lake,
                stores.archive,
                stores.settings,
                self.coverage,
                stores.home.aliases_file,
            )
        return self._observer

    def judge_dirty(self, now: datetime) -> int:
        """Judge what was marked, record it, and return how many cells that were."""
        if not self._dirty:
            return 0
        cells = set(self._dirty)
        # First: who works on a cell while it is judged makes the judgement old.
        scopes = {cell: (cell.dataset, cell.game_date.isoformat()) for cell in cells}
        epochs = epochs_of(self.stores.ledger, scopes.values())
        views = self.look(cells, now)
        record_verdicts(self.stores.ledger, [v.verdict for v in views], self.stores.fingerprint)
        self.stores.failpoint("ledger.judged")
        # Only now: a look that failed leaves its cells to the next.
        self._dirty -= cells
        for view in views:
            verdict = view.verdict
            if verdict.next_change_at is not None and self._soonest is not None:
                self._soonest = min(self._soonest, verdict.next_change_at)
            begins = min((key.start_at for key in view.expectation.keys), default=None)
            self.memos[verdict.cell] = Memo(
                verdict.verdict.value,
                verdict.next_change_at,
                begins_at=begins,
                epoch=epochs[scopes[verdict.cell]],
            )
            snapshots_to_come = any(e.next_attempt_at for e in view.evidence.keys.values())
            # The scoreboard is polled while a result is awaited, box score or no box score.
            awaited = any(k.awaits_result and k.retired is None for k in view.expectation.keys)
            if verdict.verdict not in _SETTLED or snapshots_to_come or awaited:
                self.views[verdict.cell] = view
            else:
                self.views.pop(verdict.cell, None)
        if self._snapshot != self._kept_snapshot:
            self.stores.ledger.set_meta("judged_snapshot", str(self._snapshot))
            self._kept_snapshot = self._snapshot
        return len(views)
