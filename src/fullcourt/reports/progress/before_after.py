"""Before and after: what the newest deployment changed, as the monitor compares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fullcourt.reports.progress.deployments import DeploymentLine
from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.windows import NothingToCompare
from fullcourt.reports.wording import count_text, instant_text

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.reports.monitor import MeasureLine, MonitorView, WindowLine

_MOST_DATES = 28


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure before and after, in `unit`. `improvement`: in per cent with its interval, or the
    difference where there is no per cent; `verdict`: better, worse or cannot tell yet, and why.
    """

    measure: str
    unit: str
    before: float | Unknown
    after: float | Unknown
    improvement: str | Unknown
    verdict: str


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The newest deployment with game dates on both sides (unknown: why there is none), its two
    windows in words, the measures, and what else may explain a difference.
    """

    compared: str | Unknown
    before: str | Unknown
    after: str | Unknown
    measures: tuple[Measured, ...]
    notes: tuple[str, ...]


def before_after(
    controller: Controller, home: str, deployments: Sequence[DeploymentLine]
) -> BeforeAfter:
    """The monitor's comparison around the newest of the deployments (oldest first) that allows one.

    The first code that ever ran has nothing before it and is not looked at.
    """
    changed = [one for one in reversed(deployments) if not isinstance(one.before, Unknown)]
    if not changed:
        return _nothing("no deployment on record for these dates has a code before it")
    # Late: the monitor's statistics are slow to load, and mostly there is nothing to compare.
    from fullcourt.reports.monitor import monitor_view

    # A release of several services counts as one; services deployed weeks apart do not.
    names = [name for one in changed for name in (one.after, f"{one.service}/{one.after}")]
    refused: list[str] = []
    for name in dict.fromkeys(names):
        try:
            view = monitor_view(controller, home, deployment=name, most_dates=_MOST_DATES)
        except NothingToCompare as error:
            refused.append(str(error).removesuffix(f" Next: {error.next_step}"))
        else:
            return _compared(name, view)
    return _nothing(refused[0].rstrip("."))


def _nothing(why: str) -> BeforeAfter:
    none = Unknown(why)
    return BeforeAfter(none, none, none, (), ())


def _compared(name: str, view: MonitorView) -> BeforeAfter:
    at = "" if view.deployed_at is None else f" of {instant_text(view.deployed_at)}"
    return BeforeAfter(
        compared=f"{name}{at}",
        before=_window(view.before),
        after=_window(view.after),
        measures=tuple(map(_measured, view.measures)),
        notes=view.notes,
    )


def _window(window: WindowLine) -> str:
    counts = ((window.game_dates, "game date"), (window.games, "game"), (window.runs, "run"))
    told = ", ".join(count_text(count, unit) for count, unit in counts)
    return f"{window.first} to {window.last}: {told}"


def _measured(line: MeasureLine) -> Measured:
    found = line.comparison
    more = "" if found.more_dates is None else f"{count_text(found.more_dates, 'game date')} more: "
    return Measured(
        measure=line.name,
        unit=line.unit,
        before=_value(found.before, found.dates_before),
        after=_value(found.after, found.dates_after),
        improvement=_improvement(line),
        verdict=f"{found.change.value} ({more}{found.reason})"
        if found.reason
        else found.change.value,
    )


def _value(value: float | None, dates: int) -> float | Unknown:
    if value is not None:
        return value
    return Unknown("it was not reached" if dates else "no game date has anything to count")


def _improvement(line: MeasureLine) -> str | Unknown:
    found = line.comparison
    if found.improvement is not None:
        told = f"{found.improvement:+,.0f} %"
        if found.p_value is None:
            return told
        ends = (found.improvement_low, found.improvement_high)
        low, high = ("unbounded" if end is None else f"{end:+,.0f}" for end in ends)
        return f"{told} ({low} to {high} %)"
    if found.difference is None:
        return Unknown(found.reason or "one side has no value")
    told = f"by {found.difference:+,.2f}"
    if found.difference_low is None or found.difference_high is None:
        return told
    return f"{told} ({found.difference_low:+,.2f} to {found.difference_high:+,.2f})"


def before_after_section(record: BeforeAfter) -> Section:
    """The measures as a table."""
    title = "Before and after"
    if isinstance(record.compared, Unknown):
        return Section(title, f"Before and after unknown: {record.compared.unknown}.")
    says = f"{record.compared}. Before: {_plain(record.before)}. After: {_plain(record.after)}."
    says += "".join(f" {note.capitalize()}." for note in record.notes)
    head = ("measure", "unit", "before", "after", "improvement", "verdict")
    rows = [
        (m.measure, m.unit, _number(m.before), _number(m.after), m.improvement, m.verdict)
        for m in record.measures
    ]
    return Section(title, says, table(head, rows))


def _plain(window: str | Unknown) -> str:
    return window.unknown if isinstance(window, Unknown) else window


def _number(value: float | Unknown) -> str | Unknown:
    return value if isinstance(value, Unknown) else f"{value:,.4g}"
