"""`audit`: which zeros are losses, in our own ledger or in anybody's pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from fullcourt.cli.audit_flags import AuditUnclear, Flags, audit_by_flags
from fullcourt.cli.options import HomeOption, JsonOption, day_option, home_at
from fullcourt.cli.printing import err, out, print_json

if TYPE_CHECKING:
    from fullcourt.audit.proposal import Proposal
    from fullcourt.audit.result import AuditView

app = typer.Typer(invoke_without_command=True)


@app.callback(
    epilog="Examples: `fullcourt audit`; `fullcourt audit --config audit.toml --html audit.html`; "
    "`fullcourt audit --runs runs.csv --schedule games.csv --table player_props=props.parquet`",
)
def audit(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Audit the pipeline this file describes (`fullcourt audit init` proposes one).",
            show_default=False,
        ),
    ] = None,
    trust_config: Annotated[
        bool,
        typer.Option("--trust-config", help="Run the SQL that stands in the configuration."),
    ] = False,
    runs: Annotated[
        Path | None,
        typer.Option(
            "--runs",
            metavar="FILE",
            help="In place of a configuration: the run history.",
            show_default=False,
        ),
    ] = None,
    schedule: Annotated[
        Path | None,
        typer.Option(
            "--schedule", metavar="FILE", help="And the schedule of games.", show_default=False
        ),
    ] = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            metavar="NAME=FILE",
            help="And a table as it stands; may be given several times.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="What wrote the run history of --runs, see `docs/audit-config.md`.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    first: Annotated[
        date | None, day_option("--from", "Only game dates from this Eastern date on.")
    ] = None,
    last: Annotated[
        date | None, day_option("--to", "Only game dates up to this Eastern date.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="List every run, complete ones too, and fold nothing."),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown document.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write one page with plots that needs nothing else.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say of every zero run whether data was lost, why, and what a naive check would have said.

    Without `--config` or `--runs` it audits the home's own ledger. Runs and dates are counted apart
    and never added. Nothing is changed and no vendor is called; SQL inside a configuration runs
    only with `--trust-config`. `docs/audit.md` is a walk through a report.

    Exit codes: 0 nothing is lost; 1 losses, partial losses or lies were found; 2 an error, or no
    run could be decided.
    """
    if context.invoked_subcommand is not None:
        return
    from fullcourt.reports.audit.next_steps import exit_code

    _check(first, last, as_json=as_json, as_markdown=as_markdown)
    by_flags = runs is not None or schedule is not None or bool(tables) or preset is not None
    if config is not None and by_flags:
        raise AuditUnclear(
            "--config says what to audit, and so do --runs, --schedule, --table and --preset.",
            next_step="give the one or the others",
        )
    if config is not None:
        view = _foreign(config, first, last, trust_config=trust_config, all_runs=everything)
    elif by_flags:
        flags = Flags(runs, schedule, tuple(tables or ()), preset)
        view = audit_by_flags(flags, first, last, all_runs=everything)
    else:
        view = _own(home, first, last, all_runs=everything)
    _show(view, everything=everything, as_json=as_json, as_markdown=as_markdown, html=html)
    if code := exit_code(view):
        raise typer.Exit(code)


def _check(first: date | None, last: date | None, *, as_json: bool, as_markdown: bool) -> None:
    if as_json and as_markdown:
        raise AuditUnclear(
            "--json and --markdown are two documents for one output.", next_step="give one"
        )
    if first is not None and last is not None and last < first:
        raise AuditUnclear(
            f"--to {last} is before --from {first}.", next_step="give the earlier date first"
        )


def _own(home: Path | None, first: date | None, last: date | None, *, all_runs: bool) -> AuditView:
    from fullcourt.audit.own import audit_own
    from fullcourt.cli.opened import looking_at

    with looking_at(home_at(home)) as (opened, _):
        return audit_own(opened.stores, first=first, last=last, all_runs=all_runs)


def _foreign(
    config: Path, first: date | None, last: date | None, *, trust_config: bool, all_runs: bool
) -> AuditView:
    from fullcourt.audit.foreign import audit_foreign
    from fullcourt.audit.sources import load_config

    return audit_foreign(
        load_config(config),
        trust_config=trust_config,
        all_runs=all_runs,
        first=first,
        last=last,
    )


def _show(
    view: AuditView, *, everything: bool, as_json: bool, as_markdown: bool, html: Path | None
) -> None:
    from fullcourt.reports.audit.document import audit_document
    from fullcourt.reports.audit.parts import EVERYTHING, PAPER, TERMINAL

    if html is not None:
        _write_page(view, html)
    if as_json:
        print_json(view)
    elif as_markdown:
        from fullcourt.reports.audit.markdown import audit_markdown

        typer.echo(audit_markdown(audit_document(view, EVERYTHING if everything else PAPER)))
    else:
        from fullcourt.cli.show_audit import show_audit

        show_audit(out(), audit_document(view, EVERYTHING if everything else TERMINAL))
        if html is not None:
            typer.echo(f"Page: {html}")


def _write_page(view: AuditView, file: Path) -> None:
    """The page folds whatever is listed: `--json` is for every row."""
    from fullcourt.reports.audit.document import audit_document
    from fullcourt.reports.audit.page import audit_page
    from fullcourt.reports.audit.parts import PAGE
    from fullcourt.reports.audit.plots import plots

    text = audit_page(audit_document(view, PAGE), plots(view))
    _write(file, text, "--html")


def _write(file: Path, text: str, option: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AuditUnclear(
            f"{option} {file}: cannot be written ({error.strerror}).",
            next_step="name a file in a folder that is there and may be written to",
        ) from error


@dataclass(frozen=True, slots=True)
class AuditInitView:
    """A proposed configuration. `file`: where it was written (null: nowhere). `text`: its TOML.
    `sure` and `unsure` of, each with the reason; what is unsure is to be checked or filled in.
    """

    file: str | None
    text: str
    sure: tuple[str, ...]
    unsure: tuple[str, ...]


@app.command(
    "init",
    epilog="Examples: `fullcourt audit init runs.csv schedule.csv tables/*.parquet -o audit.toml`; "
    "`fullcourt audit init exports --preset airflow`",
)
def init(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Files to look at, or folders of them: run history, schedule, tables, listings.",
            show_default=False,
        ),
    ],
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="What wrote the run history, see `docs/audit-config.md`. Default: looked for.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the configuration here; a file that is there is left alone.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Propose an `audit.toml` from looking at files, and say what of it is sure and what is not.

    What the files do not tell is left as a line to fill in; nothing is invented. Without `-o` the
    configuration is printed, and the rest goes to stderr.

    Exit codes: 0 nothing is unsure; 1 something is to be checked or filled in; 2 an error.
    """
    from fullcourt.audit.proposal import propose

    if output is not None and output.exists():
        raise AuditUnclear(
            f"-o {output}: there is a file already, perhaps one somebody has filled in.",
            next_step="name another, or move it away",
        )
    proposal = propose(paths, preset, Path() if output is None else output.parent)
    if output is not None:
        _write(output, proposal.text, "-o")
    file = None if output is None else str(output)
    if as_json:
        print_json(AuditInitView(file, proposal.text, proposal.sure, proposal.unsure))
    else:
        _show_proposal(proposal, file)
    if proposal.unsure:
        raise typer.Exit(1)


def _show_proposal(proposal: Proposal, file: str | None) -> None:
    from fullcourt.reports.wording import plain_text

    if file is None:
        typer.echo(proposal.text, nl=False)
    console = err() if file is None else out()
    for title, style, found in (
        ("Sure of", "green", proposal.sure),
        ("Not sure of", "yellow", proposal.unsure),
    ):
        console.print(Text(f"{title}: {len(found):,}", style=f"bold {style}"))
        for each in found:
            console.print(Text(f"  {plain_text(each)}"))
    name = file or "audit.toml"
    first = "check what is not sure, then " if proposal.unsure else ""
    console.print(Text(f"Next: {first}`fullcourt audit --config {name}`"))
