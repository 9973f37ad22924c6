"""Real HTTP: a synchronous face on aiohttp, one private event loop in a thread of its own.

The deadline is total, from the call to the last decoded byte: a hang, a drip and a slow redirect
all end there. Secrets live in the query only and reach no exception, cause or response header.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from fullcourt import __version__
from fullcourt.clock import Clock, elapsed_timer
from fullcourt.vendors.encoding import ACCEPT_ENCODING, BodyDecoder
from fullcourt.vendors.transport import (
    BodyTooLarge,
    ConnectionFailed,
    DeadlineExceeded,
    Request,
    RequestRefused,
    Response,
    VendorError,
)

USER_AGENT = f"fullcourt/{__version__}"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
# The caller waits this much longer than the deadline before it gives up on the loop itself.
_GRACE_S = 5.0


class HttpTransport:
    """A `Transport` over the network. Safe to call from several threads; close it when done."""

    def __init__(self, clock: Clock, user_agent: str = USER_AGENT) -> None:
        self._clock = clock
        self._user_agent = user_agent
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    def send(self, request: Request) -> Response:
        """See `Transport.send`. A redirect to another host is returned, not followed.

        Raises:
            ConnectionFailed, DeadlineExceeded, BodyTooLarge, BodyUndecodable: see `Transport`.
            RequestRefused: the request's URL is no http(s) URL.
        """
        loop = self._running_loop(request)
        future = asyncio.run_coroutine_threadsafe(self._within_deadline(request), loop)
        try:
            outcome = future.result(request.deadline_s + _GRACE_S)
        except concurrent.futures.TimeoutError:
            future.cancel()
            outcome = _late(request)
        except concurrent.futures.CancelledError:
            outcome = _failed(request, "the transport was closed meanwhile")
        except BaseException:
            # The caller was interrupted: the exchange must not go on behind its back.
            future.cancel()
            raise
        if isinstance(outcome, VendorError):
            # Raised here, outside of any handler, so that no foreign exception with the full URL
            # hangs on to it as context.
            raise outcome
        return outcome

    def close(self) -> None:
        """End connections, loop and thread. Calling it again changes nothing."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._end_session(), loop).result(_GRACE_S)
            loop.call_soon_threadsafe(loop.stop)

    async def _end_session(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _running_loop(self, request: Request) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._closed:
                raise _failed(request, "the transport is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=_run_loop, args=(self._loop,), name="fullcourt-http", daemon=True
                ).start()
            return self._loop

    async def _within_deadline(self, request: Request) -> Response | VendorError:
        """The response, or the error to raise: nothing of aiohttp leaves this method."""
        started_at, timer = self._clock.now(), elapsed_timer()
        deadline = asyncio.timeout(request.deadline_s)
        try:
            async with deadline:
                response = await self._exchange(request)
        except TimeoutError as error:
            # The system has a timeout of its own for connections; it is no hang of the vendor.
            return _late(request) if deadline.expired() else _failed(request, _reason(error))
        except VendorError as error:
            error.__context__ = error.__cause__ = None
            return error
        except aiohttp.InvalidURL:
            return _refused(request)
        except aiohttp.ClientPayloadError as error:
            return _failed(request, f"the body broke off ({type(error).__name__})")
        except aiohttp.ClientResponseError as error:
            return _failed(request, f"the answer is no valid HTTP ({type(error).__name__})")
        except (aiohttp.ClientError, OSError) as error:
            return _failed(request, _reason(error))
        # Under a virtual clock real durations would make recordings of one run differ from another.
        elapsed = (
            (self._clock.now() - started_at).total_seconds()
            if self._clock.is_virtual
            else elapsed_timer() - timer
        )
        return Response(
            status=response.status,
            body=response.body,
            headers=response.headers,
            wire_bytes=response.wire_bytes,
            encoding=response.encoding,
            elapsed_s=elapsed,
        )

    async def _exchange(self, request: Request) -> Response:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None, sock_read=None),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            )
        url = _url(request)
        for _ in range(_MAX_REDIRECTS):
            async with self._session.get(
                url, headers=dict(request.headers), allow_redirects=False
            ) as answer:
                target = _redirect_target(url, answer)
                if target is None:
                    return await _read(request, answer)
            url = target
        raise _failed(request, f"more than {_MAX_REDIRECTS - 1} redirects")


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    finally:
        loop.close()


async def _read(request: Request, answer: aiohttp.ClientResponse) -> Response:
    encoding = answer.headers.get("Content-Encoding", "")
    if answer.content_length is not None and answer.content_length > request.max_bytes:
        raise BodyTooLarge(
            f"{request.shown_url}: {answer.content_length} bytes announced, {request.max_bytes} "
            "allowed",
            vendor=request.vendor,
            endpoint=request.endpoint,
            status=answer.status,
            next_step="if the vendor's bodies really are this large, raise the request's max_bytes",
        )
    decoder = BodyDecoder(request, encoding)
    async for chunk in answer.content.iter_any():
        decoder.feed(chunk)
        # Chunks that are there already do not wait, and only a wait lets the deadline in.
        await asyncio.sleep(0)
    return Response(
        status=answer.status,
        body=decoder.finish(),
        headers=_shown_headers(request, answer.headers),
        wire_bytes=decoder.wire_bytes,
        encoding=encoding.strip().lower() or "identity",
    )


def _url(request: Request) -> URL:
    query = urlencode(request.params, safe=",:")
    url = URL(f"{request.url}?{query}" if query else request.url, encoded=True)
    if url.scheme not in ("http", "https") or not url.host:
        raise _refused(request)
    return url


def _redirect_target(url: URL, answer: aiohttp.ClientResponse) -> URL | None:
    """Where to go next: only to the same host, and never from https back to http."""
    location = answer.headers.get("Location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        target = url.join(URL(location))
    except ValueError:
        return None
    same_place = (target.host, target.port) == (url.host, url.port) and target.scheme == url.scheme
    upgraded = target.host == url.host and (url.scheme, target.scheme) == ("http", "https")
    return target if same_place or upgraded else None


def _shown_headers(request: Request, headers: Mapping[str, str]) -> dict[str, str]:
    """Lower-case names; a secret the server echoes (a `Location`, say) is struck out."""
    secrets = [value for name, value in request.params if name in request.secret_params and value]
    shown: dict[str, str] = {}
    for name, value in headers.items():
        clean = value
        for secret in secrets:
            clean = clean.replace(secret, "***").replace(quote(secret, safe=""), "***")
        key = name.lower()
        shown[key] = f"{shown[key]}, {clean}" if key in shown else clean
    return shown


def _reason(error: BaseException) -> str:
    """What went wrong, from parts that cannot hold a URL: the class and the system's own words."""
    words = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {words}" if isinstance(words, str) else type(error).__name__


def _failed(request: Request, reason: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"{request.shown_url}: {reason}",
        vendor=request.vendor,
        endpoint=request.endpoint,
        next_step="it is retried; if it stays, check the network and the vendor's status page",
    )


def _late(request: Request) -> DeadlineExceeded:
    return DeadlineExceeded(
        f"{request.shown_url}: no whole body within {request.deadline_s:g} s",
        vendor=request.vendor,
        endpoint=request.endpoint,
        next_step="it is retried; some vendors hang for callers they do not like instead of "
        "refusing them",
    )


def _refused(request: Request) -> RequestRefused:
    return RequestRefused(
        f"{request.shown_url}: not an http(s) URL",
        vendor=request.vendor,
        endpoint=request.endpoint,
        next_step="check the vendor's base URL in the settings",
    )
