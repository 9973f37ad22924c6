"""`repair`: plan what brings cells back to whole, carry it out, and prove the result."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import (
    count_text,
    err,
    instant_text,
    new_table,
    out,
    print_json,
    shortened,
    verdict_text,
)
from fullcourt.errors import FullcourtError, Terminal

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.repair import RefusedLine, RepairLine, RepairPlanView, RepairView
    from fullcourt.settings import Home
    from fullcourt.trust.ceilings import Ceilings
    from fullcourt.trust.named import Named

_MOST_NAMES = 12


class WrongName(Terminal, FullcourtError):
    """`--only` is not written as a dataset with dates."""


class NoReason(Terminal, FullcourtError):
    """Budgets are to be passed and nobody says why."""


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "repair",
        epilog="Examples: `fullcourt repair`; `fullcourt repair --apply`; `fullcourt repair "
        "--only player_box_scores:2025-01-09 --apply --calls 10`; `fullcourt repair --only "
        "nba_boxscore:2025-01-09..2025-01-12 --apply --force 'the vendor was asked by mail'`",
    )(repair)


def repair(
    home: HomeOption = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what would be done (the default).")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Do it.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="DATASET[:DATE[..DATE]]",
            help="Only these cells, given up or not; may be repeated. Default: every alarm.",
        ),
    ] = None,
    calls: Annotated[
        int | None, typer.Option("--calls", min=0, help="At most so many vendor calls.")
    ] = None,
    credits: Annotated[
        int | None, typer.Option("--credits", min=0, help="At most so many vendor credits.")
    ] = None,
    force: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Go past spent budgets, horizons and closed gates. The reason is kept, and every "
            "row let through says so.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Repair what is partial, missing, suspect or stale: plan it, carry it out, prove the result.

    The plan names for each cell what would be done, what that costs, which cells are made again
    with it, and what cannot be repaired and why. `--apply` does it through the ordinary runs,
    gates and budgets, goes on to what follows, and judges again. A repair that was interrupted
    goes on when it is called again.

    Exit codes: 0 everything named is whole (`--plan`: can be repaired); 1 not everything; 2 an
    error; 3 another fullcourt works on this home.
    """
    from fullcourt.trust.ceilings import Ceilings

    named = [parse_named(text) for text in only or ()]
    if plan and apply:
        raise typer.BadParameter("--plan and --apply contradict each other.")
    if force is not None and not force.strip():
        raise NoReason(
            "--force is empty.", next_step="say in a few words why budgets may be passed"
        )
    place, most = home_at(home), Ceilings(calls, credits)
    if apply:
        done = _apply(place, named, force, most)
        if as_json:
            print_json(done)
        else:
            _show_end(out(), done)
        code = done.exit_code
    else:
        view = _plan(place, named, force, most)
        if as_json:
            print_json(view)
        else:
            _show_plan(out(), view)
        code = view.exit_code
    if code:
        raise typer.Exit(code)


def parse_named(text: str) -> Named:
    """`DATASET`, `DATASET:DATE` or `DATASET:DATE..DATE`.

    Raises:
        WrongName: a date is none, or the later one comes first.
        NoSuchDataset: no feed or dataset of that name.
    """
    from fullcourt.cli.looking import check_dataset
    from fullcourt.trust.named import Named

    name, _, days = text.partition(":")
    check_dataset(name)
    if not days:
        return Named(name)
    first_text, _, last_text = days.partition("..")
    try:
        first = date.fromisoformat(first_text)
        last = date.fromisoformat(last_text) if last_text else first
    except ValueError as error:
        raise WrongName(
            f"--only {text}: {days!r} is no date and no range of dates.",
            next_step="write DATASET:YYYY-MM-DD or DATASET:YYYY-MM-DD..YYYY-MM-DD",
        ) from error
    if last < first:
        raise WrongName(
            f"--only {text}: {first} lies after {last}.", next_step="give the earlier date first"
        )
    return Named(name, first, last)


def _plan(home: Home, named: list[Named], force: str | None, most: Ceilings) -> RepairPlanView:
    from fullcourt.cli.opened import judged_at
    from fullcourt.repairs import plan_repair
    from fullcourt.reports.repair import repair_plan_view

    with judged_at(home) as (opened, controller):
        cells = plan_repair(controller, named, forced=force is not None, ceilings=most)
        return repair_plan_view(opened.stores, str(home.path), cells, force)


def _apply(home: Home, named: list[Named], force: str | None, most: Ceilings) -> RepairView:
    from fullcourt.cli.opened import working_on
    from fullcourt.repairs import carry_out
    from fullcourt.reports.repair import repair_view

    console = err()

    def say(text: str) -> None:
        console.print(Text(text, style="dim"), soft_wrap=True)

    with working_on(home, say) as (_, controller):
        end = carry_out(controller, named, reason=force, ceilings=most)
        return repair_view(str(home.path), end)


def _show_plan(console: Console, view: RepairPlanView) -> None:
    if not view.cells:
        console.print("Nothing is to be repaired.", style="green")
        return
    for line in view.cells:
        _show_line(console, line)
    totals = view.totals
    console.print(
        f"[bold]{count_text(totals.with_action, 'cell')}[/] of {totals.cells:,} can be worked on, "
        f"{count_text(totals.waiting, 'cell')} after that: "
        f"{count_text(totals.keys, 'key')}, {count_text(totals.calls, 'vendor call')} and "
        f"{count_text(totals.credits, 'credit')} at the most"
    )
    console.print(f"made again with them: {count_text(totals.following, 'cell')}")
    if totals.with_action:
        console.print(_time(view))
    if totals.keys_refused:
        console.print(
            f"{count_text(totals.keys_refused, 'key')} cannot be repaired now", style="red"
        )
    if view.credits_left is not None:
        console.print(f"{count_text(view.credits_left, 'credit')} left at the odds vendor")
    console.print("Nothing was done; `--apply` does it.", style="dim")


def _show_line(console: Console, line: RepairLine) -> None:
    head = Text(f"{line.dataset} {line.game_date}  ", style="bold")
    console.print(head + verdict_text(line.verdict) + Text(f"  {shortened(line.reason, 44)}"))
    if line.action is not None:
        what = count_text(line.keys, "key") if line.keys else "what the archive holds"
        cost = f"{count_text(line.calls, 'call')}, {count_text(line.credits, 'credit')}"
        console.print(Text(f"  {line.action}: {what}; {cost}, {_took(line)}"))
    for first in line.after:
        console.print(Text(f"  follows from {first}"))
    if line.gate is not None:
        console.print(Text(f"  its gate is closed: {line.gate}", style="yellow"))
    if line.follows:
        console.print(Text(f"  made again with it: {count_text(len(line.follows), 'cell')}"))
    for later in line.follows[:_MOST_NAMES]:
        what = f"{count_text(later.keys, 'key')}, {later.why}"
        console.print(Text(f"    {later.dataset} {later.game_date}: {what}", style="dim"))
    if len(line.follows) > _MOST_NAMES:
        console.print(f"    and {len(line.follows) - _MOST_NAMES} more", style="dim")
    _show_refused(console, "cannot be repaired", line.refused)


def _took(line: RepairLine) -> str:
    if line.minutes is None:
        return "time unknown"
    return f"about {line.minutes:g} min ({line.minutes_basis})"


def _time(view: RepairPlanView) -> str:
    """What the plan takes, in words: the sum of what is known, and of how much nothing is."""
    totals = view.totals
    whys = sorted({x.minutes_basis for x in view.cells if x.action and x.minutes is None})
    unknown = f"time of {count_text(totals.minutes_unknown, 'cell')} {'; '.join(whys)}"
    if totals.minutes_unknown == totals.with_action:
        return unknown
    return f"about {totals.minutes:g} min" + (f", {unknown}" if totals.minutes_unknown else "")


def _show_refused(console: Console, head: str, refused: tuple[RefusedLine, ...]) -> None:
    """Keys by why, the first names of each."""
    by_why: dict[str, list[str]] = {}
    for key in refused:
        by_why.setdefault(key.why, []).append(key.name)
    for why, names in by_why.items():
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        what = f"{count_text(len(names), 'key')}, {why}: {', '.join(names[:_MOST_NAMES])}{more}"
        console.print(Text(f"  {head}: {what}", style="red"), soft_wrap=False)


def _show_end(console: Console, view: RepairView) -> None:
    if not view.cells:
        console.print("Nothing was to be repaired.", style="green")
        return
    table = new_table()
    for name in ("cell", "before", "after"):
        table.add_column(name)
    table.add_column("keys held", justify="right")
    for cell in view.cells:
        name = f"{cell.dataset} {cell.game_date}" + ("" if cell.is_named else " (follows)")
        held = f"{cell.held_before:,} -> {cell.held_after:,} of {cell.expected_after:,}"
        table.add_row(name, verdict_text(cell.before), verdict_text(cell.after), held)
    console.print(table)
    for cell in view.cells:
        head = f"{cell.dataset} {cell.game_date}"
        if cell.is_named:
            _show_refused(console, head, cell.still_missing)
        elif cell.still_missing:
            count = count_text(len(cell.still_missing), "key")
            console.print(f"  {head}: {count} not whole yet (`--json` names them)", style="dim")
    resumed = f", begun {instant_text(view.began_at)} and gone on with" if view.is_resumed else ""
    console.print(
        f"{view.repair_id}{resumed}: {count_text(len(view.runs), 'run')} now; in all at the most "
        f"{count_text(view.calls, 'vendor call')} and {count_text(view.credits, 'credit')}"
    )
    if view.force_reason:
        console.print(Text(f"forced: {view.force_reason}", style="yellow"))
    if view.exit_code:
        console.print("[bold red]not whole:[/] see the keys above")
    else:
        console.print("everything named is whole", style="green")
