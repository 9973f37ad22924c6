"""Cells by name: a dataset, or a dataset on some dates, and which of them are not whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fullcourt.errors import FullcourtError, Terminal
from fullcourt.pipeline.graph import ORDER
from fullcourt.trust.grid import Grid
from fullcourt.trust.refusals import NOT_WHOLE
from fullcourt.trust.words import ALARMS, Cell


class NoSuchCell(Terminal, FullcourtError):
    """What was named is no cell of this home."""


@dataclass(frozen=True, slots=True)
class Named:
    """A dataset, or a dataset on some dates (Eastern, both ends included)."""

    dataset: str
    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        return self.dataset if self.first is None else f"{self.dataset}:{self.first}..{self.last}"

    def has(self, cell: Cell) -> bool:
        """Whether a cell is among those named."""
        inside = self.first is None or (
            self.last is not None and self.first <= cell.game_date <= self.last
        )
        return cell.dataset == self.dataset and inside


def named_cells(grid: Grid, only: Sequence[Named]) -> list[Cell]:
    """The cells that are wrong, in pipeline order of each date: every alarm, or of those named
    whatever is not whole, given up or not.

    Raises:
        NoSuchCell: a name matches no cell there is.
    """
    memos = grid.memos
    for name in only:
        if not any(name.has(cell) for cell in memos):
            raise NoSuchCell(
                f"--only {name}: this home has no such cell.",
                next_step="`fullcourt status --date DATE` shows the cells of a date",
            )
    wrong = {verdict.value for verdict in (NOT_WHOLE if only else ALARMS)}
    found = [
        cell
        for cell, memo in memos.items()
        if memo.verdict in wrong and (not only or any(name.has(cell) for name in only))
    ]
    return sorted(found, key=lambda cell: (cell.game_date, ORDER[cell.dataset]))
