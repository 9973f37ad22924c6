"""One message over one channel, in a process that is ended at an absolute deadline."""

from __future__ import annotations

import logging
import re
from concurrent.futures import TimeoutError as DeadlinePassed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pebble import ProcessPool

    from fullcourt.alerting.channels import Channel

_STATUS = re.compile(r"\berror=(\d{3})\b")
# Beyond the deadline: a process that does not even start is no channel's fault, but it ends too.
_STARTING_S = 30.0


class Sender(Protocol):
    """Sends messages."""

    def send(self, channel: Channel, title: str, body: str, kind: str) -> str | None:
        """None when the channel took it; else why not, without a word of its address."""
        ...


class ProcessSender:
    """Sends from a worker process; what has not answered after `deadline_s` seconds is ended."""

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self._pool: ProcessPool | None = None

    def send(self, channel: Channel, title: str, body: str, kind: str) -> str | None:
        """See `Sender.send`."""
        from pebble import ProcessExpired, ProcessPool

        if self._pool is None:
            # Started when there is something to say: most watches have nothing.
            self._pool = ProcessPool(max_workers=1, context=get_context("spawn"))
        future = self._pool.schedule(
            deliver, args=[channel.url, title, body, kind], timeout=self.deadline_s
        )
        try:
            return future.result(timeout=self.deadline_s + _STARTING_S)
        except DeadlinePassed:
            self.close()
            return f"no answer within {self.deadline_s:g} s"
        except ProcessExpired:
            return "the sending process was lost"
        except Exception as error:
            # Its words may hold the address.
            return f"could not be sent ({type(error).__name__})"

    def close(self) -> None:
        """End the worker process."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


def deliver(url: str, title: str, body: str, kind: str) -> str | None:
    """Send one message; None when the channel took it, else why not (no word of the address)."""
    import apprise

    # Apprise logs addresses: its words are read here and go nowhere else.
    logging.getLogger("apprise").propagate = False
    asset = apprise.AppriseAsset(app_id="fullcourt", app_desc="fullcourt", secure_logging=True)
    capture = apprise.LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]
    with capture as words:
        channel = apprise.Apprise.instantiate(url, asset=asset)
        if channel is None:
            return "no address of a kind that is known"
        types = {"alert": "failure", "reminder": "warning", "recovery": "success"}
        taken = channel.notify(
            title=title, body=body, notify_type=apprise.NotifyType(types.get(kind, "info"))
        )
        said = words.getvalue()
    if taken:
        return None
    status = _STATUS.search(said)
    if status is not None:
        return f"refused (HTTP {status[1]})"
    return "no connection" if "onnection error" in said else "refused"
