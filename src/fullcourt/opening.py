"""Open a home: its stores, its clock, and whoever answers its vendor calls."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fullcourt.clock import Clock, SystemClock, VirtualClock, iso, parse_instant
from fullcourt.controller import Controller
from fullcourt.errors import HomeBusy, SettingsError, StoreUnreadable
from fullcourt.pipeline.execute import Executor, InlineExecutor, WorkerExecutor
from fullcourt.pipeline.fingerprint import run_fingerprint
from fullcourt.pipeline.runner import RunReport, Task, run_task
from fullcourt.pipeline.work import Stores
from fullcourt.settings import Home, OddsSettings, Settings, write_settings
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.secret_files import secret_lines
from fullcourt.trust.gather import OddsCoverage
from fullcourt.vendors.transport import Request, Response, Transport

if TYPE_CHECKING:
    from fullcourt.replay.world import World

USER_AGENT = "fullcourt (+https://pypi.org/project/fullcourt/)"
CLOCK = "clock"
"""The ledger's name for a virtual clock's instant."""


@dataclass(slots=True)
class Opened:
    """A home ready to be worked on."""

    home: Home
    settings: Settings
    stores: Stores
    coverage: OddsCoverage

    def controller(self, executor: Executor | None = None) -> Controller:
        """The home's controller; worker processes under real time, inline under a virtual clock."""
        if executor is None:
            executor = (
                InlineExecutor() if self.stores.clock.is_virtual else WorkerExecutor(run_in_worker)
            )
        return Controller(self.stores, self.coverage, executor)

    def keep_clock(self) -> None:
        """Remember a virtual clock's instant, so that the home goes on in its world."""
        if self.stores.clock.is_virtual:
            self.stores.ledger.set_meta(CLOCK, iso(self.stores.clock.now()))
            self.stores.failpoint("ledger.clock")

    def close(self) -> None:
        """Release stores and connections."""
        self.stores.transport.close()
        self.stores.lake.close()
        self.stores.ledger.close()


class NoVendors:
    """A transport for commands that only look."""

    def send(self, request: Request) -> Response:
        """Refuse: a command that reads must not call vendors."""
        raise SettingsError(
            f"{request.vendor} {request.endpoint}: this command makes no vendor call.",
            next_step="use `fullcourt run`",
        )

    def close(self) -> None:
        """Nothing to release."""


def create_home(path: Path, settings: Settings, clock_at: datetime | None = None) -> Home:
    """Create a home's folder, settings, ledger and lake. An existing home is left as it is.

    Raises:
        SettingsError: the folder holds a home with other settings.
    """
    home = Home(path)
    home.path.mkdir(parents=True, exist_ok=True)
    if home.settings_file.exists():
        if home.settings() != settings:
            raise SettingsError(
                f"{home.settings_file}: this home was made with other settings.",
                next_step="use another --home, or the same arguments as before",
            )
    else:
        write_settings(home.settings_file, settings)
    if clock_at is not None:
        ledger = Ledger.open(home.ledger_file, VirtualClock(clock_at))
        if ledger.get_meta(CLOCK) is None:
            ledger.set_meta(CLOCK, iso(clock_at))
        ledger.close()
    if not home.catalog_file.exists():
        Lake.open(home.catalog_file, home.lake_dir).close()
    return home


def open_home(
    path: Path, *, read_only: bool = False, vendors: bool = True, rebuilt_at: Clock | None = None
) -> Opened:
    """Open an existing home with everything its settings bind.

    `rebuilt_at`: the clock of the rebuild that opens it.

    Raises:
        SettingsError: no home there, or its settings are wrong.
        StoreUnreadable: a store cannot be read, or is half rebuilt.
    """
    home = Home(path)
    settings = home.settings()
    if rebuilt_at is None and home.rebuild_file.exists():
        raise StoreUnreadable(
            f"{home.path}: lake and ledger are half rebuilt.",
            next_step=f"go on with `fullcourt rebuild --home {home.path}`",
        )
    clock = rebuilt_at or home_clock(home, settings)
    ledger = Ledger.open(home.ledger_file, clock)
    lake = Lake.open(home.catalog_file, home.lake_dir, read_only=read_only)
    transport, coverage, odds_key, teams = bind(home, settings, clock, ledger, vendors=vendors)
    stores = Stores(
        home=home,
        settings=settings,
        clock=clock,
        ledger=ledger,
        lake=lake,
        archive=Archive(home.archive_dir),
        transport=transport,
        fingerprint=run_fingerprint(home.settings_file),
        odds_key=odds_key,
    )
    if teams is not None:
        stores.odds_teams = teams
    return Opened(home, settings, stores, coverage)


def home_clock(home: Home, settings: Settings) -> Clock:
    """The home's clock: real time, or its virtual clock at the instant it was kept at.

    Raises:
        SettingsError: a virtual clock whose instant nobody kept.
    """
    if settings.clock.kind == "system":
        return SystemClock()
    ledger = Ledger.open(home.ledger_file, SystemClock())
    text = ledger.get_meta(CLOCK)
    ledger.close()
    if text is None:
        raise SettingsError(
            f"{home.path}: a virtual clock without an instant.",
            next_step="make the home again with `fullcourt replay` or `fullcourt demo`",
        )
    return VirtualClock(parse_instant(text))


def odds_key_of(home: Home, odds: OddsSettings) -> str | None:
    """The odds vendor's key: of the environment, else the one line of the home's file.

    Raises:
        SettingsError: the file can be read by others, or not by us, or holds more than a key.
    """
    key = os.environ.get(odds.api_key_env, "").strip()
    if key:
        return key
    file = home.path / Path(odds.api_key_file).expanduser()
    lines = secret_lines(file, "the odds vendor's key", "odds.api_key_file")
    if len(lines) > 1:
        raise SettingsError(
            f"{file}: {len(lines)} lines, and a key is one.",
            next_step="leave the key alone in it; `#` begins a comment",
        )
    return lines[0] if lines else None


def bind(
    home: Home, settings: Settings, clock: Clock, ledger: Ledger, *, vendors: bool
) -> tuple[Transport, OddsCoverage, str | None, dict[str, str] | None]:
    """Whoever answers vendor calls, which dates have odds, the odds key, the odds' team names."""
    match settings.vendors.binding:
        case "replay":
            return _bind_replay(settings, clock, ledger, vendors=vendors)
        case "builtin":
            return _bind_builtin(settings, clock, vendors=vendors)
        case _:
            key = odds_key_of(home, settings.odds)
            coverage = OddsCoverage(configured=key is not None)
            if not vendors:
                return NoVendors(), coverage, key, None
            from fullcourt.vendors.http import HttpTransport

            return HttpTransport(clock, user_agent=USER_AGENT), coverage, key, None


def _bind_replay(
    settings: Settings, clock: Clock, ledger: Ledger, *, vendors: bool
) -> tuple[Transport, OddsCoverage, str | None, dict[str, str] | None]:
    from fullcourt.replay.transport import ReplayTransport
    from fullcourt.replay.world import World

    if settings.vendors.history is None:
        raise SettingsError(
            "vendors.history is not set.", next_step="name the folder of the recorded history"
        )
    history = Path(settings.vendors.history)
    if not history.is_dir():
        raise SettingsError(
            f"{history}: the recorded history of this home is not there.",
            next_step="mount it again, or make a new home",
        )
    world = World(history)
    coverage = recorded_coverage(ledger, world, history, settings.odds.markets)
    transport: Transport = ReplayTransport(history, clock, world=world) if vendors else NoVendors()
    return transport, coverage, "replay", None


def recorded_coverage(
    ledger: Ledger, world: World, history: Path, markets: tuple[str, ...]
) -> OddsCoverage:
    """Which dates have recorded odds; kept in the ledger until the history's files change."""
    state = hashlib.sha256()
    for path in sorted((history / "odds_api").rglob("*")):
        state.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}".encode())
    state.update(repr(markets).encode())
    kept = ledger.get_meta("recorded_odds")
    if kept is not None:
        known = json.loads(kept)
        if known["state"] == state.hexdigest():
            return OddsCoverage(
                listings=frozenset(map(date.fromisoformat, known["listings"])),
                props=frozenset(map(date.fromisoformat, known["props"])),
            )
    profile = world.profile()
    coverage = OddsCoverage(
        listings=profile.listing_dates,
        props=profile.event_odds_dates
        if set(markets) & set(profile.props_markets)
        else frozenset(),
    )
    described = {
        "state": state.hexdigest(),
        "listings": sorted(day.isoformat() for day in coverage.listings or ()),
        "props": sorted(day.isoformat() for day in coverage.props or ()),
    }
    ledger.set_meta("recorded_odds", json.dumps(described))
    return coverage


def _bind_builtin(
    settings: Settings, clock: Clock, *, vendors: bool
) -> tuple[Transport, OddsCoverage, str | None, dict[str, str] | None]:
    from fullcourt.simulator.league import DEFAULT_FIRST_DATE
    from fullcourt.simulator.world import builtin_world

    vendor = settings.vendors
    world = builtin_world(
        vendor.seed,
        clock,
        first_date=vendor.first_date or DEFAULT_FIRST_DATE,
        nights=vendor.nights,
    )
    transport: Transport = world.transport() if vendors else NoVendors()
    return transport, OddsCoverage(), world.api_key, dict(world.team_names)


def run_in_worker(path: Path, task: Task) -> RunReport:
    """Run one task in a worker process with stores of its own."""
    die_with_parent()
    opened = open_home(path)
    try:
        # The controller's mirror did not see this process commit: it must read the dates again.
        return replace(run_task(opened.stores, task), snapshot_id=None)
    finally:
        opened.close()


def die_with_parent() -> None:
    """Let the kernel end this process when its parent dies (Linux): a worker is really gone."""
    import ctypes
    import signal
    import sys

    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


@contextmanager
def sole_controller(home: Home) -> Iterator[None]:
    """Hold the home's lock: one controller at a time.

    Raises:
        HomeBusy: another process holds it.
    """
    home.path.mkdir(parents=True, exist_ok=True)
    with home.lock_file.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise HomeBusy(
                f"{home.path}: another fullcourt works on this home (process {holder}).",
                next_step="wait for it, or use another --home",
            ) from error
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield
