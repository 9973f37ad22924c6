"""The grid as a person reads it: a line a cell, 100 columns, what is wrong by name below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from fullcourt.cli.printing import (
    VERDICT_STYLES,
    count_text,
    instant_text,
    new_table,
    shortened,
    verdict_text,
)
from fullcourt.cli.show_watch import standing_lines
from fullcourt.reports.grid import CellLine, KeyLine, StatusView

_NAMED = frozenset({"partial", "missing", "suspect", "stale"})
_MOST_NAMES = 12
_MOST_WHY = 90
_MOST_REASON = 160


def show_status(console: Console, view: StatusView, *, every_key: bool) -> None:
    """Print the grid, the totals, and the alarms of other dates."""
    console.print(status_renderable(view, every_key=every_key))


def status_renderable(view: StatusView, *, every_key: bool) -> RenderableType:
    """The whole of `status` as one thing to print."""
    parts: list[RenderableType] = []
    if view.game_date is None:
        parts.append(Text(f"No cells yet in {view.home}: `fullcourt run` makes a start."))
        parts += standing_lines(view.watch)
        return Group(*parts)
    parts.append(grid_table(view.cells, f"{view.game_date}   {_judged(view)}"))
    parts += named_keys(view.cells, every_key=every_key)
    parts.append(totals_line(view.totals, view.totals_of))
    if view.elsewhere:
        parts.append(grid_table(view.elsewhere, "other dates with something wrong", dated=True))
        parts += named_keys(view.elsewhere, every_key=every_key, dated=True)
    more = view.elsewhere_cells - len(view.elsewhere)
    if more:
        parts.append(Text(f"and {count_text(more, 'cell')} more", style="dim"))
    parts += standing_lines(view.watch)
    return Group(*parts)


def _judged(view: StatusView) -> str:
    if view.judged == "now":
        return f"judged {instant_text(view.now)}"
    newest = max((cell.judged_at for cell in view.cells), default=view.now)
    return f"judged {instant_text(newest)}, {view.judged}"


def grid_table(cells: Sequence[CellLine], title: str, *, dated: bool = False) -> Table:
    """Cells as a table; with `dated` the game date stands in the place of the phase."""
    table = new_table(title)
    table.add_column("date" if dated else "phase", no_wrap=True)
    table.add_column("dataset", no_wrap=True)
    table.add_column("expected", justify="right", no_wrap=True)
    table.add_column("held", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", overflow="fold", ratio=1)
    before = ""
    for cell in cells:
        first = cell.game_date.isoformat() if dated else cell.phase
        table.add_row(
            "" if first == before else first,
            cell.dataset,
            f"{cell.expected:,}",
            Text(f"{cell.held:,}", style="" if cell.held == cell.expected else "bold"),
            verdict_text(cell.verdict),
            Text(shortened(cell.why, _MOST_WHY), style="dim" if cell.verdict not in _NAMED else ""),
        )
        before = first
    return table


def totals_line(totals: Mapping[str, int], of: str) -> Text:
    """`all dates: 120 cells: 110 complete, 4 waiting, ...`, alarms first."""
    line = Text(f"{of}: {count_text(sum(totals.values()), 'cell')}: ")
    order = list(VERDICT_STYLES)
    ranked = sorted(totals.items(), key=lambda item: -order.index(item[0]))
    for place, (verdict, count) in enumerate(ranked):
        line.append(", " if place else "")
        line.append(f"{count:,} {verdict}", style=VERDICT_STYLES[verdict])
    return line


def named_keys(
    cells: Iterable[CellLine], *, every_key: bool, dated: bool = False
) -> list[RenderableType]:
    """Under the grid: wrong keys by name, grouped by state and reason; and warnings."""
    parts: list[RenderableType] = []
    for cell in cells:
        # A partial cell's loss is what is missing; its waiting keys are on their way.
        wrong = [key for key in cell.keys if every_key or key.state in _NAMED]
        if wrong:
            where = f"{cell.dataset} {cell.game_date}" if dated else cell.dataset
            parts.append(Text(f"{where}:", style="bold"))
            parts += _groups(wrong, every_key=every_key)
        for warning in cell.warnings if every_key else cell.warnings[:3]:
            parts.append(Text(f"{cell.dataset}: warning: {warning}", style="yellow"))
    return parts


def _groups(keys: Sequence[KeyLine], *, every_key: bool) -> list[RenderableType]:
    grouped: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        grouped.setdefault((key.state, key.reason), []).append(key.name)
    parts: list[RenderableType] = []
    for (state, reason), names in sorted(grouped.items(), key=lambda item: -len(item[1])):
        shown = names if every_key else names[:_MOST_NAMES]
        line = Text("  ")
        line.append(f"{count_text(len(names), 'key')} {state}", style=VERDICT_STYLES[state])
        said = reason if every_key else shortened(reason, _MOST_REASON)
        line.append(f" ({said}): " if said else ": ", style="dim")
        line.append(", ".join(shown))
        if len(names) > len(shown):
            line.append(f" and {len(names) - len(shown)} more (--all)", style="dim")
        parts.append(line)
    return parts
