"""One busy night in a real home, walked by a process that can be told where to die.

Run as `python -m tests.crashes.night HOME UNTIL [ORDER | +WAY ...]`: HOME is created on the first
call; every call goes on where the last one, alive or dead, had come. UNTIL is `dawn` (before the
busy night) or `end`. ORDER is `kill:FAILPOINT:DATASET:N` or `stop:...`: at its N-th passing of the
failpoint in a run of the dataset (`-`: outside of any run) this process kills or stops itself.
`+unlocked` does without the home's lock, `+impatient` waits for no other process, `+strict` ends at
the first failed run.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from fullcourt.campaign import walk, warm_up
from fullcourt.cli.opened import working_on
from fullcourt.clock import VirtualClock, parse_instant
from fullcourt.controller import Controller
from fullcourt.nba.calendar import eastern
from fullcourt.opening import Opened, create_home, open_home
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.runner import RunReport, Task
from fullcourt.pipeline.work import Stores
from fullcourt.settings import ClockSettings, Home, LakeSettings, Settings, VendorSettings
from fullcourt.simulator.leagueconfig import LeagueConfig

# Five games on a Sunday give every team a form; Monday has two, and the week's upkeep.
FIRST = date(2025, 10, 26)
BUSY = FIRST + timedelta(days=1)
OPENS = eastern(FIRST - timedelta(days=1), 12)
UNTIL = {
    "dawn": eastern(BUSY, 0) - timedelta(minutes=5),
    "end": eastern(BUSY + timedelta(days=1), 3),
}
SETTINGS = Settings(
    since=FIRST,
    clock=ClockSettings(kind="virtual"),
    vendors=VendorSettings(binding="builtin", seed=17, nights=2, first_date=FIRST),
    # The week's upkeep has snapshots to forget.
    lake=LakeSettings(keep_snapshots=10),
)
LEAGUE = LeagueConfig(seed=17, first_date=FIRST, nights=2)
OUTSIDE = "-"
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass(frozen=True, slots=True)
class Order:
    """Where a process ends or stops itself."""

    how: str
    failpoint: str
    dataset: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.how}:{self.failpoint}:{self.dataset}:{self.nth}"

    @classmethod
    def of(cls, text: str) -> Order:
        """The order that was written down."""
        how, failpoint, dataset, nth = text.split(":")
        return cls(how, failpoint, dataset, int(nth))


@dataclass(slots=True)
class Watched(InlineExecutor):
    """Runs tasks in this process, knows whose failpoint is passed, and writes each passing down."""

    orders: Mapping[tuple[str, str, int], Order]
    trace: Path
    catch_up: Callable[[], None]
    is_strict: bool = False
    _dataset: str = OUTSIDE
    _passed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """Run the tasks here."""
        reports = []
        for task in tasks:
            self._dataset = task.dataset
            reports += InlineExecutor.run(self, stores, [task])
            self._dataset = OUTSIDE
            if self.is_strict and reports[-1].state == "failed":
                raise RuntimeError(f"{task.dataset} failed: {reports[-1].error}")
        return reports

    def reached(self, name: str) -> None:
        """A failpoint is passed."""
        here = (name, self._dataset)
        self._passed[here] += 1
        with self.trace.open("a", encoding="ascii") as handle:
            handle.write(f"{name}:{self._dataset}:{self._passed[here]}\n")
        order = self.orders.get((*here, self._passed[here]))
        if order is not None:
            os.kill(os.getpid(), SIGNALS[order.how])
            # Continued: time went on for the stopped, too.
            self.catch_up()


def trace_of(home: Path) -> Path:
    """Where the processes that worked on a home wrote down the failpoints they passed."""
    return home.parent / f"{home.name}.trace"


@contextmanager
def unlocked(home: Home) -> Iterator[tuple[Opened, Controller]]:
    """The home without its lock, as two machines with one disk would have it."""
    opened = open_home(home.path)
    try:
        yield opened, opened.controller()
    finally:
        opened.close()


def main(path: Path, until: str, orders: Sequence[Order] = (), ways: Sequence[str] = ()) -> None:
    """Walk the home from where it stands."""
    home = create_home(path, SETTINGS, clock_at=OPENS)
    with unlocked(home) if "+unlocked" in ways else working_on(home) as (opened, controller):
        stores = opened.stores
        assert isinstance(stores.clock, VirtualClock)
        if "+impatient" in ways:
            stores.ledger.execute_text("PRAGMA busy_timeout = 50")
        watched = Watched(
            {(o.failpoint, o.dataset, o.nth): o for o in orders},
            trace_of(path),
            partial(_catch_up, stores),
            is_strict="+strict" in ways,
        )
        stores.failpoint = watched.reached
        controller.executor = watched
        if stores.clock.now() == OPENS:
            warm_up(controller)
        walk(controller, stores.clock, UNTIL[until], opened.keep_clock, lambda night: None)


def _catch_up(stores: Stores) -> None:
    kept = stores.ledger.get_meta("clock")
    assert kept is not None
    assert isinstance(stores.clock, VirtualClock)
    stores.clock.advance_to(parse_instant(kept))


def command(words: Sequence[str]) -> None:
    """Do what the command line says."""
    ways = [word for word in words[2:] if word.startswith("+")]
    orders = [Order.of(word) for word in words[2:] if word not in ways]
    main(Path(words[0]), words[1], orders, ways)


if __name__ == "__main__":
    command(sys.argv[1:])
