"""A tiny HTTP server on the loopback that answers with prepared bytes, at a prepared pace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[["Connection"], None]


@dataclass
class Connection:
    """One accepted connection: the request's head, and means to answer it."""

    peer: socket.socket
    head: str
    stopping: threading.Event

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.peer.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Let time pass; true when the test is over."""
        return self.stopping.wait(seconds)


@dataclass
class Server:
    """Answers each path with its function; remembers the heads of all requests."""

    answers: dict[str, Answer]
    port: int = 0
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server's base URL."""
        return f"http://127.0.0.1:{self.port}"


def reply(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """An answer with a body and its length; header names with `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    data = "\r\n".join([*lines, "", ""]).encode() + body
    return lambda connection: connection.send(data)


@contextmanager
def serving(**answers: Answer) -> Iterator[Server]:
    """A running server; `events=...` answers `/events`."""
    server = Server({f"/{name}": answer for name, answer in answers.items()})
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads = [threading.Thread(target=_accept, args=(server, listener, stopping, []))]
    threads[0].start()
    try:
        yield server
    finally:
        stopping.set()
        # Waking accept() by connecting is the portable way to end it.
        socket.create_connection(("127.0.0.1", server.port)).close()
        threads[0].join(5)
        listener.close()


def _accept(
    server: Server,
    listener: socket.socket,
    stopping: threading.Event,
    workers: list[threading.Thread],
) -> None:
    while not stopping.is_set():
        peer, _ = listener.accept()
        worker = threading.Thread(target=_answer, args=(server, peer, stopping))
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.join(5)


def _answer(server: Server, peer: socket.socket, stopping: threading.Event) -> None:
    with peer:
        head = b""
        try:
            while b"\r\n\r\n" not in head:
                data = peer.recv(4096)
                if not data:
                    return
                head += data
            text = head.decode("latin-1")
            server.heads.append(text)
            path = text.split(" ", 2)[1].split("?")[0]
            server.answers[path](Connection(peer, text, stopping))
        except OSError:
            # The client hung up, which is what a deadline does.
            return
