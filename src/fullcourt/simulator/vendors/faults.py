"""Scripted vendor faults, as a layer around any simulated vendor.

A fault says for which vendor and path, from when to when, on which attempts, and how. Those that
change a body work on the vendor's own JSON, before it is encoded for the wire.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from fullcourt.clock import Clock, iso, require_utc
from fullcourt.simulator.vendors import mutations
from fullcourt.simulator.vendors.wire import (
    HTML_TYPE,
    JSON_TYPE,
    ASGIApp,
    Receive,
    Reply,
    Scope,
    Send,
    captured,
    encoded,
    html_reply,
    json_reply,
    send_raw,
    send_reply,
)

# How long a hang or the whole of a drip lasts: longer than any client's deadline.
FOREVER_S: Final = 24 * 3600.0
DRIP_EVERY_S: Final = 10.0
# Decoded size of the bomb: above every limit a client has.
BOMB_MIB: Final = 160


class FaultKind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    HANG = "hang"
    DRIP = "drip"
    STATUS = "status"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    HTML = "html"
    WRONG_TYPE = "wrong_type"
    BROKEN_BROTLI = "broken_brotli"
    BOMB = "bomb"
    RENAMED_FIELD = "renamed_field"
    RETYPED_FIELD = "retyped_field"
    DUPLICATE_ROWS = "duplicate_rows"
    PARTIAL_SLATE = "partial_slate"
    PREGAME_EMPTY = "pregame_empty"


_NEEDS_FIELD = frozenset({FaultKind.RENAMED_FIELD, FaultKind.RETYPED_FIELD})
_NEEDS_ROWS = frozenset({FaultKind.DUPLICATE_ROWS, FaultKind.PARTIAL_SLATE})


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted fault.

    `endpoint` is a glob over the path; `start` and `end` bound it in time, end excluded;
    `attempts` are the numbers (from 1) of the requests to one path within that time that it hits,
    None for all. `status`, `code` and `retry_after_s` belong to `status` faults; `name` is the
    field that is renamed or retyped (everywhere in the body), or the list whose rows are doubled or
    dropped; `rows` is how many are dropped from it.

    Raises:
        ValueError: the fault contradicts itself.
    """

    vendor: str
    endpoint: str
    start: datetime
    end: datetime
    kind: FaultKind
    attempts: frozenset[int] | None = None
    status: int = 500
    code: str = ""
    retry_after_s: int | None = None
    name: str = ""
    rows: int = 1

    def __post_init__(self) -> None:
        if require_utc(self.start) >= require_utc(self.end):
            raise ValueError(f"{self}: it ends at {iso(self.end)}, before it begins")
        if self.kind in _NEEDS_FIELD | _NEEDS_ROWS and not self.name:
            raise ValueError(f"{self}: a {self.kind} fault names a field or a list")
        if self.attempts is not None and min(self.attempts, default=0) < 1:
            raise ValueError(f"{self}: attempts are numbered from 1, and there is at least one")

    def covers(self, vendor: str, path: str, at: datetime) -> bool:
        """Whether a request falls under the fault, attempts aside."""
        return (
            vendor == self.vendor
            and self.start <= at < self.end
            and fnmatchcase(path, self.endpoint)
        )


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault that happened."""

    at: datetime
    vendor: str
    path: str
    kind: FaultKind


@dataclass(slots=True)
class FaultScript:
    """The faults of a world, the attempts counted, and what was injected.

    Raises:
        ValueError: a fault names a vendor the world does not have.
    """

    faults: Sequence[Fault]
    vendors: frozenset[str]
    injected: list[Injection] = field(default_factory=list)
    _attempts: Counter[tuple[int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for fault in self.faults:
            if fault.vendor not in self.vendors:
                known = ", ".join(sorted(self.vendors))
                raise ValueError(f"{fault}: no vendor {fault.vendor!r}; this world has {known}")

    def next_fault(self, vendor: str, path: str, at: datetime) -> Fault | None:
        """The first fault that hits this request; counts an attempt for all that cover it."""
        hit: Fault | None = None
        for index, fault in enumerate(self.faults):
            if not fault.covers(vendor, path, at):
                continue
            self._attempts[index, path] += 1
            number = self._attempts[index, path]
            if hit is None and (fault.attempts is None or number in fault.attempts):
                hit = fault
        if hit is not None:
            self.injected.append(Injection(at, vendor, path, hit.kind))
        return hit


class FaultLayer:
    """An app with faults: ASGI in, ASGI out."""

    def __init__(self, vendor: str, app: ASGIApp, script: FaultScript, clock: Clock) -> None:
        self._vendor = vendor
        self._app = app
        self._script = script
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._script.next_fault(self._vendor, scope["path"], self._clock.now())
        if fault is None:
            await self._app(scope, receive, send)
            return
        match fault.kind:
            case FaultKind.REFUSE:
                await _refuse(scope, send)
            case FaultKind.HANG:
                await _pause(scope, FOREVER_S)
                raise ConnectionResetError("the vendor hung up")
            case FaultKind.DRIP:
                await _drip(scope, send, await captured(self._app, scope, receive))
            case FaultKind.STATUS:
                await send_reply(scope, send, _status_reply(fault))
            case FaultKind.BROKEN_BROTLI:
                reply = await captured(self._app, scope, receive)
                whole = encoded(reply.body, "br")
                # The right start, then noise, whether or not brotli was asked for.
                broken = whole[: len(whole) // 2] + b"\xff\x00\xff" * 8
                await send_raw(send, 200, JSON_TYPE, {"content-encoding": "br"}, broken)
            case FaultKind.BOMB:
                await send_raw(send, 200, JSON_TYPE, {"content-encoding": "gzip"}, bomb())
            case _:
                reply = await captured(self._app, scope, receive)
                await send_reply(scope, send, _changed(fault, reply))


async def _pause(scope: Scope, seconds: float) -> None:
    """Wait: in process by moving the clock, on a real server by really waiting."""
    extensions: dict[str, Callable[[float], Awaitable[None]]] = scope.get("extensions") or {}
    in_process = extensions.get("fullcourt.pause")
    await (in_process(seconds) if in_process else asyncio.sleep(seconds))


async def _refuse(scope: Scope, send: Send) -> None:
    """No connection in process; a server that already accepted it can only answer 503."""
    if "fullcourt.pause" in (scope.get("extensions") or {}):
        raise ConnectionRefusedError("connection refused")
    await send_reply(scope, send, html_reply(503, "Service Unavailable", "No server is available."))


async def _drip(scope: Scope, send: Send, reply: Reply) -> None:
    """The right body, one byte every ten seconds."""
    headers = [
        (b"content-type", reply.content_type.encode("latin-1")),
        (b"content-length", str(len(reply.body)).encode("latin-1")),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    for index in range(len(reply.body)):
        await send(
            {
                "type": "http.response.body",
                "body": reply.body[index : index + 1],
                "more_body": index + 1 < len(reply.body),
            }
        )
        await _pause(scope, DRIP_EVERY_S)


def _status_reply(fault: Fault) -> Reply:
    """An error answer: HTML from the edges (403, 502 and the like), JSON from the vendor itself."""
    headers = {} if fault.retry_after_s is None else {"retry-after": str(fault.retry_after_s)}
    if fault.code:
        content = {"message": fault.code.replace("_", " ").lower(), "error_code": fault.code}
        return json_reply(content, fault.status, headers)
    page = html_reply(fault.status, str(fault.status), "The request could not be served.")
    return Reply(page.status, page.body, page.content_type, headers)


def _changed(fault: Fault, reply: Reply) -> Reply:
    """The vendor's own answer with the fault in it."""
    match fault.kind:
        case FaultKind.EMPTY:
            return Reply(200, b"", reply.content_type, reply.headers)
        case FaultKind.HTML:
            return html_reply(200, "Please stand by", "We are checking your browser.")
        case FaultKind.WRONG_TYPE:
            return Reply(reply.status, reply.body, HTML_TYPE, reply.headers)
        case FaultKind.TRUNCATED:
            half = reply.body[: len(reply.body) // 2]
            return Reply(reply.status, half, reply.content_type, reply.headers)
        case _:
            tree = msgspec.json.decode(reply.body) if reply.status == 200 else None
            if tree is None:
                return reply
            return Reply(
                200, msgspec.json.encode(_mutated(fault, tree)), reply.content_type, reply.headers
            )


def _mutated(fault: Fault, tree: Any) -> Any:
    match fault.kind:
        case FaultKind.RENAMED_FIELD:
            return mutations.with_field_renamed(tree, fault.name)
        case FaultKind.RETYPED_FIELD:
            return mutations.with_field_as_text(tree, fault.name)
        case FaultKind.DUPLICATE_ROWS:
            return mutations.with_rows_doubled(tree, fault.name)
        case FaultKind.PARTIAL_SLATE:
            return mutations.with_rows_dropped(tree, fault.name, fault.rows)
        case FaultKind.PREGAME_EMPTY:
            return mutations.before_the_game(tree)
        case _:
            raise ValueError(f"{fault}: {fault.kind} does not change a body")


def bomb() -> bytes:
    """A few hundred kilobytes of gzip that decode to 160 MiB of zeros, one member per MiB."""
    return gzip.compress(bytes(1024 * 1024), compresslevel=9, mtime=0) * BOMB_MIB
