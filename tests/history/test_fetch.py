from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from fullcourt.clock import SystemClock
from fullcourt.history import fetch
from fullcourt.history.fetch import Fetched, FetchRefused, fetch_logs, fetch_odds, quote
from fullcourt.opening import Opened
from fullcourt.settings import load_settings
from fullcourt.vendors.http import HttpTransport
from fullcourt.vendors.odds_api import Credits
from fullcourt.vendors.transport import Request, Response
from tests.history.brought_files import (
    DAY,
    NEXT_DAY,
    brought,
    event_odds_body,
    listing_body,
    log_body,
    new_home,
    opened_at,
    past_verdicts,
    rows,
    two_games,
    write_csv,
)
from tests.vendors.server import Connection, reply, serving

TIPS = {DAY: "2023-01-10T00:30:00Z", NEXT_DAY: "2023-01-11T00:30:00Z"}
PAIRS = {DAY: ("NYK", "BOS"), NEXT_DAY: ("CHA", "LAL")}
SPAN = (date(2023, 1, 9), date(2023, 1, 10))


class OddsHistory:
    """The historical endpoints of two days: a listing costs 1 credit, lines cost 10."""

    def __init__(self, credits: int = 1000) -> None:
        self.left, self.asked = credits, 0

    def send(self, request: Request) -> Response:
        """What was served then; 401 when the credits are spent."""
        self.asked += 1
        day = DAY if dict(request.params)["date"] < "2023-01-10T12:00" else NEXT_DAY
        is_listing = request.url.endswith("/events")
        cost = 1 if is_listing else 10
        if cost > self.left:
            code = json.dumps({"error_code": "OUT_OF_USAGE_CREDITS"}).encode()
            return Response(401, code, self._headers(0))
        self.left -= cost
        make = listing_body if is_listing else event_odds_body
        at = f"{day}T11:55:00Z" if is_listing else f"{day}T20:00:00Z"
        return Response(200, make(at, TIPS[day], *PAIRS[day]), self._headers(cost))

    def _headers(self, cost: int) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "x-requests-remaining": str(self.left),
            "x-requests-used": "0",
            "x-requests-last": str(cost),
        }

    def close(self) -> None:
        """Nothing to release."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that knows both games and their tips."""
    made = new_home(tmp_path / "home")
    schedule = [
        {
            "game_id": game_id,
            "game_date": day,
            "home_team": PAIRS[day][1],
            "away_team": PAIRS[day][0],
            "tip_at": TIPS[day],
        }
        for game_id, day in (("0022200010", DAY), ("0022200011", NEXT_DAY))
    ]
    brought(made, write_csv(tmp_path / "schedule.csv", schedule))
    return made


def with_odds(opened: Opened, vendor: OddsHistory) -> None:
    """Let a home ask this vendor."""
    opened.stores.transport, opened.stores.odds_key = vendor, "key"


def fetched(home: Path, vendor: OddsHistory, most: int) -> Fetched:
    """One fetch of both days."""
    done = Fetched()
    with opened_at(home) as opened:
        with_odds(opened, vendor)
        fetch_odds(opened.stores, *SPAN, 2.0, most, done, lambda text: None)
    return done


def test_the_cost_is_said_before_anything_is_asked(home: Path) -> None:
    """Two listings at 1 credit and lines of two games at 10; what is held costs nothing."""
    with opened_at(home) as opened:
        said = quote(opened.stores, *SPAN)
    assert (said.dates, said.games, said.credits, said.held) == (2, 2, 22, 0)
    fetched(home, OddsHistory(), 22)
    with opened_at(home) as opened:
        again = quote(opened.stores, *SPAN)
    assert (again.credits, again.held, again.credits_left) == (0, 4, 978)


def test_what_was_paid_for_is_not_asked_again(home: Path) -> None:
    """A second fetch makes no call, and its answers are imported all the same."""
    vendor = OddsHistory()
    assert (fetched(home, vendor, 22).credits, vendor.asked) == (22, 4)
    done = fetched(home, vendor, 22)
    assert (done.calls, done.credits, done.held, vendor.asked) == (0, 0, 4, 4)
    brought(home, *done.files)
    query = "SELECT count(*), count(DISTINCT game_id) FROM lake.odds_player_props"
    assert rows(home, query) == [(2, 2)]


@pytest.mark.parametrize(("most", "spent"), [(0, 0), (5, 1), (11, 11), (21, 12), (22, 22)])
def test_no_credit_more_than_allowed(home: Path, most: int, spent: int) -> None:
    """The next call is not made when it could cost more than is left of the allowance."""
    done = fetched(home, OddsHistory(), most)
    assert done.credits == spent
    assert bool(done.given_up) is (most < 22)


def test_a_vendor_silent_about_the_cost_opens_no_ceiling(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the header of a call's cost each counts as it was quoted."""
    monkeypatch.setattr(fetch, "credits_of", lambda response: Credits(None, None, None))
    vendor = OddsHistory()
    done = fetched(home, vendor, 12)
    assert (done.credits, vendor.asked) == (12, 3)
    assert done.given_up


def test_the_reserve_is_kept(home: Path) -> None:
    """Of an account with 61 credits, 50 kept: a listing and one game's lines, then no more."""
    done = fetched(home, OddsHistory(61), 1000)
    assert done.credits == 11
    assert "50 are kept" in done.given_up[0]


def test_an_empty_account_ends_the_fetch(home: Path) -> None:
    """The vendor's own refusal stops it: one call, named."""
    vendor = OddsHistory(0)
    done = fetched(home, vendor, 1000)
    assert (vendor.asked, len(done.failures), done.files) == (1, 1, [])


def test_without_a_schedule_nothing_is_quoted(tmp_path: Path) -> None:
    """Nobody can say what to ask for on dates no schedule knows."""
    with opened_at(new_home(tmp_path / "empty")) as opened, pytest.raises(FetchRefused):
        quote(opened.stores, *SPAN)


def hangs(connection: Connection) -> None:
    """Accept, and never answer."""
    connection.wait(30)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (hangs, "no whole body within 0.5 s"),
        (reply(b"no", "403 Forbidden"), "403"),
        (reply(b"<html>", content_type="text/html"), "HTML"),
        (reply(log_body([]), content_type="application/json"), "no row"),
    ],
    ids=["hang", "refusal", "markup", "empty"],
)
def test_a_log_that_does_not_come_is_named(
    tmp_path: Path, answer: Callable[[Connection], None], word: str
) -> None:
    """A call that hangs is ended at its deadline; whatever came instead of a log is said."""
    home = new_home(tmp_path / "home")
    with serving(leaguegamelog=answer) as server, opened_at(home) as opened:
        done = ask_logs(opened, server.url, ("Playoffs",))
    (failure,) = done.failures
    assert failure.startswith("2022-23 Playoffs: nba_stats leaguegamelog:")
    assert word in failure
    assert done.files == []


def ask_logs(opened: Opened, url: str, types: tuple[str, ...]) -> Fetched:
    """Logs of a season from a server on this machine."""
    stores = opened.stores
    nba = structs.replace(stores.settings.nba, stats_url=url)
    stores.settings = structs.replace(stores.settings, nba=nba)
    stores.transport = HttpTransport(SystemClock(), user_agent="test")
    done = Fetched()
    try:
        fetch_logs(stores, ("2022-23",), types, 0.5, done, lambda text: None)
    finally:
        stores.transport.close()
    return done


def test_a_fetched_log_is_kept_and_imported(tmp_path: Path) -> None:
    """The season's answer lies in the home byte for byte, and makes complete cells."""
    home = new_home(tmp_path / "home")
    body = log_body(two_games())
    good = reply(body, content_type="application/json")
    with serving(leaguegamelog=good) as server, opened_at(home) as opened:
        done = ask_logs(opened, server.url, ("Regular Season",))
        again = ask_logs(opened, server.url, ("Regular Season",))
        head = server.heads[0]
    assert "Season=2022-23" in head
    assert (done.calls, again.calls, again.held, done.failures) == (1, 0, 1, [])
    (file,) = done.files
    assert file.read_bytes() == body
    brought(home, file)
    assert set().union(*past_verdicts(home).values()) == {"complete"}


def test_settings_of_a_home_are_untouched(home: Path) -> None:
    """A fetch asks history whatever mode the home's odds are in, and changes no setting."""
    file = home / "fullcourt.toml"
    before = load_settings(file)
    fetched(home, OddsHistory(), 22)
    assert load_settings(file) == before
    assert before.odds.mode == "live"
