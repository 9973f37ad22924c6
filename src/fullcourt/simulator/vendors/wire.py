"""How the simulated vendors speak HTTP: plain ASGI, JSON bodies, content encodings by request.

No framework: an app is one coroutine function of (scope, receive, send), so that the same app runs
under a real server and in process.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import brotli
import msgspec

from fullcourt.clock import Clock

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html"
# Extensions of a request inside the world: answer as of this instant; charge nothing for it.
AT = "fullcourt.at"
UNCHARGED = "fullcourt.uncharged"
# Small bodies travel as they are, as behind every CDN.
SMALLEST_ENCODED = 256
# Low: the wire of a simulated world is short, and its schedules are long.
BROTLI_QUALITY = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What an app answers, before any content encoding."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RateLimit:
    """At most `calls` answers in any `seconds`; a refused call does not count."""

    calls: int
    seconds: float
    _answered: deque[datetime] = field(default_factory=deque)

    def admits(self, at: datetime) -> bool:
        """Whether a call at `at` (never before the last one) is answered; counts it if so."""
        while self._answered and (at - self._answered[0]).total_seconds() >= self.seconds:
            self._answered.popleft()
        if len(self._answered) >= self.calls:
            return False
        self._answered.append(at)
        return True


def json_reply(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """`content` as JSON (keys in the order given)."""
    return Reply(status, msgspec.json.encode(content), headers=headers or {})


def html_reply(status: int, title: str, text: str) -> Reply:
    """A small HTML page, as the edges of the vendors' networks send them."""
    page = (
        f"<HTML><HEAD>\n<TITLE>{title}</TITLE>\n</HEAD><BODY>\n<H1>{title}</H1>\n{text}\n"
        "</BODY></HTML>\n"
    )
    return Reply(status, page.encode(), HTML_TYPE)


def header(scope: Scope, name: str) -> str:
    """A request header's value, empty where it is absent. `name` is lower-case."""
    wanted = name.encode("latin-1")
    for key, value in scope["headers"]:
        if key.lower() == wanted:
            return str(value.decode("latin-1"))
    return ""


def instant_of(scope: Scope, clock: Clock) -> datetime:
    """The instant a request is answered as of: the clock's, unless the world asks for another."""
    at = (scope.get("extensions") or {}).get(AT)
    return at if isinstance(at, datetime) else clock.now()


def is_charged(scope: Scope) -> bool:
    """Whether the vendor bills a request: not what a fault keeps it from answering."""
    return UNCHARGED not in (scope.get("extensions") or {})


def query(scope: Scope) -> dict[str, str]:
    """The query's parameters; of a repeated name the last counts."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def chosen_encoding(accept_encoding: str) -> str:
    """`br` or `gzip` where the request accepts it, else `identity`."""
    offered = {
        part.split(";")[0].strip().lower()
        for part in accept_encoding.split(",")
        if part.replace(" ", "").split(";q=")[-1] not in ("0", "0.0")
    }
    return "br" if "br" in offered else "gzip" if "gzip" in offered else "identity"


def encoded(body: bytes, encoding: str) -> bytes:
    """`body` in a content encoding."""
    if encoding == "br":
        compressed: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return compressed
    if encoding == "gzip":
        # A fixed time in the gzip header: the same body is the same bytes.
        return gzip.compress(body, compresslevel=1, mtime=0)
    return body


async def send_reply(scope: Scope, send: Send, reply: Reply) -> None:
    """Send `reply`, encoded as the request accepts."""
    encoding = chosen_encoding(header(scope, "accept-encoding"))
    if len(reply.body) < SMALLEST_ENCODED:
        encoding = "identity"
    headers = dict(reply.headers)
    if encoding != "identity":
        headers["content-encoding"] = encoding
    headers["vary"] = "Accept-Encoding"
    await send_raw(send, reply.status, reply.content_type, headers, encoded(reply.body, encoding))


async def send_raw(
    send: Send, status: int, content_type: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Send bytes exactly as given, with their length."""
    sent: list[tuple[bytes, bytes]] = [(b"content-type", content_type.encode("latin-1"))]
    sent.extend(
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    )
    sent.append((b"content-length", str(len(body)).encode("latin-1")))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


async def captured(app: ASGIApp, scope: Scope, receive: Receive) -> Reply:
    """What `app` answers to `scope`, without any content encoding."""
    plain: Scope = dict(scope)
    plain["headers"] = [
        (name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"
    ]
    parts: list[bytes] = []
    start: Message = {}

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(plain, receive, collect)
    headers = text_headers(start["headers"])
    kept = {
        name: value
        for name, value in headers.items()
        if name not in ("content-type", "content-length", "vary")
    }
    return Reply(start["status"], b"".join(parts), headers["content-type"], kept)


def text_headers(headers: Iterable[Sequence[bytes]]) -> dict[str, str]:
    """Response headers as text, names lower-case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
