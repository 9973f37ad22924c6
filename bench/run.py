"""Measure the promised speeds on recorded data, each beside a named alternative in the same run.

`python bench/run.py [--history DIR] [--nights N]`: prints a table; `--nights` walks so many nights
of January 2025 and states the season they extrapolate to (0: walk the whole season, minutes). The
first night, which also judges all that came before it, is counted once.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from fullcourt.campaign import bootstrap, walk, walk_by_ranges
from fullcourt.cli.replay import replay_settings
from fullcourt.clock import VirtualClock, elapsed_timer
from fullcourt.nba.calendar import eastern, season_start_year
from fullcourt.opening import Opened, create_home, open_home
from fullcourt.pipeline.runner import worker_name
from fullcourt.rehearsal.play import rehearse
from fullcourt.simulator.naive.pipeline import play_naive
from fullcourt.simulator.worldfile import find_world
from fullcourt.stores.ledger import Ledger, RunOutcome
from fullcourt.stores.ledger.runs import close_run, open_run

ROOT = Path(__file__).resolve().parent.parent
SEASON = (date(2024, 10, 22), date(2025, 4, 13))
NIGHTS_OF_SEASON = 164
REHEARSED = 6


def main() -> None:
    """Run every measurement and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--history", type=Path, default=ROOT.parent / "shared" / "history")
    arguments.add_argument("--nights", type=int, default=7)
    chosen = arguments.parse_args()
    console = Console()
    table = Table(title="promised speeds, on this machine, now")
    for heading in ("what", "measured", "promised", "alternative in the same run", "ratio"):
        table.add_column(heading)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _row(table, "one recorded run without work (ledger)", _ledger_run(work), "2 ms")
        for lake, promised in (("memory", "1 s"), ("ducklake", "2 s")):
            _row(table, f"a night of `ordinary`, {lake}", _rehearsed(lake, console), promised)
        audited, audit_mb = _audited(console)
        _row(table, "a million foreign runs audited", audited, "3 s")
        table.add_row("its peak memory", f"{audit_mb:,.0f} MB", "2,048 MB", "", "")
        if not chosen.history.is_dir():
            console.print(table)
            console.print(f"the rest needs recorded seasons; {chosen.history} is not there")
            sys.exit(0)
        season = _season_by_ranges(work, chosen.history, console)
        _row(table, "season 2024-25 by ranges, 5 phases", season, "60 s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table.add_row("its peak memory", f"{peak:,.0f} MB", "2,048 MB", "", "")
        _row(table, "a tick with nothing to do", _idle_tick(work), "50 ms")
        _row(table, "status, cold", _cold_status(work), "1 s")
        nights = _nights(work, chosen.history, chosen.nights, season[0], console)
        _row(table, "the season night by night", nights, "480 s")
    console.print(table)


Measured = tuple[float, str, float]
"""Seconds, the alternative's name, the alternative's seconds."""


def _row(table: Table, what: str, measured: Measured, promised: str) -> None:
    seconds, alternative, other = measured
    ratio = f"{seconds / other:.2f}x" if other else ""
    table.add_row(what, _text(seconds), promised, f"{alternative}: {_text(other)}", ratio)


def _text(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _median(times: int, call: Callable[[], object]) -> float:
    taken = []
    for _ in range(times):
        begun = elapsed_timer()
        call()
        taken.append(elapsed_timer() - begun)
    return statistics.median(taken)


def _ledger_run(work: Path) -> Measured:
    clock = VirtualClock(eastern(date(2025, 1, 9), 12))
    ledger = Ledger.open(work / "ledger.db", clock)
    day, count = date(2025, 1, 9), iter(range(10_000))

    def one() -> None:
        lease = open_run(
            ledger,
            run_id=f"bench-{next(count)}",
            dataset="schedule",
            first=day,
            last=day,
            trigger="manual",
            deadline=timedelta(minutes=1),
            keys_expected=0,
            code_fingerprint="bench",
            worker=worker_name(),
        )
        close_run(ledger, lease, RunOutcome("succeeded", "nothing to do"))

    bare = sqlite3.connect(work / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = NORMAL")
    bare.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, state TEXT)")

    def two_writes() -> None:
        cursor = bare.execute("INSERT INTO runs (state) VALUES ('running')")
        bare.execute("UPDATE runs SET state = 'succeeded' WHERE id = ?", [cursor.lastrowid])

    measured = _median(300, one)
    other = _median(300, two_writes)
    ledger.close()
    bare.close()
    return measured, "two bare SQLite writes", other


def _rehearsed(lake: str, console: Console) -> Measured:
    console.print(f"{REHEARSED} nights of ordinary, {lake} ...")
    spec = replace(find_world("ordinary", seed=1, nights=REHEARSED), lake=lake)
    measured = rehearse(spec, with_baseline=False).seconds_per_night
    begun = elapsed_timer()
    play_naive(spec)
    other = (elapsed_timer() - begun) / REHEARSED
    return measured, "a naive pipeline in the same world, nothing judged", other


def _audited(console: Console) -> tuple[Measured, float]:
    """In a process of its own; the alternative is extrapolated from a sample of runs."""
    console.print("a million foreign runs, twenty tables, ten seasons ...")
    command = [sys.executable, str(ROOT / "bench" / "audit.py")]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    name = f"an anti-join a run, extrapolated from {said['sampled']} runs"
    return (said["seconds"], name, said["one_by_one_seconds"]), said["peak_mb"]


def _open(path: Path, history: Path, since: date) -> Opened:
    start = eastern(date(season_start_year(since), 8, 1))
    create_home(path, replay_settings(history, since), start)
    return open_home(path)


def _season_by_ranges(work: Path, history: Path, console: Console) -> Measured:
    first, last = SEASON
    console.print("season 2024-25 by ranges ...")
    begun = elapsed_timer()
    opened = _open(work / "season", history, first)
    clock = opened.stores.clock
    assert isinstance(clock, VirtualClock)
    controller = opened.controller()
    bootstrap(controller, clock, first, lambda text: None, opened.keep_clock)
    end = eastern(last + timedelta(days=1), 12, 15)
    walk_by_ranges(controller, clock, first, last, end, lambda text: None, opened.keep_clock)
    taken = elapsed_timer() - begun
    begun = elapsed_timer()
    opened.stores.lake.connection.execute(
        "CREATE TEMP TABLE bare AS SELECT * FROM "
        f"read_parquet('{history}/stats_nba/boxscoretraditionalv3/*.parquet')"
    )
    bare = elapsed_timer() - begun
    opened.close()
    return taken, "DuckDB reading the same box scores, nothing checked", bare


def _idle_tick(work: Path) -> Measured:
    opened = open_home(work / "season")
    controller = opened.controller()
    controller.tick()
    measured = _median(20, controller.tick)

    def anew() -> None:
        again = opened.controller()
        again.grid.memos.clear()
        cells = list(controller.grid.memos)
        again.grid.look(cells, opened.stores.clock.now())

    other = _median(1, anew)
    opened.close()
    return measured, "judging the whole grid anew", other


def _cold_status(work: Path) -> Measured:
    program = [sys.executable, "-c", "from fullcourt.cli.main import main; main()"]

    def status() -> None:
        subprocess.run(
            [*program, "status", "--home", str(work / "season"), "--json"],
            stdout=subprocess.DEVNULL,
            check=False,
        )

    def attach() -> None:
        code = (
            "import duckdb, sys\n"
            "from fullcourt.stores.duckdb_extensions import load_extensions\n"
            "c = duckdb.connect(); load_extensions(c)\n"
            "c.execute(f\"ATTACH 'ducklake:sqlite:{sys.argv[1]}/catalog.db' AS l (READ_ONLY)\")\n"
            "c.execute('SELECT game_date, count(*) FROM l.player_box_scores GROUP BY 1').fetchall()"
        )
        subprocess.run([sys.executable, "-c", code, str(work / "season")], check=True)

    status()
    return _median(5, status), "a bare DuckDB counting rows by date", _median(5, attach)


def _nights(work: Path, history: Path, nights: int, by_ranges: float, console: Console) -> Measured:
    first = date(2025, 1, 6) if nights else SEASON[0]
    last = first + timedelta(days=nights) if nights else SEASON[1]
    console.print(f"night by night, {first} to {last} ...")
    opened = _open(work / "nights", history, first)
    clock = opened.stores.clock
    assert isinstance(clock, VirtualClock)
    controller = opened.controller()
    begun = elapsed_timer()
    bootstrap(controller, clock, first, lambda text: None, opened.keep_clock)
    ends: list[float] = []
    end = eastern(last + timedelta(days=1), 12, 15)
    walk(controller, clock, end, opened.keep_clock, lambda night: ends.append(elapsed_timer()))
    whole = elapsed_timer() - begun
    opened.close()
    if not nights:
        return whole, "all walked; the same season by ranges", by_ranges
    # The walk reaches `first` at the end of the night before it.
    each = (ends[-1] - ends[1]) / (len(ends) - 2)
    whole = (ends[1] - begun) + each * (NIGHTS_OF_SEASON - 1)
    return whole, f"extrapolated from {each:.2f} s a night; the same season by ranges", by_ranges


if __name__ == "__main__":
    main()
