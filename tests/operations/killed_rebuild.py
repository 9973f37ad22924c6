"""A rebuild whose process kills itself at the n-th passing of a failpoint.

Run as `python -m tests.operations.killed_rebuild HOME FAILPOINT:N`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fullcourt.opening import sole_controller
from fullcourt.operations.rebuild import rebuild
from fullcourt.settings import Home


def main(path: Path, place: str, nth: int) -> None:
    """Rebuild, up to there."""
    passed = 0

    def reached(name: str) -> None:
        nonlocal passed
        passed += name == place
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    home = Home(path)
    with sole_controller(home):
        rebuild(home, lambda night: None, failpoint=reached)


if __name__ == "__main__":
    failpoint, _, number = sys.argv[2].partition(":")
    main(Path(sys.argv[1]), failpoint, int(number))
