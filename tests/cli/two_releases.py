"""A home whose box scores came late for twelve nights, until a release mended that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fullcourt.clock import VirtualClock
from fullcourt.opening import create_home
from fullcourt.raw.columns import SCHEDULE, arrow_table
from fullcourt.settings import ClockSettings, Home, Settings, VendorSettings
from fullcourt.stores.lake import Append, Lake
from fullcourt.stores.ledger import Ledger, RunOutcome
from fullcourt.stores.ledger.runs import WORKER_LOST, close_run, open_run
from fullcourt.trust.record import record_verdicts
from fullcourt.trust.words import Cause, Cell, CellVerdict, KeyState, KeyVerdict, Verdict

FIRST, RELEASED, LAST = date(2024, 11, 1), date(2024, 11, 13), date(2024, 11, 25)
OLD, NEW = "aaaaaaaaaaaa+00000000", "bbbbbbbbbbbb+00000000"
NOW = datetime(2024, 12, 2, 18, tzinfo=UTC)
FEED = "nba_boxscore"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NIGHTS = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]


def tip_of(night: date) -> datetime:
    """19:30 in New York; it is 00:30 UTC of the next day."""
    return datetime(night.year, night.month, night.day, 0, 30, tzinfo=UTC) + DAY


def write_two_releases(path: Path) -> Path:
    """Write the home: one game a night; the release is recorded by nobody."""
    settings = Settings(
        since=FIRST,
        clock=ClockSettings(kind="virtual"),
        vendors=VendorSettings(binding="builtin"),
    )
    home = create_home(path, settings, NOW)
    _write_schedule(home)
    clock = VirtualClock(tip_of(FIRST))
    ledger = Ledger.open(home.ledger_file, clock)
    for night in NIGHTS:
        if night < RELEASED:
            _write_late_night(ledger, clock, night)
        else:
            _write_good_night(ledger, clock, night)
    ledger.close()
    return path


def game_of(night: date) -> str:
    """The id of the night's game."""
    return f"00224{(night - FIRST).days + 1:05d}"


def _write_schedule(home: Home) -> None:
    rows = [
        {
            "game_date": night,
            "game_id": game_of(night),
            "season": "2024-25",
            "game_type": "002",
            "tip_at": tip_of(night),
            "home_team": "BOS",
            "away_team": "NYK",
            "status": 3,
            "status_text": "Final",
            "is_postponed": False,
            "is_listed": True,
            "if_necessary": False,
            "home_score": 100,
            "away_score": 90,
            "source": "nba_scoreboard",
            "known_at": tip_of(night) + 2.5 * HOUR,
            "fetched_at": tip_of(night) + 2.5 * HOUR,
            "run_id": "given",
        }
        for night in NIGHTS
    ]
    lake = Lake.open(home.catalog_file, home.lake_dir)
    lake.connection.register("given", arrow_table(rows, SCHEDULE))
    lake.execute("CREATE OR REPLACE TEMP TABLE games AS SELECT * FROM given")
    lake.connection.unregister("given")
    lake.commit("given", [Append("schedule", "games")], note="all")
    lake.close()


def _write_late_night(ledger: Ledger, clock: VirtualClock, night: date) -> None:
    """Its first run is lost and its second fails; found 40 minutes after due, healed in the
    afternoon."""
    final = tip_of(night) + 2.5 * HOUR
    due = final + 3 * HOUR
    _run(ledger, clock, night, final + 10 * MINUTE, HOUR, RunOutcome(
        "abandoned", "worker lost", error_class=WORKER_LOST
    ))  # fmt: skip
    _run(ledger, clock, night, final + 2 * HOUR, MINUTE, RunOutcome("failed", "failed"))
    _judge(ledger, night, due + 40 * MINUTE, KeyState.MISSING)
    _run(ledger, clock, night, due + 12 * HOUR, MINUTE, RunOutcome("succeeded", keys_held=1))
    _judge(ledger, night, due + 12 * HOUR + 2 * MINUTE, KeyState.COMPLETE)


def _write_good_night(ledger: Ledger, clock: VirtualClock, night: date) -> None:
    final = tip_of(night) + 2.5 * HOUR
    _run(ledger, clock, night, final + 10 * MINUTE, MINUTE, RunOutcome("succeeded", keys_held=1))
    _judge(ledger, night, final + 12 * MINUTE, KeyState.COMPLETE)


def _run(
    ledger: Ledger,
    clock: VirtualClock,
    night: date,
    opened: datetime,
    lasts: timedelta,
    outcome: RunOutcome,
) -> None:
    clock.advance_to(opened)
    run_id = f"nba-{night:%m%d}-{opened:%d%H%M}"
    lease = open_run(
        ledger,
        run_id=run_id,
        dataset=FEED,
        first=night,
        last=night,
        trigger="schedule",
        deadline=2 * HOUR,
        keys_expected=1,
        code_fingerprint=OLD if night < RELEASED else NEW,
        worker="here:1:2",
    )
    clock.advance_to(opened + lasts)
    cell = {
        "run_id": run_id,
        "dataset": FEED,
        "game_date": night.isoformat(),
        "rows_written": None,
        "keys_asked": 1,
        "outcome": "ok" if outcome.keys_held else "vendor_failed",
        "snapshot_id": None,
    }
    close_run(ledger, lease, outcome, [cell])


def _judge(ledger: Ledger, night: date, at: datetime, state: KeyState) -> None:
    is_held = state is KeyState.COMPLETE
    cause = None if is_held else Cause.VENDOR_FAILED
    key = KeyVerdict(game_of(night), "NYK@BOS", state, cause, "", game_of(night))
    verdict = Verdict(
        cell=Cell(FEED, night),
        verdict=CellVerdict.COMPLETE if is_held else CellVerdict.MISSING,
        keys=(key,),
        expected=1,
        held=int(is_held),
        reason="",
        warnings=(),
        evidence_digest="seen",
        judged_at=at,
        next_change_at=None,
    )
    record_verdicts(ledger, [verdict], OLD if night < RELEASED else NEW)
