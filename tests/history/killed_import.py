"""An import whose process kills itself at the n-th passing of a failpoint.

Run as `python -m tests.history.killed_import HOME FILE FAILPOINT:N`.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fullcourt.history.bring import bring
from fullcourt.opening import open_home
from fullcourt.pipeline.execute import InlineExecutor


def main(home: Path, file: Path, place: str, nth: int) -> None:
    """Import, up to there."""
    passed = 0

    def reached(name: str) -> None:
        nonlocal passed
        passed += name == place
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    opened = open_home(home, vendors=False)
    opened.stores.failpoint = reached
    controller = opened.controller(InlineExecutor())
    bring(controller, [file], lambda text: None, skip_unknown=False)


if __name__ == "__main__":
    failpoint, _, number = sys.argv[3].partition(":")
    main(Path(sys.argv[1]), Path(sys.argv[2]), failpoint, int(number))
