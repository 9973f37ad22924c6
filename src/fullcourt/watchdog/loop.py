"""Watch for ever, by the clock: at every full quarter of an hour, and at retries in between.

A watch that cannot be made (the ledger's disk is full, the home is gone) is said over the channels
all the same, once: what cannot be recorded is remembered by this process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta

from fullcourt.alerting.sending import Sender
from fullcourt.clock import Clock, iso
from fullcourt.pipeline.work import Stores
from fullcourt.settings import AlertSettings
from fullcourt.trust.alerts import AlertCause, AlertKind, Incident, fold
from fullcourt.watchdog.watch import (
    Channels,
    Watch,
    is_due,
    next_wake,
    next_watch,
    policy_of,
    send_again,
    watch,
)

_SLICE_S = 1.0


@dataclass(frozen=True, slots=True)
class Opened:
    """The home as a watch needs it: its stores, and how to bring the verdicts up to date (which
    does nothing while another process does it)."""

    stores: Stores
    judge: Callable[[], object]


@dataclass(slots=True)
class Watcher:
    """Watches one home. `opened` opens it for one look, `channels` reads its channels afresh."""

    opened: Callable[[], AbstractContextManager[Opened]]
    channels: Callable[[], Channels]
    settings: AlertSettings
    sender: Sender
    clock: Clock
    say: Callable[[str], None]
    is_stopped: Callable[[], bool]
    made: Callable[[Stores, Watch], None] = lambda stores, made: None
    """Told of every watch that was made."""
    _unwatched: tuple[Incident, ...] = field(default=())

    def keep(self) -> None:
        """Watch at once, then by the clock, until asked to stop."""
        is_first = True
        while not self.is_stopped():
            now = self.clock.now()
            wake = next_watch(now)
            try:
                with self.opened() as home:
                    ledger = home.stores.ledger
                    if is_first or is_due(ledger, now):
                        made = watch(home.stores, self.channels(), self.sender, home.judge)
                        self._tell(made)
                        self.made(home.stores, made)
                    else:
                        send_again(home.stores, self.channels(), self.sender)
                    wake = next_wake(ledger, self.clock.now())
                self._say_it_goes_on()
            except Exception as error:
                # Whatever it is: a watch that ends with the first error watches nothing.
                self._say_it_fails(error)
                wake = next_watch(self.clock.now())
            is_first = False
            self._sleep(wake - self.clock.now())

    def _tell(self, made: Watch) -> None:
        for one in made.cancelled:
            said = "ended" if one.is_gone else "cannot be ended"
            self.say(f"watch: worker of {one.dataset} run {one.run_id} {said}")
        for dataset, day in made.closed:
            self.say(f"watch: a dead run of {dataset} {day} is closed")
        for change in made.breaker:
            self.say(f"watch: prediction breaker {change.to_state.value}: {change.reason}")
        for notice in made.notices:
            self.say(f"watch: {notice.kind.value}: {notice.title}")
        for sent in made.sent:
            if sent.error is not None:
                self.say(f"watch: notice {sent.notice_id} over {sent.shown}: {sent.error}")

    def _say_it_fails(self, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}"
        self.say(f"watch: {iso(self.clock.now())}: could not be made: {text}")
        cause = AlertCause(
            "unwatched",
            AlertKind.UNWATCHED,
            "the home cannot be watched",
            text,
            "`fullcourt doctor` says what it stands on; the watch is tried every 15 minutes",
        )
        self._fold([cause])

    def _say_it_goes_on(self) -> None:
        if self._unwatched:
            self._fold([])

    def _fold(self, causes: list[AlertCause]) -> None:
        folded = fold(causes, self._unwatched, self.clock.now(), policy_of(self.settings))
        self._unwatched = tuple(i for i in folded.incidents if i.closed_at is None)
        for notice in folded.notices:
            for channel in self.channels().found:
                title = f"[fullcourt] {notice.kind.value}: {notice.title}"
                failed = self.sender.send(channel, title, notice.body, notice.kind.value)
                if failed is not None:
                    self.say(f"watch: {notice.kind.value} over {channel.shown}: {failed}")

    def _sleep(self, span: timedelta) -> None:
        """Sleep in short slices, so that a stop is heard."""
        left = span.total_seconds()
        while left > 0 and not self.is_stopped():
            self.clock.sleep(min(left, _SLICE_S))
            left -= _SLICE_S
