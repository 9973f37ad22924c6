"""A home at the dawn of its busy night, as often as a test wants it, and the undisturbed night."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from tests.crashes.account import Account, account_of
from tests.crashes.night import Order, trace_of
from tests.crashes.nursery import Nursery

NIGHT = "tests.crashes.night"
KILLED = -signal.SIGKILL
STOPPED = 0x100 + signal.SIGSTOP
# A kill a seventh of the night after the last one, on average, startup not counted.
_PACE = 7.0


@dataclass(slots=True)
class House:
    """One path (a lake knows its own) at which the same home is put again and again."""

    base: Path
    nursery: Nursery
    night: Account = field(init=False)
    """The home at the end of a night nobody disturbed."""
    passings: tuple[str, ...] = field(init=False)
    """`failpoint:dataset:n` of the undisturbed night, in order."""
    seconds: float = field(init=False)
    """How long that night took."""

    def __post_init__(self) -> None:
        self.must_end_well(self.start("dawn"))
        shutil.copytree(self.home, self.dawn)
        trace_of(self.home).unlink()
        started = monotonic()
        self.must_end_well(self.start("end"))
        self.seconds = monotonic() - started
        self.night = account_of(self.home)
        self.passings = tuple(trace_of(self.home).read_text(encoding="ascii").split())

    @property
    def home(self) -> Path:
        """Where the home is."""
        return self.base / "home"

    @property
    def dawn(self) -> Path:
        """A copy of the home at the dawn of its busy night."""
        return self.base / "dawn"

    def begin_again(self) -> None:
        """Put the home back to the dawn."""
        shutil.rmtree(self.home)
        shutil.copytree(self.dawn, self.home)

    def start(
        self, until: str = "end", orders: Iterable[Order] = (), ways: Iterable[str] = ()
    ) -> int:
        """A process that walks the night from where the home stands; its number."""
        return self.nursery.start(NIGHT, str(self.home), until, *map(str, orders), *ways)

    def finish(self) -> Account:
        """Walk to the end, undisturbed from here, and read the home."""
        self.must_end_well(self.start())
        return account_of(self.home)

    def last_passing(self) -> Order:
        """The failpoint at which the last process ended, as the order it obeyed."""
        last = trace_of(self.home).read_text(encoding="ascii").split()[-1]
        return Order.of(f"kill:{last}")

    def must_end_well(self, pid: int) -> None:
        code = self.nursery.wait(pid)
        said = self.errors.read_text(encoding="utf-8")
        assert code == 0, f"the night ended with {code}: {said[-3000:]}"

    @property
    def errors(self) -> Path:
        """What the processes said."""
        return self.base / "errors.txt"

    # Killing

    def kill_at_random(self, kills: int, seed: int) -> list[Account]:
        """Kill processes at random instants, begin again when a night is over; every night's home.

        The instants count from the start of the process, its opening of the stores included.
        """
        draw = random.Random(seed)
        nights = []
        self.begin_again()
        while kills:
            pid = self.start()
            sleep(draw.uniform(0.0, 2 * self.seconds / _PACE))
            # A process that is over already is only waited for.
            os.kill(pid, signal.SIGKILL)
            if self.nursery.wait(pid) == KILLED:
                kills -= 1
                if kills:
                    continue
            nights.append(self.finish())
            self.begin_again()
        return nights

    def kill_the_newborn(self, kills: int, seed: int) -> Account:
        """Kill processes that make the home from nothing; the home after its busy night."""
        draw = random.Random(seed)
        shutil.rmtree(self.home)
        for _ in range(kills):
            pid = self.start("dawn")
            sleep(draw.uniform(0.0, self.seconds / 5))
            os.kill(pid, signal.SIGKILL)
            if self.nursery.wait(pid) != KILLED:
                shutil.rmtree(self.home)
        self.must_end_well(self.start("dawn"))
        return self.finish()

    def kill_at(self, orders: Sequence[Order]) -> tuple[list[Account], list[Order]]:
        """Kill a process at each of these places, one after the other as the nights come to them;
        every night's home, and the orders no night came to."""
        left = {str(order): order for order in orders}
        nights: list[Account] = []
        while left:
            self.begin_again()
            before = len(left)
            while left and self.nursery.wait(self.start(orders=left.values())) == KILLED:
                del left[str(self.last_passing())]
            nights.append(self.finish())
            if len(left) == before:
                break
        return nights, list(left.values())
