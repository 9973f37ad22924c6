"""Play a world against the real controller, from wake to wake, and compare it with the truth."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import text

from fullcourt.campaign import warm_up
from fullcourt.clock import elapsed_timer, iso
from fullcourt.controller import Controller, TickReport
from fullcourt.errors import FullcourtError, Terminal, Transient
from fullcourt.nba.calendar import game_date_of, raises_cells
from fullcourt.rehearsal.compare import Comparison
from fullcourt.rehearsal.counting import RunCounts
from fullcourt.rehearsal.home import RehearsalHome, oracle_policy, rehearsal_home
from fullcourt.rehearsal.laws.watch import Laws
from fullcourt.rehearsal.report import Lost, Minutes, SimulationReport
from fullcourt.rehearsal.seen import HeldReader, SaidReader
from fullcourt.rehearsal.strikes import Strikes, WorkerLost
from fullcourt.simulator.chaos import faults_of
from fullcourt.simulator.oracle.campaign import (
    Call,
    RowLoss,
    counted_calls,
    duplicates,
    rows_lost,
    wasted_calls,
)
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import CellId, Held
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.simulator.worldspec import OursFault, WorldSpec
from fullcourt.stores.ledger import Ledger

# A process that fails is tried again, or started again, after this long.
_AGAIN = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
# A tick in which the clock moved (a vendor hung) may have passed another due time.
_TICKS_AT_ONCE = 5
# Failed ticks in a row that no fault of our own side explains: beyond that it is a bug.
_MOST_UNEXPLAINED = 200
_NEVER = Minutes(0, None, None)
_CLEANED = ("upcoming_player_game_context", "player_composite_factors")
OnNight = Callable[[date, Ledger], None]


class RehearsalStuck(Terminal, FullcourtError):
    """Every tick fails, and no scripted fault is the reason; the last error is its cause."""


@dataclass(slots=True)
class _Walk:
    """One walk through a world: the home, what strikes it, what is seen of it."""

    spec: WorldSpec
    home: RehearsalHome
    faults: Sequence[Fault]
    strikes: Strikes
    reader: HeldReader
    said: SaidReader
    comparison: Comparison | None
    controller: Controller
    on_night: OnNight
    counts: RunCounts
    laws: Laws
    ticks: int = 0
    failed: int = 0
    restarts: int = 0
    unexplained: int = 0
    lost: dict[tuple[CellId, str], int] = field(default_factory=dict)
    _held: Held = field(default_factory=Held)
    _last: TickReport = field(default_factory=lambda: TickReport(0))

    def walk(self) -> None:
        """From the eve to the end, wake by wake; every hour is looked at."""
        self._warm_up()
        world = self.home.clock.world
        night = game_date_of(world.now())
        while True:
            did_something = self._tick()
            now = world.now()
            if did_something or now == _hour_of(now):
                self._compare()
            if now >= self.spec.ends_at:
                self._look_back()
                return
            world.advance_to(self._next(now))
            if game_date_of(world.now()) != night:
                self._look_back()
                self.on_night(night, self.home.stores.ledger)
                night = game_date_of(world.now())

    def _look_back(self) -> None:
        self.counts.look()
        self.laws.runs.look_back()

    def _next(self, now: datetime) -> datetime:
        """The next instant (of the world) worth a look."""
        instants = [_hour_of(now) + _HOUR, self.spec.ends_at]
        wake = self.controller.next_wake()
        if wake is not None:
            instants.append(wake - self.home.clock.off)
        strike = self.strikes.next_instant(now)
        if strike is not None:
            instants.append(strike)
        return min(at for at in instants if at > now)

    def _warm_up(self) -> None:
        while not self._survived(lambda: warm_up(self.controller)):
            self.home.clock.world.sleep(_AGAIN.total_seconds())

    def _tick(self) -> bool:
        """Tick until the clock stands still; whether anything was judged or run."""
        did_something = False
        for _ in range(_TICKS_AT_ONCE):
            before = self.home.clock.world.now()
            self.strikes.pass_time()
            self.ticks += 1
            while not self._survived(self._tick_once):
                self.home.clock.world.sleep(_AGAIN.total_seconds())
                self.strikes.pass_time()
                self.ticks += 1
                did_something = True
            did_something |= bool(self._last.judged or self._last.runs)
            if self.home.clock.world.now() == before:
                break
        return did_something

    def _tick_once(self) -> None:
        self._last = self.controller.tick()

    def _survived(self, work: Callable[[], object]) -> bool:
        """Do it as `serve` does: what may pass is tried again, anything else ends the process.

        Raises:
            RehearsalStuck: it failed so often without a fault that it always will.
        """
        blows = self.strikes.blows
        last: BaseException
        try:
            work()
        except WorkerLost as error:
            last = error
            self._restart()
        except FullcourtError as error:
            last = error
            self.failed += 1
            if not isinstance(error, Transient):
                self._restart()
        except Exception as error:
            if not self.strikes.faults:
                raise
            last = error
            self.failed += 1
            self._restart(error)
        else:
            self.unexplained = 0
            return True
        # A disk may be full for days: what a fault has just broken says nothing about us.
        self.unexplained += self.strikes.blows == blows
        if self.unexplained >= _MOST_UNEXPLAINED:
            raise self._stuck(last) from last
        return False

    def _stuck(self, last: BaseException) -> RehearsalStuck:
        spec, at = self.spec, iso(self.home.clock.world.now())
        return RehearsalStuck(
            f"{spec.name}, seed {spec.seed}: {self.unexplained} ticks failed in a row and no fault "
            f"explains it, the last at {at}: {type(last).__name__}: {last}.",
            next_step="mend that error; the same world and seed come to it again",
        )

    def _restart(self, error: Exception | None = None) -> None:
        self.restarts += 1
        self.strikes.bury()
        self.controller = self.home.controller(self.strikes)

    def _compare(self) -> None:
        if self.comparison is None:
            return
        before, at = self._held, self.home.clock.now()
        self._held = held = self.reader.read()
        if held is not before:
            for loss in rows_lost(before, held, at):
                if not self._may_be_cleaned(loss, before, at):
                    self.lost[loss.cell, loss.key] = loss.rows
        said = self.said.read()
        self.comparison.compare(at, held, said, self.reader.changed | self.said.changed)
        self.laws.look(self.said, held, at, self.comparison.oracle)

    def _may_be_cleaned(self, loss: RowLoss, before: Held, at: datetime) -> bool:
        """Whether it is a row of a slate long over whose key, in truth, did not count."""
        name, day = loss.cell
        assert self.comparison is not None
        oracle = self.comparison.oracle
        if name not in _CLEANED or game_date_of(at) - day < oracle.policy.cleaned_after:
            return False
        true = oracle.truth(name, day, at, before).get(loss.key)
        return true is None or true.states == {"retired"}

    def still_lost(self) -> tuple[Lost, ...]:
        """Rows that were held once, are gone at the end, and are not named."""
        found = []
        for (cell, key), rows in sorted(self.lost.items()):
            word = self.said.states.get(cell, {}).get(key, ("", None))[0]
            if key not in self._held.rows.get(cell, {}) and word in ("", "complete", "not_due"):
                found.append(Lost(*cell, key, rows))
        return tuple(found)

    @property
    def held(self) -> Held:
        """What is held at the end."""
        return self._held


def rehearse(
    spec: WorldSpec,
    on_night: OnNight = lambda night, ledger: None,
    *,
    with_baseline: bool = True,
) -> SimulationReport:
    """Play a world to its end. `on_night` is called after each of its dates.

    `with_baseline`: play the same world without its faults too, to compare the vendor calls.

    Raises:
        WorldError: the world cannot be built.
        RehearsalStuck: every tick fails, with no fault that explains it.
    """
    faults, ours = faults_of(spec)
    started = elapsed_timer()
    report = _play(spec, faults, ours, on_night, compares=True)
    seconds = (elapsed_timer() - started) / spec.nights_played
    if with_baseline and (faults or ours):
        calm = replace(spec, faults=(), ours=(), drawn=replace(spec.drawn, per_night=0.0))
        calls = _play(calm, (), (), lambda night, ledger: None, compares=False).vendor_calls
        report = replace(
            report,
            vendor_calls_without_faults=calls,
            vendor_calls_ratio=round(report.vendor_calls / calls, 3) if calls else None,
        )
    return replace(report, seconds_per_night=round(seconds, 3))


def _play(
    spec: WorldSpec,
    faults: Sequence[Fault],
    ours: Sequence[OursFault],
    on_night: OnNight,
    *,
    compares: bool,
) -> SimulationReport:
    with rehearsal_home(spec, faults) as home, _world_set_aside():
        reader = HeldReader(home.stores)
        laws = Laws(home)
        strikes = Strikes(ours, home, reader, laws.runs.reached)
        league = home.world.league
        comparison = (
            Comparison(Oracle(league, faults, oracle_policy(spec, home)), ours)
            if compares
            else None
        )
        walk = _Walk(
            spec,
            home,
            faults,
            strikes,
            reader,
            SaidReader(home.stores),
            comparison,
            home.controller(strikes),
            on_night,
            RunCounts(home.stores),
            laws,
        )
        walk.walk()
        return _report(spec, walk)


@contextmanager
def _world_set_aside() -> Iterator[None]:
    """The league and every module outlive the walk: Python need not look at them for garbage each
    time, which took a twentieth of it."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _report(spec: WorldSpec, walk: _Walk) -> SimulationReport:
    home, comparison = walk.home, walk.comparison
    calls: Sequence[Call] = home.transport.calls
    counted = counted_calls(calls, walk.faults)
    differences = comparison.differences() if comparison else ()
    injected = Counter(str(injection.kind) for injection in home.world.script.injected)
    injected += Counter(str(kind) for kind in walk.strikes.struck.elements())
    lost = walk.still_lost()
    late = (
        (*comparison.late, *comparison.never_healed(home.clock.now(), walk.held))
        if comparison
        else ()
    )
    runs = runs_by_state(home.stores.ledger)
    breaches = walk.laws.found(spec, walk.strikes.faults, runs) if comparison else ()
    games = {
        game.game_id
        for game in home.world.league.games
        if raises_cells(game.game_id) and spec.begins <= game.game_date <= spec.last_date
    }
    return SimulationReport(
        world=spec.name,
        seed=spec.seed,
        calendar=spec.calendar,
        lake=spec.lake,
        first_date=spec.begins,
        nights=spec.nights_played,
        games=len(games),
        cells=len(comparison.cells) if comparison else 0,
        faults=dict(sorted(injected.items())),
        idle_faults=_idle(spec, walk),
        compared=comparison.compared if comparison else 0,
        equal=comparison.compared - comparison.different if comparison else 0,
        different=comparison.different if comparison else 0,
        differences=differences,
        losses_missed=sum(d.is_loss_missed for d in differences),
        false_alarms=sum(d.is_false_alarm for d in differences),
        rows_lost=sum(loss.rows for loss in lost),
        lost=lost,
        duplicate_rows=sum(row.rows for row in duplicates(walk.held)),
        runs_miscounted=len(walk.counts.miscounted),
        miscounted=tuple(walk.counts.miscounted),
        laws_broken=len(breaches),
        breaches=breaches,
        healed=dict(sorted(comparison.healed.items())) if comparison else {},
        healed_late=late,
        gaps=comparison.gaps(walk.said.states) if comparison else (),
        detection=comparison.detection if comparison else _NEVER,
        healing=comparison.healing if comparison else _NEVER,
        predictions_missed=comparison.missed_predictions() if comparison else 0,
        vendor_calls=len(counted),
        vendor_calls_while_failing=len(calls) - len(counted),
        vendor_calls_without_faults=None,
        vendor_calls_ratio=None,
        wasted_vendor_calls=len(wasted_calls(calls, walk.faults)),
        credits_spent=home.world.account.total - home.credits_at_start,
        ticks=walk.ticks,
        ticks_failed=walk.failed,
        restarts=walk.restarts,
        runs=runs,
        seconds_per_night=0.0,
    )


def runs_by_state(ledger: Ledger) -> dict[str, int]:
    """How many runs ended in each state."""
    rows = ledger.execute(
        text("SELECT state, count(*) AS runs FROM runs GROUP BY state ORDER BY state")
    )
    return {row.state: row.runs for row in rows.all()}


def _idle(spec: WorldSpec, walk: _Walk) -> tuple[str, ...]:
    """The world file's own faults that struck nothing; those drawn come after them."""
    injected = walk.home.world.script.injected
    vendors = [
        f"{fault.kind} {fault.endpoint} from {iso(fault.start)}"
        for fault in walk.faults[: len(spec.faults)]
        if not any(i.kind is fault.kind and fault.covers(i.vendor, i.path, i.at) for i in injected)
    ]
    return (
        *vendors,
        *(
            f"{fault.kind} {fault.dataset or 'any run'} from {iso(fault.start)}"
            for index, fault in enumerate(walk.strikes.faults[: len(spec.ours)])
            if index not in walk.strikes.hit
        ),
    )


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
