"""What people write beside what the machine records: notes, appended and never changed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import notes
from fullcourt.stores.note_words import NoteKind, Severity
from fullcourt.stores.redaction import redacted


class NoteRefused(Terminal, FullcourtError):
    """A note that says nothing, or contradicts what is on record."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `game_date` (Eastern) is the day it is about; `minutes` were lost (an issue) or
    spent (null: not said); `closes` is the id of the issue it ends (null: none); `severity` of an
    issue (null: not said). `written_at` is UTC.
    """

    note_id: int
    kind: NoteKind
    text: str
    game_date: date
    severity: Severity | None
    minutes: float | None
    closes: int | None
    author: str
    written_at: datetime


def add_note(
    ledger: Ledger,
    text: str,
    *,
    kind: NoteKind,
    day: date,
    author: str,
    severity: Severity | None = None,
    minutes: float | None = None,
    closes: int | None = None,
    secrets: Iterable[str | None] = (),
) -> Note:
    """Append a note with the ledger's instant, secrets struck out (see `redacted`).

    Raises:
        NoteRefused: no text or author, a severity of what is no issue, minutes that are no span,
            or `closes` is no open issue.
    """
    kept, who = redacted(text.strip(), secrets), author.strip()
    if not kept:
        raise NoteRefused("note: the text is empty.", next_step="say what happened")
    if not who:
        raise NoteRefused("note: nobody is named as its author.", next_step="name one with --by")
    if severity is not None and kind is not NoteKind.ISSUE:
        raise NoteRefused(
            f"note: severity {severity.value!r} of kind {kind.value!r}; only an issue has one.",
            next_step="add --kind issue, or leave --severity out",
        )
    if minutes is not None and not (math.isfinite(minutes) and minutes >= 0):
        raise NoteRefused(
            f"note: minutes {minutes!r} are no span of time.", next_step="give a number from 0 on"
        )
    with ledger.write():
        if closes is not None:
            _check_open_issue(ledger, closes)
        ledger.insert(
            notes,
            [
                {
                    "kind": kind.value,
                    "text": kept,
                    "game_date": day.isoformat(),
                    "severity": None if severity is None else severity.value,
                    "minutes": minutes,
                    "closes": closes,
                    "author": who,
                    "written_at": text_of(ledger.now()),
                }
            ],
        )
        newest = select(notes).order_by(notes.c.note_id.desc()).limit(1)
        return _note(ledger.execute(newest).one())


def get_notes(ledger: Ledger) -> tuple[Note, ...]:
    """Every note, in the order they were written."""
    return tuple(_note(row) for row in ledger.execute(select(notes).order_by(notes.c.note_id)))


def _check_open_issue(ledger: Ledger, note_id: int) -> None:
    written = get_notes(ledger)
    known = {note.note_id: note for note in written}
    if note_id not in known:
        raise NoteRefused(
            f"note: --closes {note_id}: there is no note of that number.",
            next_step="`fullcourt note list` shows their numbers",
        )
    if known[note_id].kind is not NoteKind.ISSUE:
        raise NoteRefused(
            f"note: --closes {note_id}: that is a {known[note_id].kind.value}, not an issue.",
            next_step="name an issue",
        )
    for note in written:
        if note.closes == note_id:
            raise NoteRefused(
                f"note: --closes {note_id}: note {note.note_id} has closed it.",
                next_step="write it without --closes",
            )


def _note(row: Any) -> Note:
    written_at = instant_of(row.written_at)
    assert written_at is not None
    return Note(
        note_id=row.note_id,
        kind=NoteKind(row.kind),
        text=row.text,
        game_date=date.fromisoformat(row.game_date),
        severity=None if row.severity is None else Severity(row.severity),
        minutes=row.minutes,
        closes=row.closes,
        author=row.author,
        written_at=written_at,
    )
