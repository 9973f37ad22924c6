"""`datasets` and `doctor` as a person reads them."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from fullcourt.cli.printing import instant_text, new_table
from fullcourt.reports.datasets import DatasetsView
from fullcourt.reports.doctor import DoctorView

_STATE_STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def show_datasets(console: Console, view: DatasetsView) -> None:
    """Print the declarations: a table of names and times, policies below each."""
    table = new_table()
    for name in ("phase", "dataset", "keys", "due", "given up"):
        table.add_column(name, overflow="fold", no_wrap=name in ("phase", "dataset"))
    before = ""
    for line in view.datasets:
        table.add_row(
            "" if line.phase == before else line.phase,
            line.name,
            line.key,
            line.due,
            line.horizon,
        )
        before = line.phase
    console.print(table)
    console.print()
    for line in view.datasets:
        console.print(Text(line.name, style="bold"))
        facts = {
            "from": line.source,
            "upstream": ", ".join(line.upstream) or "nothing",
            "a smaller load": line.shrink,
            "gate": line.gate or "none",
            "after the tip": "frozen" if line.freezes_at_tip else "goes on",
            "attempts": f"at most {line.max_attempts} a key, {line.deadline_s:g} s a run",
        }
        for name, value in facts.items():
            console.print(Text(f"  {name}: ", style="dim") + Text(value))


def show_doctor(console: Console, view: DoctorView) -> None:
    """Print every check, then the vendors."""
    console.print(Text(f"fullcourt {view.version}, {view.home}", style="bold"), soft_wrap=True)
    for check in view.checks:
        line = Text(f"  {check.state:<8}", style=_STATE_STYLES[check.state])
        line += Text(f"{check.name:<11}", style="bold") + Text(check.detail)
        console.print(line, soft_wrap=True)
        if check.next_step:
            console.print(f"                     next: {escape(check.next_step)}", soft_wrap=True)
    if view.vendors:
        table = new_table("vendors")
        for name in ("vendor", "serves", "answered by", "breaker", "credits left"):
            table.add_column(name, overflow="fold")
        for vendor in view.vendors:
            until = instant_text(vendor.breaker_retry_at) if vendor.breaker == "open" else ""
            left = "" if vendor.credits_left is None else f"{vendor.credits_left:,}"
            table.add_row(
                vendor.vendor,
                vendor.serves,
                Text(vendor.binding, style="" if vendor.is_configured else "yellow"),
                Text(f"open until {until}" if until else vendor.breaker),
                left,
            )
        console.print(table)
    console.print(
        Text("well", style="green") if view.is_well else Text("not well", style="bold red")
    )
