"""A month's credits: the vendor's last word, a reset it has not spoken of yet, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline.allowance import (
    GameSnapshots,
    allowance,
    credits_now,
    is_planned,
)
from fullcourt.scrape.snapshots import Kind, SlateGame, snapshots_of
from fullcourt.settings import OddsSettings
from fullcourt.stores.archive import Manifest
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.manifests import add_manifests
from fullcourt.stores.ledger.vendors import put_credits

NOW = datetime(2025, 11, 20, 18, tzinfo=UTC)
RESET = datetime(2025, 11, 1, tzinfo=UTC)
ODDS = OddsSettings(credits_a_month=500)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SNAPSHOTS = snapshots_of(SlateGame("0022500001", date(2025, 11, 20), eastern(NOW.date(), 19)))


@pytest.mark.parametrize(
    ("said", "at", "left", "is_said"),
    [
        (None, NOW, 500, False),
        (120, NOW - DAY, 120, True),
        (0, NOW - DAY, 0, True),
        (3, RESET - MINUTE, 500, False),
        (3, RESET, 3, True),
        (900, NOW - DAY, 900, True),
    ],
)
def test_the_last_word_counts_until_the_account_is_filled_again(
    said: int | None, at: datetime, left: int, is_said: bool
) -> None:
    """What others spent is in the vendor's word; one of before the reset says nothing any more."""
    ledger = Ledger.in_memory(VirtualClock(NOW))
    if said is not None:
        put_credits(ledger, "odds_api", said, 0, 1, at)
    found = allowance(ledger, ODDS, NOW)
    assert found is not None
    assert (found.left, found.is_said) == (left, is_said)
    assert found.spendable == max(0, left - 50)
    assert credits_now(ledger, ODDS, NOW) == left
    ledger.close()


def test_without_an_allowance_or_of_history_nothing_is_planned() -> None:
    """Then snapshots are taken at fixed hours, and the vendor's last word is all that is known."""
    ledger = Ledger.in_memory(VirtualClock(NOW))
    for odds in (OddsSettings(), OddsSettings(credits_a_month=500, mode="historical")):
        assert not is_planned(odds)
        assert allowance(ledger, odds, NOW) is None
        assert credits_now(ledger, odds, NOW) is None
    ledger.close()


def test_an_answer_in_vain_is_asked_for_again_while_its_snapshot_lasts() -> None:
    """Every half hour, and every three minutes of the closing one's ten; never after the tip."""
    closing, early = SNAPSHOTS[-1], SNAPSHOTS[0]
    assert closing.kind is Kind.CLOSING
    share = GameSnapshots(bought=(early, closing))
    assert share.next_ask(early.at - DAY, None) == early.at
    assert share.next_ask(early.at, early.at) == early.at + 30 * MINUTE
    assert share.next_ask(early.until, early.until - MINUTE) == closing.at
    assert share.next_ask(closing.at, closing.at) == closing.at + 3 * MINUTE
    assert share.next_ask(closing.at, closing.until - 2 * MINUTE) is None
    assert share.next_ask(closing.until, None) is None
    assert GameSnapshots(given_up=SNAPSHOTS).next_ask(early.at, None) is None


def test_the_plan_is_looked_at_again_at_every_instant_of_a_game() -> None:
    """Bought, taken or given up: credits may have come or gone by then."""
    share = GameSnapshots(bought=SNAPSHOTS[-1:], given_up=SNAPSHOTS[1:-1], taken=SNAPSHOTS[:1])
    assert share.look_at(SNAPSHOTS[0].at - MINUTE) == SNAPSHOTS[0].at
    assert share.look_at(SNAPSHOTS[0].at) == SNAPSHOTS[1].at
    assert share.look_at(SNAPSHOTS[-1].at) is None
    assert replace(share, bought=()).look_at(SNAPSHOTS[-2].at) is None


def test_what_we_took_counts_while_the_vendor_says_nothing() -> None:
    """A vendor without quota headers must not seem to give the month's credits again and again."""
    ledger = Ledger.in_memory(VirtualClock(NOW))
    before, after = RESET - MINUTE, RESET + MINUTE
    add_manifests(
        ledger,
        [
            Manifest(
                manifest_id=str(number),
                feed="odds_event_props",
                game_date=RESET.date(),
                key=f"002250000{number}",
                vendor="odds_api",
                endpoint="event_odds",
                url="",
                outcome=outcome,
                fetched_at=at,
            )
            for number, (at, outcome) in enumerate(
                ((before, "ok"), (after, "ok"), (after, "vendor_empty"), (NOW, "ok"))
            )
        ],
    )
    found = allowance(ledger, ODDS, NOW)
    assert found is not None
    assert (found.left, found.is_said) == (498, False)
    ledger.close()
