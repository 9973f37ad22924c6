"""One question to a vendor and what came of it, good or bad, ready for the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.vendors.outcome import require_ok
from fullcourt.vendors.transport import Request, Response, Transport, VendorError


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a good body says of itself: its keys (JSON), its own instant, its date."""

    content: object
    known_at: datetime | None = None
    snapshot_at: datetime | None = None
    game_date: date | None = None
    facts: str | None = None
    """A digest of what matters in a body that changes with every poll (its own time, a game clock):
    a poll that repeats the facts is counted and not archived again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One fetch. `outcome` is `ok` or a cause word; a body may be there in both cases."""

    key: str
    game_date: date
    request: Request
    response: Response | None
    body: bytes | None
    outcome: str
    detail: str = ""
    testimony: Testimony | None = None
    failure: VendorError | None = None
    rerendered: bool = False
    """A body without a response (one that was brought): whether it was put together anew."""

    @property
    def brief(self) -> str:
        """What came of it in a few words; the manifest keeps the whole sentence with its URL."""
        if self.failure is not None and self.failure.status not in (None, 200):
            return f"{self.failure.vendor} {self.failure.endpoint}: HTTP {self.failure.status}"
        return self.detail


def ask(
    transport: Transport,
    request: Request,
    *,
    key: str,
    game_date: date,
    now: datetime,
    read: Callable[[bytes], Testimony],
) -> Answer:
    """Send `request` and let `read` check the body against its contract.

    A vendor error becomes an answer with its cause; nothing is raised for it, so that the body (if
    one came) is archived all the same.
    """
    response: Response | None = None
    try:
        response = transport.send(request)
        body = require_ok(request, response, now)
        testimony = read(body)
    except VendorError as error:
        body_seen = error.body if error.body is not None else (response.body if response else None)
        return Answer(
            key,
            game_date,
            request,
            response,
            body_seen or None,
            error.cause,
            str(error),
            failure=error,
        )
    return Answer(
        key,
        testimony.game_date or game_date,
        request,
        response,
        body,
        "ok",
        testimony=testimony,
    )
