"""Commands that keep a home: `backup`, `restore`, `rebuild`, `prune`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
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
    size_text,
)
from fullcourt.clock import parse_instant

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.operations.backup import BackupView
    from fullcourt.operations.prune import PruneView
    from fullcourt.operations.rebuild import RebuildView
    from fullcourt.operations.restore import HomeRestored

_HASH_DIGITS = 12


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("backup", epilog="Example: `fullcourt backup /mnt/backups/fullcourt`")(backup)
    app.command(
        "restore",
        epilog="Examples: `fullcourt restore /mnt/backups/fullcourt new-home`; `fullcourt restore "
        "/mnt/backups/fullcourt new-home --backup 20251104T230000.000000Z`",
    )(restore)
    app.command("rebuild", epilog="Example: `fullcourt rebuild --home /srv/fullcourt`")(rebuild)
    app.command("prune", epilog="Examples: `fullcourt prune`; `fullcourt prune --apply`")(prune)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no instant; write 2025-11-04T23:00:00Z.") from error


def backup(
    destination: Annotated[Path, typer.Argument(metavar="DEST", show_default=False)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a home into DEST, consistently, while a controller may be at work; then read it back.

    DEST may hold earlier backups: archive and Parquet files are kept once for all of them. A
    manifest with the SHA-256 of every file is written last; without it there is no backup.

    Exit codes: 0 written and verified; 2 an error (what is named could not be copied or read back);
    3 another backup or a prune is at work, or a writer holds the stores.
    """
    from fullcourt.operations.backup import backup as write_backup

    view = write_backup(home_at(home), destination, _say)
    if as_json:
        print_json(view)
    else:
        _show_backup(out(), view)


def restore(
    source: Annotated[Path, typer.Argument(metavar="SRC", show_default=False)],
    new_home: Annotated[Path, typer.Argument(metavar="DEST_HOME", show_default=False)],
    backup_id: Annotated[
        str | None,
        typer.Option("--backup", metavar="ID", help="Which one. Default: the newest in SRC."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home from a backup. Every file is checked before anything is touched.

    DEST_HOME must not be there, or be empty. It appears whole or not at all.

    Exit codes: 0 restored; 2 the backup is broken (each file is named) or DEST_HOME is not empty.
    """
    from fullcourt.operations.restore import restore as read_backup
    from fullcourt.settings import Home

    view = read_backup(source, Home(new_home), backup_id, _say)
    if as_json:
        print_json(view)
    else:
        _show_restored(out(), view)


def rebuild(
    home: HomeOption = None,
    without_removed: Annotated[
        bool,
        typer.Option(
            "--without-removed",
            help="Rebuild although retention has removed bodies that rows were made from: those "
            "rows will be gone.",
        ),
    ] = False,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            parser=_instant,
            metavar="INSTANT",
            help="For a home with a virtual clock whose ledger is lost: its instant, as "
            "`2025-11-04T23:00:00Z`. Default: that of its last answer.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make lake and ledger anew from the archive alone: the same keys, features and verdicts.

    The archive is gone through in the order its answers came; no vendor is asked. The old stores
    are moved aside, not deleted, and compared by hash where they can be read. Interrupted, the same
    command goes on where it was; meanwhile no other command opens the home.

    Exit codes: 0 rebuilt, and equal where there was something to compare; 1 rebuilt, and something
    differs (it is named); 2 an error; 3 another fullcourt works on this home.
    """
    from fullcourt.opening import sole_controller
    from fullcourt.operations.rebuild import rebuild as rebuild_home

    place = home_at(home)
    place.settings()

    def on_night(night: date) -> None:
        err().print(Text(f"rebuilt up to {night}", style="dim"))

    with sole_controller(place):
        view = rebuild_home(place, on_night, without_removed=without_removed, until=until)
    if as_json:
        print_json(view)
    else:
        _show_rebuilt(out(), view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def prune(
    home: HomeOption = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Remove them. Default: only say what would go.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove bodies from the archive that the home's `[retention]` lets go, and say what is pinned.

    By default everything is kept for ever. What was not loaded, what held rows were made from and
    what predictions of the record read is never removed, unless `loaded_days` says so and it is
    older. What goes is recorded in the archive: it does not count as lost.

    Exit codes: 0 shown or removed; 2 an error; 3 another fullcourt works on this home.
    """
    from fullcourt.cli.opened import looking_at, working_on
    from fullcourt.operations.backup import undisturbed
    from fullcourt.operations.prune import prune as prune_archive

    place = home_at(home)
    if apply:
        with working_on(place) as (opened, _), undisturbed(place):
            view = prune_archive(opened.stores, str(place.path), apply=True)
    else:
        with looking_at(place) as (opened, _):
            view = prune_archive(opened.stores, str(place.path), apply=False)
    if as_json:
        print_json(view)
    else:
        _show_pruned(out(), view)


def _say(text: str) -> None:
    err().print(Text(text, style="dim"), soft_wrap=True)


def _show_backup(console: Console, view: BackupView) -> None:
    console.print(f"Backup {view.backup_id} of {view.home}", style="green", soft_wrap=True)
    console.print(
        f"{count_text(view.files, 'file')}, {size_text(view.size)}; copied "
        f"{count_text(view.copied_files, 'file')}, {size_text(view.copied_size)}; "
        f"read back and equal: {count_text(view.verified_files, 'file')}"
    )
    console.print(f"the home's instant: {instant_text(view.home_at)}; snapshot {view.snapshot_id}")
    if view.bodies_absent:
        said = f"{count_text(view.bodies_absent, 'body')} the home itself has lost"
        console.print(Text(f"{said}: `fullcourt status` names their cells", style="yellow"))
    if view.left_out:
        console.print(f"not in it: {', '.join(view.left_out)}", style="dim", soft_wrap=True)


def _show_restored(console: Console, view: HomeRestored) -> None:
    console.print(f"Restored {view.backup_id} to {view.home}", style="green", soft_wrap=True)
    console.print(f"{count_text(view.files, 'file')}, {size_text(view.size)}, every one checked")
    console.print(f"the home's instant: {instant_text(view.home_at)}; written by {view.release}")
    if view.left_out:
        said = f"the backup does not hold: {', '.join(view.left_out)}"
        console.print(said, style="dim", soft_wrap=True)
    console.print(f"Next: fullcourt status --home {view.home}", soft_wrap=True)


def _show_rebuilt(console: Console, view: RebuildView) -> None:
    console.print(
        f"Rebuilt from {count_text(view.answers, 'answer')} fetched "
        f"{instant_text(view.first_fetched_at)} to {instant_text(view.last_fetched_at)}"
    )
    table = new_table()
    table.add_column("table")
    for name in ("rows before", "rows now"):
        table.add_column(name, justify="right")
    for name in ("keys", "content", ""):
        table.add_column(name)
    before = {} if view.before is None else {t.table: t for t in view.before.tables}
    for now in view.after.tables:
        was = before.get(now.table)
        table.add_row(
            now.table,
            "-" if was is None else f"{was.rows:,}",
            f"{now.rows:,}",
            now.keys[:_HASH_DIGITS],
            now.content[:_HASH_DIGITS],
            _same(None if was is None else was == now),
        )
    table.add_section()
    cells = view.before
    table.add_row(
        "verdicts (cells)",
        "-" if cells is None else f"{cells.cells:,}",
        f"{view.after.cells:,}",
        "",
        view.after.verdicts[:_HASH_DIGITS],
        _same(None if cells is None else cells.verdicts == view.after.verdicts),
    )
    console.print(table)
    if view.before is None:
        console.print(f"Not compared: {view.why_unread}", style="yellow", soft_wrap=True)
    for difference in view.differences or ():
        console.print(Text(f"differs: {difference}", style="bold red"), soft_wrap=True)
    for name, rows in view.carried.items():
        console.print(f"{count_text(rows, 'row')} of {name} taken over from the old ledger")
    console.print("Not in any archive, so not rebuilt:")
    for lost in view.lost:
        console.print(f"  {lost}", style="dim", soft_wrap=True)
    console.print(f"The old stores are in {view.old_stores}", soft_wrap=True)


def _same(is_same: bool | None) -> Text:
    if is_same is None:
        return Text("not compared", style="dim")
    return Text("same", style="green") if is_same else Text("differs", style="bold red")


def _show_pruned(console: Console, view: PruneView) -> None:
    table = new_table()
    table.add_column("feed")
    table.add_column("bodies", justify="right")
    table.add_column("size", justify="right")
    table.add_column("fate")
    for line in view.lines:
        if line.pinned_by is None:
            fate = Text(f"{'gone' if view.applied else 'may go'}: {line.rule}", style="yellow")
        else:
            fate = Text(f"stays: {line.pinned_by}", style="green")
        table.add_row(line.feed, f"{line.bodies:,}", size_text(line.size), fate)
    console.print(table)
    said = f"{count_text(view.bodies, 'body')}, {size_text(view.size)}"
    if view.applied:
        console.print(f"{said} removed, and recorded as removed")
    elif view.bodies:
        console.print(f"{said} would go; `--apply` removes them.")
    else:
        console.print("Nothing would go.")
    if view.removed_before:
        console.print(f"{view.removed_before:,} were removed before", style="dim")
    points = ", ".join(map(str, view.restore_points)) or "none"
    console.print(
        f"Snapshots of the lake: the newest {view.snapshots_kept:,} stay; restore points of "
        f"cleanups: {points}",
        style="dim",
    )
