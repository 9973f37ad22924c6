"""Before and after: what a deployment changed, as the monitor compares it."""

from __future__ import annotations

from dataclasses import dataclass

from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure before and after, with its unit, its change and the monitor's verdict on it."""

    name: str
    before: str | Unknown
    after: str | Unknown
    change: str | Unknown
    verdict: str


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What is compared (unknown: why nothing is), and the measures."""

    compared: str | Unknown
    measures: tuple[Measure, ...]


def before_after() -> BeforeAfter:
    """The comparison around the newest deployment of the range."""
    return BeforeAfter(Unknown("nothing compares two ranges of dates in this release"), ())


def before_after_section(record: BeforeAfter) -> Section:
    """The measures as a table."""
    if isinstance(record.compared, Unknown):
        says = f"Before and after unknown: {record.compared.unknown}."
    else:
        says = f"{record.compared}."
    head = ("measure", "before", "after", "change", "verdict")
    rows = [(m.name, m.before, m.after, m.change, m.verdict) for m in record.measures]
    return Section("Before and after", says, table(head, rows))
