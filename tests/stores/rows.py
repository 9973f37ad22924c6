"""Rows for lakes under test: the schedule table, the narrowest with two-part keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from fullcourt.raw.columns import SCHEDULE, arrow_table
from fullcourt.stores.lake import Lake

DAY = date(2025, 1, 6)
KEY = ("game_date", "game_id")
NOON = datetime(2025, 1, 6, 17, tzinfo=UTC)


def stage(lake: Lake, games: Iterable[tuple[date, str]], relation: str, run_id: str = "r") -> str:
    """A temp table of `schedule` rows named `relation`, one per (game date, game id)."""
    rows = [
        {
            "game_date": day,
            "game_id": game_id,
            "season": "2024-25",
            "game_type": "002",
            "status": 1,
            "status_text": "7:00 pm ET",
            "is_postponed": False,
            "is_listed": True,
            "if_necessary": False,
            "source": "nba_schedule",
            "known_at": NOON,
            "fetched_at": NOON,
            "run_id": run_id,
        }
        for day, game_id in games
    ]
    lake.connection.register("staged", arrow_table(rows, SCHEDULE))
    lake.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT * FROM staged")
    lake.connection.unregister("staged")
    return relation


def held(lake: Lake) -> list[tuple[date, str]]:
    """(game date, game id) of every schedule row as queries see it, sorted."""
    return sorted(lake.rows("SELECT game_date, game_id FROM lake.schedule"))
