"""The plots of an audit, as SVG text. Every plot reads without colour: letters and numbers say it.

Names are drawn as text, never as markup; tables and processors beyond so many are folded, said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import altair as alt

from fullcourt.audit.result import AuditView, ProcessorSummary
from fullcourt.audit.words import DateClass
from fullcourt.reports.audit.calendar_spans import Span, calendar_spans
from fullcourt.reports.audit.dates_sections import (
    NO_DATA,
    by_table,
    has_lost,
    is_false_alarm,
    is_miss,
)
from fullcourt.reports.audit.wording import DATE_CLASSES, RUN_CLASSES, interval, percent
from fullcourt.reports.drawing import BLUE, INK, LOOK, ROW_PX, WIDTH, Plot, Row, svg_text
from fullcourt.reports.wording import plain_text

MOST_ROWS: Final = 40
_LONGEST_NAME = 34
_COLOURS: Final = {
    "loss": "#c00000",
    "partial_loss": "#e8853b",
    "unverifiable": "#8e5bb5",
    "stuck_run": "#5b4a78",
    "phantom_failure": "#999999",
    "healed": "#56a3c9",
    "tracking_false_positive": "#0072b2",
    "legitimate_zero": "#cfe3cf",
    "complete": "#4f9d69",
}
_LETTERS: Final = {
    "loss": "L",
    "partial_loss": "P",
    "unverifiable": "?",
    "stuck_run": "S",
    "phantom_failure": "X",
    "healed": "H",
    "tracking_false_positive": "F",
    "legitimate_zero": "N",
    "complete": "C",
}
_LIGHT: Final = frozenset({"legitimate_zero", "partial_loss", "phantom_failure", "healed"})
# A number needs so much of the longest bar to stand in its part of it.
_ROOM: Final = 0.06


@dataclass(frozen=True, slots=True)
class _Names:
    """The rows of a plot: distinct labels in order, and a note of what is not drawn."""

    labels: dict[str, str]
    note: str

    @property
    def order(self) -> list[str]:
        return list(self.labels.values())


def plots(view: AuditView) -> list[Plot]:
    """The plots of which there is something to show."""
    drawn = {
        "calendar": ("Dates of each table by class, along the calendar", _calendar(view)),
        "zero-runs": ("Zero runs of each processor by class", _zero_runs(view)),
        "false-positives": ("False-positive rate of each processor", _rates(view)),
        "naive-check": ("The naive check against the truth, by table", _naive(view)),
    }
    return [
        Plot(name, words, svg_text(name, chart))
        for name, (words, chart) in drawn.items()
        if chart is not None
    ]


def _names(wanted: Sequence[str], what: str) -> _Names:
    """A label of its own for each of the first `MOST_ROWS` names."""
    labels: dict[str, str] = {}
    for name in wanted[:MOST_ROWS]:
        plain = plain_text(name)
        base = plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"
        label, number = base, 2
        while label in labels.values():
            label, number = f"{base} ({number})", number + 1
        labels[name] = label
    rest = len(wanted) - len(labels)
    return _Names(labels, f" {rest:,} {what} more are not drawn." if rest > 0 else "")


def _layered(
    title: str, note: str, order: Sequence[str], rows: Sequence[Row], *layers: alt.Chart
) -> alt.LayerChart:
    return alt.LayerChart(
        data=alt.InlineData(values=[dict(row) for row in rows]),
        layer=list(layers),
        title=alt.TitleParams(title, subtitle=note),
        width=WIDTH,
        height=max(60, len(order) * ROW_PX),
        config=LOOK,
    )


def _y(order: Sequence[str], *, grid: bool = True) -> alt.Y:
    return alt.Y("row:N", sort=list(order), title=None, axis=alt.Axis(grid=grid))


def _letters(x: alt.X, order: Sequence[str], text: str) -> alt.Chart:
    """Letters inside the shapes, in an ink that shows on them."""
    marks = alt.Chart().mark_text(fontSize=9, fontWeight="bold")
    ink = alt.Color("ink:N", scale=None, legend=None)
    letters: alt.Chart = marks.encode(x=x, y=_y(order), text=text, color=ink)
    return letters


def _ink(kind: str) -> str:
    return INK if kind in _LIGHT else "white"


def _counts(field: str, title: str, most: int) -> alt.X:
    """A scale of whole numbers; `count` is stacked, anything else lies where it says."""
    # Without its own ticks a short scale would repeat rounded ones.
    ticks = alt.Axis(format=",d") if most > 5 else alt.Axis(format="d", values=[*range(most + 1)])
    return alt.X(f"{field}:Q", title=title, stack="zero" if field == "count" else None, axis=ticks)


def _classes(shown: Sequence[str]) -> alt.Color:
    """The colour of a class, the same in every plot, with a legend of the classes there are."""
    scale = alt.Scale(domain=list(shown), range=[_COLOURS[each] for each in shown])
    return alt.Color(
        "kind:N", title=None, scale=scale, sort=list(shown), legend=alt.Legend(columns=5)
    )


def _calendar(view: AuditView) -> alt.LayerChart | None:
    tables = by_table(view)
    if not tables:
        return None
    worst_first = sorted(tables, key=lambda name: (-sum(map(has_lost, tables[name])), name))
    names = _names(worst_first, "tables")
    kept = {name: tables[name] for name in names.labels}
    bin_days, spans = calendar_spans(kept)
    rows = [_span_row(span, names.labels[span.target]) for span in spans]
    there = {row["kind"] for row in rows}
    shown = [each.value for each in DATE_CLASSES if each.value in there]
    # Dates are drawn in UTC, or a plot would move with the machine's zone.
    axis = alt.Axis(format="%Y-%m-%d", labelAngle=-30, grid=False)
    x = alt.X("from:T", title="game date (Eastern)", scale=alt.Scale(type="utc"), axis=axis)
    bars = alt.Chart().mark_rect(stroke="white", strokeWidth=0.5)
    middle = alt.X("middle:T", title="game date (Eastern)", scale=alt.Scale(type="utc"), axis=axis)
    binned = "" if bin_days == 1 else f" One cell is {bin_days} dates: the worst class of them."
    return _layered(
        "Dates of each table by class",
        f"L loss, P partial loss, ? unverifiable, N nothing owed, blank complete.{binned}"
        + names.note,
        names.order,
        rows,
        bars.encode(x=x, x2="to:T", y=_y(names.order, grid=False), color=_classes(shown)),
        _letters(middle, names.order, "letter:N"),
    )


def _span_row(span: Span, label: str) -> Row:
    return {
        "row": label,
        "kind": span.date_class.value,
        "from": f"{span.first}T00:00:00Z",
        "to": f"{span.end}T00:00:00Z",
        "middle": f"{span.middle:%Y-%m-%dT%H:%M:%S}Z",
        "letter": "" if span.date_class is DateClass.COMPLETE else _LETTERS[span.date_class.value],
        "ink": _ink(span.date_class.value),
    }


def _zero_processors(view: AuditView) -> list[ProcessorSummary]:
    some = [one for one in view.processors if one.zero_runs]
    return sorted(some, key=lambda one: (-one.zero_runs, one.processor))


def _zero_runs(view: AuditView) -> alt.LayerChart | None:
    some = _zero_processors(view)
    if not some:
        return None
    names = _names([one.processor for one in some], "processors")
    drawn = some[: len(names.labels)]
    rows: list[Row] = []
    for one in drawn:
        parts = [(each.value, one.zero_runs_by_class.get(each, 0)) for each in RUN_CLASSES]
        rows += _stacked(names.labels[one.processor], parts, drawn[0].zero_runs)
    there = {row["kind"] for row in rows}
    shown = [each.value for each in RUN_CLASSES if each.value in there]
    totals = [
        {"row": names.labels[one.processor], "total": one.zero_runs, "words": f"{one.zero_runs:,}"}
        for one in drawn
    ]
    ends = alt.Chart(alt.InlineData(values=totals)).mark_text(align="left", dx=4, fontSize=10)
    x = partial(_counts, title="zero runs (history rows)", most=drawn[0].zero_runs)
    said = ", ".join(f"{_LETTERS[kind]} {kind}" for kind in shown)
    return _layered(
        "Zero runs of each processor by class",
        f"{said}; at the end all of them.{names.note}",
        names.order,
        rows,
        _parts(x("count"), names.order).encode(color=_classes(shown)),
        _letters(x("middle"), names.order, "words:N"),
        ends.encode(x=x("total"), y=_y(names.order), text="words:N"),
    )


def _stacked(
    label: str,
    parts: Sequence[tuple[str, int]],
    longest: int,
    letters: Mapping[str, str] = _LETTERS,
) -> list[Row]:
    """The parts of one bar, each with its number where there is room for it."""
    rows: list[Row] = []
    start = 0
    for place, (kind, count) in enumerate(parts):
        if count:
            words = f"{count:,} {letters[kind]}" if count >= _ROOM * longest else ""
            row = {"row": label, "kind": kind, "count": count, "place": place, "words": words}
            rows.append({**row, "middle": start + count / 2, "ink": _ink(kind)})
            start += count
    return rows


def _parts(x: alt.X, order: Sequence[str]) -> alt.Chart:
    bars: alt.Chart = alt.Chart().mark_bar().encode(x=x, y=_y(order), order=alt.Order("place:Q"))
    return bars


def _rates(view: AuditView) -> alt.LayerChart | None:
    some = [one for one in _zero_processors(view) if one.false_positives.rate is not None]
    if not some:
        return None
    names = _names([one.processor for one in some], "processors")
    rows = []
    for one in some[: len(names.labels)]:
        share = one.false_positives
        # Where the interval is unknown there is a dot, and no line.
        low = share.rate if share.low is None else share.low
        high = share.rate if share.high is None else share.high
        words = f"{percent(share.rate)} of {share.whole:,} runs ({interval(share)})"
        row = {"row": names.labels[one.processor], "rate": share.rate, "low": low, "high": high}
        rows.append({**row, "words": words, "edge": 1.0})
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    title = "zero runs that lost nothing, of those decided"
    y = _y(names.order)
    x = alt.X("rate:Q", title=title, scale=scale, axis=axis)
    lines = alt.Chart().mark_rule(color=INK, strokeWidth=2)
    words = alt.Chart().mark_text(align="left", dx=8, fontSize=10)
    level = f"{100 * view.total.false_positives.level:.0f} %"
    return _layered(
        "False-positive rate of each processor",
        f"Zeros by tracking alone. Line: {level} interval (Wilson).{names.note}",
        names.order,
        rows,
        lines.encode(x=alt.X("low:Q", title=title, scale=scale, axis=axis), x2="high:Q", y=y),
        alt.Chart().mark_point(filled=True, size=60, opacity=1, color=BLUE).encode(x=x, y=y),
        words.encode(x=alt.X("edge:Q", title=title, scale=scale), y=y, text="words:N"),
    )


_ANSWERS: Final = (
    ("losses it misses", "M", "#c00000"),
    ("false alarms", "F", "#b35a00"),
    ("cannot be known", "?", "#8e5bb5"),
    ("losses it finds", "f", "#0072b2"),
)


def _naive(view: AuditView) -> alt.LayerChart | None:
    found = {}
    for name, days in by_table(view).items():
        empty = [day for day in days if day.naive_check == NO_DATA]
        finds = sum(map(has_lost, empty))
        alarms = sum(map(is_false_alarm, empty))
        counts = (sum(map(is_miss, days)), alarms, len(empty) - finds - alarms, finds)
        if any(counts):
            found[name] = counts
    if not found:
        return None
    names = _names(sorted(found, key=lambda name: (-sum(found[name]), name)), "tables")
    kinds = [kind for kind, *_ in _ANSWERS]
    letters = {kind: letter for kind, letter, _ in _ANSWERS}
    longest = max(map(sum, found.values()))
    rows: list[Row] = []
    for name, label in names.labels.items():
        parts = list(zip(kinds, found[name], strict=True))
        rows += _stacked(label, parts, longest, letters)
    scale = alt.Scale(domain=kinds, range=[colour for *_, colour in _ANSWERS])
    legend = alt.Legend(columns=5)
    colour = alt.Color("kind:N", title=None, scale=scale, sort=kinds, legend=legend)
    x = partial(_counts, title="dates (one table on one game date)", most=longest)
    return _layered(
        "The naive check (any row on that date) against the truth",
        "M losses it misses, F false alarms, ? cannot be known, f losses it finds; the rest it "
        f"gets right.{names.note}",
        names.order,
        rows,
        _parts(x("count"), names.order).encode(color=colour),
        _letters(x("middle"), names.order, "words:N"),
    )
