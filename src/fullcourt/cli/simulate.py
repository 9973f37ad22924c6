"""`simulate`: play a world against the real pipeline and say what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.rule import Rule
from rich.text import Text

from fullcourt.cli.options import JsonOption
from fullcourt.cli.printing import (
    count_text,
    days_text,
    instant_text,
    new_table,
    out,
    print_json,
    shortened,
)
from fullcourt.cli.progress import Progress

if TYPE_CHECKING:
    from datetime import date

    from fullcourt.rehearsal.report import Difference, Minutes, SimulationReport
    from fullcourt.simulator.worldspec import WorldSpec
    from fullcourt.stores.ledger import Ledger

_MOST = 20


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "simulate",
        epilog="Examples: `fullcourt simulate ordinary`; "
        "`fullcourt simulate outage.toml --seed 7 --json`; "
        "`fullcourt simulate january --from 2025-11-10 --nights 20`; "
        "`fullcourt simulate january --naive left`",
    )(simulate)


def simulate(
    world: Annotated[
        str,
        typer.Argument(
            metavar="WORLD.toml",
            help="A world file, or the name of a world that ships: calm, january, ordinary, "
            "playoffs, rough, summer.",
            show_default=False,
        ),
    ],
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help="Another league and other faults.", show_default=False),
    ] = None,
    nights: Annotated[
        int | None,
        typer.Option("--nights", min=1, help="Only so many dates.", show_default=False),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Begin the home on this date of the world; --nights counts from it.",
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        bool,
        typer.Option(help="Play the same world without its faults too, to compare vendor calls."),
    ] = True,
    naive: Annotated[
        Path | None,
        typer.Option(
            "--naive",
            metavar="DIR",
            help="Play a naive pipeline instead and write into a new folder what it leaves: its "
            "run history, its tables, and apart from them the truth.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rehearse: an invented league, its vendors and every scripted fault against this pipeline.

    The world is played in memory (or on a DuckLake in a temporary folder) under a virtual clock.
    What the pipeline says of each key is compared with what is true, after every tick that did
    something and every hour; each difference is listed. `docs/worlds.md` describes world files.

    Exit codes: 0 every count that must be zero is (different, losses missed, false alarms, rows
    lost, duplicate rows, runs miscounted, laws broken); 1 one is not; 2 the world file is refused,
    or another error.
    """
    from fullcourt.simulator.worldfile import find_world

    first = None if since is None else since.date()
    spec = find_world(world, seed=seed, nights=nights, since=first)
    if naive is not None:
        _leave_behind(spec, naive, as_json=as_json)
        return
    report = _play(spec, with_baseline=baseline)
    if as_json:
        print_json(report)
    else:
        _show(report)
    if report.failures:
        raise typer.Exit(1)


def _play(spec: WorldSpec, *, with_baseline: bool) -> SimulationReport:
    from fullcourt.rehearsal.play import rehearse
    from fullcourt.reports.grid import night_totals

    with Progress(f"the world {spec.name}, seed {spec.seed}", spec.nights_played) as progress:

        def on_night(night: date, ledger: Ledger) -> None:
            if night >= spec.begins:
                progress.night(night, night_totals(ledger, night))

        report = rehearse(spec, on_night, with_baseline=with_baseline)
        progress.finish()
        return report


def _leave_behind(spec: WorldSpec, folder: Path, *, as_json: bool) -> None:
    from fullcourt.simulator.naive.leave import leave_behind

    left = leave_behind(spec, folder)
    if as_json:
        print_json(left)
        return
    console = out()
    console.print(Rule(f"{left.world}, seed {left.seed}: what a naive pipeline left", align="left"))
    console.print(
        f"{count_text(left.runs, 'run')}, {left.zero_record_runs:,} of them with zero records; "
        f"{count_text(left.keys_lost, 'key')} lost"
    )
    table = new_table()
    for name in ("true class", "runs", "of them zero", "dates of tables"):
        table.add_column(name, justify="left" if name == "true class" else "right")
    for word in sorted(left.runs_by_class.keys() | left.dates_by_class.keys()):
        tallies = (left.runs_by_class, left.zero_record_runs_by_class, left.dates_by_class)
        table.add_row(word.replace("_", " "), *(f"{tally.get(word, 0):,}" for tally in tallies))
    console.print(table)
    lies = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in left.lies.items())
    console.print(f"other lies: {lies or 'none'}", soft_wrap=True)
    console.print(f"written to {folder}; truth/ is not for the auditor", soft_wrap=True)


def _show(report: SimulationReport) -> None:
    console = out()
    last = report.first_date.toordinal() + report.nights - 1
    span = days_text(report.first_date, type(report.first_date).fromordinal(last))
    console.print(Rule(f"{report.world}, seed {report.seed}: {span}", align="left"))
    console.print(
        f"{count_text(report.nights, 'night')}, {count_text(report.games, 'game')}, "
        f"{count_text(report.cells, 'cell')}, {report.seconds_per_night:.2f} s a night"
    )
    for idle in report.idle_faults:
        console.print(Text(f"struck nothing: {idle}", style="yellow"), soft_wrap=True)
    hits = ", ".join(f"{count} {kind}" for kind, count in report.faults.items())
    console.print(f"faults injected: {hits or 'none'}", soft_wrap=True)
    console.print(_counts(report))
    if report.differences:
        console.print(Rule("said and true differ", align="left"))
        console.print(_differences(report.differences))
        if len(report.differences) > _MOST:
            more = count_text(len(report.differences) - _MOST, "more difference")
            console.print(f"{more}: `--json` lists them all", style="dim")
    if report.breaches:
        console.print(Rule("laws broken", align="left"))
        console.print(_breaches(report))
    if report.gaps:
        console.print(Rule("given up, by name", align="left"))
        console.print(_gaps(report))
    if report.failures:
        named = ", ".join(
            f"{name.replace('_', ' ')} {getattr(report, name)}" for name in report.failures
        )
        console.print(Text(f"not zero: {named}", style="bold red"))
    else:
        console.print(Text("every count that must be zero is", style="green"))


def _counts(report: SimulationReport) -> object:
    table = new_table()
    table.add_column("what")
    table.add_column("count", justify="right")
    table.add_column("")
    for name, count, note in (
        ("verdicts compared", report.compared, f"{report.equal:,} equal"),
        ("different", report.different, "must be 0"),
        ("losses missed", report.losses_missed, "must be 0"),
        ("false alarms", report.false_alarms, "must be 0"),
        ("rows lost", report.rows_lost, "must be 0"),
        ("duplicate rows", report.duplicate_rows, "must be 0"),
        ("runs miscounted", report.runs_miscounted, "must be 0"),
        ("laws broken", report.laws_broken, "must be 0"),
        ("keys healed", sum(report.healed.values()), _healed(report)),
        ("healed late", len(report.healed_late), "after two planned attempts"),
        ("keys given up", sum(len(gap.keys) for gap in report.gaps), "each is named"),
        ("predictions missed at tip", report.predictions_missed, ""),
        ("losses detected", report.detection.count, _minutes(report.detection)),
        ("held up by a vendor, healed", report.healing.count, _minutes(report.healing)),
        ("vendor calls", report.vendor_calls, _calls(report)),
        ("vendor calls wasted", report.wasted_vendor_calls, ""),
        ("credits spent", report.credits_spent, ""),
        ("restarts", report.restarts, f"{report.ticks:,} ticks, {report.ticks_failed} failed"),
    ):
        bad = note == "must be 0" and count
        table.add_row(name, Text(f"{count:,}", style="bold red" if bad else ""), note)
    return table


def _healed(report: SimulationReport) -> str:
    return ", ".join(f"{count:,} by {how}" for how, count in report.healed.items())


def _minutes(span: Minutes) -> str:
    return "" if span.worst is None else f"median {span.median:g} min, worst {span.worst:g} min"


def _calls(report: SimulationReport) -> str:
    failing = f"{report.vendor_calls_while_failing:,} more while an endpoint failed"
    if report.vendor_calls_ratio is None:
        return failing
    return f"{report.vendor_calls_ratio:g} times those without faults; {failing}"


def _differences(found: tuple[Difference, ...]) -> object:
    table = new_table()
    for name in ("cell", "key", "first seen", "said", "true"):
        table.add_column(name, overflow="fold")
    kinds = Counter((d.dataset, d.said, d.true) for d in found)
    shown: set[tuple[str, str | None, tuple[str, ...]]] = set()
    for difference in found:
        kind = (difference.dataset, difference.said, difference.true)
        # One of each kind says more than twenty of one.
        if kind in shown or len(shown) == _MOST:
            continue
        shown.add(kind)
        more = kinds[kind] - 1
        table.add_row(
            f"{difference.dataset} {difference.game_date:%m-%d}",
            difference.key + (f" and {more:,} more" if more else ""),
            instant_text(difference.first_at)[5:],
            difference.said or "(no key)",
            ", ".join(difference.true) or "(no key)",
        )
    return table


def _breaches(report: SimulationReport) -> object:
    table = new_table()
    for name in ("law", "where", "what", "times"):
        table.add_column(name, overflow="fold")
    counted = Counter((b.law, b.where, b.what) for b in report.breaches)
    for (law, where, what), times in list(counted.items())[:_MOST]:
        table.add_row(str(law), where, what, f"{times:,}")
    return table


def _gaps(report: SimulationReport) -> object:
    table = new_table()
    table.add_column("cell")
    table.add_column("cause")
    table.add_column("keys", justify="right")
    table.add_column("names")
    for gap in report.gaps[:_MOST]:
        table.add_row(
            f"{gap.dataset} {gap.game_date:%m-%d}",
            gap.cause,
            str(len(gap.keys)),
            shortened(", ".join(gap.keys), 40),
        )
    return table
