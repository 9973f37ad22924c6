"""`doctor --budget` as a person reads it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from fullcourt.cli.printing import count_text, new_table
from fullcourt.reports.budget import BudgetLine, BudgetView, KindLine

_BAR = 20


def show_budget(console: Console, view: BudgetView) -> None:
    """Print what each plan buys: a line a plan, then a bar a kind of snapshot."""
    period = f"{view.since:%Y-%m-%d} to {view.until:%Y-%m-%d} UTC"
    console.print(Text(f"what credits buy, {period}", style="bold"))
    console.print(
        f"{count_text(view.slates, 'slate')}, {count_text(view.games, 'game')}; a snapshot of one "
        f"costs {count_text(view.cost, 'credit')} at the most; "
        f"{count_text(view.kept, 'credit')} kept"
    )
    table = new_table()
    for name in ("credits a month", "spent", "snapshots", "a slate", "games covered"):
        table.add_column(name, justify="right")
    table.add_column("given up first")
    for line in view.plans:
        table.add_row(
            Text(f"{line.credits:,}{' (yours)' if line.is_yours else ''}", style="bold"),
            f"{line.spent:,}",
            f"{line.snapshots:,} of {line.snapshots_wanted:,}",
            f"{line.snapshots_a_slate:.1f}",
            Text(f"{line.games_covered:,} of {view.games:,}", style=_style(line, view)),
            line.given_up_first or Text("nothing", style="green"),
        )
    console.print(table)
    console.print()
    for line in view.plans:
        console.print(Text(f"{line.credits:,} credits a month", style="bold"))
        for kind in line.kinds:
            console.print(_bar(kind))
    console.print()
    console.print(Text("why, what is worth most first (the last is given up first)", style="bold"))
    for kind in view.plans[0].kinds:
        console.print(Text(f"  {kind.kind:<10}", style="bold") + Text(kind.why))
    console.print(_state(view))


def _style(line: BudgetLine, view: BudgetView) -> str:
    return "green" if line.games_covered == view.games else "yellow"


def _bar(kind: KindLine) -> Text:
    share = kind.bought / kind.wanted if kind.wanted else 1.0
    # Floored: a full bar means that nothing is given up.
    full = int(share * _BAR)
    style = "green" if not kind.given_up else "yellow" if kind.bought else "red"
    bar = Text("█" * full, style=style) + Text("░" * (_BAR - full), style="dim")
    lost = f", {kind.given_up:,} given up (quota_spent)" if kind.given_up else ""
    return Text(f"  {kind.kind:<10}") + bar + Text(f" {kind.bought:,} of {kind.wanted:,}{lost}")


def _state(view: BudgetView) -> Text:
    if not view.is_planned:
        how = "set `odds.credits_a_month`" + (
            "" if view.mode == "live" else f" and `odds.mode` live ({view.mode} calls cost tenfold)"
        )
        return Text(f"not in force here: {how} to plan snapshots so", style="yellow")
    left = "the vendor has not said yet" if view.left is None else f"{view.left:,} credits"
    return Text(f"left in the running period: {left}", style="dim")
