"""`note`: kept with who and when, listed, refused with a next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program


@pytest.fixture
def home(fullcourt: Program, tmp_path: Path) -> Path:
    """A new home in real time."""
    made = tmp_path / "home"
    assert fullcourt("init", "--home", made).exit_code == 0
    return made


def test_a_text_is_a_note(fullcourt: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`note TEXT` and `note add TEXT` do the same; the system's user is its author."""
    monkeypatch.setenv("LOGNAME", "ada")
    first = fullcourt("note", "the listing came early", "--home", home, "--json")
    second = fullcourt("note", "add", "list", "--home", home, "--json", "--date", "2025-01-09")
    told = [json.loads(said.stdout) for said in (first, second)]
    assert [(n["note_id"], n["text"], n["author"]) for n in told] == [
        (1, "the listing came early", "ada"),
        (2, "list", "ada"),
    ]
    assert told[1]["game_date"] == "2025-01-09"
    assert told[0]["written_at"].endswith("Z")


def test_notes_are_listed(fullcourt: Program, home: Path) -> None:
    """An issue with its severity and minutes, and the note that closed it, within 100 columns."""
    said = ("--by", "ada", "--home", home)
    fullcourt("note", "--kind", "issue", "disk \x1b[31mfull " * 20, "--minutes", 45,
              "--severity", "high", *said)  # fmt: skip
    fullcourt("note", "mended, token=abc123", "--closes", 1, *said)
    listed = fullcourt("note", "list", "--home", home)
    assert listed.exit_code == 0
    for words in ("high", "(45 min)", "(closed by note 2)", "(closes note 1)", "token=***"):
        assert words in " ".join(listed.stdout.split()), words
    assert "\x1b" not in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 100
    view = json.loads(fullcourt("note", "list", "--json", "--home", home).stdout)
    assert [note["kind"] for note in view["notes"]] == ["issue", "note"]
    assert view["closed_by"] == {"1": 2}
    only = json.loads(fullcourt("note", "list", "--kind", "issue", "--json", "--home", home).stdout)
    assert [note["note_id"] for note in only["notes"]] == [1]


def test_a_refused_note_says_what_next(fullcourt: Program, home: Path, tmp_path: Path) -> None:
    """Exit code 2 and a next step; a folder that is no home is not made one."""
    refused = fullcourt("note", "x", "--closes", 7, "--home", home)
    assert refused.exit_code == 2
    assert "no note of that number" in refused.stderr
    assert fullcourt("note", "x", "--home", tmp_path / "none").exit_code == 2
    assert not (tmp_path / "none").exists()
    assert "No note is on record." in fullcourt("note", "list", "--home", home).stdout
