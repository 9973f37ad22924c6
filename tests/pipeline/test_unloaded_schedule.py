"""What waiting schedule bodies say: read one by one as they come, the same as read at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.nba.calendar import eastern
from fullcourt.pipeline import schedule_versions
from fullcourt.pipeline.schedule_versions import Reading, read_unloaded
from fullcourt.simulator.league import DEFAULT_FIRST_DATE
from fullcourt.simulator.vendors.nba_schedule import ScheduleFeed
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger, ManifestRow
from tests.simulator.worlds import a_world


def mornings(archive: Archive, count: int) -> list[ManifestRow]:
    """A season's body of each of so many mornings, archived."""
    feed, found = ScheduleFeed(a_world().league), []
    for n in range(count):
        day = DEFAULT_FIRST_DATE + timedelta(days=n)
        at = eastern(day, 6)
        digest = archive.put_body(feed.schedule(at))
        found.append(
            ManifestRow(
                manifest_id=f"m{n}", feed="nba_schedule", game_date=day, key="schedule",
                vendor="nba_cdn", endpoint="schedule", url="", outcome="ok", status=200,
                digest=digest, body_bytes=1, rerendered=False, fetched_at=at, known_at=at,
                snapshot_at=None, detail="", run_id="r", checks=1, checked_at=at,
                loaded_run_id=None,
            )
        )  # fmt: skip
    return found


def test_each_body_is_read_once_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News, and since when it is, do not depend on how many looks it took to read them."""
    archive, lake = Archive(tmp_path), Lake.in_memory_lake()
    ledger = Ledger.in_memory(VirtualClock(eastern(DEFAULT_FIRST_DATE, 6)))
    bodies = mornings(archive, 6)
    read: list[str] = []
    parsed = schedule_versions._parsed

    def counted(manifest: ManifestRow, body: bytes) -> object:
        read.append(manifest.manifest_id)
        return parsed(manifest, body)

    monkeypatch.setattr(schedule_versions, "_parsed", counted)
    reading: Reading | None = None
    for upto in range(1, len(bodies) + 1):
        reading = read_unloaded(lake, archive, bodies[:upto], ledger, reading)
    assert reading is not None
    assert read == [manifest.manifest_id for manifest in bodies]
    at_once = read_unloaded(lake, archive, bodies, ledger)
    assert reading.news() == at_once.news()
    assert len({at for _, at in reading.news()}) > 1, "later mornings said something new"
    # One of the first has been loaded meanwhile: nothing read before stands.
    fewer = read_unloaded(lake, archive, bodies[1:], ledger, reading)
    assert fewer.news() == read_unloaded(lake, archive, bodies[1:], ledger).news()
