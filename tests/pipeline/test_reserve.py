"""Credits that are kept for later nights: spent by nobody but who is let to."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.pipeline.answers import VendorWatch
from fullcourt.stores.ledger.vendors import put_credits
from tests.pipeline.homes import close, stores_at


@pytest.mark.parametrize(
    ("left", "forced", "asks"),
    [(51, False, True), (50, False, False), (50, True, True), (1, True, True), (0, True, False)],
)
def test_force_spends_the_reserve_and_not_what_is_not_there(
    left: int, forced: bool, asks: bool, tmp_path: Path
) -> None:
    """At one credit a call and 50 kept: the 51st is free, the others are for a forced run."""
    stores = stores_at(tmp_path / "home")
    put_credits(stores.ledger, "odds_api", left, 0, 1, stores.ledger.now())
    watch = VendorWatch(stores, "odds_event_props", spends_reserve=forced)
    assert (watch.pause() is None) == asks
    close(stores)
