"""`demo`: two weeks of the built-in league over real HTTP on loopback, up to tonight."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.rule import Rule

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import instant_text, out, print_json
from fullcourt.cli.progress import Progress
from fullcourt.reports.grid import StatusView
from fullcourt.reports.night import NightView, RecordView

if TYPE_CHECKING:
    from fullcourt.clock import Clock
    from fullcourt.opening import Opened
    from fullcourt.settings import Home
    from fullcourt.simulator.world import BuiltinWorld
    from fullcourt.vendors.transport import Request, Response, Transport

NIGHTS = 15
_BEFORE_TIP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoView:
    """The demo's end: tonight's grid, tonight's predictions, and how the last graded night did
    (null when none is graded).
    """

    home: str
    clock: datetime
    status: StatusView
    tonight: NightView
    last_night: RecordView | None
    elapsed_s: float


class LoopbackTransport:
    """Carries requests for the vendors' own base URLs to servers on this machine."""

    def __init__(self, inner: Transport, bases: Mapping[str, str]) -> None:
        """`bases`: the clients' base URL -> the base URL that answers for it."""
        self._inner = inner
        self._bases = dict(bases)

    def send(self, request: Request) -> Response:
        for base, here in self._bases.items():
            if request.url.startswith(base):
                return self._inner.send(replace(request, url=here + request.url.removeprefix(base)))
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("demo", epilog="Examples: `fullcourt demo`; `fullcourt demo --seed 7 --home demo`")(
        demo
    )


def demo(
    home: HomeOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Another league for another number.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Play a small invented league for two weeks: no key, no network, all five phases every night.

    Its vendors answer over HTTP on loopback. It ends an hour before tonight's first tip and prints
    tonight's grid, tonight's predictions, and how last night's did. Without `--home` the home is a
    new folder in the system's temporary one.

    Exit codes: 0 it played to the end, 2 an error, 3 another fullcourt works on this home.
    """
    place = home_at(home if home is not None else Path(tempfile.mkdtemp(prefix="fullcourt-demo-")))
    with Progress("two weeks of the built-in league", NIGHTS - 1) as progress:
        view = play(place, seed, progress)
    if as_json:
        print_json(view)
    else:
        _show(view)


def play(home: Home, seed: int, progress: Progress) -> DemoView:
    """Walk a home of the built-in league to an hour before the first tip of its last date.

    Raises:
        SettingsError: the folder holds a home of another kind or seed.
        HomeBusy: another process works on it.
    """
    from fullcourt.campaign import walk, warm_up
    from fullcourt.cli.opened import working_on
    from fullcourt.clock import VirtualClock, elapsed_timer
    from fullcourt.nba.calendar import eastern
    from fullcourt.opening import create_home
    from fullcourt.reports.grid import night_totals, status_view
    from fullcourt.reports.night import newest_graded, night_view, record_view
    from fullcourt.settings import ClockSettings, Settings, VendorSettings
    from fullcourt.simulator.league import DEFAULT_FIRST_DATE

    started = elapsed_timer()
    create_home(
        home.path,
        Settings(
            since=DEFAULT_FIRST_DATE,
            clock=ClockSettings(kind="virtual"),
            vendors=VendorSettings(
                binding="builtin", seed=seed, nights=NIGHTS, first_date=DEFAULT_FIRST_DATE
            ),
        ),
        clock_at=eastern(DEFAULT_FIRST_DATE - timedelta(days=1), 12),
    )
    with working_on(home, progress.say) as (opened, controller):
        stores = opened.stores
        assert isinstance(stores.clock, VirtualClock)
        world = _world(opened, stores.clock)

        def on_night(night: date) -> None:
            progress.night(night, night_totals(stores.ledger, night))

        with world.served() as urls:
            progress.step(f"vendors on loopback: {', '.join(urls.values())}")
            before = stores.transport
            stores.transport = _over_loopback(opened, urls)
            try:
                warm_up(controller)
                walk(controller, stores.clock, _end(world), opened.keep_clock, on_night)
            finally:
                stores.transport.close()
                stores.transport = before
        progress.finish()
        now = stores.clock.now()
        graded = newest_graded(stores.lake)
        return DemoView(
            home=str(home.path),
            clock=now,
            status=status_view(stores.ledger, str(home.path), now, day=None, is_fresh=True),
            tonight=night_view(stores.lake, world.tonight),
            last_night=None if graded is None else record_view(stores.lake, graded),
            elapsed_s=round(elapsed_timer() - started, 3),
        )


def _world(opened: Opened, clock: Clock) -> BuiltinWorld:
    from fullcourt.simulator.world import builtin_world

    vendors = opened.settings.vendors
    assert vendors.first_date is not None
    return builtin_world(vendors.seed, clock, first_date=vendors.first_date, nights=vendors.nights)


def _over_loopback(opened: Opened, urls: Mapping[str, str]) -> LoopbackTransport:
    from fullcourt.simulator.world import NBA_CDN, ODDS_API
    from fullcourt.vendors.http import HttpTransport

    settings = opened.settings
    return LoopbackTransport(
        HttpTransport(opened.stores.clock),
        {settings.nba.cdn_url: urls[NBA_CDN], settings.odds.url: urls[ODDS_API]},
    )


def _end(world: BuiltinWorld) -> datetime:
    """An hour before the first tip of the league's last date."""
    tips = [
        game.played.tip_at for game in world.league.games if game.played.game_date == world.tonight
    ]
    return min(tips) - _BEFORE_TIP


def _show(view: DemoView) -> None:
    from fullcourt.cli.show_grid import status_renderable
    from fullcourt.cli.show_night import predictions_table, record_lines

    console = out()
    console.print(Rule(f"tonight, {instant_text(view.clock)}", align="left"))
    console.print(status_renderable(view.status, every_key=False))
    console.print(Rule("tonight's predictions, points", align="left"))
    console.print(predictions_table(view.tonight, most=25))
    console.print(Rule("how the last graded night did", align="left"))
    console.print(record_lines(view.last_night))
    console.print()
    console.print(f"Played in {view.elapsed_s:.1f} s. The home stays: {view.home}", soft_wrap=True)
    console.print(f"Go on in it: fullcourt status --home {view.home}", soft_wrap=True)
