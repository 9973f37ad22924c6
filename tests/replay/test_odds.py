from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.replay.transport import ReplayTransport
from fullcourt.replay.world import World
from fullcourt.vendors.transport import BodyTooLarge, Request
from tests.replay.asking import EVENTS, body, get, transport_at
from tests.replay.small_history import event, write_event_odds, write_listings

LAKERS = "b708fe113f15f5f0129b149182b0f325"
ODDS = f"{EVENTS}/{LAKERS}/odds"
ASKED = {"apiKey": "k", "regions": "us", "markets": "player_points", "oddsFormat": "decimal"}
SNAPSHOT = datetime(2025, 1, 9, 15, 25, 38, tzinfo=UTC)


def test_a_listing_is_served_byte_for_byte(recorded: World, shared: Path) -> None:
    """The body is the recorded one, of the last snapshot not after the asked instant."""
    with zipfile.ZipFile(shared / "history/odds_api/events/2024-25.zip") as archive:
        wanted = archive.read("events_2025-01-09.json")
    transport = transport_at(recorded, datetime(2025, 3, 1, tzinfo=UTC))
    response = get(transport, EVENTS, apiKey="k", date="2025-01-10T11:55:37Z")
    assert response.body == wanted and not response.rerendered
    assert body(response)["timestamp"] == "2025-01-09T11:55:38Z"


def test_event_odds_are_served_byte_for_byte(recorded: World, shared: Path) -> None:
    """The postponed CHA@LAL of 2025-01-09 has its recorded prices."""
    with zipfile.ZipFile(shared / "history/odds_api/event_odds/2024-25.zip") as archive:
        wanted = archive.read(f"2025-01-09/{LAKERS}.json")
    transport = transport_at(recorded, SNAPSHOT)
    assert get(transport, ODDS, **ASKED, date="2025-01-09T23:00:00Z").body == wanted


@pytest.mark.parametrize("url", [ODDS, EVENTS])
def test_neither_date_nor_clock_may_be_before_the_snapshot(recorded: World, url: str) -> None:
    """A snapshot later than the asked instant, or than now, is not served."""
    first = SNAPSHOT if url == ODDS else recorded.listings().all[0].snapshot_at
    second = timedelta(seconds=1)
    asked = {"date": f"{first:%Y-%m-%dT%H:%M:%SZ}"}
    earlier = {"date": f"{first - second:%Y-%m-%dT%H:%M:%SZ}"}
    assert get(transport_at(recorded, first), url, **ASKED, **asked).status == 200
    assert get(transport_at(recorded, first - second), url, **ASKED, **asked).status == 404
    assert get(transport_at(recorded, first + second), url, **ASKED, **earlier).status == 404


def test_the_clock_may_hold_back_a_later_listing(recorded: World) -> None:
    """Asked for the evening at noon, the vendor answers what it has at noon."""
    noon = datetime(2025, 1, 9, 17, tzinfo=UTC)
    response = get(transport_at(recorded, noon), EVENTS, apiKey="k", date="2025-01-20T00:00:00Z")
    assert body(response)["timestamp"] == "2025-01-09T11:55:38Z"


def test_credits_are_counted_as_the_vendor_does(recorded: World) -> None:
    """1 for a listing, 10 x markets x regions for event odds, nothing for what is not there."""
    transport = ReplayTransport(Path(), VirtualClock(SNAPSHOT), credits=100, world=recorded)
    now = "2025-01-09T23:00:00Z"
    get(transport, EVENTS, apiKey="k", date=now)
    wide = ASKED | {"regions": "us,us2", "markets": "player_points,player_assists"}
    counted = get(transport, ODDS, **wide, date=now).headers
    assert counted["x-requests-last"] == "40"
    assert counted["x-requests-used"] == "41"
    assert counted["x-requests-remaining"] == "59"
    nothing = get(transport, f"{EVENTS}/{'0' * 32}/odds", **ASKED, date=now)
    assert (nothing.status, nothing.headers["x-requests-last"]) == (404, "0")
    assert nothing.headers["x-requests-remaining"] == "59"


def test_spent_credits_are_refused_as_the_vendor_does(recorded: World) -> None:
    """Without enough credits left: 401 OUT_OF_USAGE_CREDITS, and nothing is charged."""
    transport = ReplayTransport(Path(), VirtualClock(SNAPSHOT), credits=9, world=recorded)
    refused = get(transport, ODDS, **ASKED, date="2025-01-09T23:00:00Z")
    assert refused.status == 401 and b"OUT_OF_USAGE_CREDITS" in refused.body
    assert refused.headers["x-requests-remaining"] == "9"


def test_empty_event_odds_are_free(tmp_path: Path) -> None:
    """A recorded body without prices is served and costs nothing."""
    tip = SNAPSHOT + timedelta(hours=12)
    odds = {"timestamp": "2025-01-09T15:25:38Z", "data": event("a", "CHA", "LAL", tip)}
    prices = {"key": "x", "markets": [{"key": "player_points", "outcomes": []}]}
    write_event_odds(
        tmp_path,
        {
            "2025-01-09/a.json": odds | {"data": {"id": "a", "bookmakers": []}},
            "2025-01-09/b.json": odds | {"data": {"id": "b", "bookmakers": [prices]}},
        },
    )
    transport = transport_at(World(tmp_path), SNAPSHOT)
    response = get(transport, f"{EVENTS}/a/odds", **ASKED, date="2025-01-09T23:00:00Z")
    assert (response.status, response.headers["x-requests-last"]) == (200, "0")


def test_without_a_key_nothing_is_served(recorded: World) -> None:
    """401 MISSING_KEY in the vendor's own error form."""
    response = get(transport_at(recorded, SNAPSHOT), EVENTS, date="2025-01-09T23:00:00Z")
    assert response.status == 401 and b'"error_code":"MISSING_KEY"' in response.body


@pytest.mark.parametrize("asked", [{}, {"date": ""}, {"date": "2025-01-09T23:00:00"}])
def test_a_date_that_is_no_instant_is_refused(recorded: World, asked: dict[str, str]) -> None:
    """422, as for every malformed parameter."""
    response = get(transport_at(recorded, SNAPSHOT), EVENTS, apiKey="k", **asked)
    assert response.status == 422


@pytest.mark.parametrize(
    "changed", [{"markets": "player_assists"}, {"oddsFormat": "american"}, {"markets": ""}]
)
def test_what_was_never_recorded_is_not_there(recorded: World, changed: dict[str, str]) -> None:
    """Another market or price format than the recorded ones is a 404, never a wrong body."""
    response = get(
        transport_at(recorded, SNAPSHOT), ODDS, **(ASKED | changed), date="2025-01-10T00:00:00Z"
    )
    assert response.status == 404


@pytest.mark.parametrize(
    "url",
    [
        "https://api.balldontlie.io/v1/games",
        "https://cdn.nba.com/static/json/liveData/boxscore/boxscore_0022400500.json",
        "https://stats.nba.com/stats/leaguegamelog",
        "https://api.the-odds-api.com/v4/sports/basketball_nba/odds",
    ],
)
def test_any_other_address_is_not_there(recorded: World, url: str) -> None:
    """Vendors and endpoints without a recording answer 404 (the official log included)."""
    response = get(transport_at(recorded, SNAPSHOT), url, apiKey="k", date="2025-01-09T23:00:00Z")
    assert response.status == 404


def test_a_body_over_the_limit_is_refused(tmp_path: Path) -> None:
    """The caller's size limit holds for recorded bodies too."""
    write_listings(tmp_path, {"2025-01-09T11:55:38Z": []})
    transport = transport_at(World(tmp_path), SNAPSHOT)
    asked = (("apiKey", "k"), ("date", "2025-01-09T23:00:00Z"))
    with pytest.raises(BodyTooLarge, match="at most 10 allowed"):
        transport.send(Request("odds_api", "events", EVENTS, asked, max_bytes=10))
