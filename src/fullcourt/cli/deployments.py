"""`deployments`: what code ran where, what proves it, and how a release script records one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import count_text, instant_text, out, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from fullcourt.reports.deployments import DeploymentsView
    from fullcourt.settings import Home
    from fullcourt.stores.ledger import Ledger
    from fullcourt.trust.deployments import DeploymentSeen
    from fullcourt.trust.lanes import Drift

app = typer.Typer()


def parse_when(text: str) -> datetime:
    """An instant with its zone, as UTC.

    Raises:
        typer.BadParameter: it is none, or has no zone.
    """
    from fullcourt.clock import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no instant with a zone; write 2025-01-09T18:30:00Z."
        ) from error


def _when_option(name: str, help_text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        name, parser=parse_when, metavar="INSTANT", help=help_text, show_default=False
    )
    return option


@app.callback(
    invoke_without_command=True,
    epilog="Examples: `fullcourt deployments`; `fullcourt deployments --since 2025-01-01 --json`; "
    "`fullcourt deployments record --service scrape --revision r42 --commit $(git rev-parse HEAD)`",
)
def deployments(
    context: typer.Context,
    home: HomeOption = None,
    since: Annotated[
        date | None,
        day_option("--since", "Only what was still there on or after this Eastern date."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List deployments: before, after, commit, fingerprint, first seen, and what verifies each.

    Read from the runs themselves, each of which carries the fingerprint of the code and
    configuration that executed it; those recorded by a release script are matched to them. A label
    whose fingerprint no successful run carries is unverified. Different code at work at the same
    time is a drift.

    Exit codes: 0 all listed are verified and nothing drifts; 1 one is unverified, or a drift goes
    on; 2 no such home.
    """
    if context.invoked_subcommand is not None:
        return
    from fullcourt.reports.deployments import deployments_view

    place = home_at(home)
    with _ledger(place) as ledger:
        view = deployments_view(ledger, str(place.path), since=since)
    if as_json:
        print_json(view)
    else:
        _show(out(), view)
    if view.unverified or view.drifting:
        raise typer.Exit(1)


@app.command(
    "record",
    epilog="Example: `fullcourt deployments record --service predict --revision r42 --commit "
    "3dda97e0c1 --started 2025-01-09T15:00:00Z --finished 2025-01-09T15:04:10Z --clean`",
)
def record(
    service: Annotated[
        str,
        typer.Option(
            "--service",
            metavar="NAME",
            help="What was deployed. A phase (scrape, raw, ...) or dataset is verified by its own "
            "runs, any other name by a run of any phase.",
            show_default=False,
        ),
    ],
    revision: Annotated[
        str,
        typer.Option("--revision", metavar="NAME", help="Its new name.", show_default=False),
    ],
    commit: Annotated[
        str,
        typer.Option(
            "--commit", metavar="HASH", help="Built from this commit.", show_default=False
        ),
    ],
    home: HomeOption = None,
    started: Annotated[
        datetime | None, _when_option("--started", "When it began, with a zone.")
    ] = None,
    finished: Annotated[
        datetime | None, _when_option("--finished", "When it was through, with a zone.")
    ] = None,
    is_dirty: Annotated[
        bool | None,
        typer.Option(
            "--dirty/--clean",
            help="Whether the tree had changes that are in no commit. Left out: not known.",
            show_default=False,
        ),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint",
            metavar="HEX",
            help="Of the code, or code+configuration. Default: of the code that runs this command "
            "on this home; none while a deployment is only started.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Record a deployment; a release script calls it when it starts, when it is through, or both.

    Saying the same again changes nothing, what was not said before is added, and what contradicts
    the record is refused. It is a label until a run verifies it.

    Exit codes: 0 it is on record; 2 it is wrong in itself or contradicts the record, or no such
    home.
    """
    from fullcourt.pipeline.fingerprint import run_fingerprint
    from fullcourt.reports.deployments import record as keep
    from fullcourt.stores.ledger.deployments import Deployment

    place = home_at(home)
    with _ledger(place) as ledger:
        # A deployment that has only begun may still be called by the code it replaces.
        if fingerprint is None and (finished is not None or started is None):
            fingerprint = run_fingerprint(place.settings_file)
        kept = keep(
            ledger,
            Deployment(service, revision, commit, is_dirty, started, finished, fingerprint),
        )
    if as_json:
        print_json(kept)
        return
    known = kept.fingerprint or "not known yet"
    out().print(
        Text(f"{kept.service} {kept.revision}: {kept.change}; fingerprint {known}, ")
        + Text(f"to be verified by a run of {kept.covers}")
    )


@contextmanager
def _ledger(place: Home) -> Iterator[Ledger]:
    """The home's ledger alone, on the home's own clock: nothing else is opened."""
    from fullcourt.clock import SystemClock, VirtualClock, parse_instant
    from fullcourt.stores.ledger import Ledger

    settings = place.settings()
    ledger = Ledger.open(place.ledger_file, SystemClock())
    try:
        kept = ledger.get_meta("clock") if settings.clock.kind == "virtual" else None
        if kept is not None:
            ledger.close()
            ledger = Ledger.open(place.ledger_file, VirtualClock(parse_instant(kept)))
        yield ledger
    finally:
        ledger.close()


def _show(console: Console, view: DeploymentsView) -> None:
    if not view.deployments:
        console.print("No deployment is on record, and no run has been made.")
        return
    for one in view.deployments:
        _show_one(console, one)
    for drift in view.drifts:
        _show_drift(console, drift)
    console.print(
        Text(f"{count_text(len(view.deployments), 'deployment')}, ")
        + Text(f"{view.unverified:,} unverified", style="bold red" if view.unverified else "green")
        + Text(f"; {count_text(len(view.drifts), 'drift')}, ")
        + Text(f"{view.drifting:,} going on", style="bold red" if view.drifting else "green")
    )


def _show_one(console: Console, one: DeploymentSeen) -> None:
    word, style = ("verified", "green") if one.is_verified else ("unverified", "bold red")
    console.print(
        Text(f"{one.subject}  ", style="bold")
        + Text(f"{one.before or 'unknown'} -> {one.after}  ")
        + Text(word, style=style)
    )
    tree = {None: "tree not said", True: "dirty tree", False: "clean tree"}[one.is_dirty]
    commit = f"commit {one.commit}, {tree}" if one.commit else "commit not recorded"
    lines = [f"{commit}; fingerprint {one.fingerprint or 'not recorded'}"]
    if one.recorded_at is not None:
        began, ended = instant_text(one.started_at), instant_text(one.finished_at)
        lines.append(
            f"started {began or 'not said'}, finished {ended or 'not said'}; covers {one.covers}"
        )
    if one.first_seen is not None:
        lines.append(
            f"seen {instant_text(one.first_seen)} to {instant_text(one.last_seen)}, "
            f"{count_text(one.runs, 'run')} in {', '.join(one.seen_in)}"
        )
    at = f" at {instant_text(one.verified_at)}" if one.verified_at else ""
    lines.append(f"{one.why}{at}")
    for line in lines:
        console.print(Text(f"  {line}"))


def _show_drift(console: Console, drift: Drift) -> None:
    word, style = ("over", "dim") if drift.is_over else ("goes on", "bold red")
    console.print(
        Text("drift  ", style="bold")
        + Text(f"{drift.older} and {drift.newer} {drift.kind}  ")
        + Text(word, style=style)
    )
    lines = [
        f"they differ in {drift.differs_in}",
        f"from {instant_text(drift.first_at)} to {instant_text(drift.last_at)}",
        f"older: {', '.join(drift.on_older)}",
        f"newer: {', '.join(drift.on_newer)}",
    ]
    for line in lines:
        console.print(Text(f"  {line}"))
