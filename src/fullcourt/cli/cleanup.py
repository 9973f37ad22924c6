"""`cleanup`: leftover rows of upcoming slates, shown, removed, and brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import count_text, err, instant_text, new_table, out, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.cleanup import CleanupView, RestoreView
    from fullcourt.settings import Home


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "cleanup",
        epilog="Examples: `fullcourt cleanup`; `fullcourt cleanup --older-than 30 --apply`; "
        "`fullcourt cleanup --restore 412`",
    )(cleanup)


def cleanup(
    home: HomeOption = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Remove them. Default: only say what would go.")
    ] = False,
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than",
            min=1,
            metavar="DAYS",
            help="Only rows of game dates at least so many days past. Default: the home's "
            "`cleanup.older_than_days` (7).",
            show_default=False,
        ),
    ] = None,
    restore: Annotated[
        int | None,
        typer.Option(
            "--restore",
            min=0,
            metavar="SNAPSHOT",
            help="Bring back what cleanups have removed since this snapshot of the lake.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Remove context and factors left over from games that were played, moved or cancelled.

    A row is left over when its date is long past and no verdict counts its key: what is expected,
    held or archived stays. Each table is one transaction of a run of its own; what went can be
    brought back, and then stays. The controller does the same once a day (`cleanup.daily`).

    Exit codes: 0 shown or done; 1 a run failed; 2 an error, or nothing to restore; 3 another
    fullcourt works on this home.
    """
    place = home_at(home)
    if restore is not None and (apply or older_than is not None):
        raise typer.BadParameter("--restore stands alone.")
    if restore is not None:
        back = _restore(place, restore)
        code = back.exit_code
        if as_json:
            print_json(back)
        else:
            _show_restored(out(), back)
    else:
        view = _clean(place, older_than, apply=apply)
        code = view.exit_code
        if as_json:
            print_json(view)
        else:
            _show(out(), view)
    if code:
        raise typer.Exit(code)


def _clean(home: Home, older_than: int | None, *, apply: bool) -> CleanupView:
    from fullcourt.cli.opened import judged_at, working_on
    from fullcourt.nba.calendar import game_date_of
    from fullcourt.reports.cleanup import cleanup_view
    from fullcourt.trust.leftovers import cleanup_tasks, leftovers

    with working_on(home, _say) if apply else judged_at(home) as (opened, controller):
        if apply:
            controller.judge_now()
        stores = opened.stores
        days = stores.settings.cleanup.older_than_days if older_than is None else older_than
        now = stores.clock.now()
        upto = game_date_of(now) - timedelta(days=days)
        found = leftovers(controller.grid, upto, now)
        reports = controller.run_tasks(cleanup_tasks(found.found)) if apply else None
        if apply:
            controller.judge_now()
        return cleanup_view(stores, str(home.path), upto, found, reports)


def _restore(home: Home, snapshot: int) -> RestoreView:
    from fullcourt.cli.opened import working_on
    from fullcourt.reports.cleanup import restore

    with working_on(home, _say) as (_, controller):
        controller.judge_now()
        return restore(controller, str(home.path), snapshot)


def _say(text: str) -> None:
    err().print(Text(text, style="dim"), soft_wrap=True)


def _show(console: Console, view: CleanupView) -> None:
    if not view.leftovers:
        console.print(f"Nothing is left over up to {view.upto}.", style="green")
    else:
        table = new_table()
        for name in ("table", "game date", "reason"):
            table.add_column(name, overflow="fold")
        for name in ("keys", "rows"):
            table.add_column(name, justify="right")
        for line in view.leftovers:
            table.add_row(
                line.table, str(line.game_date), line.reason, f"{line.keys:,}", f"{line.rows:,}"
            )
        console.print(table)
    for kept in view.withheld:
        what = f"{kept.table} {kept.game_date}: {count_text(kept.rows, 'row')} stay for now"
        console.print(Text(f"{what}: {kept.reason}", style="yellow"))
    if not view.applied:
        if view.leftovers:
            console.print(f"{count_text(view.rows, 'row')} would go; `--apply` removes them.")
        return
    console.print(f"{count_text(view.rows_removed, 'row')} removed, by the lake's count")
    for run in view.runs:
        if run.error:
            console.print(Text(f"{run.dataset}: {run.state}: {run.error}", style="red"))
    if view.restore_snapshot is not None:
        until = instant_text(view.restorable_until)
        console.print(
            f"`fullcourt cleanup --restore {view.restore_snapshot}` brings them back, until {until}"
        )


def _show_restored(console: Console, view: RestoreView) -> None:
    console.print(f"{count_text(view.rows, 'row')} brought back from snapshot {view.snapshot}")
    for run in view.runs:
        if run.error:
            console.print(Text(f"{run.dataset}: {run.state}: {run.error}", style="red"))
