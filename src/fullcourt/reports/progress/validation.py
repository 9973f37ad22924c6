"""The validation table: what each dataset should hold on these dates, holds, and the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fullcourt.pipeline.graph import GRAPH
from fullcourt.reports.grid import CellLine
from fullcourt.reports.progress.document import Section, counted, listed, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.trust.words import CellVerdict

_QUIET = frozenset(
    {
        CellVerdict.COMPLETE.value,
        CellVerdict.LEGITIMATE_ZERO.value,
        CellVerdict.NOT_DUE.value,
        CellVerdict.RUNNING.value,
    }
)


@dataclass(frozen=True, slots=True)
class Validation:
    """One feed or dataset over the dates. `expected` and `held` count keys, `dates` its cells,
    `verdicts` cells by verdict (unknown: none is judged); `not_right` names the dates that are
    neither held, legitimately empty, not due nor running.
    """

    phase: str
    dataset: str
    dates: int
    expected: int | Unknown
    held: int | Unknown
    verdicts: dict[str, int] | Unknown
    not_right: tuple[str, ...]


def validation(cells: Sequence[CellLine]) -> tuple[Validation, ...]:
    """Every feed and dataset of the pipeline, in its order."""
    lines = []
    for declared in GRAPH:
        own = [cell for cell in cells if cell.dataset == declared.name]
        nobody = Unknown("no cell of it is judged on these dates")
        lines.append(
            Validation(
                phase=declared.phase.value,
                dataset=declared.name,
                dates=len(own),
                expected=sum(cell.expected for cell in own) if own else nobody,
                held=sum(cell.held for cell in own) if own else nobody,
                verdicts=dict(sorted(Counter(c.verdict for c in own).items())) if own else nobody,
                not_right=tuple(
                    f"{cell.game_date} {cell.verdict}" for cell in own if cell.verdict not in _QUIET
                ),
            )
        )
    return tuple(lines)


def validation_section(record: Sequence[Validation]) -> Section:
    """The validation as a table."""
    wrong = [line for line in record if line.not_right]
    says = f"{count_text(len(record), 'dataset')} by the judge's verdicts, counted in keys: "
    says += f"{len(wrong)} with a date that is not right." if wrong else "every date is right."
    head = ("phase", "dataset", "dates", "keys expected", "keys held", "verdicts (dates)",
            "not right")  # fmt: skip
    rows = [
        (
            line.phase,
            line.dataset,
            line.dates,
            line.expected,
            line.held,
            line.verdicts if isinstance(line.verdicts, Unknown) else counted(line.verdicts.items()),
            listed(line.not_right),
        )
        for line in record
    ]
    return Section("Validation", says, table(head, rows))
