"""What the ledger keeps of repairs and removals, and which snapshots the lake keeps for them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from fullcourt.clock import VirtualClock
from fullcourt.stores.lake import Append, Change, Lake
from fullcourt.stores.ledger import Ledger, RunOutcome, migrate
from fullcourt.stores.ledger.database import REVISION
from fullcourt.stores.ledger.removals import removals, restored_keys, usual_time
from fullcourt.stores.ledger.repairs import (
    CellBefore,
    Repair,
    close_repair,
    force_reasons,
    get_repairs,
    keys_asked_by,
    open_repair,
    put_repair,
)
from fullcourt.stores.ledger.runs import close_run, open_run
from tests.stores.rows import DAY, stage

NOON = datetime(2025, 1, 9, 17, tzinfo=UTC)
BEFORE = (CellBefore("schedule", DAY, "missing", 6, 0, True),)


@pytest.fixture
def clock() -> VirtualClock:
    """Noon in New York."""
    return VirtualClock(NOON)


@pytest.fixture
def ledger(clock: VirtualClock) -> Ledger:
    """A ledger without rows."""
    return Ledger.in_memory(clock)


def run(
    ledger: Ledger,
    run_id: str,
    *,
    dataset: str = "schedule",
    trigger: str = "schedule",
    repair_id: str | None = None,
    days: int = 1,
    after: tuple[VirtualClock, float] | None = None,
    **outcome: object,
) -> None:
    """One run, opened and closed `after` so many seconds."""
    last = DAY + timedelta(days=days - 1)
    lease = open_run(
        ledger,
        run_id=run_id,
        dataset=dataset,
        first=DAY,
        last=last,
        trigger=trigger,
        deadline=timedelta(hours=1),
        keys_expected=3,
        code_fingerprint="code",
        worker="w",
        asked=[(DAY, "g/1")],
        repair_id=repair_id,
    )
    if after is not None:
        after[0].sleep(after[1])
    close_run(ledger, lease, RunOutcome(**{"state": "succeeded", "keys_held": 3, **outcome}))  # type: ignore[arg-type]


def test_a_repair_is_found_until_it_is_ended(ledger: Ledger) -> None:
    """By exactly its scope and reason; another one that begins ends it as not whole."""
    mine = Repair("r1", "schedule", None, NOON, BEFORE)
    put_repair(ledger, mine)
    assert open_repair(ledger, "schedule", None) == mine
    assert open_repair(ledger, "schedule", "why") is None
    assert open_repair(ledger, "", None) is None
    forced = Repair("r2", "schedule", "why", NOON, BEFORE)
    put_repair(ledger, forced)
    assert open_repair(ledger, "schedule", None) is None
    assert open_repair(ledger, "schedule", "why") == forced
    close_repair(ledger, "r2", is_whole=True)
    assert [(row.repair_id, row.is_whole) for row in get_repairs(ledger)] == [("r1", 0), ("r2", 1)]


def test_runs_name_their_repair(ledger: Ledger) -> None:
    """What a repair asked for is summed by dataset, and a forced run finds its reason."""
    put_repair(ledger, Repair("r1", "", "the vendor was asked", NOON, BEFORE))
    run(ledger, "a", repair_id="r1")
    run(ledger, "b", repair_id="r1", dataset="nba_boxscore")
    run(ledger, "c", repair_id="r1")
    run(ledger, "d")
    assert keys_asked_by(ledger, "r1") == {"schedule": 6, "nba_boxscore": 3}
    assert force_reasons(ledger, {"a", "d"}) == {"a": "the vendor was asked"}


def test_the_usual_time_is_the_median_of_runs_of_one_date(
    ledger: Ledger, clock: VirtualClock
) -> None:
    """Failed runs, ranges, cleanups and runs that brought nothing do not count; none is unknown."""
    assert usual_time(ledger, "schedule") is None
    for number, seconds in enumerate((10.0, 20.0, 60.0)):
        run(ledger, f"good{number}", after=(clock, seconds))
    run(ledger, "failed", state="failed", after=(clock, 900.0))
    run(ledger, "range", days=9, after=(clock, 900.0))
    run(ledger, "empty", keys_held=0, after=(clock, 900.0))
    run(ledger, "clean", trigger="cleanup", after=(clock, 900.0))
    found = usual_time(ledger, "schedule")
    assert found is not None
    assert (found.seconds, found.runs) == (20.0, 3)


def test_removals_are_read_from_the_runs_that_made_them(ledger: Ledger) -> None:
    """Those that removed something, however they ended; what was restored is known by key."""
    run(ledger, "c1", trigger="cleanup", rows_deleted=5, snapshot_id=7)
    run(ledger, "c2", trigger="cleanup", rows_deleted=0, snapshot_id=8)
    run(ledger, "c3", trigger="cleanup", state="abandoned", rows_deleted=2, snapshot_id=9)
    run(ledger, "x", rows_deleted=4, snapshot_id=10)
    assert [(r.run_id, r.snapshot_id, r.rows_deleted) for r in removals(ledger)] == [
        ("c1", 7, 5),
        ("c3", 9, 2),
    ]
    run(ledger, "r1", trigger="restore")
    run(ledger, "r2", trigger="restore", dataset="grades", state="failed")
    assert dict(restored_keys(ledger)) == {"schedule": frozenset({(DAY, "g/1")})}


def test_a_ledger_of_the_first_release_is_upgraded(tmp_path: Path) -> None:
    """Its runs stay, with no repair; the new table is there."""
    path = tmp_path / "ledger.db"
    engine = Ledger._connect(f"sqlite:///{path}", VirtualClock(NOON), "old")
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = engine._connection
    command.upgrade(config, "0001")
    engine.close()
    with sqlite3.connect(path) as old:
        old.execute(
            "INSERT INTO runs (run_id, dataset, first_date, last_date, trigger, attempt, state, "
            "opened_at, heartbeat_at, progress_done, deadline_at, code_fingerprint, worker) VALUES "
            "('old', 'schedule', '2025-01-06', '2025-01-06', 'schedule', 1, 'succeeded', "
            "'2025-01-06T12:00:00.000000Z', '', 0, '', 'code', 'w')"
        )
    old.close()
    ledger = Ledger.open(path, VirtualClock(NOON))
    assert ledger._revision() == REVISION
    assert force_reasons(ledger, {"old"}) == {}
    put_repair(ledger, Repair("r1", "", None, NOON, BEFORE))
    assert open_repair(ledger, "", None) is not None
    ledger.close()


def test_single_snapshots_outlive_those_around_them(home: Lake) -> None:
    """What is restorable is kept one by one; whoever was far behind reads everything again."""
    for number in range(6):
        game = [(DAY + timedelta(days=number), f"g{number}")]
        home.commit(f"r{number}", [Append("schedule", stage(home, game, "given"))], note="n")
    newest = home.snapshot_id()
    kept = newest - 3
    assert home.expire(1, newest, restorable=[kept]) > 0
    assert [home.keeps_snapshot(newest - back) for back in range(5)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    at_kept = f"SELECT count(*) FROM stored.schedule AT (VERSION => {kept})"
    assert home.connection.execute(at_kept).fetchall() == [(3,)]
    everything = frozenset(DAY + timedelta(days=n) for n in range(6))
    assert Change("schedule", everything) in home.changes_between(kept, newest)
    assert home.changes_between(newest - 1, newest) == (
        Change("schedule", frozenset({date(2025, 1, 6) + (DAY - date(2025, 1, 6)) + timedelta(5)})),
    )
