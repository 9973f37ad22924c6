"""Starts processes that have imported everything already: a restart costs a fork, not a second.

Run as `python -m tests.crashes.nursery`. It reads one JSON command a line, {"start": [module,
arguments...]} or {"wait": pid}, and answers with the pid or with the wait status. The children are
real processes of their own; none outlives the nursery, nor the nursery its parent's pipe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from fullcourt.opening import die_with_parent
from fullcourt.simulator import world
from fullcourt.simulator.league import build_league
from tests.crashes.night import LEAGUE

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("fullcourt.pipeline.compute", "fullcourt.pipeline.feeds", "fullcourt.pipeline.loads")


def _serve() -> None:
    for module in MODULES:
        import_module(module)
    # Every process asks for the same league, and it never changes.
    vars(world)["build_league"] = cache(build_league)
    vars(world)["build_league"](LEAGUE)
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            said: object = _start(command["start"])
        else:
            said = os.waitpid(command["wait"], os.WUNTRACED)[1]
        print(json.dumps(said), flush=True)


def _start(words: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    die_with_parent()
    code = 1
    try:
        os.close(0)
        os.dup2(2, 1)
        import_module(words[0]).command(words[1:])
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


@dataclass(frozen=True, slots=True)
class Nursery:
    """The parent's side."""

    process: subprocess.Popen[str]

    @classmethod
    def open(cls, errors: Path) -> Nursery:
        """A nursery; what its children say goes to the file `errors`."""
        with errors.open("a", encoding="utf-8") as handle:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.crashes.nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=handle,
                text=True,
            )
        return cls(process)

    def start(self, module: str, *arguments: str) -> int:
        """The pid of a new process at work."""
        return self._ask({"start": [module, *arguments]})

    def wait(self, pid: int) -> int:
        """How a process ended (`-signal` or its exit code), or 0x100 + signal when it stopped."""
        status = self._ask({"wait": pid})
        if os.WIFSTOPPED(status):
            return 0x100 + os.WSTOPSIG(status)
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End it, and with it every child."""
        self.process.communicate()

    def _ask(self, command: object) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline()))


if __name__ == "__main__":
    _serve()
