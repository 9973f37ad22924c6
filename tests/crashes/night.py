"""One busy night in a real home, walked by a process that can be told where to die.

Run as `python -m tests.crashes.night HOME UNTIL [ORDER ...]`: HOME is created on the first call;
every call goes on where the last one, alive or dead, had come. UNTIL is `dawn` (before the busy
night) or `end`. ORDER is `kill:FAILPOINT:DATASET:N` or `stop:...`: at its N-th passing of the
failpoint in a run of the dataset (`-`: outside of any run) this process kills or stops itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from fullcourt.campaign import walk, warm_up
from fullcourt.cli.opened import working_on
from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.opening import create_home
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.runner import RunReport, Task
from fullcourt.pipeline.work import Stores
from fullcourt.settings import ClockSettings, LakeSettings, Settings, VendorSettings
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
    _dataset: str = OUTSIDE
    _passed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        """Run the tasks here."""
        reports = []
        for task in tasks:
            self._dataset = task.dataset
            reports += InlineExecutor.run(self, stores, [task])
            self._dataset = OUTSIDE
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


def trace_of(home: Path) -> Path:
    """Where the processes that worked on a home wrote down the failpoints they passed."""
    return home.parent / f"{home.name}.trace"


def main(path: Path, until: str, orders: Sequence[Order] = ()) -> None:
    """Walk the home from where it stands."""
    home = create_home(path, SETTINGS, clock_at=OPENS)
    with working_on(home) as (opened, controller):
        stores = opened.stores
        assert isinstance(stores.clock, VirtualClock)
        watched = Watched({(o.failpoint, o.dataset, o.nth): o for o in orders}, trace_of(path))
        stores.failpoint = watched.reached
        controller.executor = watched
        if stores.clock.now() == OPENS:
            warm_up(controller)
        walk(controller, stores.clock, UNTIL[until], opened.keep_clock, lambda night: None)


def command(words: Sequence[str]) -> None:
    """Do what the command line says."""
    main(Path(words[0]), words[1], [Order.of(word) for word in words[2:]])


if __name__ == "__main__":
    command(sys.argv[1:])
