"""Notes in the ledger: appended, refused when they contradict, kept through an upgrade."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from fullcourt.clock import VirtualClock
from fullcourt.stores.ledger import Ledger, schema
from fullcourt.stores.ledger.notes import NoteRefused, add_note, get_notes
from fullcourt.stores.note_words import NoteKind, Severity

START = datetime(2025, 1, 10, 3, tzinfo=UTC)
DAY = date(2025, 1, 9)
MIGRATIONS = Path(schema.__file__).parent / "migrations"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger in memory."""
    opened = Ledger.in_memory(VirtualClock(START))
    yield opened
    opened.close()


def add(ledger: Ledger, text: str = "seen", **given: Any) -> int:
    """A note of the day by ada; its number."""
    told = {"kind": NoteKind.NOTE, "day": DAY, "author": "ada", **given}
    return add_note(ledger, text, **told).note_id


def test_a_note_is_kept_as_it_was_said(ledger: Ledger) -> None:
    """Every field comes back, with the ledger's instant; unsaid ones are null, not 0."""
    add(ledger, "  disk full  ", kind=NoteKind.ISSUE, severity=Severity.HIGH, minutes=0)
    add(ledger)
    issue, note = get_notes(ledger)
    assert (issue.note_id, issue.text, issue.kind) == (1, "disk full", NoteKind.ISSUE)
    assert (issue.severity, issue.minutes, issue.written_at) == (Severity.HIGH, 0, START)
    assert (note.severity, note.minutes, note.closes) == (None, None, None)
    assert (note.game_date, note.author) == (DAY, "ada")


def test_a_secret_never_reaches_the_file(tmp_path: Path) -> None:
    """The ledger's own bytes hold no password and no known key."""
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(path, VirtualClock(START))
    add(ledger, "asked https://u:hunter2@vendor with 0a1b2c3d4e", secrets=("0a1b2c3d4e", None))
    ledger.close()
    stored = path.read_bytes()
    assert b"hunter2" not in stored
    assert b"0a1b2c3d4e" not in stored
    assert b"u:***@vendor with ***" in stored


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": " \n "}, "the text is empty"),
        ({"author": " "}, "nobody is named"),
        ({"severity": Severity.LOW}, "only an issue has one"),
        ({"minutes": -1.0}, "no span of time"),
        ({"minutes": float("nan")}, "no span of time"),
        ({"minutes": float("inf")}, "no span of time"),
        ({"closes": 9}, "no note of that number"),
        ({"closes": 1}, "that is a note, not an issue"),
        ({"closes": 3}, "note 4 has closed it"),
    ],
)
def test_a_contradiction_is_refused(ledger: Ledger, given: dict[str, Any], told: str) -> None:
    """What is refused leaves nothing behind."""
    add(ledger)
    add(ledger, kind=NoteKind.ISSUE)
    assert add(ledger, kind=NoteKind.ISSUE) == 3
    assert add(ledger, closes=3) == 4
    with pytest.raises(NoteRefused, match=told):
        add(ledger, **given)
    assert len(get_notes(ledger)) == 4


def test_a_ledger_of_an_earlier_release_gets_the_table(tmp_path: Path) -> None:
    """A ledger without notes is upgraded when opened; its table is the one declared."""
    path = tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as old:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = old
        command.upgrade(config, "0001")
    engine.dispose()
    ledger = Ledger.open(path, VirtualClock(START))
    assert add(ledger) == 1
    ledger.close()
    with sqlite3.connect(path) as new:
        made = new.execute("PRAGMA table_info(notes)").fetchall()
    new.close()
    declared = [(column.name, not column.nullable) for column in schema.notes.columns]
    assert [(name, bool(required)) for _, name, _, required, *_ in made] == declared
