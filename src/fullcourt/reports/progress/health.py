"""Orchestration health: records each processor should have brought and brought, and its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fullcourt.declaration import Declaration
from fullcourt.pipeline.graph import GRAPH
from fullcourt.reports.grid import CellLine
from fullcourt.reports.inventory import size_of
from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import instant_text
from fullcourt.trust.words import KeyState

if TYPE_CHECKING:
    from fullcourt.reports.progress.reading import Reading
    from fullcourt.stores.lake import Lake

_NOT_HELD = frozenset(
    state.value
    for state in (
        KeyState.MISSING,
        KeyState.WAITING,
        KeyState.UNVERIFIABLE,
        KeyState.UNRECOVERABLE,
    )
)


@dataclass(frozen=True, slots=True)
class Processor:
    """One feed or dataset over the dates. Records are `unit`s: bodies of a feed (one a key), rows
    of a table. `actual` are there; `expected` adds what the keys not held are likely to have, by
    `basis`. `runs` worked on these dates, of them `not_succeeded` ended otherwise.
    """

    phase: str
    processor: str
    unit: str
    expected: int | Unknown
    actual: int
    basis: str
    runs: int
    not_succeeded: int
    last_run: str | Unknown


def health(reading: Reading) -> tuple[Processor, ...]:
    """Every processor of the pipeline, in its order."""
    return tuple(_processor(reading, declared) for declared in GRAPH)


def _processor(reading: Reading, declared: Declaration) -> Processor:
    lake = reading.controller.stores.lake
    cells = [cell for cell in reading.cells if cell.dataset == declared.name]
    lacking: int | Unknown
    if declared.is_feed:
        actual = sum(cell.held for cell in cells)
        lacking = sum(len(_not_held(cell)) for cell in cells)
        basis = "one body a key"
    else:
        actual = _rows(lake, declared.name, reading.first, reading.last)
        lacking, basis = _lacking(lake, declared.name, cells)
    if not cells:
        lacking = Unknown("no cell of it is judged on these dates")
        basis = "nothing to go by"
    runs = [run for run in reading.runs if run.dataset == declared.name]
    ended = Counter(run.state for run in runs)
    last = runs[-1] if runs else None
    return Processor(
        phase=declared.phase.value,
        processor=declared.name,
        unit="bodies" if declared.is_feed else "rows",
        expected=lacking if isinstance(lacking, Unknown) else actual + lacking,
        actual=actual,
        basis=basis,
        runs=len(runs),
        not_succeeded=len(runs) - ended["succeeded"] - ended["running"],
        last_run=Unknown("no run worked on these dates")
        if last is None
        else f"{last.state} {instant_text(last.opened_at)}",
    )


def _not_held(cell: CellLine) -> list[str]:
    return [key.key for key in cell.keys if key.state in _NOT_HELD]


def _rows(lake: Lake, dataset: str, first: date, last: date) -> int:
    query = f"SELECT count(*) FROM lake.{dataset} WHERE game_date BETWEEN ? AND ?"
    return int(lake.rows(query, [first, last])[0][0])


def _lacking(lake: Lake, dataset: str, cells: Sequence[CellLine]) -> tuple[int | Unknown, str]:
    """Rows the keys not held are likely to have, and what that is read from."""
    total, reasons = 0, set()
    for cell in cells:
        keys = _not_held(cell)
        if keys:
            rows, basis = size_of(lake, dataset, cell.game_date, keys)
            if rows is None:
                return Unknown(f"{len(keys)} keys of {cell.game_date}: {_why(basis)}"), basis
            total += rows
            reasons.add(basis)
    return total, "; ".join(sorted(reasons)) or "every key that is due is held"


def _why(basis: str) -> str:
    return basis.removeprefix("unknown: ")


def health_section(record: Sequence[Processor]) -> Section:
    """The processors as a table."""
    short = [p for p in record if isinstance(p.expected, Unknown) or p.expected != p.actual]
    says = "Records of the game dates, in bodies (phase 1) or table rows; keys not due yet are "
    says += "expected by nobody. "
    says += f"{len(short)} of {len(record)} processors are short or not known to be whole."
    head = ("phase", "processor", "expected", "actual", "basis", "runs", "last run")
    rows = [
        (
            p.phase,
            p.processor,
            p.expected if isinstance(p.expected, Unknown) else f"{p.expected:,} {p.unit}",
            f"{p.actual:,} {p.unit}",
            p.basis,
            f"{p.runs:,}, {p.not_succeeded:,} not succeeded",
            p.last_run,
        )
        for p in record
    ]
    return Section("Orchestration health", says, table(head, rows))
