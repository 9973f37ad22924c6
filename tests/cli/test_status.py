"""The grid: what it counts, what it names, and its exit codes."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from fullcourt.clock import VirtualClock
from fullcourt.pipeline.graph import GRAPH
from fullcourt.reports.grid import status_view
from fullcourt.stores.duckdb_extensions import load_extensions
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.verdicts import StoredVerdict, put_verdicts
from tests.cli.conftest import Program
from tests.cli.small_world import as_json

NOW = datetime(2025, 1, 10, 17, tzinfo=UTC)
TODAY = date(2025, 1, 10)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger."""
    opened = Ledger.in_memory(VirtualClock(NOW))
    yield opened
    opened.close()


def _put(ledger: Ledger, verdict: str, day: date = TODAY, dataset: str = "schedule") -> None:
    put_verdicts(
        ledger,
        [
            StoredVerdict(
                dataset=dataset,
                game_date=day,
                verdict=verdict,
                expected=3,
                held=1,
                reason="because",
                warnings=(),
                states={
                    "1": ("complete", None, "", "AAA@BBB"),
                    "2": ("missing", "hung", "hung: 30 s", "CCC@DDD"),
                    "3": ("not_due", None, "later", "EEE@FFF"),
                },
                evidence_digest="",
                judged_at=NOW,
                next_change_at=None,
                next_action_at=None,
            )
        ],
    )


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        (["complete", "legitimate_zero", "waiting", "not_due", "running", "unrecoverable"], 0),
        (["complete", "partial"], 1),
        (["missing"], 1),
        (["suspect"], 1),
        (["stale"], 1),
        (["unverifiable", "complete"], 2),
        (["unverifiable", "stale"], 1),
        ([], 0),
    ],
)
def test_exit_codes_follow_the_verdicts(ledger: Ledger, verdicts: list[str], code: int) -> None:
    """1 when anything is partial, missing, suspect or stale; 2 when all wrong is unverifiable."""
    for declaration, verdict in zip(GRAPH, verdicts, strict=False):
        _put(ledger, verdict, dataset=declaration.name)
    view = status_view(ledger, "home", NOW, day=None, is_fresh=True)
    assert view.exit_code == code


def test_tonight_is_the_newest_date_that_has_begun(ledger: Ledger) -> None:
    """Cells of tomorrow are raised already, and tonight is still shown."""
    _put(ledger, "complete")
    _put(ledger, "not_due", date(2025, 1, 11))
    view = status_view(ledger, "home", NOW, day=None, is_fresh=True)
    assert view.game_date == TODAY
    assert view.totals == {"complete": 1, "not_due": 1}


def test_alarms_of_other_dates_are_shown_and_counted(ledger: Ledger) -> None:
    """At most twenty alarm cells of other dates are shown, the newest; all are counted."""
    _put(ledger, "complete")
    for day in range(1, 9):
        for name in ("schedule", "grades", "predictions"):
            _put(ledger, "missing", date(2025, 1, day), name)
    view = status_view(ledger, "home", NOW, day=None, is_fresh=True)
    assert (len(view.elsewhere), view.elsewhere_cells) == (20, 24)
    assert view.elsewhere[0].game_date == date(2025, 1, 8)
    assert view.exit_code == 1


def test_a_date_speaks_for_itself(ledger: Ledger) -> None:
    """With a date the exit code and the totals are that date's alone."""
    _put(ledger, "complete")
    _put(ledger, "missing", date(2025, 1, 9))
    view = status_view(ledger, "home", NOW, day=TODAY, is_fresh=True)
    assert (view.exit_code, view.totals, view.elsewhere) == (0, {"complete": 1}, ())


def test_keys_that_need_a_word_are_named(ledger: Ledger) -> None:
    """A cell names its missing keys with cause and reason, and leaves out the quiet ones."""
    _put(ledger, "partial")
    (cell,) = status_view(ledger, "home", NOW, day=TODAY, is_fresh=True).cells
    assert [(k.name, k.state, k.cause, k.reason) for k in cell.keys] == [
        ("CCC@DDD", "missing", "hung", "hung: 30 s")
    ]


def test_the_grid_fits_a_hundred_columns(week: Path, fullcourt: Program) -> None:
    """Printed to no terminal, no line of `status` is longer than 100 columns."""
    shown = fullcourt("status", "--home", week)
    assert shown.exit_code == 0, shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100


def test_a_replayed_night_is_complete(week: Path, fullcourt: Program) -> None:
    """A replayed night ends complete in every cell; the postponed game's keys do not count."""
    view = as_json(fullcourt("status", "--home", week, "--date", "2025-01-09", "--json").stdout)
    assert view["totals"] == {"complete": len(GRAPH)}
    held = {cell["dataset"]: cell["held"] for cell in view["cells"]}
    assert held["player_box_scores"] == 10


def test_while_another_works_the_stored_verdicts_are_shown(week: Path, fullcourt: Program) -> None:
    """With the lock held `status` shows what was judged and says so."""
    with (week / "controller.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shown = fullcourt("status", "--home", week)
    assert shown.exit_code == 0
    assert "as stored: another process works on this home" in shown.stdout


def test_rows_another_process_deleted_are_named_and_come_back(
    week: Path, fullcourt: Program
) -> None:
    """One game's rows deleted by another DuckDB: named, exit 1; one tick restores them, no call."""
    answers = "SELECT count(*) FROM player_box_scores WHERE game_date = '2025-01-10'"
    before = as_json(fullcourt("sql", answers, "--home", week, "--json").stdout)
    with duckdb.connect() as other:
        load_extensions(other)
        other.execute(f"ATTACH 'ducklake:sqlite:{week}/catalog.db' AS lake")
        other.execute(
            "DELETE FROM lake.player_box_scores "
            "WHERE game_date = '2025-01-10' AND team IN ('NYK', 'BOS')"
        )
    wrong = fullcourt("status", "--home", week, "--date", "2025-01-10", "--json")
    cells = {cell["dataset"]: cell for cell in as_json(wrong.stdout)["cells"]}
    names = [key["name"] for key in cells["player_box_scores"]["keys"]]
    assert wrong.exit_code == 1
    assert cells["player_box_scores"]["verdict"] == "partial"
    assert len(names) == 10
    assert all(name.startswith("NYK@BOS") for name in names)

    bodies = as_json(
        fullcourt("explain", "nba_boxscore", "2025-01-10", "--home", week, "--json").stdout
    )["bodies"]
    healed = fullcourt("run", "--once", "--home", week)
    again = as_json(
        fullcourt("explain", "nba_boxscore", "2025-01-10", "--home", week, "--json").stdout
    )["bodies"]
    assert healed.exit_code == 0, healed.stdout
    assert as_json(fullcourt("sql", answers, "--home", week, "--json").stdout) == before
    assert [b["checks"] for b in again] == [b["checks"] for b in bodies]


def test_status_loads_nothing_it_does_not_need(week: Path) -> None:
    """A cold `status` imports no server, no HTTP client, no migration and no model library."""
    code = (
        "import sys; from fullcourt.cli.main import app\n"
        f"try: app(['status', '--home', {str(week)!r}])\n"
        "except SystemExit: pass\n"
        "heavy = 'scipy aiohttp alembic uvicorn rapidfuzz structlog'\n"
        "print([name for name in heavy.split() if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
