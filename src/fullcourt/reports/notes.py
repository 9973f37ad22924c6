"""The notes of a home, as they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fullcourt.stores.ledger.notes import Note, get_notes

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger
    from fullcourt.stores.note_words import NoteKind


@dataclass(frozen=True, slots=True)
class NotesView:
    """Notes, in the order they were written. `closed_by`: which note ended an issue, by its id."""

    notes: tuple[Note, ...]
    closed_by: dict[int, int]


def notes_view(ledger: Ledger, kind: NoteKind | None = None) -> NotesView:
    """Every note, or those of one kind."""
    found = get_notes(ledger)
    return NotesView(
        tuple(note for note in found if kind is None or note.kind is kind),
        {note.closes: note.note_id for note in found if note.closes is not None},
    )
