"""A process that makes a ledger and is killed before its N-th statement.

Run as `python -m tests.crashes.newborn LEDGER N`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from fullcourt.clock import SystemClock
from fullcourt.stores.ledger import Ledger


def command(words: Sequence[str]) -> None:
    """Make the ledger."""
    statements, last = count(1), int(words[1])

    @event.listens_for(Engine, "before_cursor_execute")
    def executed(*_: Any) -> None:
        if next(statements) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    Ledger.open(Path(words[0]), SystemClock()).close()


if __name__ == "__main__":
    command(sys.argv[1:])
