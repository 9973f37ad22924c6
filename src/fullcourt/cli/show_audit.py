"""An audit as a person reads it on a terminal: what was decided first, then a table a question."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fullcourt.cli.printing import new_table
from fullcourt.reports.audit.document import AuditDocument
from fullcourt.reports.audit.parts import Section, Tone

_STYLES = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.DOUBT: "magenta",
    Tone.QUIET: "dim",
}
# So many columns and more stand close together, to fit into 100.
_WIDE = 7


def show_audit(console: Console, document: AuditDocument) -> None:
    """Print the document: headlines, a table a section, complaints, next steps."""
    console.print(Text(document.decided, style="bold"))
    console.print(Text(document.title))
    console.print(Text(document.subtitle, style="dim"))
    console.print()
    head = Table.grid(padding=(0, 2))
    for name, text in document.headlines:
        head.add_row(Text(name, style="bold"), Text(text))
    console.print(head)
    for section in document.sections:
        console.print()
        _show_section(console, section)
    if document.complaints:
        console.print()
        console.print(Text("Complaints about the input", style="bold"))
        for complaint in document.complaints:
            console.print(Text(f"  {complaint}", style="yellow"))
        if document.more_complaints:
            console.print(Text(f"  {document.more_complaints}", style="dim"))
    console.print()
    console.print(Text("Next steps", style="bold"))
    steps = Table.grid(padding=(0, 1))
    for place, step in enumerate(document.next_steps, 1):
        steps.add_row(f"{place}.", Text(step))
    console.print(steps)


def _show_section(console: Console, section: Section) -> None:
    if not section.rows:
        console.print(Text(section.title, style="bold") + Text(f": {section.nothing}"))
        return
    console.print(Text(section.title, style="bold"))
    console.print(Text(section.note, style="dim"))
    table = new_table()
    if len(section.columns) > _WIDE:
        table.padding = (0, 0, 0, 0)
    last = len(section.columns) - 1
    for place, column in enumerate(section.columns):
        table.add_column(
            column.short,
            justify="right" if column.is_number else "left",
            no_wrap=column.is_number or place == 0,
            overflow="fold",
            # What is said at length takes the room that is left.
            ratio=1 if place == last and not column.is_number else None,
        )
    for row in section.rows:
        table.add_row(*(Text(cell.text, style=_STYLES[cell.tone]) for cell in row))
    console.print(table)
    if section.more:
        console.print(Text(section.more, style="dim"))
