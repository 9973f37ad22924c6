"""Replays of recorded nights by the real program, and questions to the homes they leave."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-c", "from fullcourt.cli.main import main; main()"]


def fullcourt(*arguments: str, home: Path, expect: int | None = 0) -> str:
    """What the program printed; its exit code must be `expect` (None: any)."""
    done = subprocess.run(
        [*PROGRAM, *arguments, "--home", str(home)], capture_output=True, text=True, check=False
    )
    if expect is not None:
        said = (arguments, done.returncode, done.stdout[-2000:], done.stderr[-3000:])
        assert done.returncode == expect, said
    return done.stdout


def ask(home: Path, query: str) -> list[dict[str, Any]]:
    """Rows of a sandboxed query."""
    rows: list[dict[str, Any]] = json.loads(fullcourt("sql", query, "--json", home=home))
    return rows


def replay_arguments(history: Path, first: date, last: date) -> list[str]:
    """The command that walks recorded nights."""
    span = ["--from", first.isoformat(), "--to", last.isoformat()]
    return ["replay", "--history", str(history), *span, "--json"]


def status(home: Path, day: date | None = None) -> dict[str, Any]:
    """The grid as `status --json` tells it."""
    arguments = ["status", "--json", *(["--date", day.isoformat()] if day else [])]
    view: dict[str, Any] = json.loads(fullcourt(*arguments, home=home, expect=None))
    return view


def in_state(view: dict[str, Any], *states: str) -> set[tuple[str, str]]:
    """(dataset, key) of every shown key in any of `states`, other dates included."""
    cells = [*view["cells"], *view["elsewhere"]]
    return {
        (cell["dataset"], key["key"])
        for cell in cells
        for key in cell["keys"]
        if key["state"] in states
    }
