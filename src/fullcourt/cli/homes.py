"""Commands about homes themselves: `init`, `doctor`, `datasets`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import out, print_json
from fullcourt.clock import SystemClock
from fullcourt.nba.calendar import game_date_of

if TYPE_CHECKING:
    from fullcourt.settings import Home


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("init", epilog="Examples: `fullcourt init`; `fullcourt init --since 2025-10-21`")(
        init
    )
    app.command("datasets", epilog="Examples: `fullcourt datasets`; `fullcourt datasets --json`")(
        datasets
    )
    app.command("doctor", epilog="Examples: `fullcourt doctor`; `fullcourt doctor --budget`")(
        doctor
    )


def init(
    home: HomeOption = None,
    since: Annotated[
        date | None,
        day_option("--since", "First game date this home answers for. Default: today (Eastern)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Create a home for the live vendors: a folder with settings, ledger and an empty lake.

    A home that is there already is left as it is. Exit codes: 0 done, 2 it was made otherwise.
    """
    from fullcourt.opening import create_home
    from fullcourt.reports.homes import home_created
    from fullcourt.settings import Settings

    place = home_at(home)
    is_new = not place.settings_file.exists()
    if is_new or since is not None:
        create_home(place.path, Settings(since=since or game_date_of(SystemClock().now())))
    view = home_created(place, is_new=is_new)
    if as_json:
        print_json(view)
        return
    console = out()
    console.print(f"{'Made' if is_new else 'Already'} a home: {view.home}", soft_wrap=True)
    console.print(
        f"It answers for game dates since {view.settings.since}; settings: {view.settings_file}",
        soft_wrap=True,
    )
    if view.unconfigured:
        console.print(
            f"Not configured: {', '.join(view.unconfigured)} "
            f"(set {view.settings.odds.api_key_env}); it raises no cells until then."
        )
    console.print("Next: `fullcourt run`, then `fullcourt status`.")


def datasets(as_json: JsonOption = False) -> None:
    """List every feed and dataset with its policies, as declared in the code.

    Needs no home. Exit code: 0.
    """
    from fullcourt.cli.show_homes import show_datasets
    from fullcourt.reports.datasets import datasets_view

    view = datasets_view()
    if as_json:
        print_json(view)
    else:
        show_datasets(out(), view)


def doctor(
    home: HomeOption = None,
    as_json: JsonOption = False,
    budget: Annotated[
        bool,
        typer.Option("--budget", help="What 500, 20,000 and 100,000 credits a month buy, instead."),
    ] = False,
) -> None:
    """Look at everything a home stands on: versions, disk, stores, settings, clock, vendors.

    Exit codes: 0 nothing failed, 1 a check failed; with `--budget` 0, and 2 where no schedule is
    known yet.
    """
    if budget:
        _budget(home_at(home), as_json=as_json)
        return
    from fullcourt.cli.show_homes import show_doctor
    from fullcourt.reports.doctor import doctor_view

    view = doctor_view(home_at(home))
    if as_json:
        print_json(view)
    else:
        show_doctor(out(), view)
    if not view.is_well:
        raise typer.Exit(1)


def _budget(home: Home, *, as_json: bool) -> None:
    from fullcourt.cli.show_budget import show_budget
    from fullcourt.reports.budget import budget_view

    view = budget_view(home)
    if as_json:
        print_json(view)
    else:
        show_budget(out(), view)
