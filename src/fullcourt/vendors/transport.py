"""What a vendor call is made of, whoever carries it: real HTTP, a recording, a simulated vendor.

A `Transport` moves one `Request` to one `Response` within the request's *total* deadline. It never
interprets a status code; `fullcourt.vendors.outcome` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fullcourt.errors import FullcourtError, Terminal, Transient


@dataclass(frozen=True, slots=True)
class Request:
    """One GET. `params` keep their order; names in `secret_params` never leave this object."""

    vendor: str
    endpoint: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    secret_params: frozenset[str] = frozenset()
    deadline_s: float = 30.0
    max_bytes: int = 64 * 1024 * 1024

    @property
    def shown_url(self) -> str:
        """The URL with its query, secrets replaced by `***`: the only form that may be logged."""
        query = "&".join(
            f"{name}={'***' if name in self.secret_params else value}"
            for name, value in self.params
        )
        return f"{self.url}?{query}" if query else self.url


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `body` is decoded (identity); `wire_bytes` is what came over the wire.

    `headers` have lower-case names. `rerendered` is true when the body was rebuilt from a recording
    in another form than the vendor's own bytes; the manifest repeats it.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    wire_bytes: int = 0
    encoding: str = "identity"
    elapsed_s: float = 0.0
    rerendered: bool = False


class Transport(Protocol):
    """Carries requests. Implementations: `http.HttpTransport`, replay, simulator."""

    def send(self, request: Request) -> Response:
        """The answer to `request`.

        Raises:
            ConnectionFailed: no connection, or it broke.
            DeadlineExceeded: the total deadline passed (a hang or a drip).
            BodyTooLarge: the body grew past `request.max_bytes` while it was read or decoded.
            BodyUndecodable: the declared content encoding does not decode.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class VendorError(FullcourtError):
    """A vendor call that brought no usable body. `cause` is a cause word of the judge."""

    cause = "vendor_failed"
    opens_breaker = True

    def __init__(
        self,
        message: str,
        *,
        vendor: str,
        endpoint: str,
        next_step: str = "",
        retry_after_s: float | None = None,
        body: bytes | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{vendor} {endpoint}: {message}", next_step=next_step)
        self.vendor = vendor
        self.endpoint = endpoint
        self.retry_after_s = retry_after_s
        self.body = body
        self.status = status


class ConnectionFailed(Transient, VendorError):
    """No connection, refused, reset."""


class DeadlineExceeded(Transient, VendorError):
    """The total deadline passed before the body was whole."""

    cause = "hung"


class BodyTooLarge(Terminal, VendorError):
    """Larger than the limit (a decompression bomb looks like this)."""


class BodyUndecodable(Transient, VendorError):
    """The content encoding is broken."""


class ServerError(Transient, VendorError):
    """5xx."""


class RateLimited(Transient, VendorError):
    """429."""


class VendorBlocked(Terminal, VendorError):
    """403: honoured, never evaded."""

    cause = "vendor_blocked"


class BadKey(Terminal, VendorError):
    """401 with a missing or wrong key."""

    cause = "vendor_blocked"


class CreditsSpent(Terminal, VendorError):
    """The account's credits are used up until the vendor resets them."""

    cause = "quota_spent"


class RequestRefused(Terminal, VendorError):
    """400 or 422: our request is wrong for this vendor."""


class NotThere(Transient, VendorError):
    """404, 204, or a body that says nothing exists (yet): not a failure of the vendor."""

    cause = "vendor_empty"
    opens_breaker = False


class ContractBroken(Terminal, VendorError):
    """Not what the contract says: HTML for JSON, truncated, a renamed or retyped field."""

    cause = "contract_broken"
    opens_breaker = False
