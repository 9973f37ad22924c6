"""A webhook on the loopback: counts what it is told, and answers, refuses, drips or hangs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """A running webhook. `mode` may change: ok, fails (500), hangs, drips (a byte at a time)."""

    mode: str = "ok"
    port: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, secret: str = "token") -> str:
        """Its address, with a secret in it."""
        return f"json://user:{secret}@127.0.0.1:{self.port}/{secret}"

    @property
    def titles(self) -> list[str]:
        """What it was told, without the program's name."""
        return [one["title"].removeprefix("[fullcourt] ") for one in self.told]


@contextmanager
def webhook(mode: str = "ok") -> Iterator[Webhook]:
    """A webhook that is gone afterwards."""
    hook = Webhook(mode)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.told.append(json.loads(body))
            if hook.mode in ("hangs", "drips"):
                self._keep_waiting()
                return
            self.send_response(200 if hook.mode == "ok" else 500)
            self.end_headers()

        def _keep_waiting(self) -> None:
            # Each byte is a sign of life: only an absolute deadline ends this.
            while not hook.stopping.wait(0.2):
                if hook.mode == "drips":
                    self.wfile.write(b"H")
                    self.wfile.flush()

        def log_message(self, *words: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                # The sender was ended: that is what some tests are about.
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield hook
    finally:
        hook.stopping.set()
        server.shutdown()
        thread.join(5)
        server.server_close()
