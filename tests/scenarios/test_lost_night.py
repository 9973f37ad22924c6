"""A night whose box scores the recording lacks, walked by ranges and killed on the way."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from tests.scenarios.recorded import (
    PROGRAM,
    ask,
    fullcourt,
    in_state,
    replay_arguments,
    status,
)

pytestmark = pytest.mark.timeout(900)
FIRST, NIGHT, LAST = date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 1)
LOST = {f"00224006{number}" for number in range(80, 86)}


@pytest.fixture(scope="module")
def home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a replay that was killed three times at different places and begun again."""
    path = tmp_path_factory.mktemp("lost") / "home"
    arguments = [*replay_arguments(shared / "history", FIRST, LAST), "--backfill"]
    for seconds in (3.0, 7.0, 12.0):
        begun = subprocess.Popen(
            [*PROGRAM, *arguments, "--home", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        begun.send_signal(signal.SIGKILL)
        begun.wait()
    fullcourt(*arguments, home=path)
    return path


def test_the_six_games_are_missing_by_name_and_nothing_else_is(home: Path) -> None:
    """`missing: vendor_empty` for exactly the six games, in the feed and in its dataset."""
    view = status(home, NIGHT)
    assert view["exit_code"] == 1
    missing = in_state(view, "missing")
    assert {dataset for dataset, _ in missing} == {"nba_boxscore", "player_box_scores"}
    assert {key.partition("/")[0] for _, key in missing} == LOST
    causes = {k["cause"] for c in view["cells"] for k in c["keys"] if k["state"] == "missing"}
    assert causes == {"vendor_empty"}


def test_what_depends_on_them_is_blocked_upstream_by_name(home: Path) -> None:
    """Summaries and grades of those games wait; they raise no second alarm."""
    waiting = in_state(status(home, NIGHT), "waiting")
    assert {dataset for dataset, _ in waiting} == {"player_game_summary", "grades"}
    assert {key.partition("/")[0] for _, key in waiting} == LOST
    said = fullcourt("explain", "player_game_summary", NIGHT.isoformat(), "--json", home=home)
    assert "blocked upstream: player_box_scores" in said


@pytest.mark.parametrize("day", [FIRST, LAST])
def test_the_nights_around_it_are_whole(home: Path, day: date) -> None:
    """No other night is touched by the loss."""
    assert {cell["verdict"] for cell in status(home, day)["cells"]} == {"complete"}


def test_kills_left_nothing_double_and_no_run_open(home: Path) -> None:
    """Every key is held once; every run has one terminal state; killed ones say so."""
    for table in ("player_box_scores", "player_game_summary", "predictions", "grades"):
        [row] = ask(
            home,
            "SELECT count(*) AS n, count(DISTINCT (game_date, game_id, player_id)) AS keys "
            f"FROM {table}",
        )
        assert row["n"] == row["keys"]
    assert '"state": "running"' not in fullcourt("runs", "--limit", "500", "--json", home=home)


def test_backfilled_predictions_are_marked_retrospective(home: Path) -> None:
    """What was computed after the tip never enters the record."""
    [row] = ask(
        home,
        "SELECT count(*) AS n, count(*) FILTER (is_retrospective) AS after FROM predictions "
        f"WHERE game_date <= DATE '{LAST}'",
    )
    assert row["n"] == row["after"] > 100
