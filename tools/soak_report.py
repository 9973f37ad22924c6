"""The report of a soak: one self-contained page, the same as Markdown, and every number as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from pathlib import Path

import msgspec

from fullcourt.rehearsal.report import MUST_BE_ZERO, Minutes, SimulationReport
from fullcourt.reports.drawing import Plot
from tools.soak_plan import Played, listing
from tools.soak_plots import plots

Reports = Sequence[SimulationReport]
# Counts whose name does not say what is counted.
_UNITS = {"losses_missed": " (keys)", "false_alarms": " (keys)", "laws_broken": " (times)"}
_STYLE = """
body { font: 15px/1.5 sans-serif; color: #222; background: #fff; max-width: 1060px;
  margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: 0.2em; } h2 { font-size: 1.15em; margin: 1.8em 0 0.4em; }
.verdict { font-size: 1.15em; font-weight: bold; padding: 0.5em 0.8em; border-left: 6px solid; }
.good { border-color: #117733; } .bad { border-color: #c00000; }
div.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 0.25em 0.6em; border-bottom: 1px solid #ddd; text-align: right;
  vertical-align: top; }
th { border-bottom: 2px solid #888; } td.text, th.text { text-align: left; }
tr.total td { border-top: 2px solid #888; font-weight: bold; }
td.wrong { color: #c00000; font-weight: bold; }
td.wrong::after { content: " \\2716"; } td.text { white-space: nowrap; }
figure { margin: 1.6em 0; overflow-x: auto; } p.note { color: #555; margin: 0.2em 0; }
pre { background: #f6f6f6; padding: 0.6em; white-space: pre-wrap; font-size: 12px; }
"""


@dataclass(frozen=True, slots=True)
class Soak:
    """A soak that is over: its plays in the plan's order, and how it was run."""

    played: tuple[Played, ...]
    seed: int
    processes: int
    minutes: float
    ended_at: datetime

    @property
    def reports(self) -> tuple[SimulationReport, ...]:
        """The reports of the plays that came to their end."""
        return tuple(one.report for one in self.played if one.report is not None)

    @property
    def wrong(self) -> tuple[Played, ...]:
        """The plays that are not as they must be."""
        return tuple(one for one in self.played if one.complaints)

    @property
    def verdict(self) -> str:
        """One sentence: passed or failed, and why."""
        if not self.wrong:
            return "Passed: every count that must be zero is zero."
        return f"Failed: {len(self.wrong)} of {len(self.played)} plays are not as they must be."

    @property
    def extent(self) -> str:
        """One sentence: what was played, in nights and in verdicts."""
        nights = sum(report.nights for report in self.reports)
        on_disk = sum(report.nights for report in self.reports if report.lake != "memory")
        compared = sum(report.compared for report in self.reports)
        return (
            f"{nights:,} nights ({on_disk:,} of them on DuckLake) in {len(self.played)} plays, "
            f"{compared:,} verdicts compared; soak seed {self.seed}, {self.minutes:.1f} minutes on "
            f"{self.processes} {'process' if self.processes == 1 else 'processes'}, ended "
            f"{self.ended_at:%Y-%m-%d %H:%M} UTC."
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the report. `text` columns are left-aligned; `zero` columns must hold 0."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text: frozenset[int] = frozenset({0})
    zero: frozenset[int] = frozenset()
    has_total: bool = False


def write_report(soak: Soak, folder: Path) -> None:
    """Write report.html, report.md with its plots, and soak.json into `folder`."""
    drawn = plots(soak.played)
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    for plot in drawn:
        (folder / "plots" / f"{plot.name}.svg").write_text(plot.svg, encoding="utf-8")
    (folder / "soak.json").write_bytes(document(soak))
    (folder / "report.md").write_text(as_markdown(soak, drawn), encoding="utf-8")
    (folder / "report.html").write_text(as_html(soak, drawn), encoding="utf-8")


def document(soak: Soak) -> bytes:
    """Everything as JSON: each play with its command, its complaints and its whole report."""
    plays = [
        {
            **asdict(one.play),
            "command": one.play.command,
            "complaints": one.complaints,
            "error": one.error or None,
            "report": one.report,
        }
        for one in soak.played
    ]
    head = {
        "seed": soak.seed,
        "processes": soak.processes,
        "minutes": round(soak.minutes, 2),
        "ended_at": soak.ended_at,
        "passed": not soak.wrong,
    }
    return msgspec.json.format(msgspec.json.encode({**head, "plays": plays}), indent=1)


def sheets(soak: Soak) -> list[Sheet]:
    """The tables: what must be zero first, then totals by world, then each play."""
    return [_zeros(soak), _totals(soak), _each(soak)]


def _by_world(soak: Soak, row: Callable[[Reports], tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    worlds = sorted({one.play.world for one in soak.played})
    groups = [
        (world, [o.report for o in soak.played if o.report and o.play.world == world])
        for world in worlds
    ]
    return tuple((world, *row(reports)) for world, reports in [*groups, ("all", soak.reports)])


def _zeros(soak: Soak) -> Sheet:
    failed = {
        world: sum(one.report is None and world in ("all", one.play.world) for one in soak.played)
        for world in ("all", *(one.play.world for one in soak.played))
    }

    def row(reports: Reports) -> tuple[str, ...]:
        found = [(report, d) for report in reports for d in report.differences]
        nights = {(r.world, r.seed, r.first_date, r.lake, d.game_date) for r, d in found}
        counts = (
            sum(r.nights for r in reports),
            sum(r.compared for r in reports),
            sum(r.different for r in reports),
            len(found),
            len(nights),
            *(sum(getattr(r, name) for r in reports) for name in MUST_BE_ZERO[1:]),
            sum(len(r.healed_late) for r in reports),
        )
        return tuple(f"{count:,}" for count in counts)

    return Sheet(
        "What must be zero",
        "A verdict is what is said of one key at one instant; a difference that lasts is one key "
        "and many verdicts. Nights are played, then those with a difference.",
        (
            "world",
            "nights",
            "verdicts compared",
            "different verdicts",
            "different keys",
            "nights with one",
            *(name.replace("_", " ") + _UNITS.get(name, "") for name in MUST_BE_ZERO[1:]),
            "healed late (keys)",
            "failed plays",
        ),
        tuple((*cells, f"{failed[cells[0]]:,}") for cells in _by_world(soak, row)),
        zero=frozenset(range(3, len(MUST_BE_ZERO) + 7)),
        has_total=True,
    )


def _totals(soak: Soak) -> Sheet:
    def row(reports: Reports) -> tuple[str, ...]:
        compared = sum(r.compared for r in reports)
        equal = sum(r.equal for r in reports)
        seconds = sum(r.seconds_per_night * r.nights for r in reports)
        nights = sum(r.nights for r in reports)
        counts = (
            len(reports),
            nights,
            sum(r.nights for r in reports if r.lake != "memory"),
            sum(r.games for r in reports),
            sum(r.cells for r in reports),
            sum(sum(r.faults.values()) for r in reports),
            sum(len(r.idle_faults) for r in reports),
        )
        after = (
            sum(sum(r.healed.values()) for r in reports),
            sum(len(gap.keys) for r in reports for gap in r.gaps),
            sum(r.predictions_missed for r in reports),
            sum(r.vendor_calls for r in reports),
            sum(r.wasted_vendor_calls for r in reports),
            sum(r.credits_spent for r in reports),
            sum(r.restarts for r in reports),
        )
        return (
            *(f"{count:,}" for count in counts),
            f"{equal / compared:.6%}" if compared else "",
            *(f"{count:,}" for count in after),
            f"{seconds / nights:.2f}" if nights else "",
        )

    return Sheet(
        "Totals by world",
        "Counts, but for the last column.",
        (
            "world",
            "plays",
            "nights",
            "of them on DuckLake",
            "games",
            "cells",
            "faults injected",
            "faults that struck nothing",
            "verdicts equal",
            "keys healed",
            "keys given up, named",
            "predictions missed at tip",
            "vendor calls",
            "of them wasted",
            "credits spent",
            "restarts",
            "real seconds a night",
        ),
        _by_world(soak, row),
        has_total=True,
    )


def _each(soak: Soak) -> Sheet:
    rows = []
    for one in soak.played:
        play, report = one.play, one.report
        start = str(play.since or (report.first_date if report else "start"))
        what = (play.world, str(play.seed), start, str(play.nights), play.lake)
        numbers: tuple[str, ...] = ("",) * 6
        if report is not None:
            ratio = report.vendor_calls_ratio
            numbers = (
                f"{report.different:,}",
                f"{report.compared:,}",
                _span(report.detection),
                _span(report.healing),
                "" if ratio is None else f"{ratio:g}",
                f"{report.seconds_per_night:.2f}",
            )
        rows.append(
            (*what, *numbers, "wrong, see above" if one.complaints else "good", play.command)
        )
    return Sheet(
        "Each play",
        "Minutes: median, then worst, of the world's clock.",
        (
            "world",
            "seed",
            "from",
            "nights",
            "lake",
            "different verdicts",
            "verdicts compared",
            "loss to alarm, min",
            "recovery to healed, min",
            "vendor calls, times",
            "real seconds a night",
            "came to",
            "again",
        ),
        tuple(rows),
        text=frozenset({0, 2, 4, 11, 12}),
        zero=frozenset({5}),
    )


def _span(minutes: Minutes) -> str:
    if minutes.median is None or minutes.worst is None:
        return ""
    return f"{minutes.median:,.4g}, {minutes.worst:,.4g}"


def as_html(soak: Soak, drawn: Sequence[Plot]) -> str:
    """The page: needs nothing but itself to be looked at."""
    zeros, *others = sheets(soak)
    mood = "bad" if soak.wrong else "good"
    parts = [
        f"<h1>A soak of {len(soak.played)} plays</h1>",
        f'<p class="verdict {mood}">{escape(soak.verdict)}</p>',
        f"<p>{escape(soak.extent)}</p>",
        _html_sheet(zeros),
    ]
    if soak.wrong:
        parts.append("<h2>What is wrong, and how to see it again</h2>")
    for one in soak.wrong:
        lines = "\n".join([*listing(one), f"again: {one.play.command}"])
        parts.append(
            f"<p><b>{escape(one.play.name)}</b>: {escape(', '.join(one.complaints))}</p>"
            f"<pre>{escape(lines)}</pre>"
        )
    parts += [
        f'<figure role="img" aria-label="{escape(plot.words)}">{plot.svg}</figure>'
        for plot in drawn
    ]
    parts += [_html_sheet(sheet) for sheet in others]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>fullcourt soak, seed {soak.seed}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _html_sheet(sheet: Sheet) -> str:
    head = "".join(
        f"<th{_class(sheet, index, '0')}>{escape(word)}</th>"
        for index, word in enumerate(sheet.head)
    )
    body = []
    for row in sheet.rows:
        is_total = sheet.has_total and row is sheet.rows[-1]
        cells = "".join(
            f"<td{_class(sheet, index, cell)}>{escape(cell)}</td>" for index, cell in enumerate(row)
        )
        body.append(f'<tr class="total">{cells}</tr>' if is_total else f"<tr>{cells}</tr>")
    return (
        f'<h2>{escape(sheet.title)}</h2><p class="note">{escape(sheet.note)}</p><div class="wide">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _class(sheet: Sheet, index: int, cell: str) -> str:
    if index in sheet.text:
        return ' class="text"'
    return ' class="wrong"' if index in sheet.zero and cell not in ("0", "") else ""


def as_markdown(soak: Soak, drawn: Sequence[Plot]) -> str:
    """The same as Markdown; the plots are files beside it."""
    zeros, *others = sheets(soak)
    parts = [f"# A soak of {len(soak.played)} plays", f"**{soak.verdict}**", soak.extent]
    parts.append(_markdown_sheet(zeros))
    for one in soak.wrong:
        lines = [*listing(one), f"again: {one.play.command}"]
        parts.append(f"**{_plain(one.play.name)}**: {_plain(', '.join(one.complaints))}")
        parts.append("\n".join(f"    {line}" for line in lines))
    parts += [f"![{plot.words}](plots/{plot.name}.svg)" for plot in drawn]
    parts += [_markdown_sheet(sheet) for sheet in others]
    return "\n\n".join(parts) + "\n"


def _markdown_sheet(sheet: Sheet) -> str:
    rule = tuple("---" if index in sheet.text else "---:" for index in range(len(sheet.head)))
    lines = [sheet.head, rule, *(tuple(_plain(cell) for cell in row) for row in sheet.rows)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"## {sheet.title}\n\n{sheet.note}\n\n{table}"


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return escape(text, quote=False).replace("|", "\\|").replace("\n", " ")
