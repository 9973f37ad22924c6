"""A repair whose process kills itself at the n-th passing of a failpoint.

Run as `python -m tests.cli.killed_repair HOME FAILPOINT:N`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fullcourt.cli.opened import working_on
from fullcourt.repairs import carry_out
from fullcourt.settings import Home


def main(home: Path, place: str, nth: int) -> None:
    """Repair every alarm, up to there."""
    passed = 0

    def reached(name: str) -> None:
        nonlocal passed
        passed += name == place
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    with working_on(Home(home)) as (opened, controller):
        opened.stores.failpoint = reached
        carry_out(controller)


if __name__ == "__main__":
    failpoint, _, number = sys.argv[2].partition(":")
    main(Path(sys.argv[1]), failpoint, int(number))
