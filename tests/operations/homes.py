"""A home of the built-in league that lived through a few rough nights, left as it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fullcourt.campaign import warm_up
from fullcourt.clock import VirtualClock
from fullcourt.controller import Controller
from fullcourt.nba.calendar import eastern
from fullcourt.opening import CLOCK, bind, create_home, open_home
from fullcourt.operations.contents import Contents, contents_of
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.fingerprint import run_fingerprint
from fullcourt.pipeline.work import Stores
from fullcourt.settings import ClockSettings, Home, Settings, VendorSettings
from fullcourt.simulator.chaos import faults_of
from fullcourt.simulator.world import builtin_world
from fullcourt.simulator.worldfile import find_world
from fullcourt.simulator.worldspec import Drawing
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger

NIGHTS = 4


def lived_through(path: Path, *, faults_a_night: int, nights: int = NIGHTS) -> Home:
    """Walk a new home at `path` through so many nights, to noon of the day after."""
    spec = find_world("rough", nights=nights)
    clock = VirtualClock(spec.opens_at)
    settings = Settings(
        since=spec.begins,
        clock=ClockSettings(kind="virtual"),
        vendors=VendorSettings(
            binding="builtin", seed=spec.seed, nights=nights, first_date=spec.first_date
        ),
    )
    home = create_home(path, settings, clock_at=clock.now())
    faults, _ = faults_of(replace(spec, teams=10, drawn=Drawing(per_night=faults_a_night)))
    world = builtin_world(
        spec.seed, clock, first_date=spec.first_date, nights=nights, faults=faults
    )
    ledger = Ledger.open(home.ledger_file, clock)
    _, coverage, _, _ = bind(home, settings, clock, ledger, vendors=False)
    stores = Stores(
        home=home,
        settings=settings,
        clock=clock,
        ledger=ledger,
        lake=Lake.open(home.catalog_file, home.lake_dir),
        archive=Archive(home.archive_dir),
        transport=world.transport(),
        fingerprint=run_fingerprint(home.settings_file),
        odds_key=world.api_key,
        odds_teams=dict(world.team_names),
    )
    controller = Controller(stores, coverage, InlineExecutor())
    warm_up(controller)
    end = eastern(spec.begins + timedelta(days=nights), 12)
    while clock.now() < end:
        controller.tick()
        wake = controller.next_wake()
        clock.advance_to(end if wake is None else min(wake, end))
    controller.tick()
    ledger.set_meta(CLOCK, clock.now().isoformat())
    stores.transport.close()
    stores.lake.close()
    ledger.close()
    return home


def held_by(home: Home) -> Contents:
    """What a home holds, as hashes."""
    opened = open_home(home.path, read_only=True, vendors=False)
    try:
        return contents_of(opened.stores.lake, opened.stores.ledger)
    finally:
        opened.close()
