"""A document as every face draws it: sections of tables and facts, all of it text, none blank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fullcourt.reports.progress.unknown import Value, said


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; every cell is text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """One thing under its own title: what is known of it, as (name, text) pairs."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document. `says` is a sentence, also where there is nothing to list."""

    title: str
    says: str
    blocks: tuple[Table | Facts, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: its title, a sentence on what it covers, its sections."""

    title: str
    says: str
    sections: tuple[Section, ...]


def table(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> tuple[Table, ...]:
    """A table of values, or nothing where there are no rows.

    Raises:
        ValueError: a cell is blank, or a row has another length than the head.
    """
    made = tuple(tuple(said(value) for value in row) for row in rows)
    if any(len(row) != len(head) for row in made):
        raise ValueError(f"a row of another length than {head}")
    return (Table(tuple(head), made),) if made else ()


def facts(title: str, pairs: Iterable[tuple[str, Value]]) -> Facts:
    """Facts under a title.

    Raises:
        ValueError: one is blank.
    """
    return Facts(said(title), tuple((name, said(value)) for name, value in pairs))


def listed(names: Sequence[str], most: int = 6) -> str:
    """The names, and how many more there are; `none` where there are none."""
    if not names:
        return "none"
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """`3 complete, 1 partial`; `none` where nothing was counted."""
    return ", ".join(f"{count:,} {name}" for name, count in counts if count) or "none"
