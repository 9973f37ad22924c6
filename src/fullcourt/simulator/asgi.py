"""A `Transport` that calls simulated vendors in process: no sockets, no event loop, no real time.

A vendor that hangs or drips pauses through the request's own `fullcourt.pause` extension, which
moves the clock; when the request's total deadline is reached, the call ends there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from fullcourt.clock import Clock
from fullcourt.simulator.vendors.wire import ASGIApp, Message, Scope, text_headers
from fullcourt.vendors.encoding import ACCEPT_ENCODING, BodyDecoder
from fullcourt.vendors.transport import ConnectionFailed, DeadlineExceeded, Request, Response

PAUSE: str = "fullcourt.pause"


class _DeadlineReached(Exception):
    """The clock stands at the request's deadline."""


class AsgiTransport:
    """Carries requests to apps by host name."""

    def __init__(self, apps: Mapping[str, ASGIApp], clock: Clock) -> None:
        """`apps` by the host of their URLs (`cdn.nba.com`)."""
        self._apps = dict(apps)
        self._clock = clock

    def send(self, request: Request) -> Response:
        """See `Transport.send`.

        Raises:
            ConnectionFailed: no app under that host, or it refused or broke the connection.
            DeadlineExceeded: the app paused past the deadline; the clock then stands at it.
            BodyTooLarge, BodyUndecodable: see `Transport`.
        """
        parts = urlsplit(request.url)
        app = self._apps.get(parts.netloc)
        if app is None:
            raise ConnectionFailed(
                f"no simulated vendor answers at {parts.netloc!r}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                next_step=f"the simulated hosts are {', '.join(sorted(self._apps))}",
            )
        started = self._clock.now()
        exchange = _Exchange(self._clock, started + timedelta(seconds=request.deadline_s))
        try:
            _drive(app, _scope(request, exchange), exchange)
        except _DeadlineReached:
            raise DeadlineExceeded(
                f"no whole body within {request.deadline_s:g} s from {request.shown_url}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                next_step="it is tried again while the dataset's retries last",
            ) from None
        except ConnectionError as error:
            raise ConnectionFailed(
                f"{request.shown_url}: {error}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                next_step="it is tried again while the dataset's retries last",
            ) from error
        headers = text_headers(exchange.headers)
        encoding = headers.get("content-encoding", "")
        decoder = BodyDecoder(request, encoding)
        for chunk in exchange.chunks:
            decoder.feed(chunk)
        return Response(
            status=exchange.status,
            body=decoder.finish(),
            headers=headers,
            wire_bytes=decoder.wire_bytes,
            encoding=encoding or "identity",
            elapsed_s=(self._clock.now() - started).total_seconds(),
        )

    def close(self) -> None:
        """Nothing to release."""


class _Exchange:
    """One request's side of the ASGI conversation."""

    def __init__(self, clock: Clock, deadline: datetime) -> None:
        self._clock = clock
        self._deadline = deadline
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []

    async def receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        else:
            self.chunks.append(message.get("body", b""))

    async def pause(self, seconds: float) -> None:
        """Let the clock pass, at most to the deadline."""
        left = (self._deadline - self._clock.now()).total_seconds()
        self._clock.sleep(min(seconds, left))
        if seconds >= left:
            raise _DeadlineReached


def _scope(request: Request, exchange: _Exchange) -> Scope:
    parts = urlsplit(request.url)
    asked = {name.lower(): value for name, value in request.headers}
    headers = {"host": parts.netloc, "accept-encoding": ACCEPT_ENCODING} | asked
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": parts.scheme,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": urlencode(request.params, safe=",:").encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "extensions": {PAUSE: exchange.pause},
    }


def _drive(app: ASGIApp, scope: Scope, exchange: _Exchange) -> None:
    """Run the app's coroutine to its end, which it reaches without waiting for anything real.

    Raises:
        RuntimeError: the app waits for an event loop, so it is no simulated vendor.
    """
    steps = app(scope, exchange.receive, exchange.send).__await__()
    try:
        next(steps)
    except StopIteration:
        return
    raise RuntimeError(f"{app!r} waits for an event loop: serve it over loopback instead")
