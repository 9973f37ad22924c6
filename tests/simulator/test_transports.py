from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from fullcourt.clock import SystemClock
from fullcourt.nba.calendar import eastern
from fullcourt.simulator.asgi import AsgiTransport
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.vendors.wire import Receive, Scope, Send, chosen_encoding
from fullcourt.vendors import nba_cdn, odds_api
from fullcourt.vendors.http import HttpTransport
from fullcourt.vendors.transport import ConnectionFailed, DeadlineExceeded, Request
from tests.simulator.worlds import a_world, clock_of


def test_a_host_without_a_vendor_does_not_answer() -> None:
    """The error names the hosts there are."""
    world = a_world()
    with pytest.raises(ConnectionFailed, match=r"cdn\.nba\.com"):
        world.transport().send(Request("espn", "scoreboard", "https://site.api.espn.com/x"))


def test_an_app_that_needs_an_event_loop_is_refused() -> None:
    """Only apps that never wait for anything real can be called in process."""

    class _Waits:
        def __await__(self) -> object:
            yield

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _Waits()  # type: ignore[misc]

    world = a_world()
    with pytest.raises(RuntimeError, match="event loop"):
        AsgiTransport({"x": app}, world.clock).send(Request("x", "x", "http://x/"))


def test_the_clients_own_requests_are_answered_in_process() -> None:
    """The clients' default base URLs reach the simulated vendors."""
    world = a_world()
    transport = world.transport()
    schedule = nba_cdn.parse_schedule(transport.send(nba_cdn.schedule_request()).body)
    assert {game.game_id for game in schedule.games} == {g.game_id for g in world.league.games}
    answer = transport.send(odds_api.events_request(world.api_key))
    listing = odds_api.parse_events(answer.body, False, world.clock.now(), world.team_names)
    assert listing.events
    transport.close()


def test_over_loopback_the_bodies_are_the_same() -> None:
    """Served over real HTTP bytes equal those in process, and the servers stop with the block."""
    world = a_world()
    game = world.league.games[-1]
    clock_of(world).advance_to(game.tip_at - timedelta(hours=1))
    before = set(threading.enumerate())
    transport = HttpTransport(SystemClock())
    with world.served() as urls:
        assert set(urls) == {"nba_cdn", "odds_api"}
        pairs = [
            (nba_cdn.schedule_request(), nba_cdn.schedule_request(urls["nba_cdn"])),
            (
                odds_api.events_request(world.api_key),
                odds_api.events_request(world.api_key, base_url=urls["odds_api"]),
            ),
        ]
        for inside, outside in pairs:
            over_http = transport.send(outside)
            assert over_http.status == 200
            assert over_http.body == world.transport().send(inside).body
            assert over_http.encoding == "br"
    transport.close()
    assert not [t for t in set(threading.enumerate()) - before if t.name.startswith("vendor-")]


def test_a_hang_over_loopback_ends_at_the_clients_deadline_and_stops_with_the_block() -> None:
    """A server that holds a request open does not hold the program."""
    start = eastern(DEFAULT_FIRST_DATE, 5)
    fault = Fault("nba_cdn", "*", start, start + timedelta(days=1), FaultKind.HANG)
    world = a_world(3, fault)
    transport = HttpTransport(SystemClock())
    with world.served() as urls:
        url = nba_cdn.scoreboard_request(urls["nba_cdn"]).url
        with pytest.raises(DeadlineExceeded):
            transport.send(Request("nba_cdn", "scoreboard", url, deadline_s=0.3))
    transport.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("vendor-")]


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("gzip", "gzip"),
        ("", "identity"),
        ("zstd", "identity"),
    ],
)
def test_the_encoding_is_one_the_request_accepts(accepted: str, chosen: str) -> None:
    """Brotli first, then gzip, never one that was refused."""
    assert chosen_encoding(accepted) == chosen
