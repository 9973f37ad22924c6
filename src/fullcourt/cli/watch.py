"""`watch`: look after a home by the clock, from a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import err, out, print_json
from fullcourt.errors import FullcourtError, HomeBusy, SettingsError, Terminal

if TYPE_CHECKING:
    from fullcourt.reports.watch import ProbeView
    from fullcourt.settings import Home
    from fullcourt.watchdog.loop import Opened, Watcher
    from fullcourt.watchdog.watch import Channels, Watch


class NothingToOverride(Terminal, FullcourtError):
    """The prediction breaker is closed, or nobody says why it should be overridden."""


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "watch",
        epilog="Examples: `fullcourt watch`; `fullcourt watch --once --json`; "
        "`fullcourt watch --probe`; `fullcourt watch --override-breaker 'the model is mended'`",
    )(watch)


def watch(
    home: HomeOption = None,
    once: Annotated[bool, typer.Option("--once", help="One watch, now.")] = False,
    probe: Annotated[
        bool, typer.Option("--probe", help="Only send a test message over every channel.")
    ] = False,
    override_breaker: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Close the prediction breaker; the reason is kept in every row it lets through.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Watch a home every 15 minutes by the clock: end and close what is overdue, alert, once.

    It works beside `serve` (which watches too) and notices when that is dead. Workers past their
    deadline or without progress are ended and their runs closed; slates are counted for the
    prediction breaker; what is wrong is said once a cause over the channels of the settings, and
    again when it is over. `--json` prints one document per watch.

    Exit codes: 0 asked to stop, or (`--once`) nothing is open; 1 (`--once`) a cause is open or a
    channel fails, (`--probe`) a channel did not take the message; 2 an error.
    """
    from fullcourt.cli.show_watch import show_probe, show_watch
    from fullcourt.reports.watch import watch_view

    place = home_at(home)
    if probe:
        tried = _probe(place)
        if as_json:
            print_json(tried)
        else:
            show_probe(out(), tried)
        raise typer.Exit(tried.exit_code)
    if override_breaker is not None:
        _override(place, override_breaker)
    if not once and override_breaker is None:
        _for_ever(place, as_json=as_json)
        return
    with watching(place) as opened:
        made = watch_now(opened)
        view = watch_view(str(place.path), opened.stores.ledger, made)
    if as_json:
        print_json(view)
    else:
        show_watch(out(), view)
    if view.exit_code:
        raise typer.Exit(view.exit_code)


@contextmanager
def watching(home: Home) -> Iterator[Opened]:
    """The home as a watch needs it, beside whoever works on it. While nobody does, the watch brings
    the verdicts up to date, so that what is wrong is known when no controller runs."""
    from fullcourt.cli.opened import looking_at
    from fullcourt.opening import sole_controller
    from fullcourt.watchdog.loop import Opened

    home.settings()
    with looking_at(home) as (opened, controller):

        def judge() -> None:
            try:
                with sole_controller(home):
                    controller.judge_now()
            except HomeBusy:
                # Whoever works on the home judges.
                return

        yield Opened(opened.stores, judge)


def channels_of(home: Home) -> Channels:
    """The home's channels now, or why they cannot be read."""
    from fullcourt.alerting.channels import configured_channels
    from fullcourt.watchdog.watch import Channels

    settings = home.settings()
    is_virtual = settings.clock.kind == "virtual"
    try:
        found = configured_channels(home, settings.alerts, os.environ, is_virtual=is_virtual)
    except SettingsError as error:
        return Channels(error=str(error))
    return Channels(found)


def watch_now(opened: Opened) -> Watch:
    """One watch of an open home."""
    from fullcourt.alerting.sending import ProcessSender
    from fullcourt.watchdog.watch import watch

    stores = opened.stores
    sender = ProcessSender(stores.settings.alerts.deadline_s)
    try:
        return watch(stores, channels_of(stores.home), sender, opened.judge)
    finally:
        sender.close()


@contextmanager
def watcher_of(
    home: Home, say: Callable[[str], None], is_stopped: Callable[[], bool]
) -> Iterator[Watcher]:
    """A watcher of the home by real time; its sending process ends with it."""
    from fullcourt.alerting.sending import ProcessSender
    from fullcourt.clock import SystemClock
    from fullcourt.watchdog.loop import Watcher

    settings = home.settings().alerts
    sender = ProcessSender(settings.deadline_s)
    try:
        yield Watcher(
            lambda: watching(home),
            lambda: channels_of(home),
            settings,
            sender,
            SystemClock(),
            say,
            is_stopped,
        )
    finally:
        sender.close()


def _for_ever(home: Home, *, as_json: bool) -> None:
    from fullcourt.cli.working import Stop
    from fullcourt.reports.watch import watch_view

    if home.settings().clock.kind == "virtual":
        raise SettingsError(
            f"{home.path}: this home's clock is virtual (a replay or the demo): no time passes.",
            next_step="use `fullcourt watch --once`",
        )
    console, stop = err(), Stop()

    def say(text: str) -> None:
        console.print(escape(text), style="dim", soft_wrap=True)

    say(f"watching {home.path}")
    with watcher_of(home, say, lambda: stop.asked) as watcher:
        if as_json:
            watcher.made = lambda stores, made: print_json(
                watch_view(str(home.path), stores.ledger, made)
            )
        watcher.keep()
    say("asked to stop: stopped between two watches")


def _override(home: Home, reason: str) -> None:
    from fullcourt.watchdog.slates import override_breaker

    if not reason.strip():
        raise NothingToOverride(
            "--override-breaker is empty.", next_step="say in a few words why it may be closed"
        )
    with watching(home) as opened:
        if override_breaker(opened.stores, reason.strip()) is None:
            raise NothingToOverride(
                "the prediction breaker is closed: nothing is held back.",
                next_step="nothing: predictions are made",
            )


def _probe(home: Home) -> ProbeView:
    from fullcourt.alerting.outbox import probe
    from fullcourt.alerting.sending import ProcessSender
    from fullcourt.reports.watch import SentLine, probe_view

    channels = channels_of(home)
    sender = ProcessSender(home.settings().alerts.deadline_s)
    try:
        with watching(home) as opened:
            tried = probe(opened.stores.ledger, opened.stores.clock, channels.found, sender)
    finally:
        sender.close()
    lines = [SentLine(one.notice_id, one.shown, one.error) for one in tried]
    return probe_view(str(home.path), lines, channels.error)
