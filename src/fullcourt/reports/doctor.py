"""Whether a home and its machine are well: versions, disk, stores, settings, vendors."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fullcourt import __version__
from fullcourt.clock import Clock, SystemClock, iso
from fullcourt.errors import FullcourtError, HomeBusy, SettingsError
from fullcourt.settings import Home, Settings

if TYPE_CHECKING:
    from fullcourt.opening import Opened

OK, WARNING, FAILED = "ok", "warning", "failed"
_LEAST_FREE = 2_000_000_000
_VENDORS = {
    "nba_cdn": "schedule",
    "nba_scoreboard": "scoreboard",
    "nba_boxscore": "box scores",
    "odds_api": "odds listing and player props",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `state` is ok, warning or failed; `next_step` says what to do."""

    name: str
    state: str
    detail: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class VendorLine:
    """One vendor: who answers for it, whether it is configured (an unconfigured one raises no
    cell), its breaker (closed or open, then until when), and the credits left by its last word.
    """

    vendor: str
    serves: str
    binding: str
    is_configured: bool
    breaker: str
    breaker_retry_at: datetime | None
    breaker_error: str | None
    credits_left: int | None


@dataclass(frozen=True, slots=True)
class DoctorView:
    """Everything `doctor` looked at. `is_well`: no check failed."""

    home: str
    version: str
    is_well: bool
    checks: tuple[Check, ...]
    vendors: tuple[VendorLine, ...]
    settings: Settings | None


def doctor_view(home: Home) -> DoctorView:
    """Look at everything; a store that cannot be read is a failed check, not an error."""
    checks = [_python(), _check("duckdb", _duckdb), _disk(home)]
    settings: Settings | None = None
    vendors: tuple[VendorLine, ...] = ()
    try:
        settings = home.settings()
        checks.append(Check("settings", OK, f"{home.settings_file}; since {settings.since}"))
    except FullcourtError as error:
        checks.append(_failed("settings", error))
    if settings is not None:
        checks += [
            _check("ledger", lambda: _ledger(home)),
            _check("lake", lambda: _lake(home)),
            _check("archive", lambda: _archive(home)),
            _check("aliases", lambda: _aliases(home)),
            _check("lock", lambda: _lock(home)),
        ]
    if settings is not None and not any(check.state == FAILED for check in checks):
        try:
            vendors, more = _opened(home)
            checks += more
        except FullcourtError as error:
            checks.append(_failed("vendors", error))
    is_well = not any(check.state == FAILED for check in checks)
    return DoctorView(str(home.path), __version__, is_well, tuple(checks), vendors, settings)


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, OK, look())
    except HomeBusy as error:
        return Check(name, WARNING, str(error))
    except FullcourtError as error:
        return _failed(name, error)
    except OSError as error:
        return Check(name, FAILED, str(error), "check the folder and its permissions")


def _failed(name: str, error: FullcourtError) -> Check:
    text = str(error).removesuffix(f" Next: {error.next_step}") if error.next_step else str(error)
    return Check(name, FAILED, text, error.next_step)


def _python() -> Check:
    version = platform.python_version()
    detail = f"{version} on {platform.system()} {platform.machine()}"
    return Check("python", OK, detail)


def _duckdb() -> str:
    import duckdb

    from fullcourt.stores.duckdb_extensions import load_extensions

    with duckdb.connect() as connection:
        load_extensions(connection)
        loaded = connection.execute(
            "SELECT extension_name || ' ' || extension_version FROM duckdb_extensions() "
            "WHERE loaded AND extension_name IN ('ducklake', 'sqlite_scanner') ORDER BY 1"
        ).fetchall()
    return f"{duckdb.__version__} with {', '.join(name for (name,) in loaded)}"


def _disk(home: Home) -> Check:
    folder = home.path
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _LEAST_FREE:
        return Check("disk", WARNING, detail, "free some space: a season needs about 2 GB")
    return Check("disk", OK, detail)


def _ledger(home: Home) -> str:
    from sqlalchemy import func, select

    from fullcourt.stores.ledger import Ledger
    from fullcourt.stores.ledger.schema import cell_verdicts, runs

    ledger = Ledger.open(home.ledger_file, SystemClock())
    try:
        counts = [
            ledger.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (runs, cell_verdicts)
        ]
    finally:
        ledger.close()
    return f"{home.ledger_file}; {counts[0]:,} runs, {counts[1]:,} judged cells"


def _lake(home: Home) -> str:
    from fullcourt.stores.lake import TABLES, Lake

    lake = Lake.open(home.catalog_file, home.lake_dir, read_only=True)
    try:
        # From the files themselves: a count through the mirror would copy every table first.
        count = " + ".join(f"(SELECT count(*) FROM stored.{table})" for table in TABLES)
        rows = lake.connection.execute(f"SELECT {count}").fetchall()[0][0]
        snapshot = lake.snapshot_id()
    finally:
        lake.close()
    return f"{home.catalog_file}; snapshot {snapshot}, {rows:,} rows"


def _archive(home: Home) -> str:
    objects = home.archive_dir / "objects"
    files = list(objects.glob("*/*.zst")) if objects.is_dir() else []
    size = sum(path.stat().st_size for path in files)
    return f"{home.archive_dir}; {len(files):,} bodies, {size / 1e6:.1f} MB compressed"


def _aliases(home: Home) -> str:
    from fullcourt.nba.players import load_aliases

    return f"{len(load_aliases(home.aliases_file))} spellings known"


def _lock(home: Home) -> str:
    from fullcourt.opening import sole_controller

    with sole_controller(home):
        return "free"


def _opened(home: Home) -> tuple[tuple[VendorLine, ...], list[Check]]:
    from fullcourt.opening import open_home

    opened = open_home(home.path, read_only=True, vendors=False)
    try:
        found = [_clock(opened.stores.clock), _code(opened)]
        return _vendors(opened), [*found, *_watch(opened)]
    finally:
        opened.close()


def _clock(clock: Clock) -> Check:
    kind = "virtual, stands still between commands" if clock.is_virtual else "real time"
    return Check("clock", OK, f"{iso(clock.now())}, {kind}")


def _code(opened: Opened) -> Check:
    return Check("code", OK, f"fingerprint {opened.stores.fingerprint} (code+settings)")


def _watch(opened: Opened) -> list[Check]:
    from fullcourt.reports.watch import watch_state

    state = watch_state(opened.stores.ledger, opened.stores.clock.now())
    unreadable = _unreadable_addresses(opened)
    dead = state.controller.state == "dead"
    breaker = state.breaker
    last = "nobody has watched yet" if state.watched_at is None else iso(state.watched_at)
    found = [
        Check(
            "controller",
            FAILED if dead else OK,
            state.controller.sentence,
            "start `fullcourt serve` again" if dead else "",
        ),
        Check(
            "watch",
            WARNING if state.is_late else OK,
            f"{last}; {len(state.incidents)} causes open",
            "`serve` watches by itself; start `fullcourt watch`" if state.is_late else "",
        ),
        Check(
            "breaker",
            OK if breaker.state == "closed" else WARNING,
            f"predictions: {breaker.state}" + (f"; {breaker.reason}" if breaker.reason else ""),
            "" if breaker.state == "closed" else "see docs/watch.md, prediction breaker",
        ),
    ]
    if unreadable is not None:
        found.append(_failed("alerts", unreadable))
    elif not state.channels:
        found.append(Check("alerts", OK, "no channel: causes are kept in the ledger only"))
    for line in state.channels:
        broken = line.state == "broken"
        said = f": {line.last_error}, {line.failures} failures" if broken else ""
        found.append(
            Check(
                "alerts",
                FAILED if broken else OK,
                f"{line.shown} ({line.channel}) {line.state}{said}; {line.sent} notices sent",
                "mend it; `fullcourt watch --probe` tries it" if broken else "",
            )
        )
    return found


def _unreadable_addresses(opened: Opened) -> FullcourtError | None:
    """Why the alert channels' addresses cannot be read now; None: they can."""
    from fullcourt.alerting.channels import configured_channels

    is_virtual = opened.stores.clock.is_virtual
    try:
        configured_channels(opened.home, opened.settings.alerts, os.environ, is_virtual=is_virtual)
    except SettingsError as error:
        return error
    return None


def _vendors(opened: Opened) -> tuple[VendorLine, ...]:
    from fullcourt.stores.ledger.vendors import credits_left, get_breaker

    settings, ledger = opened.settings, opened.stores.ledger
    now = opened.stores.clock.now()
    binding: str = settings.vendors.binding
    if binding == "replay":
        binding = f"replay of {Path(settings.vendors.history or '').name}"
    found = []
    for vendor, serves in _VENDORS.items():
        breaker = get_breaker(ledger, vendor)
        configured = vendor != "odds_api" or opened.coverage.configured
        found.append(
            VendorLine(
                vendor=vendor,
                serves=serves,
                binding=binding
                if configured
                else f"not configured: set {settings.odds.api_key_env}, or write the key into "
                f"{settings.odds.api_key_file} (mode 0600)",
                is_configured=configured,
                breaker="closed" if breaker.allows(now) else "open",
                breaker_retry_at=breaker.retry_at,
                breaker_error=breaker.last_error,
                credits_left=credits_left(ledger, vendor),
            )
        )
    return tuple(found)
