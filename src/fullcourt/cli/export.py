"""`export`: the lake's rows as Parquet or CSV, without what may not be passed on."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import count_text, out, print_json
from fullcourt.clock import parse_instant

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.history import ExportView


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "export",
        epilog="Examples: `fullcourt export player_box_scores --to out/`; `fullcourt export --all "
        "--to out/ --format csv --from 2024-10-22 --to-date 2025-04-13`; `fullcourt export "
        "predictions --to out/ --as-of 2025-01-09T23:00Z`; `fullcourt export odds_player_props "
        "--to mine/ --own-use`",
    )(export)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no instant with a zone; write 2025-01-09T23:00Z."
        ) from error


def export(
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where the files go.", show_default=False)
    ],
    dataset: Annotated[str | None, typer.Argument(metavar="[DATASET]", show_default=False)] = None,
    home: HomeOption = None,
    every: Annotated[bool, typer.Option("--all", help="Every dataset of the lake.")] = False,
    form: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", help="What the files are.")
    ] = "parquet",
    first: Annotated[
        date | None, day_option("--from", "The first Eastern game date. Default: all.")
    ] = None,
    last: Annotated[
        date | None, day_option("--to-date", "The last Eastern game date. Default: all.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            parser=_instant,
            metavar="INSTANT",
            help="Only rows the world could know by then (`known_at`).",
            show_default=False,
        ),
    ] = None,
    own_use: Annotated[
        bool,
        typer.Option("--own-use", help="With what is for own use only; the notice says so."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Export datasets as files, a file each, with a notice of whose data they hold.

    Rows and columns of sources that may not be passed on are left out and named (`docs/history.md`
    has the classes). The same lake gives the same bytes.

    Exit codes: 0 written, with or without what was left out; 2 an error.
    """
    from fullcourt.cli.looking import check_dataset
    from fullcourt.cli.opened import looking_at
    from fullcourt.history.redistribution import SOURCE_OF
    from fullcourt.history.take import Wish
    from fullcourt.history.take import export as write
    from fullcourt.reports.history import ExportView

    if every == (dataset is not None):
        raise typer.BadParameter("Name one dataset, or --all.")
    if first is not None and last is not None and last < first:
        raise typer.BadParameter(f"--from {first} lies after --to-date {last}.")
    if dataset is not None:
        check_dataset(dataset)
        if dataset not in SOURCE_OF:
            raise typer.BadParameter(f"{dataset} is a feed: its bodies lie in the archive.")
    names = tuple(SOURCE_OF) if dataset is None else (dataset,)
    place = home_at(home)
    place.settings()
    with looking_at(place) as (opened, _):
        done = write(opened.stores, to, Wish(names, form, first, last, as_of, own_use))
    view = ExportView(str(place.path), str(to.resolve()), own_use, done)
    if as_json:
        print_json(view)
    else:
        _show(out(), view)


def _show(console: Console, view: ExportView) -> None:
    for item in view.files:
        console.print(f"{item.file}: {count_text(item.rows, 'row')}")
        for left in item.left_out:
            what = f"columns {', '.join(left.columns)}"
            what = what if left.columns else count_text(left.rows, "row")
            console.print(
                Text(f"  left out: {what} of {left.vendor}: {left.why}", style="yellow"),
                soft_wrap=True,
            )
    console.print(Text(f"in {view.folder}, with NOTICE.txt", style="dim"), soft_wrap=True)
    if not view.own_use and any(item.left_out for item in view.files):
        console.print("`--own-use` writes what was left out, too.", style="dim")
