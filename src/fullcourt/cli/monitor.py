"""`monitor`: whether a deployment, or anything else between two windows, made things better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at, parse_day
from fullcourt.cli.printing import count_text, days_text, instant_text, new_table, out, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.monitor import MeasureLine, MonitorView, WindowLine
    from fullcourt.reports.windows import Span

_STYLES = {"better": "green", "worse": "bold red", "cannot tell yet": "dim"}
MOST_DATES = 28
_MANY_DATES = 1_000


def parse_span(name: str, text: str) -> Span:
    """The game dates of an option written `FIRST..LAST`, or one date.

    Raises:
        typer.BadParameter: they are no dates, or the first is later.
    """
    from fullcourt.reports.windows import Span

    first, dots, last = text.partition("..")
    span = Span(parse_day(first), parse_day(last if dots else first))
    if span.last < span.first:
        raise typer.BadParameter(f"{name} {text!r} ends before it begins; write FIRST..LAST.")
    return span


def _span_option(name: str, help_text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        name, metavar="DATE..DATE", help=help_text, show_default=False
    )
    return option


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "monitor",
        epilog="Examples: `fullcourt monitor --deployment r42`; `fullcourt monitor --before "
        "2025-01-01..2025-01-14 --after 2025-01-15..2025-01-28 --json`",
    )(monitor)


def monitor(
    home: HomeOption = None,
    before: Annotated[
        str | None, _span_option("--before", "The Eastern game dates before.")
    ] = None,
    after: Annotated[str | None, _span_option("--after", "The Eastern game dates after.")] = None,
    deployment: Annotated[
        str | None,
        typer.Option(
            "--deployment",
            metavar="NAME",
            help="Compare what lies around it: a revision, SERVICE/REVISION, or the beginning of a "
            "fingerprint.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            "--dates",
            min=1,
            help="With --deployment: at most so many game dates on each side, the same number on "
            "both.",
        ),
    ] = MOST_DATES,
    as_json: JsonOption = False,
) -> None:
    """Compare two windows of game dates, measure by measure: better, worse, or cannot tell yet.

    Zero runs, false positives, losses found and recovered, times to detect and to heal, success of
    runs, overdue cells, hours stuck, alarms confirmed and verdicts overturned, each with its
    improvement in per cent, its interval, and how many game dates more would tell. The unit is the
    game date: docs/monitoring.md says how it is counted and by which test. Looks afresh and records
    nothing.

    Exit codes: 0 nothing is worse; 1 something is; 2 no such deployment or home, or a window
    without game dates.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.reports.monitor import monitor_view

    spans = _spans(before, after, deployment)
    place = home_at(home)
    with looking_at(place) as (_, controller):
        view = monitor_view(
            controller, str(place.path), spans=spans, deployment=deployment, most_dates=most
        )
    if as_json:
        print_json(view)
    else:
        _show(out(), view)
    if view.by_change["worse"]:
        raise typer.Exit(1)


def _spans(
    before: str | None, after: str | None, deployment: str | None
) -> tuple[Span, Span] | None:
    if deployment is None and before is not None and after is not None:
        return parse_span("--before", before), parse_span("--after", after)
    if deployment is not None and before is None and after is None:
        return None
    raise typer.BadParameter("give --deployment, or both --before and --after.")


def _show(console: Console, view: MonitorView) -> None:
    if view.deployed_at is not None:
        console.print(
            Text("deployment ", style="bold")
            + Text(f"{view.deployment}, {instant_text(view.deployed_at)}")
        )
    for word, window in (("before", view.before), ("after", view.after)):
        console.print(Text(f"{word:<7}", style="bold") + Text(_window(window)))
    table = new_table()
    for name in ("measure", "before", "after", "improvement", "verdict"):
        table.add_column(name, overflow="fold")
    for line in view.measures:
        change = line.comparison.change.value
        table.add_row(
            Text(line.name) + Text(f"\n{line.unit}", style="dim"),
            Text(_value(line, line.comparison.before, line.comparison.dates_before))
            + Text(_interval(line, is_before=True), style="dim"),
            Text(_value(line, line.comparison.after, line.comparison.dates_after))
            + Text(_interval(line, is_before=False), style="dim"),
            Text(_improvement(line)),
            Text(change, style=_STYLES[change]) + Text(f"\n{_why(line)}", style="dim"),
        )
    console.print(table)
    for note in view.notes:
        console.print(Text(f"note: {note}"))


def _window(window: WindowLine) -> str:
    left = [
        f"{count_text(count, 'date')} {why}"
        for count, why in (
            (window.no_games, "without games"),
            (window.never_judged, "never judged"),
            (window.not_settled, "not settled"),
        )
        if count
    ]
    runs = [
        f"{count_text(count, 'run')} {why}"
        for count, why in (
            (window.late_runs, "begun later"),
            (window.range_runs, "over many dates"),
        )
        if count
    ]
    said = (
        f"{days_text(window.first, window.last)}: {count_text(window.game_dates, 'game date')}, "
        f"{count_text(window.games, 'game')}, {count_text(window.runs, 'run')}"
    )
    return f"{said}; left out: {', '.join(left + runs)}" if left or runs else said


def _value(line: MeasureLine, value: float | None, dates: int) -> str:
    if value is None:
        return "not reached" if dates else "none"
    if line.unit.startswith("share"):
        return f"{value:.1%}".replace("%", " %")
    if line.unit.startswith("minutes"):
        return f"{value:,.0f} min"
    return f"{value:,.2f}"


def _interval(line: MeasureLine, *, is_before: bool) -> str:
    share = line.share_before if is_before else line.share_after
    if share is None:
        return ""
    if share.low is None or share.high is None:
        return f"\n{share.part:,} of {share.whole:,}"
    low, high = 100 * share.low, 100 * share.high
    return f"\n{share.part:,} of {share.whole:,}\n{low:.0f} to {high:.0f} %"


def _improvement(line: MeasureLine) -> str:
    found = line.comparison
    if found.improvement is not None:
        said = f"{found.improvement:+,.0f} %"
        if found.p_value is None:
            return said
        return f"{said}\n{_end(found.improvement_low)} to {_end(found.improvement_high)} %"
    if found.difference is None:
        return "not known"
    said = f"by {_difference(line, found.difference)}"
    if found.difference_low is None or found.difference_high is None:
        return said
    low, high = found.difference_low, found.difference_high
    return f"{said}\n{_difference(line, low)} to {_difference(line, high)}"


def _difference(line: MeasureLine, value: float) -> str:
    if line.unit.startswith("share"):
        return f"{100 * value:+,.1f} points"
    if line.unit.startswith("minutes"):
        return f"{value:+,.0f} min"
    return f"{value:+,.2f}"


def _end(value: float | None) -> str:
    return "unbounded" if value is None else f"{value:+,.0f}"


def _why(line: MeasureLine) -> str:
    found = line.comparison
    if found.more_dates is None:
        return found.reason
    if found.more_dates > _MANY_DATES:
        return f"more than {_MANY_DATES:,} game dates more: {found.reason}"
    return f"{count_text(found.more_dates, 'game date')} more: {found.reason}"
