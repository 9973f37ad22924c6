"""`make soak-worlds`: 1,000 nights of the shipped worlds, and a report with plots.

Exit code 1 when a count that must be zero is not, a key healed late, faults cost too many vendor
calls, or a play failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessPool
from rich.console import Console
from rich.text import Text

from fullcourt.clock import elapsed_timer
from fullcourt.rehearsal.report import MUST_BE_ZERO, SimulationReport
from tools.soak_plan import (
    FOLDER,
    NIGHTS,
    Play,
    Played,
    ducklake_text,
    listing,
    planned,
    play_through,
    world_file,
)

ROOT = Path(__file__).resolve().parent.parent
# Short column heads of the counts that must be zero; a new one stands under its own name.
SHORT = {
    "losses_missed": "missed",
    "false_alarms": "alarms",
    "rows_lost": "lost",
    "duplicate_rows": "double",
    "runs_miscounted": "miscounted",
    "laws_broken": "laws",
}
ZEROS = (*(SHORT.get(name, name) for name in MUST_BE_ZERO), "late")
HEAD = f"{'played':>8}  {'world':<9}{'seed':>6}  {'from':<11}{'nights':>6}  {'lake':<9}"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every play came to what it must, else 1."""
    parser = argparse.ArgumentParser(prog="soak_worlds", description=__doc__)
    parser.add_argument("--nights", type=int, default=NIGHTS, help="scale the plan down, for a try")
    parser.add_argument("--seed", type=int, default=1, help="another soak: all seeds are shifted")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / FOLDER, help="where the report goes")
    options = parser.parse_args(arguments)
    try:
        plays = planned(options.nights, options.seed)
    except ValueError as error:
        parser.error(str(error))
    console = _console()
    started = elapsed_timer()
    nights = sum(play.nights for play in plays)
    console.print(
        f"soak: seed {options.seed}, {nights:,} nights in {len(plays)} plays, "
        f"processes: {options.processes}"
    )
    console.print(HEAD + f"{'s a night':>9}  " + "  ".join(ZEROS), style="bold")
    done: list[Played] = []

    def on_done(one: Played) -> None:
        done.append(one)
        console.print(progress_line(one, f"{len(done)}/{len(plays)}"), soft_wrap=True)

    played = play_all(plays, options.processes, on_done)
    minutes = (elapsed_timer() - started) / 60
    return conclude(played, options.folder, options.seed, options.processes, minutes, console)


def play_all(
    plays: Sequence[Play],
    processes: int,
    on_done: Callable[[Played], None] = lambda played: None,
    deadline_s: float | None = None,
) -> list[Played]:
    """Every play with its report or its error, in the plan's order.

    Each runs in a worker process; one that crashes or passes its deadline (`deadline_s`, or the
    play's own) is a failed play, and the others go on.
    """
    # The longest first: a long one that starts last keeps one process busy alone.
    ordered = sorted(plays, key=lambda play: -play.expected_s)
    done: dict[Play, Played] = {}
    with ProcessPool(max_workers=processes, context=get_context("spawn")) as pool:
        running: dict[Future[SimulationReport], Play] = {}
        for play in ordered:
            deadline = play.deadline_s if deadline_s is None else deadline_s
            running[pool.schedule(play_through, args=[play], timeout=deadline)] = play
        try:
            for future in as_completed(running):
                play = running[future]
                done[play] = _played(play, future)
                on_done(done[play])
        except BaseException:
            # Whoever interrupts a soak does not wait for its plays.
            pool.stop()  # type: ignore[no-untyped-call]
            raise
    return [done[play] for play in plays]


def _played(play: Play, future: Future[SimulationReport]) -> Played:
    error = future.exception()
    if error is None:
        return Played(play, future.result())
    return Played(play, None, f"{type(error).__name__}: {error}")


def progress_line(played: Played, place: str) -> Text:
    """One finished play: what it was, seconds a night, and each count that must be zero."""
    play, report = played.play, played.report
    line = Text(
        f"{place:>8}  {play.world:<9}{play.seed:>6}  {play.since or 'start'!s:<11}"
        f"{play.nights:>6}  {play.lake:<9}"
    )
    if report is None:
        return line.append(f"  {played.error}", style="bold red")
    line.append(f"{report.seconds_per_night:>9.2f}  ")
    counts = [*(getattr(report, name) for name in MUST_BE_ZERO), len(report.healed_late)]
    for head, count in zip(ZEROS, counts, strict=True):
        line.append(f"{count:>{len(head)},}  ", style="bold red" if count else "green")
    if report.vendor_calls_ratio is not None:
        line.append(f"{report.vendor_calls_ratio:g} times the calls")
    return line


def conclude(
    played: Sequence[Played],
    folder: Path,
    seed: int,
    processes: int,
    minutes: float,
    console: Console,
) -> int:
    """Write the report, say what is wrong and how to see it again; the exit code."""
    # Late: a worker process starts without the plots' libraries.
    from tools.soak_report import Soak, write_report

    soak = Soak(tuple(played), seed, processes, minutes, datetime.now(UTC))
    write_report(soak, folder)
    wrong = [one for one in played if one.complaints]
    for world in {one.play.world for one in wrong if one.play.lake != "memory"}:
        (folder / world_file(world)).write_text(ducklake_text(world), encoding="utf-8")
    for one in wrong:
        console.print(Text(f"{one.play.name}: {', '.join(one.complaints)}", style="bold red"))
        for line in listing(one):
            console.print(Text(f"  {line}"), soft_wrap=True)
        console.print(Text(f"  again: {one.play.command}"), soft_wrap=True)
    console.print(
        f"soak: {minutes:.1f} minutes, {len(wrong)} of {len(played)} plays are not as they must be"
    )
    console.print(f"soak: wrote {folder / 'report.html'}", soft_wrap=True)
    return 1 if wrong else 0


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 140
    return console


if __name__ == "__main__":
    sys.exit(main())
