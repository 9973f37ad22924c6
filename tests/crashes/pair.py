"""Two controllers on one home, without its lock, at the same instants: as two machines have it.

`command([HOME])` walks both to the end of the busy night and raises when one of them fails.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from fullcourt.clock import VirtualClock, iso, parse_instant
from fullcourt.errors import HomeBusy
from fullcourt.settings import Home
from tests.crashes.night import UNTIL, unlocked

# A controller that met the other's lock looks again, as `serve` does.
_MOST_TICKS = 20


def command(words: Sequence[str]) -> None:
    """Walk both from where the home stands."""
    home = Home(Path(words[0]))
    pair = [_fork(home), _fork(home)]
    now, end = UNTIL["dawn"], UNTIL["end"]
    while now <= end:
        # Both are told before either is heard: they work at the same time.
        for one in pair:
            one.tell(iso(now))
        wakes = [parse_instant(one.hear()) for one in pair]
        if now == end:
            break
        now = min(*wakes, end)
    for one in pair:
        one.tell("")
        assert os.waitpid(one.pid, 0)[1] == 0


@dataclass(frozen=True, slots=True)
class _One:
    """One of the two, seen from their parent."""

    pid: int
    to: TextIO
    back: TextIO

    def tell(self, line: str) -> None:
        self.to.write(json.dumps(line) + "\n")
        self.to.flush()

    def hear(self) -> str:
        return str(json.loads(self.back.readline()))


def _fork(home: Home) -> _One:
    (orders, to), (back, answers) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid:
        os.close(orders)
        os.close(answers)
        return _One(pid, os.fdopen(to, "w"), os.fdopen(back))
    code = 1
    try:
        os.close(to)
        os.close(back)
        with os.fdopen(orders) as heard, os.fdopen(answers, "w") as said:
            _work(home, heard, said)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _work(home: Home, heard: TextIO, said: TextIO) -> None:
    with unlocked(home) as (opened, controller):
        clock = opened.stores.clock
        assert isinstance(clock, VirtualClock)
        for line in heard:
            order = json.loads(line)
            if not order:
                return
            clock.advance_to(parse_instant(order))
            opened.keep_clock()
            for _ in range(_MOST_TICKS):
                try:
                    report = controller.tick()
                except HomeBusy:
                    continue
                if not report.runs:
                    break
            said.write(json.dumps(iso(_wake(controller.next_wake()))) + "\n")
            said.flush()


def _wake(at: datetime | None) -> datetime:
    return UNTIL["end"] if at is None else at
