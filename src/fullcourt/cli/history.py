"""`history`: bring what others recorded or what vendors still serve of past seasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import count_text, err, new_table, out, print_json, verdict_text

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.history import ImportView

app = typer.Typer(no_args_is_help=True, help="Bring the past: recorded files, vendors' archives.")
_MOST_COMPLAINTS = 20


@app.command(
    "import",
    epilog="Examples: `fullcourt history import seasons/`; `fullcourt history import "
    "2023-24_players.csv odds.zip`; `fullcourt history import recorded/ --skip-unknown`",
)
def import_history(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, folders and zips.", show_default=False),
    ],
    home: HomeOption = None,
    skip_unknown: Annotated[
        bool,
        typer.Option("--skip-unknown", help="Go on without files of no known kind, naming them."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Import game logs, box scores, schedules and odds of past seasons.

    What a file is, is seen by its content. Everything goes into the archive first, with the file
    it came from, and from there into the lake by the ordinary runs, known at the time the world
    knew it. A second import of the same files adds nothing; one that was interrupted goes on.
    Rows and bodies that do not fit are left out and named by file, row and column.

    Exit codes: 0 all was brought; 1 something was left out or a run failed; 2 an error, or a file
    of no known kind (nothing was brought then); 3 another fullcourt works on this home.
    """
    from fullcourt.history.bring import bring
    from fullcourt.opening import open_home, sole_controller
    from fullcourt.pipeline.execute import InlineExecutor
    from fullcourt.reports.history import import_view

    place = home_at(home)
    place.settings()
    console = err()

    def say(text: str) -> None:
        console.print(Text(text, style="dim"), soft_wrap=True)

    with sole_controller(place):
        opened = open_home(place.path, vendors=False)
        try:
            done = bring(opened.controller(InlineExecutor()), paths, say, skip_unknown=skip_unknown)
            # Dates nobody knew before are raised by a controller that has not looked yet.
            controller = opened.controller(InlineExecutor())
            controller.judge_now()
            view = import_view(str(place.path), done, controller.grid)
        finally:
            opened.close()
    if as_json:
        print_json(view)
    else:
        _show_import(out(), view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def _show_import(console: Console, view: ImportView) -> None:
    table = new_table()
    for name in ("recognised as", "files"):
        table.add_column(name, justify="right" if name == "files" else "left")
    for kind, files in view.kinds.items():
        table.add_row(kind, f"{files:,}")
    console.print(table)
    archived = new_table()
    for name in ("feed", "archived now", "held already", "less than what is held"):
        archived.add_column(name, justify="left" if name == "feed" else "right")
    for line in view.archived:
        archived.add_row(line.feed, f"{line.new:,}", f"{line.held:,}", f"{line.yielded:,}")
    console.print(archived)
    for dataset, rows in view.rows_written.items():
        console.print(f"{dataset}: {count_text(rows, 'row')} written")
    if view.first is not None and view.last is not None:
        console.print(Text(f"cells of {view.first} to {view.last}: ").append_text(_cells(view)))
    for name, why in view.skipped[:_MOST_COMPLAINTS]:
        console.print(Text(f"skipped {name}: {why}", style="yellow"), soft_wrap=True)
    if len(view.skipped) > _MOST_COMPLAINTS:
        more = len(view.skipped) - _MOST_COMPLAINTS
        console.print(f"and {count_text(more, 'more file')} skipped (`--json` names them)")
    for said in view.complaints[:_MOST_COMPLAINTS]:
        console.print(Text(said, style="yellow"), soft_wrap=True)
    if len(view.complaints) > _MOST_COMPLAINTS:
        more = len(view.complaints) - _MOST_COMPLAINTS
        console.print(f"and {count_text(more, 'more complaint')} (`--json` names them)")
    for failure in view.failed:
        console.print(Text(f"failed: {failure}", style="bold red"), soft_wrap=True)


def _cells(view: ImportView) -> Text:
    line = Text()
    for place, (verdict, cells) in enumerate(view.verdicts.items()):
        line.append(", " if place else "").append(f"{cells:,} ").append_text(verdict_text(verdict))
    return line
