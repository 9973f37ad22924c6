from __future__ import annotations

import gzip
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import brotli
import pytest
import zstandard

from fullcourt.clock import SystemClock, VirtualClock
from fullcourt.vendors.http import HttpTransport
from fullcourt.vendors.transport import (
    BodyTooLarge,
    BodyUndecodable,
    ConnectionFailed,
    DeadlineExceeded,
    Request,
    RequestRefused,
    VendorError,
)
from tests.vendors.server import Answer, Connection, reply, serving

KEY = "s3cret/key+1"
BODY = b'{"games":[1,2,3]}' * 50


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    """A transport that is closed after the test."""
    transport = HttpTransport(SystemClock(), user_agent="fullcourt-test/1")
    yield transport
    transport.close()


def _request(url: str, deadline_s: float = 5.0, max_bytes: int = 1024 * 1024) -> Request:
    return Request(
        "vendor",
        "events",
        url,
        params=(("apiKey", KEY), ("markets", "a,b")),
        headers=(("Referer", "https://www.nba.com/"),),
        secret_params=frozenset({"apiKey"}),
        deadline_s=deadline_s,
        max_bytes=max_bytes,
    )


def _hang(connection: Connection) -> None:
    connection.wait(10)


def _hang_after_head(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    connection.wait(10)


def _drip(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not connection.wait(0.05):
        connection.send(b"x")


def _drip_head(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not connection.wait(0.05):
        connection.send(b"x")


def _break_off(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")


def _no_http(connection: Connection) -> None:
    connection.send(b"this is no HTTP at all\r\n\r\n")


def _flood(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while not connection.wait(0):
        connection.send(b"x" * 65536)


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.ZstdCompressor().compress(BODY)),
    ],
    ids=["identity", "gzip", "br", "zstd"],
)
def test_an_answer_comes_back_decoded(transport: HttpTransport, encoding: str, wire: bytes) -> None:
    """Status, decoded body, lower-case headers, coding and bytes on the wire are reported."""
    answer = reply(wire, Content_Encoding=encoding, X_Requests_Remaining="77")
    with serving(events=answer) as server:
        response = transport.send(_request(f"{server.url}/events"))
    assert (response.status, response.body) == (200, BODY)
    assert (response.encoding, response.wire_bytes) == (encoding, len(wire))
    assert response.headers["x-requests-remaining"] == "77"
    assert response.elapsed_s > 0


def test_the_request_is_what_was_asked_for(transport: HttpTransport) -> None:
    """Parameters in order, the honest user agent, the four codings, the request's own headers."""
    with serving(events=reply(b"{}")) as server:
        transport.send(_request(f"{server.url}/events"))
    head = server.heads[0]
    assert head.startswith("GET /events?apiKey=s3cret%2Fkey%2B1&markets=a,b HTTP/1.1\r\n")
    for line in (
        "User-Agent: fullcourt-test/1",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Referer: https://www.nba.com/",
    ):
        assert f"\r\n{line}\r\n" in head


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "503 Busy"])
def test_no_status_is_judged(transport: HttpTransport, status: str) -> None:
    """The transport brings every status back and raises for none."""
    body = b"" if status.startswith("204") else b"why"
    with serving(events=reply(body, status)) as server:
        response = transport.send(_request(f"{server.url}/events"))
    assert (response.status, response.body) == (int(status[:3]), body)


@pytest.mark.parametrize("slow", [_hang, _hang_after_head, _drip, _drip_head])
def test_the_deadline_is_total(transport: HttpTransport, slow: Answer) -> None:
    """A hang and a drip, before and in the body, end at the deadline."""
    with serving(events=slow) as server:
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded, match=r"0\.3 s") as caught:
            transport.send(_request(f"{server.url}/events", deadline_s=0.3))
        assert time.monotonic() - started < 1.5
    assert caught.value.cause == "hung"


def test_a_redirect_shares_the_deadline(transport: HttpTransport) -> None:
    """A redirect to a page that hangs ends at the first request's deadline."""
    with serving(old=reply(b"", "302 Found", Location="/new"), new=_hang) as server:
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            transport.send(_request(f"{server.url}/old", deadline_s=0.3))
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    ("answer", "kind"), [(_break_off, "broke off"), (_no_http, "no valid HTTP")]
)
def test_a_broken_answer_is_a_failed_connection(
    transport: HttpTransport, answer: Answer, kind: str
) -> None:
    """Half a body and bytes that are no HTTP are connection failures with their kind."""
    with (
        serving(events=answer) as server,
        pytest.raises(ConnectionFailed, match=kind),
    ):
        transport.send(_request(f"{server.url}/events"))


def test_a_refused_connection_names_the_reason(transport: HttpTransport) -> None:
    """Nobody listens: the system's own words are in the message."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionFailed, match="ClientConnectorError"):
        transport.send(_request(f"http://127.0.0.1:{port}/events"))


def test_a_body_without_end_stops_at_the_limit(transport: HttpTransport) -> None:
    """A flood is cut at max_bytes, long before its deadline."""
    with serving(events=_flood) as server, pytest.raises(BodyTooLarge):
        transport.send(_request(f"{server.url}/events", max_bytes=200_000))


def test_an_announced_size_above_the_limit_is_not_read(transport: HttpTransport) -> None:
    """Content-Length alone is enough to refuse."""
    with (
        serving(events=reply(b"x" * 5000)) as server,
        pytest.raises(BodyTooLarge, match="announced"),
    ):
        transport.send(_request(f"{server.url}/events", max_bytes=1000))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_bomb_on_the_wire_is_too_large(transport: HttpTransport, encoding: str) -> None:
    """A few kB that stand for 64 MiB are refused in each coding."""
    zeros = bytes(64 * 1024 * 1024)
    bombs: dict[str, Callable[[], bytes]] = {
        "gzip": lambda: gzip.compress(zeros),
        "br": lambda: brotli.compress(zeros, quality=4),
        "zstd": lambda: zstandard.ZstdCompressor().compress(zeros),
    }
    wire = bombs[encoding]()
    with (
        serving(events=reply(wire, Content_Encoding=encoding)) as server,
        pytest.raises(BodyTooLarge, match="grows past"),
    ):
        transport.send(_request(f"{server.url}/events"))


def test_a_broken_stream_is_undecodable(transport: HttpTransport) -> None:
    """A gzip header over something else is named as such."""
    with (
        serving(events=reply(b"not gzip at all", Content_Encoding="gzip")) as server,
        pytest.raises(BodyUndecodable, match="gzip"),
    ):
        transport.send(_request(f"{server.url}/events"))


def test_a_redirect_on_the_same_host_is_followed(transport: HttpTransport) -> None:
    """A moved page of the vendor's own is read where it is."""
    with serving(old=reply(b"", "301 Moved", Location="/new"), new=reply(b"{}")) as server:
        assert transport.send(_request(f"{server.url}/old")).body == b"{}"


def test_a_redirect_to_another_host_is_returned(transport: HttpTransport) -> None:
    """Another host (or port) is not followed, and a key the server echoes is struck out."""
    elsewhere = "http://localhost:1/events?apiKey=s3cret%2Fkey%2B1"
    with serving(events=reply(b"", "302 Found", Location=elsewhere)) as server:
        response = transport.send(_request(f"{server.url}/events"))
    assert response.status == 302
    assert response.headers["location"] == "http://localhost:1/events?apiKey=***"


def test_redirects_in_a_circle_end(transport: HttpTransport) -> None:
    """A page that points to itself is given up."""
    with (
        serving(events=reply(b"", "302 Found", Location="/events")) as server,
        pytest.raises(ConnectionFailed, match="redirects"),
    ):
        transport.send(_request(f"{server.url}/events"))


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "no url", "http://"])
def test_only_http_urls_are_asked(transport: HttpTransport, url: str) -> None:
    """A base URL that is none is the settings' fault and said so."""
    with pytest.raises(RequestRefused, match="base URL"):
        transport.send(_request(url))


@pytest.mark.parametrize(
    "answer", [_hang, _break_off, _no_http, reply(b"x", Content_Encoding="br")]
)
def test_no_error_carries_the_key(transport: HttpTransport, answer: Answer) -> None:
    """Message, cause, context and traceback of a failure are free of the secret."""
    with (
        serving(events=answer) as server,
        pytest.raises(VendorError) as caught,
    ):
        transport.send(_request(f"{server.url}/events", deadline_s=0.3))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "s3cret" not in text
    assert "apiKey=***" in text


def test_one_transport_serves_many_threads(transport: HttpTransport) -> None:
    """Requests of several threads go side by side."""

    def _slow(connection: Connection) -> None:
        connection.wait(0.3)
        reply(b"{}")(connection)

    with serving(events=_slow) as server:
        got: list[bytes] = []
        threads = [
            threading.Thread(
                target=lambda: got.append(transport.send(_request(f"{server.url}/events")).body)
            )
            for _ in range(5)
        ]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - started < 1.2
    assert got == [b"{}"] * 5


def test_a_closed_transport_says_so(transport: HttpTransport) -> None:
    """After close nothing is sent, and closing twice is harmless."""
    transport.close()
    transport.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        transport.send(_request("http://127.0.0.1:1/"))


def test_closing_ends_what_is_under_way(transport: HttpTransport) -> None:
    """A thread that waits for a hanging vendor is released by close."""
    raised: list[VendorError] = []

    def _send(url: str) -> None:
        try:
            transport.send(_request(url))
        except VendorError as error:
            raised.append(error)

    with serving(events=_hang) as server:
        thread = threading.Thread(target=_send, args=(f"{server.url}/events",))
        thread.start()
        while not server.heads:
            time.sleep(0.01)
        transport.close()
        thread.join(2)
        assert not thread.is_alive()
    assert isinstance(raised[0], ConnectionFailed)


def test_under_a_virtual_clock_no_real_duration_is_reported() -> None:
    """Two runs of a simulated season over HTTP record the same elapsed time."""
    transport = HttpTransport(VirtualClock(datetime(2025, 1, 9, tzinfo=UTC)))
    with serving(events=reply(b"{}")) as server:
        assert transport.send(_request(f"{server.url}/events")).elapsed_s == 0.0
    transport.close()
