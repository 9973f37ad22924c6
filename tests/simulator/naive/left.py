"""Short worlds for the naive pipeline, each played once: one shows every flaw, one is rough."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow.parquet as pq

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.league import League, build_league
from fullcourt.simulator.naive.leave import LeftBehind, leave_behind
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldspec import ENDPOINTS, Drawing, OursFault, OursKind, WorldSpec

FIRST = date(2025, 10, 31)
# What happens on which night.
PARTIAL_BOARD = date(2025, 11, 2)
EMPTY_LISTING = date(2025, 11, 3)
HANG = date(2025, 11, 4)
SERVER_ERROR = date(2025, 11, 5)
NOT_FOUND = date(2025, 11, 6)
LATE_GAME = date(2025, 11, 7)
WORKER_LOST = date(2025, 11, 8)
NO_CONTEXT = date(2025, 11, 9)
BROKEN_OFF = date(2025, 11, 10)
OFF_DAY = date(2025, 11, 11)

Row = Mapping[str, str]


def _vendor(
    endpoint: str, kind: FaultKind, day: date, hours: tuple[float, float], **words: Any
) -> Fault:
    vendor, path = ENDPOINTS[endpoint]
    start, end = (eastern(day) + timedelta(hours=hour) for hour in hours)
    return Fault(vendor, path, start, end, kind, **words)


def _ours(
    kind: OursKind, day: date, hours: tuple[float, float], dataset: str, **words: Any
) -> OursFault:
    start, end = (eastern(day) + timedelta(hours=hour) for hour in hours)
    return OursFault(kind, start, end, dataset, **words)


SPEC = WorldSpec(
    "flaws",
    seed=1,
    first_date=FIRST,
    nights=12,
    faults=(
        _vendor("scoreboard", FaultKind.PARTIAL_SLATE, PARTIAL_BOARD, (18, 28), rows=2),
        _vendor("listing", FaultKind.EMPTY, EMPTY_LISTING, (6, 9)),
        _vendor("event_odds", FaultKind.HANG, HANG, (9, 24)),
        _vendor("boxscore", FaultKind.SERVER_ERROR, SERVER_ERROR, (20, 33)),
        _vendor("boxscore", FaultKind.NOT_FOUND, NOT_FOUND, (20, 33)),
    ),
    ours=(
        _ours(OursKind.WORKER_LOST, WORKER_LOST, (22, 23.5), "nba_boxscore", times=1),
        _ours(OursKind.BAD_RELEASE, NO_CONTEXT, (10, 17), "upcoming_player_game_context"),
        _ours(OursKind.WRONG_COUNT, NO_CONTEXT, (18, 30), "player_box_scores"),
        _ours(OursKind.PROCESSOR_RAISES, BROKEN_OFF, (24.5, 27), "player_game_summary", times=1),
    ),
)


ROUGH = WorldSpec(
    "beset",
    seed=4,
    teams=10,
    calendar="short",
    first_date=FIRST,
    nights=7,
    drawn=Drawing(per_night=8),
)
"""Faults of every kind, drawn: whatever happens, the truth is the truth."""


@dataclass(frozen=True, slots=True)
class Left:
    """The folder, and its files as rows of text; `truth` by the history's row id."""

    folder: Path
    summary: LeftBehind
    runs: tuple[Row, ...]
    truth: Mapping[str, Row]
    dates: Mapping[tuple[str, str], Row]
    keys: tuple[Row, ...]
    lies: tuple[Row, ...]

    def of(self, processor: str, day: date) -> list[tuple[Row, Row]]:
        """The runs of a processor on a date, each with its truth."""
        return [
            (run, self.truth[run["row_id"]])
            for run in self.runs
            if run["processor"] == processor and run["game_date"] == day.isoformat()
        ]

    def date(self, target: str, day: date) -> Row:
        """The truth of a table's date."""
        return self.dates[target, day.isoformat()]

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table as it was left."""
        return pq.read_table(self.folder / "tables" / f"{name}.parquet").to_pylist()


def rows_of(path: Path) -> tuple[Row, ...]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def left(world: str = "flaws") -> Left:
    """What the naive pipeline leaves behind in a world, by its name."""
    return _left(world)


@cache
def _left(world: str) -> Left:
    folder = Path(mkdtemp(prefix="naive-")) / "left"
    summary = leave_behind(WORLDS[world], folder)
    truth = folder / "truth"
    return Left(
        folder,
        summary,
        rows_of(folder / "runs.csv"),
        {row["row_id"]: row for row in rows_of(truth / "runs.csv")},
        {(row["target"], row["game_date"]): row for row in rows_of(truth / "dates.csv")},
        rows_of(truth / "keys.csv"),
        rows_of(truth / "lies.csv"),
    )


def league(world: str = "flaws") -> League:
    """The league of a world, by its name."""
    return _league(world)


@cache
def _league(world: str) -> League:
    return build_league(WORLDS[world].league_config())


WORLDS: Mapping[str, WorldSpec] = {spec.name: spec for spec in (SPEC, ROUGH)}
