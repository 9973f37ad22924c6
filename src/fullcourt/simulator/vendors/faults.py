"""Scripted vendor faults, as a layer around any simulated vendor.

Those that change a body work on the vendor's own JSON, before it is encoded for the wire; those
that give an old answer ask the vendor itself as of an earlier instant.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from fullcourt.clock import Clock
from fullcourt.simulator.vendors.fault_bodies import changed_reply, lines_after_tip, restamped
from fullcourt.simulator.vendors.fault_kinds import (
    APPLIES_TO,
    FAULT_EFFECTS,
    FAULT_SIGNS,
    Effect,
    Endpoint,
    FaultKind,
    effect_of,
    endpoint_of,
)
from fullcourt.simulator.vendors.fault_script import Fault, FaultScript, Injection
from fullcourt.simulator.vendors.wire import (
    AT,
    HTML_TYPE,
    JSON_TYPE,
    UNCHARGED,
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

__all__ = [
    "APPLIES_TO",
    "FAULT_EFFECTS",
    "FAULT_SIGNS",
    "Effect",
    "Endpoint",
    "Fault",
    "FaultKind",
    "FaultLayer",
    "FaultScript",
    "Injection",
    "bomb",
    "effect_of",
]

# How long a hang or the whole of a drip lasts: longer than any client's deadline.
FOREVER_S: Final = 24 * 3600.0
DRIP_EVERY_S: Final = 10.0
# Decoded size of the bomb: above every limit a client has.
BOMB_MIB: Final = 160
_ODDS: Final = frozenset({Endpoint.LISTING, Endpoint.EVENT_ODDS})
# An event's start as announced or as begun lies at most so much after the tip.
_SURELY_BEFORE_TIP_S: Final = 1800.0
_GAMES_TRIED: Final = 60
_BOX_PATH = re.compile(r"(.*/boxscore_\d{5})(\d{5})\.json")
# Kinds that deliver nothing of the vendor's answer: it charges nothing for it either.
_UNSERVED: Final = frozenset({FaultKind.EMPTY, FaultKind.HTML, FaultKind.BACKFILLED_EMPTY})

# Status and, where the vendor has codes of its own, its code.
_STATUSES: Final = {
    FaultKind.BAD_KEY: (401, "INVALID_KEY"),
    FaultKind.OUT_OF_CREDITS: (401, "OUT_OF_USAGE_CREDITS"),
    FaultKind.FORBIDDEN: (403, ""),
    FaultKind.NOT_FOUND: (404, ""),
    FaultKind.UNPROCESSABLE: (422, "INVALID_MARKET"),
    FaultKind.RATE_LIMITED: (429, "EXCEEDED_FREQ_LIMIT"),
    FaultKind.RATE_LIMITED_FOR: (429, "EXCEEDED_FREQ_LIMIT"),
    FaultKind.SERVER_ERROR: (500, ""),
    FaultKind.BAD_GATEWAY: (502, ""),
}
_WAIT_S: Final = 120


class FaultLayer:
    """An app with faults: ASGI in, ASGI out."""

    def __init__(self, vendor: str, app: ASGIApp, script: FaultScript, clock: Clock) -> None:
        self._vendor = vendor
        self._app = app
        self._script = script
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._clock.now()
        fault = self._script.next_fault(self._vendor, scope["path"], now)
        if fault is None:
            await self._app(scope, receive, send)
            return
        match fault.kind:
            case FaultKind.REFUSE:
                self._struck(fault, scope, now)
                await _refuse(scope, send)
            case FaultKind.HANG:
                self._struck(fault, scope, now)
                await _pause(scope, FOREVER_S)
                raise ConnectionResetError("the vendor hung up")
            case FaultKind.DRIP:
                self._struck(fault, scope, now)
                await _drip(scope, send, await captured(self._app, scope, receive))
            case FaultKind.BROKEN_BROTLI:
                self._struck(fault, scope, now)
                reply = await captured(self._app, scope, receive)
                whole = encoded(reply.body, "br")
                # The right start, then noise, whether or not brotli was asked for.
                broken = whole[: len(whole) // 2] + b"\xff\x00\xff" * 8
                await send_raw(send, 200, JSON_TYPE, {"content-encoding": "br"}, broken)
            case FaultKind.BOMB:
                self._struck(fault, scope, now)
                await send_raw(send, 200, JSON_TYPE, {"content-encoding": "gzip"}, bomb())
            case _:
                reply, is_struck = await self._answered(fault, scope, receive, now)
                if is_struck:
                    self._struck(fault, scope, now)
                await send_reply(scope, send, reply)

    def _struck(self, fault: Fault, scope: Scope, now: datetime) -> None:
        self._script.injected.append(Injection(now, self._vendor, scope["path"], fault.kind))

    async def _answered(
        self, fault: Fault, scope: Scope, receive: Receive, now: datetime
    ) -> tuple[Reply, bool]:
        """The answer under a fault, and whether the fault changed anything in it."""
        if fault.kind is FaultKind.STATUS or fault.kind in _STATUSES:
            return _status_reply(fault, scope["path"]), True
        marks: dict[str, object] = {UNCHARGED: True} if fault.kind in _UNSERVED else {}
        own = await captured(self._app, _marked(scope, marks), receive)
        match fault.kind:
            case FaultKind.BACKFILLED:
                reply = _absent(scope["path"]) if own.status == 200 else own
            case FaultKind.YESTERDAYS_ANSWER:
                reply = await self._as_of(now - fault.age, scope, receive)
            case FaultKind.LATE_DATA:
                reply = restamped(await self._as_of(now - fault.age, scope, receive), now)
            case FaultKind.OTHER_GAMES_BODY:
                reply = await self._other_game(scope, receive) or own
            case FaultKind.POST_TIP_LINES:
                reply = await self._after_tip(own, scope, receive, now)
            case _:
                reply = changed_reply(fault, endpoint_of(scope["path"]), own, now)
        return reply, reply != own

    async def _as_of(self, at: datetime, scope: Scope, receive: Receive) -> Reply:
        """What the vendor answered at `at`; nothing is charged for it."""
        return await captured(self._app, _marked(scope, {AT: at, UNCHARGED: True}), receive)

    async def _other_game(self, scope: Scope, receive: Receive) -> Reply | None:
        """The body of the last game before this one, by number, that is over."""
        match = _BOX_PATH.fullmatch(scope["path"])
        number = int(match[2]) if match else 0
        for other in range(number - 1, max(0, number - _GAMES_TRIED), -1):
            path = f"{match[1] if match else ''}{other:05d}.json"
            reply = await captured(self._app, {**scope, "path": path}, receive)
            if reply.status == 200 and msgspec.json.decode(reply.body)["game"]["gameStatus"] == 3:
                return reply
        return None

    async def _after_tip(self, own: Reply, scope: Scope, receive: Receive, now: datetime) -> Reply:
        """A begun event's answer, with the lines of before the tip at live prices."""

        async def before(start: datetime) -> Reply:
            at = datetime.fromtimestamp(start.timestamp() - _SURELY_BEFORE_TIP_S, now.tzinfo)
            return await self._as_of(at, scope, receive)

        return await lines_after_tip(own, before, now)


def _marked(scope: Scope, marks: dict[str, object]) -> Scope:
    """The request with extensions of the world's own."""
    return {**scope, "extensions": {**(scope.get("extensions") or {}), **marks}}


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


def _status_reply(fault: Fault, path: str) -> Reply:
    """An error answer: HTML from the edges (403, 502 and the like), JSON from the vendor itself."""
    status, code = _STATUSES.get(fault.kind, (fault.status, fault.code))
    if fault.kind is not FaultKind.STATUS and endpoint_of(path) not in _ODDS:
        code = ""
    headers: dict[str, str] = {}
    wait = fault.retry_after_s
    if fault.kind is FaultKind.RATE_LIMITED_FOR:
        wait = _WAIT_S if wait is None else wait
    if wait is not None and fault.kind is not FaultKind.RATE_LIMITED:
        headers["retry-after"] = str(wait)
    if fault.kind is FaultKind.OUT_OF_CREDITS:
        headers |= {"x-requests-remaining": "0", "x-requests-last": "0"}
    if code:
        content = {"message": code.replace("_", " ").lower(), "error_code": code}
        return json_reply(content, status, headers)
    page = html_reply(status, str(status), "The request could not be served.")
    return Reply(page.status, page.body, page.content_type, headers)


def _absent(path: str) -> Reply:
    """What each vendor answers for what it does not have."""
    if endpoint_of(path) in _ODDS:
        message = {"message": "event not found", "error_code": "EVENT_NOT_FOUND"}
        return json_reply(message, 404)
    return Reply(403, html_reply(403, "Access Denied", "No such file.").body, HTML_TYPE)


def bomb() -> bytes:
    """A few hundred kilobytes of gzip that decode to 160 MiB of zeros, one member per MiB."""
    return gzip.compress(bytes(1024 * 1024), compresslevel=9, mtime=0) * BOMB_MIB
