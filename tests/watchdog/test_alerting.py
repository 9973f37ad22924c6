"""From a cause to its channels: once, folded, recovered; and channels that fail themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fullcourt.reports.watch import watch_state
from fullcourt.stores.ledger.alerts import open_deliveries, open_incidents
from fullcourt.stores.ledger.verdicts import Transition, add_transitions, drop_verdicts
from fullcourt.trust.deliveries import GIVE_UP_AFTER, MOST_ATTEMPTS
from fullcourt.watchdog.watch import EVERY, Channels, send_again, watch
from tests.watchdog.homes import DAY, MINUTE, START, Place, SenderLost

ONE, TWO = "json://one", "json://two"
OPEN = "odds_api is not asked: 3 failures in a row"


def test_a_cause_is_said_once_and_over_once(place: Place) -> None:
    """An outage of hours is one alert and one recovery, however many watches see it."""
    place.watch()
    place.vendor_fails()
    place.keep_watch(START + timedelta(hours=5))
    place.vendor_is_well()
    place.keep_watch(START + timedelta(hours=8))
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}", f"recovery: over: {OPEN}"]


def test_what_was_open_before_is_one_summary(place: Place) -> None:
    """The first watch of a home says what it finds together."""
    place.vendor_fails("odds_api")
    place.vendor_fails("nba_cdn")
    place.judged("schedule", DAY, {"a": ("missing", "hung"), "b": ("missing", "vendor_failed")})
    place.watch()
    place.watch(START + EVERY)
    assert place.mailbox.of(ONE) == ["summary: 4 open causes when watching began"]


def test_before_anything_is_judged_nothing_is_said(place: Place) -> None:
    """A home's first watch may come before its first tick: the summary waits for the verdicts."""
    ledger = place.stores.ledger
    drop_verdicts(ledger, [("schedule", DAY - timedelta(days=1))])
    place.vendor_fails()
    place.watch()
    assert place.mailbox.got == []
    place.judged("grades", DAY, {"a": ("missing", "hung")})
    place.watch(START + EVERY)
    assert place.mailbox.of(ONE) == ["summary: 2 open causes when watching began"]


def test_keys_missing_for_one_cause_are_one_alert(place: Place) -> None:
    """Dataset and cause make the alert: more dates and keys are folded into it."""
    place.watch()
    place.judged("grades", DAY, {"a": ("missing", "hung"), "b": ("missing", "hung")})
    place.watch(START + EVERY)
    place.judged("grades", DAY + timedelta(days=1), {"c": ("missing", "hung")})
    place.watch(START + 2 * EVERY)
    assert place.mailbox.of(ONE) == [f"alert: grades: 2 keys missing (hung), {DAY}"]
    (incident,) = open_incidents(place.stores.ledger)
    assert incident.title == "grades: 3 keys missing (hung), 2025-01-09 to 2025-01-10 (2 dates)"
    assert incident.seen == 2


def test_a_recovery_does_not_call_given_up_healed(place: Place) -> None:
    """When keys leave by being given up, the recovery says how many."""
    place.watch()
    place.judged("grades", DAY, {"a": ("missing", "hung")})
    place.watch(START + EVERY)
    lost = Transition(
        "grades", DAY, "a", "missing", "unrecoverable", "hung", "", "digest", place.clock.now()
    )
    add_transitions(place.stores.ledger, [lost], "code")
    place.judged("grades", DAY, {"a": ("unrecoverable", "hung")}, "unrecoverable")
    bodies: list[str] = []
    for look in range(2, 6):
        made = place.watch(START + look * EVERY)
        bodies += [notice.body for notice in made.notices]
    assert bodies[0].startswith("1 of its keys were given up")
    assert len(bodies) == 1


def test_stale_rows_are_said_when_they_stay(place: Place) -> None:
    """What the next tick mends is no alert; what two watches see is one."""
    place.watch()
    place.judged("grades", DAY, {"a": ("stale", None)}, "stale")
    place.watch(START + EVERY)
    assert place.mailbox.of(ONE) == []
    place.watch(START + 2 * EVERY)
    assert place.mailbox.of(ONE) == [f"alert: grades: 1 key stale, {DAY}"]


def test_a_broken_channel_is_a_verdict_and_the_other_channel_says_it(place: Place) -> None:
    """It shows, the other one is told at once, and what it missed reaches it when it is back."""
    place.urls = (ONE, TWO)
    place.watch()
    place.mailbox.fails = {ONE}
    place.vendor_fails()
    place.watch(START + EVERY)
    assert place.mailbox.of(ONE) == []
    assert place.mailbox.of(TWO)[0] == f"alert: {OPEN}"
    assert place.mailbox.of(TWO)[1].startswith("alert: the alert channel json://one")
    state = watch_state(place.stores.ledger, place.clock.now())
    assert [channel.state for channel in state.channels] == ["broken", "ok"]
    assert state.channels[0].last_error == "refused (HTTP 500)"
    assert state.fails
    place.mailbox.fails = set()
    place.keep_watch(START + timedelta(hours=2))
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}"]
    assert place.mailbox.of(TWO)[2].startswith("recovery: over: the alert channel json://one")
    assert not watch_state(place.stores.ledger, place.clock.now()).fails


def test_a_dead_channel_is_tried_a_bounded_number_of_times(place: Place) -> None:
    """A channel that never answers: the notice is given up, the verdict stays."""
    place.watch()
    place.mailbox.fails = {ONE}
    place.vendor_fails()
    place.keep_watch(START + GIVE_UP_AFTER + timedelta(hours=3))
    (channel,) = watch_state(place.stores.ledger, place.clock.now()).channels
    assert channel.state == "broken"
    assert channel.given_up == 1
    # Seven failures in a day by the schedule, then one for the reminder.
    assert channel.failures <= MOST_ATTEMPTS + 2
    assert channel.sent == 0


def test_a_channel_that_is_new_is_told_what_is_open(place: Place) -> None:
    """One summary to the new one, nothing to the others; what is over is not mentioned."""
    place.watch()
    place.vendor_fails()
    place.watch(START + EVERY)
    place.urls = (ONE, TWO)
    place.watch(START + 2 * EVERY)
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}"]
    assert place.mailbox.of(TWO) == ["summary: 1 open cause when watching began"]


def test_a_channel_that_is_gone_from_the_settings_is_no_verdict(place: Place) -> None:
    """A broken channel that nobody configures any more is neither shown nor tried."""
    place.urls = (ONE, TWO)
    place.watch()
    place.mailbox.fails = {ONE}
    place.vendor_fails()
    place.watch(START + EVERY)
    place.urls = (TWO,)
    place.watch(START + 2 * EVERY)
    state = watch_state(place.stores.ledger, place.clock.now())
    assert [channel.shown for channel in state.channels] == [TWO]
    assert open_deliveries(place.stores.ledger) == ()


def test_addresses_that_cannot_be_read_are_a_verdict(place: Place) -> None:
    """The channels known before stay, the error is a cause of its own, and it goes when mended."""
    place.watch()
    error = Channels(error="alerts.urls: others than its owner may read it")
    place.clock.advance_to(START + EVERY)
    watch(place.stores, error, place.mailbox)
    state = watch_state(place.stores.ledger, place.clock.now())
    assert state.channels_error == error.error
    assert state.fails
    assert [line.cause for line in state.incidents] == ["channel_broken:addresses"]
    place.watch(START + 2 * EVERY)
    assert not watch_state(place.stores.ledger, place.clock.now()).fails


@pytest.mark.parametrize(
    ("failpoint", "copies"), [("ledger.alerts", 1), ("alert.begun", 1), ("alert.sent", 2)]
)
def test_a_crash_costs_at_most_one_repeat(place: Place, failpoint: str, copies: int) -> None:
    """Dead before sending, it arrives once; dead between sending and recording, once more."""
    place.watch()
    place.vendor_fails()

    def die(name: str) -> None:
        if name == failpoint:
            raise SenderLost

    place.stores.failpoint = die
    with pytest.raises(SenderLost):
        place.watch(START + EVERY)
    place.stores.failpoint = lambda name: None
    place.keep_watch(START + timedelta(hours=3))
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}"] * copies
    assert open_deliveries(place.stores.ledger) == ()


def test_a_sender_lost_again_and_again_repeats_once(place: Place) -> None:
    """Two senders lost after sending: two copies, never a third, and the doubt is shown."""
    place.watch()
    place.vendor_fails()

    def die(name: str) -> None:
        if name == "alert.sent":
            raise SenderLost

    place.stores.failpoint = die
    for look in range(1, 9):
        place.clock.advance_to(START + look * EVERY)
        try:
            place.watch()
        except SenderLost:
            continue
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}"] * 2
    (channel,) = watch_state(place.stores.ledger, place.clock.now()).channels
    assert (channel.unproven, channel.pending) == (1, 0)


def test_nobody_sends_what_another_is_sending(place: Place) -> None:
    """While one sender is at it, a second one leaves the notice alone."""
    place.watch()
    place.vendor_fails()
    met: list[int] = []

    def meet(name: str) -> None:
        if name == "alert.begun" and not met:
            met.append(len(send_again(place.stores, place.channels(), place.mailbox)))

    place.stores.failpoint = meet
    place.watch(START + EVERY)
    assert met == [0]
    assert place.mailbox.of(ONE) == [f"alert: {OPEN}"]


def test_a_pending_notice_waits_for_its_retry_and_no_longer(place: Place) -> None:
    """The retry comes a minute after the failure, between two watches."""
    place.watch()
    place.mailbox.fails = {ONE}
    place.vendor_fails()
    place.watch(START + EVERY)
    place.mailbox.fails = set()
    assert send_again(place.stores, place.channels(), place.mailbox) == ()
    place.clock.advance_to(START + EVERY + MINUTE)
    assert [sent.error for sent in send_again(place.stores, place.channels(), place.mailbox)] == [
        None
    ]
