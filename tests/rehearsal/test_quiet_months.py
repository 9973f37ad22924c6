"""July and August: no season is on, the next is not published, and nothing is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import text

from fullcourt.rehearsal.play import rehearse
from fullcourt.simulator.worldfile import find_world
from fullcourt.stores.ledger import Ledger

_WORLD = """
name = "quiet"
calendar = "summer"
first_date = 2026-06-10
since = 2026-07-10
nights = 36
[[fault]]
endpoint = "schedule"
kind = "refuse"
from = 2026-07-11T04:00:00
to = 2026-07-13T20:00:00
"""


def test_summer_dates_are_zeros_again_when_the_schedule_comes_back(tmp_path: Path) -> None:
    """Two mornings without a schedule leave dates nobody knows of; the next one settles them."""
    world = tmp_path / "quiet.toml"
    world.write_text(_WORLD)
    seen: dict[str, set[str]] = {}

    def note(night: date, ledger: Ledger) -> None:
        rows = ledger.execute(
            text("SELECT game_date, verdict FROM cell_verdicts WHERE dataset = 'schedule'")
        )
        seen[night.isoformat()] = {f"{row.verdict} {row.game_date}" for row in rows}

    report = rehearse(find_world(str(world)), note, with_baseline=False)
    assert report.failures == (), (report.breaches[:3], report.differences[:3])
    assert "unverifiable 2026-07-13" in seen["2026-07-12"], "nobody knew, and it was said"
    assert {f"legitimate_zero 2026-07-{day}" for day in (10, 11, 12, 13, 14)} <= seen["2026-07-14"]
    assert {gap.dataset for gap in report.gaps} == {"nba_schedule"}
