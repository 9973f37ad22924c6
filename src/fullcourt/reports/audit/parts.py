"""What a document of an audit is made of: sections of rows, and how far they are folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from fullcourt.audit.result import ProcessorSummary
from fullcourt.audit.words import DateClass, RunClass
from fullcourt.reports.wording import count_text, plain_text

Row = TypeVar("Row")


class Tone(StrEnum):
    """How a cell is meant; a face chooses the colour."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: one line of text without control signs."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, a shorter head for a terminal (may break lines), and its alignment."""

    head: str
    short: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title. `note` names the units; `more`: what was folded away, and where it
    is seen. `nothing`: what is said in the place of a table without rows."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""
    nothing: str = "None."


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows a list shows, names a row, and rows a table of processors; None: all."""

    rows: int | None
    names: int | None
    processors: int | None


TERMINAL: Final = Limits(rows=15, names=6, processors=40)
PAPER: Final = Limits(rows=100, names=30, processors=200)
PAGE: Final = Limits(rows=400, names=60, processors=200)
EVERYTHING: Final = Limits(rows=None, names=None, processors=None)

TONES: Final = {
    RunClass.LOSS: Tone.BAD,
    RunClass.PARTIAL_LOSS: Tone.BAD,
    RunClass.UNVERIFIABLE: Tone.DOUBT,
    RunClass.STUCK_RUN: Tone.DOUBT,
    RunClass.PHANTOM_FAILURE: Tone.QUIET,
    RunClass.HEALED: Tone.GOOD,
    RunClass.TRACKING_FALSE_POSITIVE: Tone.GOOD,
    RunClass.LEGITIMATE_ZERO: Tone.GOOD,
    RunClass.COMPLETE: Tone.GOOD,
}
DATE_TONES: Final = {each: TONES[RunClass(each.value)] for each in DateClass}


def said(text: object, tone: Tone = Tone.PLAIN) -> Cell:
    """A cell of foreign or own text; `unknown` for none."""
    return Cell("unknown", Tone.QUIET) if text is None else Cell(plain_text(str(text)), tone)


def counted(count: int, tone: Tone = Tone.PLAIN) -> Cell:
    """A cell of a number: quiet where it is 0."""
    return Cell(f"{count:,}", tone if count else Tone.QUIET)


def folded(rows: Sequence[Row], most: int | None) -> Sequence[Row]:
    """As many rows as are shown."""
    return rows if most is None else rows[:most]


def totalled(
    some: Sequence[ProcessorSummary],
    total: ProcessorSummary,
    row: Callable[[ProcessorSummary, str], tuple[Cell, ...]],
    limits: Limits,
    size: tuple[str, Callable[[ProcessorSummary], int]],
    first: Callable[[ProcessorSummary], int] | None = None,
) -> tuple[tuple[tuple[Cell, ...], ...], str]:
    """A row a processor, the largest first, and the total below; and what was folded away.

    `size`: a unit, and how many of it a processor has; `first`: what ranks before the size.
    """
    if not some:
        return (), ""
    unit, of = size
    before = first or of
    ranked = sorted(some, key=lambda one: (-before(one), -of(one), one.processor))
    shown = folded(ranked, limits.processors)
    hidden = ranked[len(shown) :]
    rows = (*(row(one, one.processor) for one in shown), row(total, "total"))
    return rows, more_text(len(hidden), sum(map(of, hidden)), unit)


def more_text(hidden_rows: int, hidden: int, unit: str) -> str:
    """What a folded section says of the rest: so many rows, of so many `unit`s."""
    if not hidden_rows:
        return ""
    rest = f"and {count_text(hidden_rows, 'row')} more with {count_text(hidden, unit)}"
    return f"{rest}: `--all` (text, Markdown) and `--json` list them"


def names_text(names: Sequence[str], limits: Limits) -> str:
    """Names in a row, cut after so many with the number of the others."""
    shown = names if limits.names is None else names[: limits.names]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")
