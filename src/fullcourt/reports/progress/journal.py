"""Learnings and daily notes: what people wrote, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.stores.ledger.notes import Note


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note; `game_date` is the Eastern day it is about."""

    note_id: int
    kind: str
    game_date: date
    text: str
    author: str
    written_at: datetime
    minutes: float | Unknown
    severity: str | Unknown


def journal(notes: Iterable[Note]) -> tuple[NoteLine, ...]:
    """The notes by the day they are about, then as they were written."""
    lines = [
        NoteLine(
            note_id=note.note_id,
            kind=note.kind.value,
            game_date=note.game_date,
            text=note.text,
            author=note.author,
            written_at=note.written_at,
            minutes=Unknown("the note gives none") if note.minutes is None else note.minutes,
            severity=Unknown("the note gives none")
            if note.severity is None
            else note.severity.value,
        )
        for note in notes
    ]
    return tuple(sorted(lines, key=lambda line: (line.game_date, line.note_id)))


def journal_section(record: tuple[NoteLine, ...]) -> Section:
    """Learnings first, then every other note by day."""
    learned = [line for line in record if line.kind == "learning"]
    others = [line for line in record if line.kind != "learning"]
    says = f"{count_text(len(learned), 'learning')}, {count_text(len(others), 'other note')}; "
    says += "`fullcourt note TEXT` adds one."
    return Section(
        "Learnings and daily notes",
        says,
        (
            *table(
                ("day", "learning", "by", "written"),
                [(n.game_date, n.text, n.author, n.written_at) for n in learned],
            ),
            *table(
                ("day", "kind", "note", "by", "written", "minutes"),
                [(n.game_date, n.kind, n.text, n.author, n.written_at, n.minutes) for n in others],
            ),
        ),
    )
