"""`run`, `serve`, `backfill`, `replay`, `demo`: what they accept, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fullcourt.cli.demo import LoopbackTransport
from fullcourt.vendors.transport import Request, Response
from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, as_json


def test_a_tick_with_nothing_to_do_does_nothing(week: Path, fullcourt: Program) -> None:
    """A home that is done: one tick, no run, exit 0, and the next look is named."""
    fullcourt("run", "--home", week)
    view = as_json(fullcourt("run", "--once", "--home", week, "--json").stdout)
    assert (view["ticks"], view["runs"], view["exit_code"]) == (1, [], 0)
    assert view["next_wake"] > view["now"]


def test_a_replay_goes_on_where_it_stopped(week: Path, history: Path, fullcourt: Program) -> None:
    """The same command again ends in the same place and makes no run twice."""
    before = as_json(fullcourt("runs", "--home", week, "--limit", 1000, "--json").stdout)
    again = fullcourt(
        "replay", "--history", history, "--from", FIRST, "--to", LAST, "--home", week, "--json"
    )
    assert again.exit_code == 0
    view = as_json(again.stdout)
    assert view["clock"] == "2025-01-11T17:15:00Z"
    assert [night["game_date"] for night in view["nights"]] == [FIRST, LAST]
    assert as_json(fullcourt("runs", "--home", week, "--limit", 1000, "--json").stdout) == before


def test_a_replay_by_ranges_holds_the_same_keys(
    week: Path, history: Path, tmp_path: Path, fullcourt: Program
) -> None:
    """`--backfill` ends with the same box scores and summaries, and walks to the same instant."""
    home = tmp_path / "ranges"
    walked = fullcourt(
        "replay", "--history", history, "--from", FIRST, "--to", LAST, "--home", home,
        "--backfill", "--json",
    )  # fmt: skip
    assert walked.exit_code == 0, walked.stderr
    assert as_json(walked.stdout)["clock"] == "2025-01-11T17:15:00Z"
    for table in ("player_box_scores", "player_game_summary"):
        text = f"SELECT game_date, game_id, player_id, points FROM {table} ORDER BY ALL"
        answers = [
            as_json(fullcourt("sql", text, "--home", place, "--json").stdout)
            for place in (week, home)
        ]
        assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("first", "last", "folder", "said"),
    [(LAST, FIRST, True, "lies after"), (FIRST, LAST, False, "no such folder")],
)
def test_a_replay_checks_its_arguments(
    first: str,
    last: str,
    folder: bool,
    said: str,
    history: Path,
    tmp_path: Path,
    fullcourt: Program,
) -> None:
    """Dates the wrong way round and a missing history are errors before anything is made."""
    shown = fullcourt(
        "replay", "--history", history if folder else tmp_path / "no", "--from", first,
        "--to", last, "--home", tmp_path / "home",
    )  # fmt: skip
    assert shown.exit_code == 2
    assert said in shown.stderr
    assert not (tmp_path / "home").exists()


def test_another_replay_cannot_take_over_a_home(
    week: Path, history: Path, fullcourt: Program
) -> None:
    """A home made with another first night is refused, not rewritten."""
    shown = fullcourt("replay", "--history", history, "--from", LAST, "--to", LAST, "--home", week)
    assert shown.exit_code == 2
    assert "other settings" in shown.stderr


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2025-01-10", "2025-01-09", "lies after"), ("2025-01-09", "2025-01-12", "this home's date")],
)
def test_a_backfill_checks_its_range(
    first: str, last: str, said: str, week: Path, fullcourt: Program
) -> None:
    """A range the wrong way round, or past the home's date, is refused."""
    shown = fullcourt("backfill", first, last, "--home", week)
    assert shown.exit_code == 2
    assert said in shown.stderr


def test_a_backfill_of_what_is_held_asks_for_nothing(week: Path, fullcourt: Program) -> None:
    """The plan of a whole range has no step, no call and no credit."""
    view = as_json(fullcourt("backfill", FIRST, FIRST, "--plan", "--home", week, "--json").stdout)
    assert (view["steps"], view["keys"], view["calls"], view["credits"]) == ([], 0, 0, 0)


def test_serve_refuses_a_world_where_no_time_passes(week: Path, fullcourt: Program) -> None:
    """A virtual clock and a daemon do not go together."""
    shown = fullcourt("serve", "--home", week)
    assert shown.exit_code == 2
    assert "no time passes" in shown.stderr


def test_serve_stops_when_it_is_asked_to(tmp_path: Path, fullcourt: Program) -> None:
    """SIGTERM ends `serve` with exit 0; meanwhile a second worker is sent away with exit 3."""
    home = tmp_path / "home"
    assert fullcourt("init", "--home", home).exit_code == 0
    settings = home / "fullcourt.toml"
    # Nobody listens on port 1: the vendors fail at once and no network is needed.
    text = settings.read_text().replace("https://cdn.nba.com", "http://127.0.0.1:1")
    settings.write_text(text.replace("https://stats.nba.com", "http://127.0.0.1:1"))
    code = "from fullcourt.cli.main import main; main()"
    environment = {k: v for k, v in os.environ.items() if k != "FULLCOURT_ODDS_API_KEY"}
    with subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--home", str(home)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as daemon:
        assert daemon.stderr is not None
        assert daemon.stderr.readline().startswith("serving")
        assert fullcourt("run", "--home", home).exit_code == 3
        time.sleep(1)
        daemon.send_signal(signal.SIGTERM)
        _, said = daemon.communicate(timeout=60)
    assert daemon.returncode == 0, said
    assert "stopped between two ticks" in said


def test_the_demo_reaches_its_vendors_by_their_real_addresses() -> None:
    """Requests below a vendor's base URL go to loopback, path kept; others are left alone."""
    seen: list[str] = []

    class Sink:
        def send(self, request: Request) -> Response:
            seen.append(request.url)
            return Response(200, b"")

        def close(self) -> None:
            seen.append("closed")

    transport = LoopbackTransport(
        Sink(), {"https://cdn.nba.com/static/json": "http://127.0.0.1:9/x"}
    )
    for url in ("https://cdn.nba.com/static/json/liveData/a.json", "https://example.org/b"):
        transport.send(Request("vendor", "endpoint", url))
    transport.close()
    assert seen == ["http://127.0.0.1:9/x/liveData/a.json", "https://example.org/b", "closed"]


@pytest.mark.soak
def test_the_demo_plays_two_weeks(tmp_path: Path, fullcourt: Program) -> None:
    """The whole demo over loopback: tonight's grid, predictions with ranges, last night graded."""
    shown = fullcourt("demo", "--home", tmp_path, "--json")
    assert shown.exit_code == 0, shown.stderr
    view = as_json(shown.stdout)
    assert view["tonight"]["predictions"]
    assert view["last_night"]["scored"] > 20
    assert view["status"]["exit_code"] != 1
