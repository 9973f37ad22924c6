from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fullcourt.errors import Terminal, Transient
from fullcourt.vendors.outcome import require_ok, retry_after_s
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

NOW = datetime(2025, 1, 9, 12, 0, tzinfo=UTC)
REQUEST = Request(
    "odds_api",
    "events",
    "https://vendor.example/v4/events",
    params=(("apiKey", "s3cret-key"), ("markets", "player_points")),
    secret_params=frozenset({"apiKey"}),
)
HTML = b"\n<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>"


def _refusal(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> VendorError:
    with pytest.raises(VendorError) as caught:
        require_ok(REQUEST, Response(status, body, headers or {}), NOW)
    return caught.value


def test_a_200_with_a_body_is_its_body() -> None:
    """A usable answer is handed on unchanged."""
    assert require_ok(REQUEST, Response(200, b'{"a":1}'), NOW) == b'{"a":1}'


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", NotThere),
        (200, b" \r\n", NotThere),
        (200, HTML, ContractBroken),
        (200, b"\xef\xbb\xbf<!doctype html>", ContractBroken),
        (204, b"", NotThere),
        (404, b'{"error_code":"EVENT_NOT_FOUND"}', NotThere),
        (401, b'{"error_code":"INVALID_KEY"}', BadKey),
        (401, b"", BadKey),
        (401, HTML, BadKey),
        (401, b'{"message":"quota","error_code":"OUT_OF_USAGE_CREDITS"}', CreditsSpent),
        (403, HTML, VendorBlocked),
        (400, b"{}", RequestRefused),
        (422, b'{"error_code":"INVALID_MARKET"}', RequestRefused),
        (429, b'{"error_code":"EXCEEDED_FREQ_LIMIT"}', RateLimited),
        (500, HTML, ServerError),
        (503, b"", ServerError),
        (302, b"", ServerError),
        (206, b"{}", ServerError),
        (418, b"", ServerError),
    ],
)
def test_every_status_has_one_meaning(status: int, body: bytes, kind: type[VendorError]) -> None:
    """The table of statuses, with the two meanings of 401 and the two of an unusable 200."""
    error = _refusal(status, body)
    assert type(error) is kind
    assert (error.status, error.body) == (status, body)
    assert (error.vendor, error.endpoint) == ("odds_api", "events")
    assert error.next_step


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 418, 422, 429, 500])
def test_the_key_is_in_no_message(status: int) -> None:
    """The URL is shown with its secret struck out, and the vendor's sentence is not repeated."""
    error = _refusal(status)
    assert "s3cret-key" not in str(error)
    assert "apiKey=***" in str(error)
    if status != 200:
        spoken = _refusal(status, b'{"message":"s3cret-key is bad","error_code":"s3cret-key"}')
        assert "s3cret-key" not in str(spoken)


def test_the_vendors_code_is_named() -> None:
    """An error_code that looks like a code is told to the reader."""
    assert "INVALID_MARKET" in str(_refusal(422, b'{"error_code":"INVALID_MARKET"}'))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Thu, 09 Jan 2025 12:01:30 GMT", 90.0),
        ("Thu, 09 Jan 2025 12:01:30 -0000", 90.0),
        ("Thu, 09 Jan 2025 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    """Both forms become seconds from now; anything else is not reported, not zero."""
    assert retry_after_s(Response(429, b"", {"retry-after": text}), NOW) == seconds


def test_rate_limits_and_outages_carry_their_wait() -> None:
    """429 and 503 hand the vendor's wait to whoever plans the retry."""
    assert _refusal(429, headers={"retry-after": "7"}).retry_after_s == 7.0
    assert _refusal(503, headers={"retry-after": "8"}).retry_after_s == 8.0
    assert _refusal(429).retry_after_s is None


def test_retry_code_can_ask_the_type() -> None:
    """What time may heal is transient, what a person must change is terminal."""
    assert all(isinstance(_refusal(status), Transient) for status in (204, 404, 429, 500, 503))
    assert all(isinstance(_refusal(status), Terminal) for status in (400, 401, 403, 422))
