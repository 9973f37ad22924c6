"""A home in memory under a virtual clock, and a sender that writes down what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fullcourt.alerting.channels import Channel, channel_of
from fullcourt.clock import VirtualClock
from fullcourt.pipeline.work import Stores
from fullcourt.rehearsal.home import MemoryArchive
from fullcourt.settings import ClockSettings, Home, Settings
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Lease, Ledger
from fullcourt.stores.ledger.runs import open_run
from fullcourt.stores.ledger.vendors import Breaker, put_breaker
from fullcourt.stores.ledger.verdicts import StoredVerdict, put_verdicts
from fullcourt.watchdog.loop import Opened, Watcher
from fullcourt.watchdog.watch import Channels, Watch, watch
from tests.pipeline.homes import NobodyAnswers

DAY = date(2025, 1, 9)
START = datetime(2025, 1, 9, 17, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOMEBODY = "elsewhere:1:5"
"""A worker of another host: only time tells whether it lives."""


class SenderLost(BaseException):
    """The process ended here."""


@dataclass
class Mailbox:
    """A sender: what each channel was given, by its address; `fails` has what refuses."""

    got: list[tuple[str, str]] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)

    def send(self, channel: Channel, title: str, body: str, kind: str) -> str | None:
        """See `Sender.send`."""
        if channel.url in self.fails:
            return "refused (HTTP 500)"
        self.got.append((channel.url, title.removeprefix("[fullcourt] ")))
        return None

    def of(self, url: str) -> list[str]:
        """The titles one channel was given."""
        return [title for to, title in self.got if to == url]


@dataclass
class Place:
    """A home, its clock, its channels, and who watches it."""

    stores: Stores
    clock: VirtualClock
    mailbox: Mailbox = field(default_factory=Mailbox)
    urls: tuple[str, ...] = ("json://one",)

    def channels(self) -> Channels:
        """The channels as configured now."""
        return Channels(tuple(map(channel_of, self.urls)))

    def watch(self, at: datetime | None = None) -> Watch:
        """One watch, at an instant (None: now)."""
        if at is not None:
            self.clock.advance_to(at)
        return watch(self.stores, self.channels(), self.mailbox)

    def keep_watch(self, until: datetime) -> list[str]:
        """Watch by the clock until an instant; what was said."""
        said: list[str] = []

        @contextmanager
        def opened() -> Iterator[Opened]:
            yield Opened(self.stores, lambda: None)

        Watcher(
            opened,
            self.channels,
            self.stores.settings.alerts,
            self.mailbox,
            self.clock,
            said.append,
            lambda: self.clock.now() >= until,
        ).keep()
        return said

    def vendor_fails(self, vendor: str = "odds_api") -> None:
        """A vendor's breaker opens."""
        now = self.clock.now()
        put_breaker(self.stores.ledger, vendor, Breaker("open", 3, now, "HTTP 503"), now)

    def vendor_is_well(self, vendor: str = "odds_api") -> None:
        """It closes."""
        put_breaker(self.stores.ledger, vendor, Breaker(), self.clock.now())

    def run_opens(self, deadline: timedelta, worker: str = SOMEBODY) -> Lease:
        """A run begins, and nothing is ever heard of it again."""
        return open_run(
            self.stores.ledger,
            run_id="gra-1",
            dataset="grades",
            first=DAY,
            last=DAY,
            trigger="schedule",
            deadline=deadline,
            keys_expected=1,
            code_fingerprint="code",
            worker=worker,
            asked=[(DAY, "k")],
        )

    def judged(
        self,
        dataset: str,
        day: date,
        keys: dict[str, tuple[str, str | None]],
        verdict: str = "missing",
    ) -> None:
        """A cell was judged: key -> (state, cause)."""
        states = {key: (state, cause, "because", key) for key, (state, cause) in keys.items()}
        at = self.clock.now()
        row = StoredVerdict(
            dataset, day, verdict, len(keys), 0, "because", (), states, "digest", at, None, None
        )
        put_verdicts(self.stores.ledger, [row])


@contextmanager
def place_at(folder: Path) -> Iterator[Place]:
    """A home in memory; everything is gone afterwards."""
    clock = VirtualClock(START)
    stores = Stores(
        home=Home(folder),
        settings=Settings(since=DAY, clock=ClockSettings(kind="virtual")),
        clock=clock,
        ledger=Ledger.in_memory(clock),
        lake=Lake.in_memory_lake(),
        archive=MemoryArchive(),
        transport=NobodyAnswers(),
        fingerprint="code",
    )
    place = Place(stores, clock)
    place.judged("schedule", DAY - timedelta(days=1), {"a": ("complete", None)}, "complete")
    try:
        yield place
    finally:
        stores.lake.close()
        stores.ledger.close()
