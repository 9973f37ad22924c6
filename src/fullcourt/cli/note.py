"""`note`: what people learned, met and decided, kept beside what the machine records."""

from __future__ import annotations

import getpass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import count_text, instant_text, new_table, out, print_json
from fullcourt.reports.wording import plain_text
from fullcourt.stores.note_words import NoteKind, Severity

if TYPE_CHECKING:
    from fullcourt.reports.notes import NotesView

_SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}


class TextOrCommand(TyperGroup):
    """`note TEXT` is `note add TEXT`: whatever is no command's name is the text of a note."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `add` before a text or an option of it."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["add", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=TextOrCommand,
    help="Notes: what was learned, met and decided, with who and when. `note TEXT` is "
    "`note add TEXT`.",
    no_args_is_help=True,
)


@app.command(
    "add",
    epilog="Examples: `fullcourt note 'The listing is served before 07:00 now' --kind learning`; "
    "`fullcourt note 'Disk full on the lake' --kind issue --severity high --minutes 45`; "
    "`fullcourt note 'Disk replaced' --closes 3`",
)
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to keep.", show_default=False)],
    kind: Annotated[
        NoteKind, typer.Option("--kind", metavar="KIND", help="note, learning, issue or decision.")
    ] = NoteKind.NOTE,
    day: Annotated[
        date | None, day_option("--date", "The day it is about. Default: today, Eastern.")
    ] = None,
    severity: Annotated[
        Severity | None,
        typer.Option(
            "--severity",
            metavar="WORD",
            help="Of an issue: critical, high, medium or low.",
            show_default=False,
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes", metavar="N", help="Lost (an issue) or spent.", show_default=False
        ),
    ] = None,
    closes: Annotated[
        int | None,
        typer.Option("--closes", metavar="ID", help="The issue it ends.", show_default=False),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="NAME",
            help="Who says so. Default: the system's user.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a note in the ledger, with who wrote it and when. `note TEXT` does the same.

    Notes are appended and never changed; an issue ends by a later note with `--closes`. Passwords,
    keys and tokens are struck out before anything is written.

    Exit codes: 0 kept; 2 refused (no text, not an open issue, no such home).
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.nba.calendar import game_date_of
    from fullcourt.stores.ledger.notes import add_note

    with looking_at(home_at(home)) as (opened, _):
        stores = opened.stores
        note = add_note(
            stores.ledger,
            text,
            kind=kind,
            day=day or game_date_of(stores.clock.now()),
            author=by if by is not None else _user(),
            severity=severity,
            minutes=minutes,
            closes=closes,
            secrets=(stores.odds_key,),
        )
    if as_json:
        print_json(note)
    else:
        out().print(
            Text(f"{note.kind.value} {note.note_id} kept: {plain_text(note.text)}"), soft_wrap=True
        )


@app.command(
    "list",
    epilog="Examples: `fullcourt note list`; `fullcourt note list --kind issue --json`",
)
def listed(
    kind: Annotated[
        NoteKind | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind.", show_default=False),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the notes, oldest first, with who wrote each and when.

    Exit codes: 0 listed, 2 no such home.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.reports.notes import notes_view

    with looking_at(home_at(home)) as (opened, _):
        view = notes_view(opened.stores.ledger, kind)
    if as_json:
        print_json(view)
    elif view.notes:
        _show(view)
    else:
        out().print("No note is on record.")


def _show(view: NotesView) -> None:
    console = out()
    table = new_table()
    table.add_column("id", justify="right")
    for name in ("written", "by", "about", "kind", "note"):
        table.add_column(name, overflow="fold")
    for note in view.notes:
        kind = Text(note.kind.value)
        if note.severity is not None:
            kind.append(f"\n{note.severity.value}", _SEVERITY_STYLES[note.severity.value])
        closed = view.closed_by.get(note.note_id)
        text = Text(plain_text(note.text))
        if note.minutes is not None:
            text.append(f" ({note.minutes:,.0f} min)", "dim")
        if closed is not None:
            text.append(f" (closed by note {closed})", "green")
        if note.closes is not None:
            text.append(f" (closes note {note.closes})", "dim")
        table.add_row(
            f"{note.note_id}",
            instant_text(note.written_at),
            Text(plain_text(note.author)),
            f"{note.game_date}",
            kind,
            text,
        )
    console.print(table)
    console.print(count_text(len(view.notes), "note"))


def _user() -> str:
    """The name of the system's user.

    Raises:
        NoteRefused: this system names none.
    """
    from fullcourt.stores.ledger.notes import NoteRefused

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise NoteRefused(
            "note: this system names no user.", next_step="say who writes it with --by NAME"
        ) from error
