"""What a vendor's answer means: a usable body, or one of the errors of `transport`.

One table for all vendors. Messages carry the URL with its secrets struck out and never the
vendor's own sentence, which may repeat the key it complains about.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from fullcourt.clock import require_utc
from fullcourt.vendors.transport import (
    BadKey,
    ContractBroken,
    CreditsSpent,
    NotThere,
    RateLimited,
    Request,
    RequestRefused,
    Response,
    ServerError,
    VendorBlocked,
    VendorError,
)
from fullcourt.vendors.wire import looks_like_markup

_OUT_OF_CREDITS = "OUT_OF_USAGE_CREDITS"
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}", re.ASCII)
_WAIT = "it is retried; no action unless it stays"


class _ErrorForm(msgspec.Struct):
    error_code: str | None = None


def require_ok(
    request: Request, response: Response, now: datetime, *, expects_json: bool = True
) -> bytes:
    """The body of a 200 answer that has one. `now` (UTC-aware) places a Retry-After date.

    Raises:
        NotThere: 204, 404, or an empty 200.
        BadKey: 401. CreditsSpent: 401 with error_code OUT_OF_USAGE_CREDITS.
        VendorBlocked: 403. RequestRefused: 400, 422. RateLimited: 429.
        ServerError: 5xx, and every other status, named.
        ContractBroken: HTML where JSON is expected.
    """
    status = response.status
    if status == 200:
        return _body_of(request, response, expects_json)
    code = _error_code(response.body)
    said = f" ({code})" if code else ""
    kind: type[VendorError]
    match status:
        case 204 | 404:
            kind, what, step = NotThere, "nothing there", _WAIT
        case 401 if code == _OUT_OF_CREDITS:
            kind, what = CreditsSpent, "the credits are spent"
            step = "wait for the vendor's reset or raise the plan"
        case 401:
            kind, what = BadKey, "the key is missing, wrong or not entitled to this"
            step = f"check the API key of {request.vendor} and what its plan includes"
        case 403:
            kind, what = VendorBlocked, "blocked"
            step = "the vendor does not want this caller; it is honoured, not evaded"
        case 400 | 422:
            kind, what = RequestRefused, "the request is refused"
            step = "check the parameters in the URL against the vendor's documentation"
        case 429:
            kind, what = RateLimited, "too many requests"
            step = "it is retried after the wait; if it stays, lower the vendor's rate"
        case _ if status >= 500:
            kind, what, step = ServerError, "the server failed", _WAIT
        case _ if 300 <= status < 400:
            kind, what = ServerError, "redirected to another host, which is not followed"
            step = "check the vendor's base URL in the settings"
        case _:
            kind, what = ServerError, "an answer the contract does not know"
            step = "look at the archived body and the vendor's documentation"
    raise kind(
        f"HTTP {status}{said}: {what}: {request.shown_url}",
        vendor=request.vendor,
        endpoint=request.endpoint,
        next_step=step,
        retry_after_s=retry_after_s(response, now),
        body=response.body,
        status=status,
    )


def retry_after_s(response: Response, now: datetime) -> float | None:
    """Seconds the vendor asks to wait: `Retry-After` as seconds or as a date, seen from `now`.

    None where the header is absent or is neither; 0 for a date that has passed.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    if not text:
        return None
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        # RFC 9110: an HTTP date is always GMT; `-0000` parses as naive.
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - require_utc(now)).total_seconds())


def _body_of(request: Request, response: Response, expects_json: bool) -> bytes:
    if not response.body.strip():
        raise NotThere(
            f"HTTP 200 with an empty body: {request.shown_url}",
            vendor=request.vendor,
            endpoint=request.endpoint,
            next_step=_WAIT,
            body=response.body,
            status=200,
        )
    if expects_json and looks_like_markup(response.body):
        raise ContractBroken(
            f"HTTP 200 with HTML or XML where JSON is expected: {request.shown_url}: the body "
            f"starts {response.body[:60]!r}",
            vendor=request.vendor,
            endpoint=request.endpoint,
            next_step="look at the archived body: an error page, a login page or a moved endpoint",
            body=response.body,
            status=200,
        )
    return response.body


def _error_code(body: bytes) -> str | None:
    """The Odds API's `error_code`, when the body has one that looks like a code."""
    try:
        code = msgspec.json.decode(body, type=_ErrorForm).error_code
    except msgspec.DecodeError:
        # Error pages come in any form; the status has said enough.
        return None
    return code if code and _CODE.fullmatch(code) else None
