"""`inventory`: every gap, open or closed, as the machine kept it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import count_text, instant_text, new_table, out, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.inventory import GapLine, InventoryView

_STYLES = {"open": "bold red", "permanent": "red", "healed": "green", "withdrawn": "dim"}
_MOST_NAMES = 6


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "inventory",
        epilog="Examples: `fullcourt inventory`; `fullcourt inventory --open`; "
        "`fullcourt inventory --since 2025-01-01 --markdown > losses.md`",
    )(inventory)


def inventory(
    home: HomeOption = None,
    since: Annotated[
        date | None, day_option("--since", "Only gaps of game dates from this one on.")
    ] = None,
    only_open: Annotated[
        bool, typer.Option("--open", help="Only gaps that have not ended.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown document.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List every gap there was: its keys and size, how it was found, its cause, and how it ended.

    Read from what the judge recorded as states changed; nothing is judged anew. A gap is keys of
    one cell found missing at one look for one cause. Rows are estimates, with their basis.

    Exit codes: 0 no gap is open or permanent among those listed, 1 one is, 2 no such home.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.reports.inventory import inventory_view

    place = home_at(home)
    with looking_at(place) as (opened, _):
        view = inventory_view(opened.stores, str(place.path), since=since, only_open=only_open)
    if as_json:
        print_json(view)
    elif as_markdown:
        typer.echo(markdown(view))
    else:
        _show(out(), view)
    if view.by_ending["open"] or view.by_ending["permanent"]:
        raise typer.Exit(1)


def _show(console: Console, view: InventoryView) -> None:
    if not view.gaps:
        console.print("No gap is on record.")
        return
    for gap in view.gaps:
        console.print(
            Text(f"{gap.dataset} {gap.game_date}  ", style="bold")
            + Text(gap.ending, style=_STYLES[gap.ending])
            + Text(f"  {count_text(len(gap.keys), 'key')}, {_rows(gap)}")
        )
        for line in _details(gap):
            console.print(Text(f"  {line}"), soft_wrap=False)
    table = new_table()
    for name in ("gaps", "number"):
        table.add_column(name, justify="left" if name == "gaps" else "right")
    for ending, count in view.by_ending.items():
        table.add_row(Text(ending, style=_STYLES[ending]), f"{count:,}")
    console.print(table)


def _details(gap: GapLine) -> list[str]:
    more = len(gap.names) - _MOST_NAMES
    names = ", ".join(gap.names[:_MOST_NAMES]) + (f" and {more} more (--json)" if more > 0 else "")
    lines = [
        f"keys: {names}",
        f"size: {gap.rows_basis}",
        f"found {instant_text(gap.found_at)}: {gap.found_how}",
    ]
    if gap.ended_at is not None:
        by = f" by {gap.healed_by}" if gap.healed_by else ""
        lines.append(f"{gap.ending} {instant_text(gap.ended_at)}{by}")
    if gap.permanent_why:
        lines.append(f"why: {gap.permanent_why}")
    lines.append(f"open {_open(gap)}, {count_text(gap.runs, 'run')} meanwhile")
    lines.append(f"owner: {gap.owner_action}")
    return lines


def _rows(gap: GapLine) -> str:
    return "rows unknown" if gap.rows is None else f"about {count_text(gap.rows, 'row')}"


def _open(gap: GapLine) -> str:
    return f"{gap.minutes_open:,.0f} minutes"


def markdown(view: InventoryView) -> str:
    """The inventory as a Markdown document: a table of counts, a table of gaps."""
    counts = ", ".join(f"{count:,} {ending}" for ending, count in view.by_ending.items())
    head = ("dataset", "game date", "ending", "keys", "rows (estimate)", "cause", "found", "ended",
            "open (minutes)", "runs", "by", "owner action")  # fmt: skip
    rows = [
        (
            gap.dataset,
            f"{gap.game_date}",
            gap.ending,
            f"{len(gap.keys)}: {', '.join(gap.names)}",
            f"{'unknown' if gap.rows is None else gap.rows} ({gap.rows_basis})",
            gap.cause or "unknown",
            instant_text(gap.found_at),
            "not yet" if gap.ended_at is None else instant_text(gap.ended_at),
            f"{gap.minutes_open:,.0f}",
            f"{gap.runs:,}",
            gap.healed_by or gap.permanent_why or "nobody",
            gap.owner_action,
        )
        for gap in view.gaps
    ]
    return "\n".join(
        [
            f"# Data-loss inventory, {instant_text(view.now)}",
            "",
            f"Gaps: {counts}.",
            "",
            *_table(head, rows),
        ]
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *(line(row) for row in rows)]
