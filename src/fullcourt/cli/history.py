"""`history`: bring what others recorded or what vendors still serve of past seasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at, parse_day
from fullcourt.cli.printing import count_text, err, new_table, out, print_json, verdict_text

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.history import FetchView, ImportView
    from fullcourt.settings import Home

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
    place = home_at(home)
    place.settings()
    view = _brought(place, paths, skip_unknown=skip_unknown)
    if as_json:
        print_json(view)
    else:
        _show_import(out(), view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


@app.command(
    "fetch",
    epilog="Examples: `fullcourt history fetch --log 2023-24`; `fullcourt history fetch --odds "
    "2024-01-15..2024-01-31` (the quote); `fullcourt history fetch --odds 2024-01-15..2024-01-31 "
    "--yes --credits 500`",
)
def fetch_history(
    home: HomeOption = None,
    logs: Annotated[
        list[str] | None,
        typer.Option(
            "--log",
            metavar="SEASON",
            help="Game logs of a season (2023-24) from stats.nba.com; may be repeated.",
        ),
    ] = None,
    odds: Annotated[
        str | None,
        typer.Option(
            "--odds",
            metavar="DATE..DATE",
            help="Listings and lines of these Eastern dates from The Odds API's history.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Spend the credits. Default: only say what it costs.")
    ] = False,
    credits: Annotated[
        int | None,
        typer.Option("--credits", min=0, help="At most so many. Default: what was quoted."),
    ] = None,
    before_tip: Annotated[
        float, typer.Option("--before-tip", min=0.0, help="Lines as of so many hours before tip.")
    ] = 2.0,
    deadline: Annotated[
        float,
        typer.Option("--deadline", min=0.1, help="Seconds after which a log's call is ended."),
    ] = 45.0,
    as_json: JsonOption = False,
) -> None:
    """Fetch past seasons from the vendors that still serve them, and import what came.

    stats.nba.com hangs rather than refuses: a call is ended at its deadline and named. The Odds
    API's history costs credits: what it costs at the most is said first, and spent with `--yes`
    alone. Answers are kept below the home's `fetched/` and never asked for twice.

    Exit codes: 0 all came, or only the cost was asked; 1 something did not come or was left out; 2
    an error; 3 another fullcourt works on this home.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.history.fetch import SEASON_TYPES as TYPES
    from fullcourt.history.fetch import Fetched, fetch_logs, fetch_odds, quote
    from fullcourt.opening import open_home, sole_controller
    from fullcourt.reports.history import fetch_view

    if not logs and odds is None:
        raise typer.BadParameter("Name a season with --log, or dates with --odds.")
    for season in logs or ():
        if not is_season(season):
            raise typer.BadParameter(f"--log {season}: write a season as 2023-24.")
    place = home_at(home)
    place.settings()
    span = None if odds is None else _span(odds)
    cost = None
    if span is not None:
        with looking_at(place) as (opened, _):
            cost = quote(opened.stores, *span)
    done = Fetched()
    if logs or (span is not None and yes):
        with sole_controller(place):
            opened = open_home(place.path)
            try:
                fetch_logs(opened.stores, logs or (), TYPES, deadline, done, _say)
                if span is not None and cost is not None and yes:
                    most = cost.credits if credits is None else min(credits, cost.credits)
                    fetch_odds(opened.stores, *span, before_tip, most, done, _say)
            finally:
                opened.close()
    brought = _brought(place, done.files, skip_unknown=True) if done.files else None
    view = fetch_view(str(place.path), cost, done, brought, is_confirmed=yes)
    if as_json:
        print_json(view)
    else:
        _show_fetch(out(), view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def is_season(text: str) -> bool:
    """Whether a text is a season, as `2023-24`."""
    start, dash, end = text.partition("-")
    numbers = start.isascii() and start.isdigit() and end.isascii() and end.isdigit()
    return bool(dash) and numbers and len(start) == 4 and f"{(int(start) + 1) % 100:02d}" == end


def _span(text: str) -> tuple[date, date]:
    first_text, _, last_text = text.partition("..")
    first = parse_day(first_text)
    last = parse_day(last_text) if last_text else first
    if last < first:
        raise typer.BadParameter(f"--odds {text}: {first} lies after {last}.")
    return first, last


def _say(text: str) -> None:
    err().print(Text(text, style="dim"), soft_wrap=True)


def _brought(place: Home, paths: list[Path], *, skip_unknown: bool) -> ImportView:
    from fullcourt.history.bring import bring
    from fullcourt.opening import open_home, sole_controller
    from fullcourt.pipeline.execute import InlineExecutor
    from fullcourt.reports.history import import_view

    with sole_controller(place):
        opened = open_home(place.path, vendors=False)
        try:
            worker = opened.controller(InlineExecutor())
            done = bring(worker, paths, _say, skip_unknown=skip_unknown)
            # Dates nobody knew before are raised by a controller that has not looked yet.
            controller = opened.controller(InlineExecutor())
            controller.judge_now()
            return import_view(str(place.path), done, controller.grid)
        finally:
            opened.close()


def _show_fetch(console: Console, view: FetchView) -> None:
    cost = view.quote
    if cost is not None:
        left = "unknown" if cost.credits_left is None else f"{cost.credits_left:,}"
        console.print(
            f"{count_text(cost.dates, 'listing')} and lines of {count_text(cost.games, 'game')}: "
            f"[bold]{count_text(cost.credits, 'credit')}[/] at the most; left: {left}, kept: "
            f"{cost.keep_credits:,}; {count_text(cost.held, 'answer')} held already"
        )
        if not view.is_confirmed:
            console.print("Nothing was spent; `--yes` asks.", style="dim")
    if view.calls or view.held:
        console.print(
            f"{count_text(view.calls, 'call')} made, {count_text(view.credits, 'credit')} spent, "
            f"{count_text(view.held, 'answer')} held already"
        )
    for failure in view.failures[:_MOST_COMPLAINTS]:
        console.print(Text(f"did not come: {failure}", style="red"), soft_wrap=True)
    for given_up in view.given_up:
        console.print(Text(f"given up: {given_up}", style="yellow"), soft_wrap=True)
    if view.brought is not None:
        _show_import(console, view.brought)


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
