"""The options every command shares, and how dates and folders are read from the command line."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fullcourt.settings import Home

HOME_VARIABLE = "FULLCOURT_HOME"
DEFAULT_HOME = Path("fullcourt-home")


def parse_day(text: str) -> date:
    """A calendar date written `YYYY-MM-DD`.

    Raises:
        typer.BadParameter: it is no such date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date; write YYYY-MM-DD.") from error


def home_at(path: Path | None) -> Home:
    """The home a command works on: `--home`, else $FULLCOURT_HOME, else ./fullcourt-home."""
    if path is not None:
        return Home(path)
    return Home(Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME))


HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        file_okay=False,
        help=f"The home to work on. Default: ${HOME_VARIABLE}, else ./{DEFAULT_HOME}.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text.")
]
Day = Annotated[date, typer.Argument(parser=parse_day, metavar="DATE", show_default=False)]


def day_option(name: str, help_text: str) -> typer.models.OptionInfo:
    """An option that takes one Eastern game date."""
    option: typer.models.OptionInfo = typer.Option(
        name, parser=parse_day, metavar="DATE", help=help_text, show_default=False
    )
    return option
