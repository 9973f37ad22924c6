"""The program `fullcourt`: its commands, and how an error ends it.

A command's rooms are imported when it runs, so that `status` starts within a second.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from fullcourt.cli import (
    audit,
    cleanup,
    demo,
    deployments,
    export,
    history,
    homes,
    inventory,
    looking,
    monitor,
    note,
    operations,
    players,
    repair,
    replay,
    report,
    simulate,
    watch,
    working,
)
from fullcourt.cli.printing import say_error
from fullcourt.errors import FullcourtError, HomeBusy

EXIT_ERROR = 2
EXIT_BUSY = 3


class Program(TyperGroup):
    """The command group; turns the house's errors into words and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            typer.Exit: with 2 after an error of the house, 3 when another process holds the home.
        """
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except FullcourtError as error:
            say_error(error, as_json=as_json)
            raise typer.Exit(EXIT_BUSY if isinstance(error, HomeBusy) else EXIT_ERROR) from error


app = typer.Typer(
    name="fullcourt",
    cls=Program,
    help="NBA vendor data in, calibrated player-prop predictions out, with proof that nothing is "
    "missing.",
    epilog="Exit codes: 0 good; 1 something is wrong in the data; 2 an error, a wrong argument, or "
    "(`status`) all that is wrong is unverifiable; 3 another fullcourt works on this home.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)
ROOMS = (
    homes,
    working,
    watch,
    looking,
    inventory,
    repair,
    cleanup,
    operations,
    monitor,
    report,
    export,
    replay,
    demo,
    simulate,
)
for room in ROOMS:
    room.register(app)
app.add_typer(players.app, name="players")
app.add_typer(note.app, name="note")
app.add_typer(deployments.app, name="deployments")
app.add_typer(audit.app, name="audit")
app.add_typer(history.app, name="history")


def main() -> None:
    """Run the program with the arguments of the process."""
    app()
