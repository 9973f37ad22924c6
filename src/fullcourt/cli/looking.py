"""Commands that look and change nothing: `status`, `explain`, `runs`, `sql`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from fullcourt.cli.options import Day, HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import out, print_json
from fullcourt.errors import FullcourtError, HomeBusy, Terminal

if TYPE_CHECKING:
    from fullcourt.reports.grid import StatusView
    from fullcourt.settings import Home


class NoSuchDataset(Terminal, FullcourtError):
    """A name that is no feed or dataset of this release."""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command(
        "status",
        epilog="Examples: `fullcourt status`; `fullcourt status --date 2025-01-09 --all`; "
        "`fullcourt status --json`",
    )(status)
    app.command(
        "explain",
        epilog="Examples: `fullcourt explain player_box_scores 2025-01-09`; "
        "`fullcourt explain predictions 2025-01-09 --all --json`",
    )(explain)
    app.command(
        "runs",
        epilog="Examples: `fullcourt runs`; `fullcourt runs --dataset grades --date 2025-01-09`",
    )(runs)
    app.command(
        "sql",
        epilog="Examples: `fullcourt sql 'SHOW TABLES'`; "
        '`fullcourt sql "SELECT player_name, points FROM player_game_summary '
        "WHERE game_date = '2025-01-09' ORDER BY points DESC LIMIT 10\" --json`",
    )(sql)


def status(
    home: HomeOption = None,
    day: Annotated[
        date | None,
        day_option("--date", "Show this Eastern game date. Default: tonight, and all alarms."),
    ] = None,
    every_key: Annotated[
        bool, typer.Option("--all", help="Name every key, not the first 12.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the grid: what each dataset should hold, what it holds, the verdict, and why.

    Judges what has changed since the last look; makes no vendor call and runs nothing. With
    `--date` the exit code speaks of that date, without it of all dates.

    Exit codes: 0 nothing is partial, missing, suspect or stale; 1 something is; 2 all that is wrong
    is unverifiable.
    """
    from fullcourt.cli.show_grid import show_status

    view = _status_view(home_at(home), day)
    if as_json:
        print_json(view)
    else:
        show_status(out(), view, every_key=every_key)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def _status_view(home: Home, day: date | None) -> StatusView:
    from fullcourt.cli.opened import looking_at
    from fullcourt.opening import sole_controller
    from fullcourt.reports.grid import status_view

    home.settings()
    with looking_at(home) as (opened, controller):
        is_fresh = True
        try:
            with sole_controller(home):
                controller.judge_now()
        except HomeBusy:
            is_fresh = False
        stores = opened.stores
        return status_view(
            stores.ledger, str(home.path), stores.clock.now(), day=day, is_fresh=is_fresh
        )


def explain(
    dataset: Annotated[str, typer.Argument(help="A feed or dataset.", show_default=False)],
    day: Day,
    home: HomeOption = None,
    every_key: Annotated[
        bool, typer.Option("--all", help="Show every key, body, version and transition.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain one cell: what was expected and why, what every witness says, and what happens next.

    Looks afresh and records nothing. Exit codes: 0 explained, 2 no such dataset or home.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.cli.show_explain import show_explain
    from fullcourt.reports.explain import explain_view

    check_dataset(dataset)
    with looking_at(home_at(home)) as (_, controller):
        view = explain_view(controller, dataset, day)
    if as_json:
        print_json(view)
    else:
        show_explain(out(), view, everything=every_key)


def runs(
    home: HomeOption = None,
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", metavar="NAME", help="Only this one.", show_default=False),
    ] = None,
    day: Annotated[
        date | None, day_option("--date", "Only runs that cover this game date.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many runs.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """List runs, newest first: how each ended, what it really wrote, and why it wrote nothing.

    Exit codes: 0 listed, 2 no such dataset or home.
    """
    from fullcourt.cli.show_explain import show_runs
    from fullcourt.clock import SystemClock
    from fullcourt.reports.runs import runs_view
    from fullcourt.stores.ledger import Ledger

    if dataset is not None:
        check_dataset(dataset)
    place = home_at(home)
    place.settings()
    ledger = Ledger.open(place.ledger_file, SystemClock())
    try:
        view = runs_view(ledger, dataset=dataset, day=day, limit=limit)
    finally:
        ledger.close()
    if as_json:
        print_json(view)
    else:
        show_runs(out(), view.runs)


def sql(
    text: Annotated[str, typer.Argument(metavar="SELECT", help="One SELECT.", show_default=False)],
    home: HomeOption = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Rows shown in the table (not with --json).")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """Ask the lake one SELECT, in a sandbox: read-only, no other file, no network.

    Tables need no prefix; `schedule_as_of(instant)` gives the schedule as known then. `--json`
    prints a list of row objects: dates ISO, instants ISO with Z, NaN and infinities null.

    Exit codes: 0 answered, 2 refused or wrong SQL.
    """
    from fullcourt.cli.show_explain import show_answer
    from fullcourt.reports.query import query

    place = home_at(home)
    place.settings()
    answer = query(place, text, most_rows=None if as_json else limit)
    if as_json:
        print_json(answer.objects())
    else:
        show_answer(out(), answer)


def check_dataset(name: str) -> None:
    """Whether `name` is a feed or dataset.

    Raises:
        NoSuchDataset: it is not; the message names those that are.
    """
    from fullcourt.pipeline.graph import BY_NAME

    if name not in BY_NAME:
        raise NoSuchDataset(
            f"no feed or dataset is called {name!r}; there are {', '.join(BY_NAME)}.",
            next_step="`fullcourt datasets` describes them",
        )
