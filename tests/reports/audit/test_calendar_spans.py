"""Dates as spans of one class: nothing is lost, doubled or made better by it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fullcourt.audit.words import DateClass
from fullcourt.reports.audit.calendar_spans import MOST_BINS, calendar_spans
from fullcourt.reports.audit.wording import DATE_CLASSES
from tests.reports.audit.views import FIRST, day_of

DAYS = st.dictionaries(st.integers(0, 5000), st.sampled_from(list(DateClass)), max_size=60)


@given(days=DAYS)
def test_each_date_lies_in_one_span_that_is_no_better(days: dict[int, DateClass]) -> None:
    """One span a date, of its class or a worse one; exactly its class where a cell is one date."""
    found = [day_of("t", FIRST + timedelta(days=n), each, rows=1) for n, each in days.items()]
    size, spans = calendar_spans({"t": found})
    for day in found:
        (span,) = [each for each in spans if each.first <= day.game_date < each.end]
        assert DATE_CLASSES.index(span.date_class) <= DATE_CLASSES.index(day.date_class)
        assert size > 1 or span.date_class is day.date_class
    assert len(spans) <= min(len(days), MOST_BINS)
    if found:
        length = (max(d.game_date for d in found) - min(d.game_date for d in found)).days
        assert length < size * MOST_BINS
        assert size == 1 or length >= MOST_BINS


def test_touching_dates_of_one_class_are_one_span() -> None:
    """Two complete dates, a free one, a complete one, a loss: three spans."""
    words = {0: DateClass.COMPLETE, 1: DateClass.COMPLETE, 3: DateClass.COMPLETE, 4: DateClass.LOSS}
    days = [day_of("t", FIRST + timedelta(days=n), each, rows=1) for n, each in words.items()]
    size, spans = calendar_spans({"t": days})
    assert size == 1
    assert [((each.first - FIRST).days, (each.end - FIRST).days) for each in spans] == [
        (0, 2),
        (3, 4),
        (4, 5),
    ]
