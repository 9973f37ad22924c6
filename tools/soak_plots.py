"""The plots of a soak, as SVG text: drawn with altair, rendered by vl-convert without a browser.

Every plot reads without colour: shapes and numbers say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

import altair as alt

from fullcourt.rehearsal.report import Minutes, SimulationReport
from fullcourt.reports.drawing import BLUE, INK, LOOK, RED, ROW_PX, WIDTH, Plot, Row, svg_text
from fullcourt.simulator.worldspec import OursKind
from tools.soak_plan import BOUNDED, MOST_CALLS, Played

Done = Sequence[tuple[str, SimulationReport]]
"""The reports there are, each with its play's name."""
COLOURS = [BLUE, "#d55e00", "#117733"]
SHAPES = ["circle", "diamond", "square"]
MEANS = {"retry": "asked again", "archive": "loaded again", "recompute": "computed again"}
# Minutes spread from none to weeks: ticks a person knows, on a symmetric log scale.
MINUTE_TICKS = (0, 1, 5, 15, 60, 360, 1440, 10080, 40320)


def plots(played: Sequence[Played]) -> list[Plot]:
    """The plots of which there is something to show."""
    done = [(one.play.name, one.report) for one in played if one.report is not None]
    drawn = {
        "verdicts": ("Verdicts compared and different, by play", _verdicts(done)),
        "detection": ("Minutes from a loss to its alarm, by play", _detection(done)),
        "healing": ("Minutes from a vendor's recovery to the healed key, by play", _healing(done)),
        "faults": ("Faults injected, by kind", _faults(done)),
        "healed": ("Keys healed, by world and means", _healed(done)),
        "calls": ("Vendor calls relative to the same world without faults", _calls(done)),
        "seconds": ("Seconds a night, by world and lake", _seconds(done)),
    }
    return [
        Plot(name, words, svg_text(name, chart))
        for name, (words, chart) in drawn.items()
        if chart is not None
    ]


def _layered(
    title: str, note: str, rows: Sequence[Row], order: Sequence[str], *layers: alt.Chart
) -> alt.LayerChart:
    data = alt.InlineData(values=[dict(row) for row in rows])
    return alt.LayerChart(
        data=data,
        layer=list(layers),
        title=alt.TitleParams(title, subtitle=note),
        width=WIDTH,
        height=max(60, len(order) * ROW_PX),
        config=LOOK,
    )


def _y(order: Sequence[str]) -> alt.Y:
    return alt.Y("row:N", sort=list(order), title=None, axis=alt.Axis(grid=True))


def _words(x: alt.X, order: Sequence[str], *, dx: int = 8) -> alt.Chart:
    """A text at the end of each row; red where it is bad."""
    text = alt.Chart().mark_text(align="left", dx=dx, fontSize=10)
    colour = alt.condition("datum.bad", alt.value(RED), alt.value(INK))
    words: alt.Chart = text.encode(x=x, y=_y(order), text="words:N", color=colour)
    return words


def _dots(x: alt.X, order: Sequence[str], kinds: Sequence[str], legend: str = "") -> alt.Chart:
    """A dot for each row of the data; its kind by shape and colour alike."""
    shapes = alt.Scale(domain=list(kinds), range=SHAPES[: len(kinds)])
    colours = alt.Scale(domain=list(kinds), range=COLOURS[: len(kinds)])
    dots: alt.Chart = (
        alt.Chart()
        .mark_point(filled=True, size=65, opacity=0.9)
        .encode(
            x=x,
            y=_y(order),
            shape=alt.Shape("kind:N", title=legend or None, scale=shapes),
            color=alt.Color("kind:N", title=legend or None, scale=colours),
        )
    )
    return dots


def _verdicts(done: Done) -> alt.LayerChart | None:
    rows = [
        {
            "row": name,
            "value": report.compared,
            "words": f"{report.compared:,} compared, "
            + (f"{report.different:,} DIFFERENT" if report.different else "0 different"),
            "bad": report.different > 0,
        }
        for name, report in done
    ]
    if not rows:
        return None
    order = [name for name, _ in done]
    x = alt.X("value:Q", title="verdicts compared (pairs of key and instant)")
    return _layered(
        "Verdicts compared and different, by play",
        "Each bar is one play. Different must be 0.",
        rows,
        order,
        alt.Chart().mark_bar(color=BLUE, opacity=0.5).encode(x=x, y=_y(order)),
        _words(x, order, dx=4),
    )


def _counted(
    title: str, note: str, unit: str, rows: Sequence[Row], legend: str
) -> alt.LayerChart | None:
    """A dot for each row on a scale that shows 1 and 10,000 alike, with its number."""
    if not rows:
        return None
    order = [row["row"] for row in rows]
    most = max(row["value"] for row in rows)
    axis = alt.Axis(values=[0, *(10**power for power in range(len(str(most)) + 1))], format=",d")
    x = alt.X("value:Q", title=unit, scale=alt.Scale(type="symlog"), axis=axis)
    dots = _dots(x, order, list(dict.fromkeys(row["kind"] for row in rows)), legend)
    return _layered(title, note, rows, order, dots, _words(x, order))


def _faults(done: Done) -> alt.LayerChart | None:
    total: Counter[str] = Counter()
    for _, report in done:
        total.update(report.faults)
    ours = {str(kind) for kind in OursKind}
    rows = [
        {
            "row": kind.replace("_", " "),
            "value": count,
            "words": f"{count:,}",
            "kind": "our own side" if kind in ours else "a vendor",
            "bad": False,
        }
        for kind, count in total.most_common()
    ]
    return _counted(
        "Faults injected, by kind",
        "How often a fault changed an answer or struck a write, over all plays.",
        "times (symmetric log scale)",
        rows,
        "at",
    )


def _healed(done: Done) -> alt.LayerChart | None:
    total: Counter[tuple[str, str]] = Counter()
    for _, report in done:
        total.update({(report.world, means): keys for means, keys in report.healed.items()})
    rows = [
        {
            "row": f"{world}, {MEANS.get(means, means)}",
            "value": keys,
            "words": f"{keys:,}",
            "kind": MEANS.get(means, means),
            "bad": False,
        }
        for (world, means), keys in sorted(total.items())
    ]
    return _counted(
        "Keys healed, by world and means",
        "A key that was missing or wrong and became complete.",
        "keys (symmetric log scale)",
        rows,
        "healed by",
    )


def _minutes(
    title: str, note: str, unit: str, spans: Sequence[tuple[str, Minutes]]
) -> alt.LayerChart | None:
    """From the median to the worst of each play, in minutes."""
    found = [
        (name, span.count, span.median, span.worst)
        for name, span in spans
        if span.median is not None and span.worst is not None
    ]
    if not found:
        return None
    order = [name for name, *_ in found]
    rows: list[Row] = []
    for name, count, middle, worst in found:
        words = f"{middle:,.4g} to {worst:,.4g} min, {count:,} keys"
        both = {"row": name, "median": middle, "worst": worst, "words": words, "bad": False}
        rows += [
            {**both, "kind": "median", "value": middle, "words": ""},
            {**both, "kind": "worst", "value": worst},
        ]
    most = max(worst for *_, worst in found)
    ticks = [tick for tick in MINUTE_TICKS if tick <= most * 2 or tick <= 15]
    scale = alt.Scale(type="symlog", domain=[0, max(15.0, most)])
    x = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(values=ticks))
    dots = _dots(x, order, ["median", "worst"])
    line = alt.Chart().mark_rule(color=INK, opacity=0.5)
    span_x = alt.X("median:Q", title=unit, scale=scale, axis=alt.Axis(values=ticks))
    lines = line.encode(x=span_x, x2="worst:Q", y=_y(order))
    return _layered(title, note, rows, order, lines, dots, _words(x, order))


def _detection(done: Done) -> alt.LayerChart | None:
    return _minutes(
        "From a loss to its alarm, by play",
        "Circle: the median key; diamond: the worst. Plays in which nothing was lost are left out.",
        "minutes of the world's clock (symmetric log scale)",
        [(name, report.detection) for name, report in done],
    )


def _healing(done: Done) -> alt.LayerChart | None:
    return _minutes(
        "From a vendor's recovery to the healed key, by play",
        "Circle: the median key; diamond: the worst. Plays in which no vendor held keys up are "
        "left out.",
        "minutes of the world's clock (symmetric log scale)",
        [(name, report.healing) for name, report in done],
    )


def _calls(done: Done) -> alt.LayerChart | None:
    rows: list[Row] = [
        {
            "row": name,
            "value": report.vendor_calls_ratio,
            "words": f"{report.vendor_calls_ratio:g}: {report.vendor_calls:,} calls, "
            f"{report.vendor_calls_without_faults:,} without faults",
            "bad": report.world in BOUNDED and report.vendor_calls_ratio > MOST_CALLS,
        }
        for name, report in done
        if report.vendor_calls_ratio is not None
    ]
    if not rows:
        return None
    order = [row["row"] for row in rows]
    most = max(1.5, *(row["value"] for row in rows))
    x = alt.X("value:Q", title="times the calls without faults", scale=alt.Scale(domain=[0, most]))
    dots = alt.Chart().mark_point(filled=True, size=70, opacity=1, color=BLUE)
    limit = alt.Chart(alt.InlineData(values=[{"value": MOST_CALLS}]))
    return _layered(
        "Vendor calls, by play that was also played without faults",
        f"At most {MOST_CALLS} times (dashed) in ordinary and rough; calls to an endpoint while "
        "the script has it failing do not count.",
        rows,
        order,
        limit.mark_rule(strokeDash=[6, 4], color=RED).encode(x=x),
        dots.encode(x=x, y=_y(order)),
        _words(x, order),
    )


def _seconds(done: Done) -> alt.LayerChart | None:
    by_place: dict[tuple[str, str], list[float]] = {}
    for _, report in done:
        by_place.setdefault((report.world, report.lake), []).append(report.seconds_per_night)
    rows = []
    for (world, lake), seconds in sorted(by_place.items()):
        place = f"{world}, {'in memory' if lake == 'memory' else 'DuckLake'}"
        middle = median(seconds)
        plays = "1 play" if len(seconds) == 1 else f"{len(seconds)} plays"
        for value in sorted(seconds):
            words = f"median {middle:.2f} s, {plays}" if value == max(seconds) else ""
            rows.append({"row": place, "value": value, "words": words, "kind": lake, "bad": False})
    if not rows:
        return None
    order = list(dict.fromkeys(str(row["row"]) for row in rows))
    x = alt.X("value:Q", title="seconds of real time a night", scale=alt.Scale(zero=True))
    dots = _dots(x, order, ["memory", "ducklake"], "lake")
    return _layered(
        "Seconds a night, by world and lake",
        "Each mark is one play, its league's making included.",
        rows,
        order,
        dots,
        _words(x, order),
    )
