"""What every section of one document is written from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.nba.calendar import game_date_of
from fullcourt.reports.grid import CellLine, cells_between, newest_date
from fullcourt.reports.inventory import GapLine, inventory_view
from fullcourt.stores.ledger.history import SpanRun, runs_between
from fullcourt.stores.ledger.notes import Note, get_notes
from fullcourt.stores.ledger.verdicts import get_summaries

if TYPE_CHECKING:
    from fullcourt.controller import Controller


class NoDates(Terminal, FullcourtError):
    """The range of a document ends before it begins."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The home's state at `now` (UTC) over the game dates `first` to `last`.

    `cells` and `gaps` are those of these dates, `runs` those that worked on any of them, `notes`
    those about them or written on or after the first.
    """

    controller: Controller
    home: str
    now: datetime
    first: date
    last: date
    cells: tuple[CellLine, ...]
    gaps: tuple[GapLine, ...]
    runs: tuple[SpanRun, ...]
    notes: tuple[Note, ...]


def read(controller: Controller, home: str, first: date | None, last: date | None) -> Reading:
    """The reading of a range; by default from the home's first date to the newest judged one.

    Raises:
        NoDates: the range is empty.
    """
    stores = controller.stores
    ledger, now = stores.ledger, stores.clock.now()
    begins = first or stores.settings.since
    newest = newest_date((row.game_date for row in get_summaries(ledger)), now)
    ends = last or max(newest or game_date_of(now), begins)
    if ends < begins:
        raise NoDates(
            f"--to {ends} is before --from {begins}.", next_step="give the earlier date first"
        )
    gaps = inventory_view(stores, home, since=begins).gaps
    return Reading(
        controller=controller,
        home=home,
        now=now,
        first=begins,
        last=ends,
        cells=cells_between(ledger, begins, ends),
        gaps=tuple(gap for gap in gaps if gap.game_date <= ends),
        runs=runs_between(ledger, begins, ends),
        # The work on an incident comes after its dates, and so do the words about it.
        notes=tuple(
            note
            for note in get_notes(ledger)
            if begins <= note.game_date <= ends or game_date_of(note.written_at) >= begins
        ),
    )
