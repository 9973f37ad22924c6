"""Whether the controller lives: by its signs, its process, and the runs it waits for."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

import pytest

from fullcourt.pipeline.runner import worker_name
from fullcourt.stores.ledger.runs import live_leases
from fullcourt.watchdog.pulse import (
    SILENT_AFTER,
    Pulse,
    controller_state,
    get_pulse,
    put_pulse,
)
from fullcourt.watchdog.watch import EVERY
from tests.watchdog.homes import MINUTE, START, Place

GONE = f"{socket.gethostname()}:{os.getpid()}:1"


@pytest.mark.parametrize(
    ("worker", "silent", "stopped", "word"),
    [
        (worker_name(), timedelta(0), False, "serving"),
        (worker_name(), SILENT_AFTER, False, "serving"),
        (worker_name(), SILENT_AFTER + MINUTE, False, "dead"),
        (worker_name(), SILENT_AFTER + MINUTE, True, "stopped"),
        # Its number lives on in another process.
        (GONE, timedelta(0), False, "dead"),
        (GONE, timedelta(days=3), True, "stopped"),
        # On another host only silence tells.
        ("elsewhere:1:5", timedelta(0), False, "serving"),
        ("elsewhere:1:5", SILENT_AFTER + MINUTE, False, "dead"),
    ],
    # Not the names: they hold the number of the process that collects.
    ids=range(8),
)
def test_a_controllers_state(worker: str, silent: timedelta, stopped: bool, word: str) -> None:
    """Dead: the process is gone, or no sign for longer than its longest sleep allows."""
    pulse = Pulse(worker, START, START, START if stopped else None)
    assert controller_state(pulse, (), START + silent).word == word


def test_a_controller_that_waits_for_a_run_is_not_dead(place: Place) -> None:
    """Until the deadline of what it waits for it may be silent; after that it may not."""
    pulse = Pulse(worker_name(), START, START)
    place.run_opens(deadline=timedelta(minutes=20))
    leases = live_leases(place.stores.ledger)
    assert controller_state(pulse, leases, START + 15 * MINUTE).word == "serving"
    assert controller_state(pulse, leases, START + 22 * MINUTE).word == "dead"


def test_a_dead_controller_is_an_alert_of_its_own(place: Place) -> None:
    """Its death is said at the next watch, once, and its return too."""
    put_pulse(place.stores.ledger, Pulse(worker_name(), START, START))
    place.watch()
    place.keep_watch(START + timedelta(hours=3))
    assert place.mailbox.of("json://one") == [
        "alert: the controller is dead: nothing is fetched, computed or judged"
    ]
    pulse = get_pulse(place.stores.ledger)
    assert pulse is not None
    for look in range(12, 18):
        now = START + look * EVERY
        put_pulse(place.stores.ledger, Pulse(pulse.worker, now, now))
        place.watch(now)
    assert len(place.mailbox.of("json://one")) == 2
    assert place.mailbox.of("json://one")[1].startswith("recovery: over: the controller is dead")
