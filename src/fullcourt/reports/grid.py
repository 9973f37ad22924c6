"""The grid: every dataset of a game date, what it should hold, what it holds, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.nba.calendar import game_date_of
from fullcourt.pipeline.graph import BY_NAME, ORDER
from fullcourt.reports.watch import WatchState, watch_state
from fullcourt.stores.ledger.verdicts import StoredVerdict, get_summaries, get_verdicts
from fullcourt.trust.words import ALARMS, CellVerdict, KeyState

if TYPE_CHECKING:
    from fullcourt.stores.ledger import Ledger

_ALARMS = frozenset(verdict.value for verdict in ALARMS)
_QUIET_STATES = frozenset(
    state.value
    for state in (KeyState.COMPLETE, KeyState.RETIRED, KeyState.NOT_DUE, KeyState.RUNNING)
)
MOST_ELSEWHERE = 20


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key that is not simply held: its id, its name, its state, cause word and reason."""

    key: str
    name: str
    state: str
    cause: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell. `expected` and `held` count keys; `why` is the verdict's reason.

    `keys` are the keys that need a word: everything but complete, retired, not due and running.
    """

    phase: str
    dataset: str
    game_date: date
    expected: int
    held: int
    verdict: str
    why: str
    warnings: tuple[str, ...]
    judged_at: datetime
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True)
class StatusView:
    """What `status` shows, judged at `now`; or as stored, while another process holds the home.

    `cells` are those of `game_date` (null: no cell exists yet). `totals` counts cells by verdict
    over `totals_of` ("all dates", or the date asked for). `elsewhere` are alarm cells of other
    dates, the newest 20 of `elsewhere_cells`. `exit_code`: 0 nothing is wrong, 1 something is
    partial, missing, suspect or stale, 2 all that is wrong is unverifiable. `watch`: how the home
    is watched; without a date asked for, a dead controller and a broken alert channel are 1 too.
    """

    home: str
    now: datetime
    judged: str
    game_date: date | None
    cells: tuple[CellLine, ...]
    totals: Mapping[str, int]
    totals_of: str
    elsewhere: tuple[CellLine, ...]
    elsewhere_cells: int
    watch: WatchState
    exit_code: int


def status_view(
    ledger: Ledger, home: str, now: datetime, *, day: date | None, is_fresh: bool
) -> StatusView:
    """The grid of `day`, or of tonight with totals and alarms of all dates.

    Tonight is the newest date with cells that is not after the Eastern date of `now` (UTC).
    """
    summaries = get_summaries(ledger)
    shown = day if day is not None else newest_date((row.game_date for row in summaries), now)
    cells = () if shown is None else day_cells(ledger, shown)
    if day is not None:
        totals = Counter(cell.verdict for cell in cells)
        alarms: list[tuple[str, str]] = []
    else:
        totals = Counter(row.verdict for row in summaries)
        alarms = sorted(
            (row.game_date, row.dataset)
            for row in summaries
            if row.verdict in _ALARMS and (shown is None or row.game_date != shown.isoformat())
        )
    watched = watch_state(ledger, now)
    exit_code = exit_code_of(totals)
    return StatusView(
        home=home,
        now=now,
        judged="now" if is_fresh else "as stored: another process works on this home",
        game_date=shown,
        cells=cells,
        totals=dict(sorted(totals.items())),
        totals_of="all dates" if day is None else day.isoformat(),
        elsewhere=tuple(
            _line(stored)
            for game_date, name in reversed(alarms[-MOST_ELSEWHERE:])
            for stored in get_verdicts(
                ledger,
                first=date.fromisoformat(game_date),
                last=date.fromisoformat(game_date),
                dataset=name,
            )
        ),
        elsewhere_cells=len(alarms),
        watch=watched,
        exit_code=1 if watched.fails and day is None else exit_code,
    )


def newest_date(dates: Iterable[str], now: datetime) -> date | None:
    """The newest of the dates (ISO text) that is not after the Eastern date of `now`."""
    today = game_date_of(now).isoformat()
    newest = max((text for text in dates if text <= today), default=None)
    return None if newest is None else date.fromisoformat(newest)


def day_cells(ledger: Ledger, day: date) -> tuple[CellLine, ...]:
    """The judged cells of one game date, in the order of the pipeline."""
    return cells_between(ledger, day, day)


def night_totals(ledger: Ledger, day: date) -> dict[str, int]:
    """The cells of one game date by verdict."""
    return dict(sorted(Counter(cell.verdict for cell in day_cells(ledger, day)).items()))


def cells_between(
    ledger: Ledger, first: date, last: date, datasets: Sequence[str] | None = None
) -> tuple[CellLine, ...]:
    """The judged cells of a range of dates, by date, then in the order of the pipeline."""
    stored = [
        cell
        for cell in get_verdicts(ledger, first=first, last=last)
        if cell.dataset in BY_NAME and (datasets is None or cell.dataset in datasets)
    ]
    stored.sort(key=lambda cell: (cell.game_date, ORDER[cell.dataset]))
    return tuple(_line(cell) for cell in stored)


def exit_code_of(totals: Mapping[str, int]) -> int:
    """0, 1 or 2 for cells counted by verdict (see `StatusView.exit_code`)."""
    if any(totals.get(verdict) for verdict in _ALARMS):
        return 1
    return 2 if totals.get(CellVerdict.UNVERIFIABLE.value) else 0


def _line(stored: StoredVerdict) -> CellLine:
    return CellLine(
        phase=BY_NAME[stored.dataset].phase.value,
        dataset=stored.dataset,
        game_date=stored.game_date,
        expected=stored.expected,
        held=stored.held,
        verdict=stored.verdict,
        why=stored.reason,
        warnings=stored.warnings,
        judged_at=stored.judged_at,
        keys=tuple(
            KeyLine(key, name, state, cause, reason)
            for key, (state, cause, reason, name) in sorted(stored.states.items())
            if state not in _QUIET_STATES
        ),
    )
