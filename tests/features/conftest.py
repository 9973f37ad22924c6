"""Lakes to compute on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.features.computing import stored
from tests.features.recorded_lake import (
    empty_lake,
    load_box_scores,
    load_lines,
    load_schedules,
)


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty lake."""
    with empty_lake() as connection:
        yield connection


@pytest.fixture(scope="session")
def recorded(shared: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """2023-24 and 2024-25 as recorded, summaries made; a test leaves it as it was."""
    with empty_lake() as connection:
        history = shared / "history"
        load_schedules(connection, history)
        load_box_scores(connection, history)
        load_lines(connection, history, "2024-25")
        now = datetime(2025, 8, 1, tzinfo=UTC)
        stored(connection, "player_game_summary", date(2023, 10, 1), date(2025, 7, 1), now)
        yield connection
