"""`replay`: recorded nights under a clock that walks through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fullcourt.cli.options import HomeOption, JsonOption, home_at, parse_day
from fullcourt.cli.printing import instant_text, new_table, out, print_json, verdict_text
from fullcourt.cli.progress import Progress
from fullcourt.errors import FullcourtError, Terminal

if TYPE_CHECKING:
    from fullcourt.settings import Home, Settings
    from fullcourt.stores.ledger import Ledger


class CannotReplay(Terminal, FullcourtError):
    """The dates contradict each other, or the folder holds no recorded history."""


@dataclass(frozen=True, slots=True)
class NightLine:
    """One game date and its cells by verdict."""

    game_date: date
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A replay that walked to its end at `clock` (UTC); `elapsed_s` are real seconds."""

    home: str
    history: str
    first_date: date
    last_date: date
    by_ranges: bool
    clock: datetime
    nights: tuple[NightLine, ...]
    elapsed_s: float


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command(
        "replay",
        epilog="Examples: `fullcourt replay --history ../shared/history --from 2025-01-06 "
        "--to 2025-01-12 --home week`; then `fullcourt status --home week`",
    )(replay)


def replay(
    history: Annotated[
        Path,
        typer.Option("--history", metavar="DIR", help="The recorded history.", show_default=False),
    ],
    first: Annotated[
        date,
        typer.Option(
            "--from", parser=parse_day, metavar="D1", help="First night.", show_default=False
        ),
    ],
    last: Annotated[
        date,
        typer.Option(
            "--to", parser=parse_day, metavar="D2", help="Last night.", show_default=False
        ),
    ],
    home: HomeOption = None,
    by_ranges: Annotated[
        bool, typer.Option("--backfill", help="The same nights by ranges instead of tick by tick.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Play recorded nights: what was known by D1 is loaded first, then every night in its own time.

    It stops at 12:15 Eastern on the day after D2. The home keeps its clock and its vendors, so
    `status`, `run --once` and `explain` go on in that world. The same command again goes on where
    it stopped; a later `--to` walks further.

    Exit codes: 0 it walked to the end, whatever the verdicts; 2 an error; 3 another fullcourt works
    on this home.
    """
    place = home_at(home)
    check_arguments(history, first, last)
    with Progress(f"replay {first} to {last}", (last - first).days + 1) as progress:
        view = replay_nights(history, first, last, place, progress, by_ranges=by_ranges)
    if as_json:
        print_json(view)
    else:
        _show(view)


def check_arguments(history: Path, first: date, last: date) -> None:
    """Refuse what cannot be replayed.

    Raises:
        CannotReplay: see there.
    """
    if first > last:
        raise CannotReplay(
            f"--from {first} lies after --to {last}.", next_step="give the earlier date first"
        )
    if not history.is_dir():
        raise CannotReplay(
            f"--history {history}: no such folder.", next_step="name the folder of recorded seasons"
        )


def replay_settings(history: Path, since: date) -> Settings:
    """Settings of a replay: recorded vendors, V3 box scores, one historical odds snapshot."""
    from fullcourt.settings import (
        ClockSettings,
        NbaSettings,
        OddsSettings,
        Settings,
        VendorSettings,
    )

    return Settings(
        since=since,
        clock=ClockSettings(kind="virtual"),
        vendors=VendorSettings(binding="replay", history=str(history.expanduser().resolve())),
        nba=NbaSettings(box_form="stats_v3"),
        odds=OddsSettings(mode="historical", hours_before_tip=(12.0,)),
    )


def replay_nights(
    history: Path,
    first: date,
    last: date,
    home: Home,
    progress: Progress,
    *,
    by_ranges: bool = False,
) -> ReplayView:
    """Walk a home through recorded nights, from where it stands to 12:15 Eastern after `last`.

    Raises:
        SettingsError: the folder holds a home of another kind or another `first`.
        HomeBusy: another process works on it.
    """
    from fullcourt.campaign import bootstrap, walk, walk_by_ranges
    from fullcourt.cli.opened import working_on
    from fullcourt.clock import VirtualClock, elapsed_timer
    from fullcourt.nba.calendar import eastern, season_start_year
    from fullcourt.opening import create_home

    started = elapsed_timer()
    create_home(
        home.path,
        replay_settings(history, first),
        clock_at=eastern(date(season_start_year(first), 8, 1)),
    )
    until = eastern(last + timedelta(days=1), 12, 15)
    with working_on(home, progress.say) as (opened, controller):
        clock, ledger = opened.stores.clock, opened.stores.ledger
        assert isinstance(clock, VirtualClock)
        progress.step(f"what was known before {first}")
        bootstrap(controller, clock, first, progress.step, opened.keep_clock)
        if by_ranges:
            walk_by_ranges(controller, clock, first, last, until, progress.step, opened.keep_clock)
        else:
            on_night = _reporter(ledger, first, last, progress)
            walk(controller, clock, until, opened.keep_clock, on_night)
        progress.finish()
        return ReplayView(
            home=str(home.path),
            history=str(opened.settings.vendors.history),
            first_date=first,
            last_date=last,
            by_ranges=by_ranges,
            clock=clock.now(),
            nights=nights(ledger, first, last),
            elapsed_s=round(elapsed_timer() - started, 3),
        )


def _reporter(
    ledger: Ledger, first: date, last: date, progress: Progress
) -> Callable[[date], None]:
    from fullcourt.reports.grid import night_totals

    def on_night(night: date) -> None:
        if first <= night <= last:
            progress.night(night, night_totals(ledger, night))

    return on_night


def nights(ledger: Ledger, first: date, last: date) -> tuple[NightLine, ...]:
    """Every date of a range with its cells by verdict, as judged last."""
    from fullcourt.nba.calendar import dates
    from fullcourt.reports.grid import night_totals

    return tuple(NightLine(day, night_totals(ledger, day)) for day in dates(first, last))


def _show(view: ReplayView) -> None:
    console = out()
    verdicts = sorted({verdict for night in view.nights for verdict in night.totals})
    table = new_table("cells by verdict")
    table.add_column("night", no_wrap=True)
    for verdict in verdicts:
        table.add_column(verdict_text(verdict), justify="right")
    for night in view.nights:
        table.add_row(str(night.game_date), *(f"{night.totals.get(v, 0) or ''}" for v in verdicts))
    console.print(table)
    console.print(f"Walked to {instant_text(view.clock)} in {view.elapsed_s:.1f} s.")
    console.print(f"Next: fullcourt status --home {view.home}", soft_wrap=True)
