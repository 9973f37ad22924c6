"""Cells by hand: one game night in January, its keys, and what was seen of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.trust.plan import CellView
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import (
    Cell,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    LeaseEvidence,
)

DAY = date(2025, 1, 9)
START = datetime(2025, 1, 10, 2, tzinfo=UTC)
DUE = START + timedelta(hours=3)
HORIZON = DUE + timedelta(days=14)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

EARLY = START - MINUTE
STARTED = START + MINUTE
LATE = DUE + MINUTE
GONE = HORIZON + MINUTE


def key(name: str = "k", **changes: Any) -> KeyExpectation:
    """A key that starts, is due and is given up at the instants above."""
    return replace(
        KeyExpectation(
            key=name,
            name=f"the key {name}",
            start_at=START,
            due_at=DUE,
            horizon_at=HORIZON,
            why="due 3 h after final",
        ),
        **changes,
    )


def cell(dataset: str = "nba_boxscore", day: date = DAY) -> Cell:
    """A cell of the night."""
    assert dataset in BY_NAME
    return Cell(dataset, day)


def expectation(*keys: KeyExpectation, **changes: Any) -> Expectation:
    """An expectation of these keys."""
    return replace(Expectation(changes.pop("cell", cell()), keys), **changes)


def lease(expires_at: datetime) -> LeaseEvidence:
    """A run at work until `expires_at`."""
    return LeaseEvidence("nba-1", expires_at, expires_at + HOUR, "game 3 of 7")


def tried(times: int = 1, last_at: datetime = STARTED, **changes: Any) -> KeyEvidence:
    """A key that was asked for."""
    return KeyEvidence(attempts=times, last_attempt_at=last_at, **changes)


def view(
    expected: Expectation, seen: dict[str, KeyEvidence], now: datetime, **evidence: Any
) -> CellView:
    """A cell with its verdict at `now`."""
    found = Evidence(keys=seen, **evidence)
    return CellView(expected, found, judge(expected, found, now))
