"""Commands that work: `run`, `serve`, `backfill`."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import structs
from rich.markup import escape

from fullcourt.cli.options import HomeOption, JsonOption, home_at, parse_day
from fullcourt.cli.printing import count_text, err, instant_text, new_table, out, print_json
from fullcourt.errors import FullcourtError, SettingsError, Terminal, Transient

if TYPE_CHECKING:
    from fullcourt.clock import Clock
    from fullcourt.controller import Controller
    from fullcourt.opening import Opened
    from fullcourt.pipeline.execute import Executor
    from fullcourt.pipeline.runner import RunReport, Task
    from fullcourt.pipeline.work import Stores
    from fullcourt.reports.work import BackfillView, PlanView, WorkView
    from fullcourt.settings import Home

# A failing action backs off by its own schedule; this only bounds a loop that should not be one.
_MOST_TICKS = 50
_LONGEST_SLEEP = timedelta(seconds=60)
_SLICE_S = 1.0
_BEAT_EVERY = timedelta(seconds=10)


class WrongRange(Terminal, FullcourtError):
    """The dates of a range contradict each other or the home."""


class NoReason(Terminal, FullcourtError):
    """A closed gate is to be passed and nobody says why."""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("run", epilog="Examples: `fullcourt run`; `fullcourt run --once --json`")(run)
    app.command("serve", epilog="Example: `fullcourt serve --home /srv/fullcourt`")(serve)
    app.command(
        "backfill",
        epilog="Examples: `fullcourt backfill 2025-01-06 2025-01-12 --plan`; "
        "`fullcourt backfill 2025-01-06 2025-01-12 --dataset player_box_scores`; `fullcourt "
        "backfill 2025-01-09 2025-01-09 --override-gate 'two games lost for good'`",
    )(backfill)


def run(
    home: HomeOption = None,
    once: Annotated[bool, typer.Option("--once", help="One tick only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Do what is due now: look, judge, act, until nothing more can be done.

    It does not wait for what is due later; `serve` does. When nobody has watched in this quarter of
    an hour (see `watch`), it does.

    Exit codes: 0 nothing is wrong; 1 something is overdue or wrong (partial, missing, suspect,
    stale); 3 another fullcourt works on this home.
    """
    from fullcourt.cli.opened import working_on
    from fullcourt.reports.work import work_view

    with working_on(home_at(home), _narrator()) as (opened, controller):
        ticks, judged = 0, 0
        runs: list[RunReport] = []
        while ticks < _MOST_TICKS:
            report = controller.tick()
            ticks += 1
            judged += report.judged
            runs += report.runs
            if once or not report.runs or not controller.something_due():
                break
        _watch_if_due(opened, controller)
        view = work_view(controller, ticks, judged, runs)
    if as_json:
        print_json(view)
    else:
        _show_work(view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def serve(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Run for ever: tick, sleep until something may be due, tick again; and `watch` beside it.

    SIGTERM and SIGINT end it between two ticks. `--json` prints one document per tick that did
    something. A failure that may pass (a full disk) is said and tried again after a minute.

    Exit codes: 0 asked to stop; 2 an error that will not pass; 3 another fullcourt works on this
    home.
    """
    from fullcourt.cli.opened import working_on
    from fullcourt.reports.work import work_view

    place = home_at(home)
    if place.settings().clock.kind == "virtual":
        raise SettingsError(
            f"{place.path}: this home's clock is virtual (a replay or the demo): no time passes.",
            next_step="use `fullcourt run`, or `fullcourt replay` with a later --to",
        )
    stop = Stop()
    say = _narrator()
    with (
        working_on(place, say) as (opened, controller),
        _seen_alive(opened, controller),
        _watched(place, say, stop),
    ):
        clock = opened.stores.clock
        say(f"serving {place.path}")
        while not stop.asked:
            try:
                report = controller.tick()
            except FullcourtError as error:
                if not isinstance(error, Transient):
                    raise
                say(f"{error} Trying again in {_LONGEST_SLEEP.seconds} s.")
                _sleep(clock, _LONGEST_SLEEP, stop)
                continue
            if report.runs:
                view = work_view(controller, 1, report.judged, report.runs)
                if as_json:
                    print_json(view)
                else:
                    _show_work(view)
            _sleep(clock, _until_wake(controller), stop)
        say("asked to stop: stopped between two ticks")


@contextmanager
def _seen_alive(opened: Opened, controller: Controller) -> Iterator[None]:
    """Leave signs of life while the controller serves, and say at the end that it was asked to end.
    Whoever finds the last sign old and nothing said knows that it died."""
    from fullcourt.pipeline.runner import worker_name
    from fullcourt.watchdog.pulse import Pulse, put_pulse

    ledger, clock = opened.stores.ledger, opened.stores.clock
    pulse = Pulse(worker_name(), clock.now(), clock.now())
    put_pulse(ledger, pulse)

    def beat() -> None:
        nonlocal pulse
        now = clock.now()
        if now - pulse.beat_at >= _BEAT_EVERY:
            pulse = structs.replace(pulse, beat_at=now)
            put_pulse(ledger, pulse)

    controller.beat = beat
    yield
    put_pulse(ledger, structs.replace(pulse, stopped_at=clock.now()))


@contextmanager
def _watched(home: Home, say: Callable[[str], None], stop: Stop) -> Iterator[None]:
    """Watch the home from a thread with stores of its own: a tick that waits for its runs keeps
    no watch from being made."""
    from fullcourt.cli.watch import watcher_of

    ended = threading.Event()
    with watcher_of(home, say, lambda: stop.asked or ended.is_set()) as watcher:
        thread = threading.Thread(target=watcher.keep, name="watch")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _watch_if_due(opened: Opened, controller: Controller) -> None:
    from fullcourt.cli.watch import watch_now
    from fullcourt.watchdog.loop import Opened as Looking
    from fullcourt.watchdog.watch import is_due

    stores = opened.stores
    if is_due(stores.ledger, stores.clock.now()):
        made = watch_now(Looking(stores, controller.judge_now))
        for notice in made.notices:
            controller.say(f"watch: {notice.kind.value}: {notice.title}")


class Stop:
    """Whether SIGTERM or SIGINT came."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: Any) -> None:
        self.asked = True


def _until_wake(controller: Controller) -> timedelta:
    wake = controller.next_wake()
    if wake is None:
        return _LONGEST_SLEEP
    return min(max(wake - controller.stores.clock.now(), timedelta(0)), _LONGEST_SLEEP)


def _sleep(clock: Clock, span: timedelta, stop: Stop) -> None:
    """Sleep in short slices: Python resumes an interrupted sleep after the signal's handler."""
    left = span.total_seconds()
    while left > 0 and not stop.asked:
        clock.sleep(min(left, _SLICE_S))
        left -= _SLICE_S


def backfill(
    first: Annotated[date, typer.Argument(parser=parse_day, metavar="FROM", show_default=False)],
    last: Annotated[date, typer.Argument(parser=parse_day, metavar="TO", show_default=False)],
    home: HomeOption = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option("--dataset", metavar="NAME", help="Only this one; may be repeated."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what would be asked for; no vendor call.")
    ] = False,
    override_gate: Annotated[
        str | None,
        typer.Option(
            metavar="REASON", help="Pass closed gates; the reason is kept in every row made."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fill every open key of a range of game dates, dataset by dataset, one run each.

    What is held, unchanged and made by the same code and settings is not asked for again. A
    prediction made after its tip is marked `is_retrospective` and never enters the record.

    Exit codes: 0 the range is whole (or `--plan`); 1 something in it is partial, missing, suspect
    or stale; 2 all that is wrong is unverifiable; 3 another fullcourt works on this home.
    """
    from fullcourt.cli.looking import check_dataset
    from fullcourt.cli.opened import looking_at, working_on
    from fullcourt.nba.calendar import game_date_of

    for name in dataset or ():
        check_dataset(name)
    if override_gate is not None and not override_gate.strip():
        raise NoReason(
            "--override-gate is empty.", next_step="say in a few words why the gate may be passed"
        )
    place = home_at(home)
    if plan:
        with looking_at(place) as (_, controller):
            _check_range(first, last, game_date_of(controller.stores.clock.now()))
            _plan(controller, first, last, dataset, as_json=as_json)
        return
    with working_on(place, _narrator()) as (_, controller):
        _check_range(first, last, game_date_of(controller.stores.clock.now()))
        view = _backfill(controller, first, last, dataset, override_gate)
    if as_json:
        print_json(view)
    else:
        _show_backfill(view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


def _check_range(first: date, last: date, today: date) -> None:
    if first > last:
        raise WrongRange(
            f"FROM {first} lies after TO {last}.", next_step="give the earlier date first"
        )
    if last > today:
        raise WrongRange(
            f"TO {last} lies after this home's date, {today} (Eastern).",
            next_step="a backfill fills dates that have begun; `fullcourt run` does the rest",
        )


def _plan(
    controller: Controller, first: date, last: date, names: list[str] | None, *, as_json: bool
) -> None:
    from fullcourt.reports.work import plan_view

    view = plan_view(controller, first, last, names)
    if as_json:
        print_json(view)
    else:
        _show_plan(view)


def _backfill(
    controller: Controller,
    first: date,
    last: date,
    names: list[str] | None,
    override_gate: str | None,
) -> BackfillView:
    from fullcourt.campaign import backfill as fill
    from fullcourt.reports.work import backfill_view

    # `backfill` says in words what it does; the runs themselves pass through the executor.
    executor = _Recording(controller.executor)
    controller.executor = executor
    controller.judge_now()
    fill(controller, first, last, names, controller.say, override_gate)
    controller.judge_now()
    return backfill_view(controller, first, last, names, executor.reports)


class _Recording:
    """An executor that remembers how each of its tasks ended."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner
        self.reports: list[RunReport] = []

    def run(self, stores: Stores, tasks: Sequence[Task]) -> list[RunReport]:
        reports = self._inner.run(stores, tasks)
        self.reports += reports
        return reports

    def close(self) -> None:
        self._inner.close()


def _narrator() -> Callable[[str], None]:
    """Says each run on stderr as it ends."""
    console = err()
    return lambda text: console.print(escape(text), style="dim", soft_wrap=True)


def _show_work(view: WorkView) -> None:
    from fullcourt.cli.show_grid import totals_line

    console = out()
    states = Counter(run.state for run in view.runs)
    said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    rows = sum(run.rows_written or 0 for run in view.runs)
    console.print(
        f"{count_text(view.ticks, 'tick')}: {count_text(len(view.runs), 'run')}"
        + (f" ({said}), {count_text(rows, 'row')} written" if view.runs else "")
    )
    console.print(totals_line(view.totals, "all dates"))
    if view.exit_code:
        console.print("[bold red]something is wrong:[/] `fullcourt status` says what")
    if view.next_wake is not None:
        console.print(f"next look: {instant_text(view.next_wake)}", style="dim")


def _show_plan(view: PlanView) -> None:
    console = out()
    if not view.steps:
        console.print(f"Nothing to ask for from {view.first_date} to {view.last_date}.")
        return
    table = new_table()
    table.add_column("dataset")
    for name in ("keys", "vendor calls", "credits"):
        table.add_column(name, justify="right")
    for step in view.steps:
        table.add_row(step.dataset, f"{step.keys:,}", f"{step.calls:,}", f"{step.credits:,}")
    table.add_section()
    table.add_row("all", f"{view.keys:,}", f"{view.calls:,}", f"{view.credits:,}")
    console.print(table)
    if view.credits_left is not None:
        console.print(f"{count_text(view.credits_left, 'credit')} left at the odds vendor")
    console.print("No call was made. Later steps find more keys when their bodies are there.")


def _show_backfill(view: BackfillView) -> None:
    from fullcourt.cli.show_grid import totals_line

    console = out()
    rows = sum(run.rows_written or 0 for run in view.runs)
    console.print(f"{count_text(len(view.runs), 'run')}, {count_text(rows, 'row')} written")
    console.print(totals_line(view.totals, f"{view.first_date} to {view.last_date}"))
