"""Watches are made by the clock: what hangs is closed though nothing else ever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from fullcourt.pipeline.runner import worker_name
from fullcourt.stores.ledger.runs import LEASE_TTL, get_runs, heartbeat, live_leases
from fullcourt.stores.ledger.vendors import attempts_of
from fullcourt.watchdog.watch import EVERY, next_watch, slot_of, watched_at
from tests.watchdog.homes import DAY, MINUTE, START, Place, place_at


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_watch_is_the_next_full_quarter(now: datetime) -> None:
    """It lies after now, at most 15 minutes away, at minute 0, 15, 30 or 45."""
    at = next_watch(now)
    assert timedelta(0) < at - now <= EVERY
    assert (at.minute % 15, at.second, at.microsecond) == (0, 0, 0)
    assert slot_of(now) <= now < slot_of(now) + EVERY
    assert slot_of(at) == at


def test_a_hanging_run_is_closed_at_its_deadlines_next_watch(place: Place) -> None:
    """A run that dies without a word, with no event after it, is closed by the clock alone."""
    place.clock.advance_to(START + 10 * MINUTE)
    place.run_opens(deadline=timedelta(seconds=90))
    said = place.keep_watch(START + timedelta(hours=1))
    (run,) = get_runs(place.stores.ledger)
    assert (run.state, run.reason) == ("timed_out", "deadline passed")
    assert run.deadline_at == datetime(2025, 1, 9, 17, 18, 30, tzinfo=UTC)
    assert run.closed_at == datetime(2025, 1, 9, 17, 30, tzinfo=UTC)
    assert f"watch: a dead run of grades {DAY} is closed" in said
    # Its key counts as tried: the plan tries it again by its schedule.
    assert attempts_of(place.stores.ledger, "grades", DAY)["k"].outcome == "hung"


@settings(max_examples=40)
@given(
    opened=st.integers(0, 3_600),
    deadline=st.integers(1, 3_600),
    beats=st.lists(st.integers(0, 3_600), max_size=4),
)
def test_every_dead_run_is_closed_at_the_first_watch_after_its_end(
    opened: int, deadline: int, beats: list[int]
) -> None:
    """Whenever it was opened and last moved: closed at the first watch after its lease ran out."""
    with TemporaryDirectory() as folder, place_at(Path(folder)) as place:
        clock, ledger = place.clock, place.stores.ledger
        clock.sleep(opened)
        lease = place.run_opens(timedelta(seconds=deadline))
        started, ends = clock.now(), clock.now() + min(LEASE_TTL, timedelta(seconds=deadline))
        last_word = started + timedelta(seconds=deadline)
        for done, beat in enumerate(sorted(beats), start=1):
            at = started + timedelta(seconds=beat)
            if at < ends and slot_of(at) == slot_of(started):
                clock.advance_to(at)
                heartbeat(ledger, lease, done, None, "batch")
                ends = min(at + LEASE_TTL, last_word)
        place.keep_watch(ends + 2 * EVERY)
        (run,) = get_runs(ledger)
        expected = max(ends, started)
        watch_at = slot_of(expected) if slot_of(expected) == expected else next_watch(expected)
        assert run.closed_at == watch_at, (started, ends)
        assert live_leases(ledger) == ()


def test_two_watchers_make_one_watch_a_quarter(place: Place) -> None:
    """Whoever comes second in a quarter of an hour sends again what is due, and counts nothing."""
    place.vendor_fails()
    place.watch()
    place.keep_watch(START + MINUTE)
    first = watched_at(place.stores.ledger)
    place.keep_watch(START + 2 * MINUTE)
    assert first is not None
    assert place.mailbox.of("json://one") == ["summary: 1 open cause when watching began"]


def test_a_watch_that_cannot_be_made_is_said_once_and_its_end_too(place: Place) -> None:
    """A ledger that fails for hours is one alert over the channels, then one recovery."""
    good = place.stores.ledger.get_meta
    failing_until = START + timedelta(hours=3)

    def fails(name: str) -> str | None:
        if START + MINUTE < place.clock.now() < failing_until:
            raise OSError("the disk is gone")
        return good(name)

    place.stores.ledger.get_meta = fails  # type: ignore[method-assign]
    said = place.keep_watch(START + timedelta(hours=5))
    titles = place.mailbox.of("json://one")
    assert titles == [
        "alert: the home cannot be watched",
        "recovery: over: the home cannot be watched",
    ]
    assert sum("OSError: the disk is gone" in line for line in said) == 12


def test_a_worker_in_the_watching_process_is_closed_and_not_ended(place: Place) -> None:
    """A run of this very process (as under a virtual clock) is fenced off; the process lives."""
    place.run_opens(deadline=timedelta(seconds=90), worker=worker_name())
    made = place.watch(START + 5 * MINUTE)
    assert made.cancelled == ()
    assert made.closed == (("grades", DAY),)
