"""Simulated vendors over real HTTP on the loopback interface, for demos and end-to-end tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import uvicorn

from fullcourt.simulator.vendors.wire import ASGIApp

LOOPBACK = "127.0.0.1"
_START_TRIES = 500
_TRY_S = 0.01
_STOP_S = 10.0


@contextmanager
def serve_loopback(
    apps: Mapping[str, ASGIApp], ports: Mapping[str, int] | None = None
) -> Iterator[dict[str, str]]:
    """Serve each app on a port of its own while the block runs; gives base URLs by the apps' names.

    `ports` asks for fixed ports by name; the others are free ones.

    Raises:
        OSError: a port that was asked for is taken.
        RuntimeError: a server did not start within 5 s.
    """
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(_served(name, app, (ports or {}).get(name, 0)))
            for name, app in apps.items()
        }


@contextmanager
def _served(name: str, app: ASGIApp, port: int) -> Iterator[str]:
    # Naming the protocol makes asyncio set TCP_NODELAY; else every answer waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        # The socket is bound before the thread starts: its port is known and nobody can take it.
        base_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="error",
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,  # a vendor in the middle of a hang is cut off
            )
        )
        thread = threading.Thread(
            target=server.run, args=([listener],), name=f"vendor-{name}", daemon=True
        )
        thread.start()
        try:
            _wait_until_started(server, thread, name)
            yield base_url
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
    finally:
        listener.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread, name: str) -> None:
    for _ in range(_START_TRIES):
        if server.started:
            return
        thread.join(_TRY_S)
        if not thread.is_alive():
            break
    raise RuntimeError(f"the simulated vendor {name} did not start on {LOOPBACK}")
