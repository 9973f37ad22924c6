"""The data-loss inventory: every gap there was, what it cost, who has to act, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fullcourt.clock import parse_instant
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.stores.ledger.history import CellRun, changes, runs_of_cell
from fullcourt.stores.ledger.verdicts import get_states
from fullcourt.trust.gaps import Ending, Gap, KeyChange, gaps
from fullcourt.trust.words import Cause

if TYPE_CHECKING:
    from fullcourt.pipeline.work import Stores
    from fullcourt.stores.lake import Lake
    from fullcourt.stores.ledger import Ledger

_BASIS_DAYS = 30
_BY_ITSELF = "none: it is asked for again by itself"
_ACTIONS = {
    Cause.NEVER_RUN: "keep `fullcourt serve` running, or `fullcourt run`",
    Cause.VENDOR_EMPTY: f"{_BY_ITSELF}; if it stays empty, ask the vendor",
    Cause.VENDOR_FAILED: _BY_ITSELF,
    Cause.VENDOR_BLOCKED: "set a key or settle access with the vendor (`fullcourt doctor`)",
    Cause.HUNG: _BY_ITSELF,
    Cause.QUOTA_SPENT: "buy credits, or wait for the account's next period",
    Cause.CONTRACT_BROKEN: "mend the parser: the body lies in the archive (`fullcourt explain`)",
    Cause.ARCHIVED_NOT_LOADED: "none: it is loaded from the archive by itself",
    Cause.PROCESSOR_FAILED: "look at the error (`fullcourt runs`) and mend the code",
    Cause.GATE_CLOSED: "repair what its gate misses (`fullcourt explain`)",
    Cause.ARCHIVE_LOST: "restore the archive from a backup; the feed is asked again meanwhile",
    Cause.BLOCKED_UPSTREAM: "repair what it is made from (`fullcourt explain`)",
}


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap. `keys` are its keys, `names` the same as a person says them.

    `rows` estimates its size in lake rows by `rows_basis` (null: unknown, or a feed, which holds
    bodies). `runs` counts the runs of the cell while it was open. `healed_by` is the run that
    brought it (null: not healed, or healed by no run of its own). `permanent_why`: why it is given
    up. Instants are UTC; `minutes_open` runs to its end or to now.
    """

    dataset: str
    game_date: date
    ending: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    rows: int | None
    rows_basis: str
    cause: str | None
    found_at: datetime
    found_how: str
    ended_at: datetime | None
    minutes_open: float
    runs: int
    healed_by: str | None
    permanent_why: str | None
    owner_action: str


@dataclass(frozen=True, slots=True)
class InventoryView:
    """The gaps of a home at `now`, in the order they were found, and their number by ending."""

    home: str
    now: datetime
    since: date | None
    only_open: bool
    gaps: tuple[GapLine, ...]
    by_ending: dict[str, int]


def inventory_view(
    stores: Stores, home: str, *, since: date | None = None, only_open: bool = False
) -> InventoryView:
    """Every gap of the game dates from `since` on; `only_open`: those not ended."""
    now = stores.clock.now()
    found: Sequence[Gap] = gaps(key_changes(stores.ledger, first=since))
    if only_open:
        found = [gap for gap in found if gap.ending is Ending.OPEN]
    # A cell's gaps share its runs and its names: each is read once.
    cells = sorted({(gap.dataset, gap.game_date) for gap in found})
    runs = {cell: runs_of_cell(stores.ledger, *cell) for cell in cells}
    names = get_states(stores.ledger, cells)
    lines = tuple(
        _line(stores.lake, gap, now, runs[cell], names.get(cell, {}))
        for gap in found
        for cell in [(gap.dataset, gap.game_date)]
    )
    counted = {ending.value: sum(gap.ending is ending for gap in found) for ending in Ending}
    return InventoryView(home, now, since, only_open, lines, counted)


def key_changes(
    ledger: Ledger, first: date | None = None, last: date | None = None
) -> tuple[KeyChange, ...]:
    """What the judge recorded of keys, oldest first; of these game dates where they are given."""
    return tuple(
        KeyChange(
            dataset=row.dataset,
            game_date=date.fromisoformat(row.game_date),
            key=row.key,
            to_state=row.to_state,
            cause=row.cause,
            reason=row.reason or "",
            judged_at=parse_instant(row.judged_at),
        )
        for row in changes(ledger, first, last)
    )


def _line(
    lake: Lake,
    gap: Gap,
    now: datetime,
    cell_runs: Sequence[CellRun],
    states: Mapping[str, tuple[str, str | None, str, str]],
) -> GapLine:
    runs = runs_while_open(cell_runs, gap)
    rows, basis = size_of(lake, gap.dataset, gap.game_date, gap.keys)
    end = gap.ended_at or now
    is_permanent = gap.ending is Ending.PERMANENT
    return GapLine(
        dataset=gap.dataset,
        game_date=gap.game_date,
        ending=gap.ending.value,
        keys=gap.keys,
        names=tuple(states[key][3] if key in states else key for key in gap.keys),
        rows=rows,
        rows_basis=basis,
        cause=gap.cause,
        found_at=gap.found_at,
        found_how=f"expected, due and not held: {gap.reason}",
        ended_at=gap.ended_at,
        minutes_open=round((end - gap.found_at) / timedelta(minutes=1), 1),
        runs=len(runs),
        healed_by=healer(runs) if gap.ending is Ending.HEALED else None,
        permanent_why=gap.last_reason if is_permanent else None,
        owner_action=_action(gap),
    )


def _action(gap: Gap) -> str:
    if gap.ending in (Ending.HEALED, Ending.WITHDRAWN):
        return f"none: {gap.ending.value}"
    if gap.ending is Ending.PERMANENT:
        day = gap.game_date
        return f"a late body or `fullcourt backfill {day} {day} --dataset {gap.dataset}` reopens it"
    words = {cause.value: action for cause, action in _ACTIONS.items()}
    return words.get(gap.cause or "", "see `fullcourt explain`")


def runs_while_open(runs: Sequence[CellRun], gap: Gap) -> list[CellRun]:
    """Of a cell's runs those that were at work while its gap was open."""
    return [
        run
        for run in runs
        if (run.closed_at is None or run.closed_at >= gap.found_at)
        and (gap.ended_at is None or run.opened_at <= gap.ended_at)
    ]


def healer(runs: Sequence[CellRun]) -> str | None:
    """The last of the runs while a gap was open that succeeded and wrote; None: none did."""
    wrote = [run for run in runs if run.state == "succeeded" and run.rows_written != 0]
    return wrote[-1].run_id if wrote else None


def size_of(lake: Lake, dataset: str, day: date, keys: Sequence[str]) -> tuple[int | None, str]:
    """How many lake rows these keys of a cell are likely to have (None: unknown, or a feed), and
    what that is read from."""
    if BY_NAME[dataset].is_feed:
        return None, "a feed holds bodies, one a key"
    players = [key for key in keys if key.partition("/")[2].lstrip("-").isdigit()]
    others = len(keys) - len(players)
    if not others:
        return len(players), "one row a player"
    by_side = any("/" in key for key in keys)
    groups = "game_id, team" if by_side else "game_id"
    first, last = day - timedelta(days=_BASIS_DAYS), day
    count, usual = lake.rows(
        "SELECT count(*), median(n) FROM (SELECT count(*) AS n FROM "
        f"lake.{dataset} WHERE game_date BETWEEN ? AND ? GROUP BY {groups})",
        [first, last],
    )[0]
    unit = "teams" if by_side else "games"
    if not count:
        return None, f"unknown: no {unit} are held in the {_BASIS_DAYS} dates before"
    whole = len(players) + round(others * usual)
    return whole, f"{usual:g} rows each, the median of {count:,} {unit} in {_BASIS_DAYS} dates"
