"""`report`: the progress document of an incident or a rollout, always current."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import new_table, out, print_json
from fullcourt.errors import FullcourtError, HomeBusy, Terminal

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.progress.document import Document, Facts, Table
    from fullcourt.reports.progress.view import ProgressView
    from fullcourt.settings import Home

_TONE_STYLES = {"good": "green", "bad": "bold red", "doubt": "magenta", "quiet": "dim", "plain": ""}
_LONGEST_WORD, _GAP = 32, 3


class OneForm(Terminal, FullcourtError):
    """More than one form of the document was asked for, or its file cannot be written."""


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "report",
        epilog="Examples: `fullcourt report`; "
        "`fullcourt report --from 2025-01-07 --to 2025-01-10 --tasks incident.toml`; "
        "`fullcourt report --html report.html`; `fullcourt report --markdown > report.md`",
    )(report)


def report(
    home: HomeOption = None,
    first: Annotated[
        date | None, day_option("--from", "First game date. Default: the home's first.")
    ] = None,
    last: Annotated[
        date | None, day_option("--to", "Last game date. Default: the newest judged one.")
    ] = None,
    tasks: Annotated[
        Path | None,
        typer.Option(
            "--tasks", metavar="FILE.toml", help="The tasks of the checklist.", show_default=False
        ),
    ] = None,
    run_commands: Annotated[
        bool, typer.Option("--run-commands", help="Run the commands that tasks are checked by.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown document.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write one self-contained HTML page.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the progress document: tasks, deployments, validation, losses, issues, notes, timeline.

    Judges what has changed since the last look; makes no vendor call. A task is done when its check
    holds; commands run only with `--run-commands`. No field is left blank: what is not known says
    why.

    Exit codes: 0 complete; 1 something is left to do, or cannot be told; 2 an error (no such home,
    a malformed file of tasks).
    """
    from fullcourt.reports.progress.completion import COMPLETE
    from fullcourt.reports.progress.view import document

    if as_json + as_markdown + (html is not None) > 1:
        raise OneForm(
            "report: --json, --markdown and --html are three forms of one document.",
            next_step="ask for one of them",
        )
    view = _view(home_at(home), first, last, tasks, run_commands=run_commands)
    if as_json:
        print_json(view)
    elif as_markdown:
        from fullcourt.reports.progress.markdown import markdown

        typer.echo(markdown(document(view)), nl=False)
    elif html is not None:
        _write(html, document(view))
    else:
        _show(out(), document(view))
    if view.completion.state != COMPLETE:
        raise typer.Exit(1)


def _view(
    home: Home, first: date | None, last: date | None, tasks: Path | None, *, run_commands: bool
) -> ProgressView:
    from fullcourt.cli.opened import looking_at
    from fullcourt.opening import sole_controller
    from fullcourt.reports.progress.tasks import read_tasks
    from fullcourt.reports.progress.view import progress_view

    home.settings()
    wanted = None if tasks is None else read_tasks(tasks)
    with looking_at(home) as (_, controller):
        is_fresh = True
        try:
            with sole_controller(home):
                controller.judge_now()
        except HomeBusy:
            is_fresh = False
        return progress_view(
            controller,
            str(home.path),
            first=first,
            last=last,
            tasks=wanted,
            run_commands=run_commands,
            is_fresh=is_fresh,
        )


def _write(file: Path, document: Document) -> None:
    from fullcourt.reports.progress.page import page

    try:
        file.write_text(page(document), encoding="utf-8")
    except OSError as error:
        raise OneForm(
            f"--html {file}: the page cannot be written: {error.strerror}.",
            next_step="name a file in a folder that is there",
        ) from error
    out().print(Text(f"{document.title}: written to {file}"), soft_wrap=True)


def _show(console: Console, document: Document) -> None:
    from fullcourt.reports.progress.document import Table

    console.print(Text(document.title, style="bold"))
    console.print(Text(document.says, style="dim"))
    for section in document.sections:
        console.print()
        console.print(Text(section.title, style="bold underline"))
        console.print(Text(section.says))
        for block in section.blocks:
            if isinstance(block, Table):
                _table(console, block)
            else:
                _facts(console, block)


def _table(console: Console, block: Table) -> None:
    """A table where its words fit side by side; else a paragraph a row."""
    columns = list(zip(block.head, *block.rows, strict=True))
    words = [
        min(_LONGEST_WORD, max(len(word) for cell in column for word in cell.split()))
        for column in columns
    ]
    space = console.width - sum(words) - _GAP * (len(words) - 1)
    if space < 0:
        for row in block.rows:
            console.print(_paragraph(block.head, row))
        return
    wanted = [max(map(len, column)) - word for column, word in zip(columns, words, strict=True)]
    share = min(1.0, space / max(1, sum(wanted)))
    table = new_table()
    for name, word, more in zip(block.head, words, wanted, strict=True):
        table.add_column(name, overflow="fold", width=word + int(more * share))
    for row in block.rows:
        table.add_row(*map(_toned, row))
    console.print(table)


def _paragraph(head: tuple[str, ...], row: tuple[str, ...]) -> Text:
    line = Text("  ").append_text(_toned(row[0]))
    for name, cell in zip(head[1:], row[1:], strict=True):
        line.append(f"; {name} ", "dim").append_text(_toned(cell))
    return line


def _facts(console: Console, block: Facts) -> None:
    console.print(Text("  ").append_text(_toned(block.title)))
    for name, text in block.facts:
        console.print(Text(f"    {name}: ", "dim").append_text(_toned(text)))


def _toned(text: str) -> Text:
    from fullcourt.reports.progress.tones import tone

    return Text(text, style=_TONE_STYLES[tone(text)])
