"""The dates of tables as spans of one class, so that ten seasons draw as few shapes as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from fullcourt.audit.result import DateFinding
from fullcourt.audit.words import DateClass
from fullcourt.reports.audit.wording import DATE_CLASSES

MOST_BINS: Final = 200
_BINS: Final = (1, 7, 28)


@dataclass(frozen=True, slots=True)
class Span:
    """A table's dates from `first` to before `end`, all of one class."""

    target: str
    date_class: DateClass
    first: date
    end: date

    @property
    def middle(self) -> datetime:
        """The instant in the middle, as UTC draws dates."""
        start = datetime.combine(self.first, time(), UTC)
        return start + (self.end - self.first) / 2


def calendar_spans(tables: Mapping[str, Sequence[DateFinding]]) -> tuple[int, list[Span]]:
    """(dates in one cell, spans). A cell of more than one date has the worst class in it.

    A cell is 1, 7 or more dates wide, so that at most `MOST_BINS` cells cover the calendar; cells
    of one class that touch are one span. Dates a table does not have stay free.
    """
    every = [day.game_date for days in tables.values() for day in days]
    if not every:
        return 1, []
    start = min(every)
    length = (max(every) - start).days + 1
    fitting = [size for size in _BINS if length <= size * MOST_BINS]
    size = fitting[0] if fitting else -(-length // MOST_BINS)
    return size, [
        span for target, days in tables.items() for span in _spans(target, days, start, size)
    ]


def _spans(target: str, days: Sequence[DateFinding], start: date, size: int) -> Iterator[Span]:
    worst: dict[int, DateClass] = {}
    for day in days:
        place = (day.game_date - start).days // size
        worst[place] = min(worst.get(place, day.date_class), day.date_class, key=DATE_CLASSES.index)
    first = before = None
    for place in sorted(worst):
        if first is None or before is None:
            first = place
        elif place != before + 1 or worst[place] is not worst[before]:
            yield _span(target, worst[before], start, first, before, size)
            first = place
        before = place
    if first is not None and before is not None:
        yield _span(target, worst[before], start, first, before, size)


def _span(
    target: str, date_class: DateClass, start: date, first: int, last: int, size: int
) -> Span:
    begins = start + timedelta(days=first * size)
    return Span(target, date_class, begins, start + timedelta(days=(last + 1) * size))
