"""A busy night on a disk that is full again and again, in a mount namespace of its own.

Run as `unshare --user --map-root-user --mount python -m tests.crashes.full_disk DAWN HOME PART`:
PART (`archive`, `lake`, or `.` for ledger, catalog and all) of HOME lies on a small tmpfs that is
made larger each time the night ends for want of space. Prints one JSON document.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.crashes.account import account_of

_MOST_TIMES = 40
_PAGE = 4096
# Bytes for the night at first, and more each time: enough to begin, far too little to end.
_SPACE = {"archive": 16 * 1024, "lake": 96 * 1024, ".": 128 * 1024}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: what each process that ended for want of space said, then the home."""

    said: list[str]
    disagreements: list[str]
    verdicts: list[list[object]]


def main(dawn: Path, home: Path, part: str) -> Told:
    """Walk the night to its end, adding space whenever a process ends without."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(dawn, home)
    shutil.rmtree(home.with_name("kept"), ignore_errors=True)
    kept = shutil.copytree(home / part, home.with_name("kept"))
    size = _size_of(kept) + _SPACE[part]
    _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(home / part))
    shutil.copytree(kept, home / part, dirs_exist_ok=True)
    said: list[str] = []
    while len(said) < _MOST_TIMES:
        night = [sys.executable, "-m", "tests.crashes.night", str(home), "end", "+strict"]
        done = subprocess.run(night, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
        said.append(done.stderr.partition("Traceback")[2].rpartition("\n\n")[2])
        size += 2 * _SPACE[part]
        _run("mount", "-o", f"remount,size={size}", str(home / part))
    account = account_of(home)
    verdicts: list[list[object]] = sorted(
        [*cell, *verdict] for cell, verdict in account.verdicts.items()
    )
    return Told(said, list(account.disagreements), verdicts)


def _size_of(folder: Path) -> int:
    """Bytes the folder takes in whole pages, as tmpfs counts them."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(-(-size // _PAGE) * _PAGE for size in sizes)


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


if __name__ == "__main__":
    print(json.dumps(asdict(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))))
