"""Gaps, notes and cells made by hand, for the sections' tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from fullcourt.reports.grid import CellLine, KeyLine
from fullcourt.reports.inventory import GapLine
from fullcourt.stores.ledger.notes import Note
from fullcourt.stores.note_words import NoteKind

DAY = date(2025, 1, 9)
START = datetime(2025, 1, 10, 12, tzinfo=UTC)


def hour(count: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=count)


def gap(
    ending: str = "open",
    keys: str = "ab",
    found: float = 0,
    ended: float | None = None,
    **given: Any,
) -> GapLine:
    """A gap found and ended at these hours; each letter is a key."""
    end = None if ended is None else hour(ended)
    told: dict[str, Any] = {
        "dataset": "player_box_scores",
        "game_date": DAY,
        "ending": ending,
        "keys": tuple(keys),
        "names": tuple(keys.upper()),
        "rows": 10 * len(keys),
        "rows_basis": "10 rows each",
        "cause": "vendor_empty",
        "found_at": hour(found),
        "found_how": "expected, due and not held",
        "ended_at": end,
        "minutes_open": (ended if ended is not None else 48) * 60.0 - found * 60,
        "runs": 1,
        "healed_by": "run-1" if ending == "healed" else None,
        "permanent_why": "given up" if ending == "permanent" else None,
        "owner_action": "ask the vendor",
    }
    return GapLine(**(told | given))


def note(note_id: int, kind: str = "note", **given: Any) -> Note:
    """A note of the day by ada."""
    told: dict[str, Any] = {
        "note_id": note_id,
        "kind": NoteKind(kind),
        "text": f"text {note_id}",
        "game_date": DAY,
        "severity": None,
        "minutes": None,
        "closes": None,
        "author": "ada",
        "written_at": START,
    }
    return Note(**(told | given))


def cell(dataset: str, verdict: str, expected: int = 2, held: int = 2) -> CellLine:
    """A judged cell of the day; what is not held is missing."""
    lost = tuple(
        KeyLine(f"k{n}", f"K{n}", "missing", "vendor_empty", "nothing came")
        for n in range(expected - held)
    )
    return CellLine("2 raw", dataset, DAY, expected, held, verdict, "", (), START, lost)
