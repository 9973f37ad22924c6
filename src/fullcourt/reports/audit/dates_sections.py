"""The sections counted in dates (one table on one game date): classes, and the naive check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from fullcourt.audit.result import AuditView, DateFinding, ProcessorSummary
from fullcourt.audit.words import DateClass
from fullcourt.reports.audit.parts import (
    DATE_TONES,
    Cell,
    Column,
    Limits,
    Section,
    Tone,
    counted,
    folded,
    more_text,
    said,
    totalled,
)
from fullcourt.reports.audit.wording import DATE_CLASSES

NO_DATA: Final = "no data"
_SHORT: Final = {
    DateClass.LOSS: "loss",
    DateClass.PARTIAL_LOSS: "partial\nloss",
    DateClass.UNVERIFIABLE: "unveri-\nfiable",
    DateClass.LEGITIMATE_ZERO: "legit.\nzero",
    DateClass.COMPLETE: "comp-\nlete",
}
_LOST: Final = (DateClass.LOSS, DateClass.PARTIAL_LOSS)


def by_table(view: AuditView) -> dict[str, list[DateFinding]]:
    """The dates of each table, in the order in which the tables come."""
    found: dict[str, list[DateFinding]] = {}
    for day in view.dates:
        found.setdefault(day.target, []).append(day)
    return found


def has_lost(day: DateFinding) -> bool:
    """Whether keys of this date are lost."""
    return day.date_class in _LOST


def dates_by_class(view: AuditView, limits: Limits) -> Section:
    """The dates of what each processor fills, by class. Unit: dates (one table on one date)."""
    shown = [each for each in DATE_CLASSES if view.total.dates_by_class.get(each, 0)]

    def row(one: ProcessorSummary, name: str) -> tuple[Cell, ...]:
        cells = (counted(one.dates_by_class.get(each, 0), DATE_TONES[each]) for each in shown)
        return (
            said(name),
            counted(one.dates),
            counted(one.zero_dates),
            *cells,
            counted(one.naive_no_data_dates),
        )

    columns = [
        Column("processor", "processor", is_number=False),
        Column("dates", "dates"),
        Column("of them with zero runs", "with zero\nruns"),
        *(Column(each.value, _SHORT[each]) for each in shown),
        Column('naive check: "no data"', 'naive:\n"no data"'),
    ]
    some = [one for one in view.processors if one.dates]
    rows, more = totalled(
        some, view.total, row, limits, ("date", lambda one: one.zero_dates), first=_lost_dates
    )
    return Section(
        "dates",
        "Dates by class",
        "Unit: dates (one table on one game date), never added to runs.",
        tuple(columns),
        rows,
        more,
        nothing="No table has a date.",
    )


def _lost_dates(one: ProcessorSummary) -> int:
    return sum(one.dates_by_class.get(each, 0) for each in _LOST)


def naive_check(view: AuditView, limits: Limits) -> Section:
    """What "any row on that date" says of each table, against the truth. Unit: dates."""
    tables = sorted(by_table(view).items(), key=lambda item: (-_wrong(item[1]), item[0]))
    shown = folded(tables, limits.processors)
    rows = [_naive_row(name, days) for name, days in shown]
    if rows:
        rows.append(_naive_row("total", view.dates))
    hidden = sum(len(days) for _, days in tables[len(shown) :])
    return Section(
        "naive_check",
        "The naive check (any row on that date) against the truth",
        "Unit: dates. A false alarm is a date without a row that owes none; a miss has rows, and "
        "keys lost all the same.",
        (
            Column("table", "table", is_number=False),
            Column("dates", "dates"),
            Column('says "no data"', '"no\ndata"'),
            Column("of these really lost", "really\nlost"),
            Column("false alarms", "false\nalarms"),
            Column("cannot be known", "cannot\nbe known"),
            Column('says "has data"', '"has\ndata"'),
            Column("losses it misses", "losses it\nmisses"),
        ),
        tuple(rows),
        more_text(len(tables) - len(shown), hidden, "date"),
        nothing="No table has a date.",
    )


def _wrong(days: Iterable[DateFinding]) -> int:
    """How many dates the naive check gets wrong."""
    return sum(is_miss(day) or is_false_alarm(day) for day in days)


def is_miss(day: DateFinding) -> bool:
    """It has rows, and keys lost all the same."""
    return day.naive_check != NO_DATA and has_lost(day)


def is_false_alarm(day: DateFinding) -> bool:
    """It has no row and has lost nothing, as is known."""
    nothing_lost = (DateClass.LEGITIMATE_ZERO, DateClass.COMPLETE)
    return day.naive_check == NO_DATA and day.date_class in nothing_lost


def _naive_row(name: str, days: Sequence[DateFinding]) -> tuple[Cell, ...]:
    empty = [day for day in days if day.naive_check == NO_DATA]
    unknown = sum(day.date_class is DateClass.UNVERIFIABLE for day in empty)
    return (
        said(name),
        counted(len(days)),
        counted(len(empty)),
        counted(sum(map(has_lost, empty)), Tone.BAD),
        counted(sum(map(is_false_alarm, days)), Tone.DOUBT),
        counted(unknown, Tone.DOUBT),
        counted(len(days) - len(empty)),
        counted(sum(map(is_miss, days)), Tone.BAD),
    )
