"""docs/operations.md: every command of it runs, in its order, and ends as the page says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from fullcourt.settings import Home
from tests.conftest import ROOT
from tests.operations.conftest import Program

PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
SAID_EXIT = re.compile(r"exit (\d)")


def lines(kind: str) -> list[str]:
    """The lines of the page's blocks of a kind."""
    found = BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    return [line for block in found if block["kind"] == kind for line in block["text"].splitlines()]


def test_the_page_shows_no_command_that_no_test_runs() -> None:
    """Console blocks hold our own commands alone; the rest is plain text for the system's tools."""
    assert len(lines("console")) > 20
    assert [line for line in lines("console") if not line.startswith("fullcourt ")] == []
    kinds = {block["kind"] for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
    assert kinds == {"console", "text"}


@pytest.mark.timeout(300)
def test_every_command_of_the_page_runs(
    fullcourt: Program, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one home, from the top: exit code 0, or one that the line itself names."""
    monkeypatch.setenv("FULLCOURT_HOME", str(home.path))
    monkeypatch.delenv("FULLCOURT_ODDS_API_KEY", raising=False)
    for line in lines("console"):
        command, _, comment = line.partition("#")
        # The machine's folders are not the test's.
        here = command.replace("/srv/", f"{tmp_path}/srv/").replace("/mnt/", f"{tmp_path}/mnt/")
        allowed = {0} | {int(code) for code in SAID_EXIT.findall(comment)}
        said = fullcourt(*shlex.split(here)[1:])
        assert said.exit_code in allowed, f"{line}\n{said.stdout}\n{said.stderr}"
    shutil.rmtree(tmp_path / "srv")


def test_the_units_the_page_names_are_there() -> None:
    """Each file of `packaging/` is named on the page, and none that is not there."""
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"fullcourt(?:-watch|-backup)?\.(?:service|timer)|Containerfile", text))
    assert named == {path.name for path in (ROOT / "packaging").iterdir()}
