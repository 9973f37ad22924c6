"""A task is done when its check holds, and by nothing else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fullcourt.clock import VirtualClock
from fullcourt.errors import StoreUnreadable
from fullcourt.opening import create_home
from fullcourt.reports.progress.checks import ask, check_task, judged, run_command
from fullcourt.reports.progress.tasks import Command, Complete, Query, Task, TasksRefused
from fullcourt.settings import Home, Settings
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.verdicts import StoredVerdict, put_verdicts

DAY, NEXT = date(2025, 1, 9), date(2025, 1, 10)
NOW = datetime(2025, 1, 11, tzinfo=UTC)
PYTHON = sys.executable


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger in memory."""
    opened = Ledger.in_memory(VirtualClock(NOW))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an empty lake."""
    return create_home(tmp_path_factory.mktemp("homes") / "empty", Settings(since=DAY))


def command(code: str, deadline_s: float = 30.0) -> Command:
    """A Python program."""
    return Command((PYTHON, "-c", code), deadline_s)


@pytest.mark.parametrize(
    ("code", "state", "seen"),
    [
        ("", "done", "exit code 0"),
        ("print('first'); print('all good')", "done", "exit code 0: all good"),
        ("raise SystemExit(3)", "not done", "exit code 3"),
        ("import sys; sys.exit('token=abc123')", "not done", "exit code 1: token=***"),
        ("import os; os.kill(os.getpid(), 9)", "not done", "exit code -9"),
        ("print(input())", "not done", "exit code 1: EOFError: EOF when reading a line"),
        ("print('\\x1b[31mred' * 5000)", "done", "exit code 0: "),
    ],
)
def test_a_command_is_done_by_its_exit_code(
    code: str, state: str, seen: str, tmp_path: Path
) -> None:
    """Zero is done; the last line it said is shown on one line, secrets struck out."""
    found = run_command(command(code), tmp_path)
    assert (found.state, found.evidence[: len(seen)]) == (state, seen)
    assert "\x1b" not in found.evidence
    assert len(found.evidence) < 300


def test_a_known_secret_is_not_shown(tmp_path: Path) -> None:
    """A vendor's key that a command prints is struck out, wherever it stands."""
    found = run_command(command("print('asked with 0a1b2c3d')"), tmp_path, ("0a1b2c3d", None))
    assert found.evidence == "exit code 0: asked with ***"


def test_a_command_runs_in_the_folder_of_its_file(tmp_path: Path) -> None:
    """Relative paths in a file of tasks are relative to it."""
    found = run_command(command("import os; print(os.getcwd())"), tmp_path)
    assert found.evidence == f"exit code 0: {tmp_path.resolve()}"


def test_a_command_that_cannot_start_is_unknown(tmp_path: Path) -> None:
    """Nothing was seen, so nothing is said to be left undone."""
    found = run_command(Command(("no-such-program",), 5.0), tmp_path)
    assert found.state == "unknown"
    assert found.evidence == "no-such-program could not be started: No such file or directory"


def test_a_command_ends_at_its_deadline_with_all_it_started(tmp_path: Path) -> None:
    """The program and its child are gone, and what it would have said is unknown."""
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "pathlib.Path('child').write_text(str(child.pid))\n"
        "time.sleep(300)\n"
    )
    found = run_command(command(code, deadline_s=5.0), tmp_path)
    assert found.state == "unknown"
    assert found.evidence == "the command was ended at its deadline of 5 s"
    assert _ends(int((tmp_path / "child").read_text(encoding="utf-8")))


def _ends(pid: int) -> bool:
    """Whether a process is gone, or a zombie nobody has collected, within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if (
            state.exists()
            and state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
        ):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("sql", "state", "seen"),
    [
        ("SELECT * FROM schedule", "done", "no rows"),
        ("SELECT count(*) = 0 FROM schedule", "done", "true"),
        ("SELECT count(*) > 0 FROM schedule", "not done", "false"),
        ("SELECT max(game_date) > '2025-01-01' FROM schedule", "unknown", "the query gave NULL"),
        ("SELECT 1", "not done", "1 row, the first: 1 1"),
        ("SELECT true, 1 AS n", "not done", "1 row, the first: "),
        ("SELECT true FROM range(2)", "not done", "2 rows, the first: "),
        ("SELECT x FROM range(50) t(x)", "not done", "more than 20 rows, the first: x 0"),
    ],
)
def test_a_query_is_done_by_no_rows_or_true(home: Home, sql: str, state: str, seen: str) -> None:
    """NULL is not known; anything else is something left."""
    found = ask(home, sql)
    assert (found.state, found.evidence[: len(seen)]) == (state, seen)


def task(check: Command | Query | Complete) -> Task:
    """A task with this check on line 7."""
    return Task("T1", "x", None, None, None, check, 7)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM schedule", "SELECT 1; SELECT 2", "SELECT FROM", "SELECT * FROM nowhere"]
)
def test_a_query_that_is_no_select_is_refused_by_line(home: Home, ledger: Ledger, sql: str) -> None:
    """The sandbox' own words, with file and line; not a task that is merely not done."""
    with pytest.raises(TasksRefused, match=r"(?s)tasks.toml:7: query: sql: .* Next: mend"):
        check_task(task(Query(sql)), Path("tasks.toml"), home, ledger, run_commands=False)


def test_a_query_without_a_lake_is_an_error(tmp_path: Path, ledger: Ledger) -> None:
    """A home without a lake cannot answer, and says so."""
    with pytest.raises(StoreUnreadable, match="no lake here yet"):
        ask(Home(tmp_path), "SELECT 1")


def test_commands_run_only_when_they_may(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    """Without the flag nothing is started, and the state is unknown with the reason."""
    one = task(command("open('ran', 'w').close()"))
    path = tmp_path / "tasks.toml"
    found = check_task(one, path, home, ledger, run_commands=False)
    assert (found.state, found.evidence) == (
        "unknown",
        "commands were not run (--run-commands runs them)",
    )
    assert not (tmp_path / "ran").exists()
    assert check_task(one, path, home, ledger, run_commands=True).state == "done"
    assert (tmp_path / "ran").exists()


def verdict(day: date, word: str) -> StoredVerdict:
    """A judged cell of the grades."""
    whole = StoredVerdict("grades", day, word, 2, 2, "", (), {}, "", NOW, None, None)
    return replace(whole, held=2 if word == "complete" else 1)


@pytest.mark.parametrize(
    ("words", "state", "seen"),
    [
        (["complete", "complete"], "done", "2 dates: 2 complete"),
        (["complete", "legitimate_zero"], "done", "2 dates: 1 complete, 1 legitimate_zero"),
        (["complete", "partial"], "not done", "1 date not: 2025-01-10 partial"),
        (["complete", "unrecoverable"], "not done", "1 date not: 2025-01-10 unrecoverable"),
        (["complete", "not_due"], "not done", "1 date not: 2025-01-10 not_due"),
        (["complete", "unverifiable"], "unknown", "1 date: 2025-01-10 unverifiable"),
        (["unverifiable", "missing"], "not done", "1 date not: 2025-01-10 missing"),
        (["complete"], "unknown", "1 date: 2025-01-10 not judged"),
        ([], "unknown", "2 dates: 2025-01-09 not judged, 2025-01-10 not judged"),
    ],
)
def test_complete_is_what_the_judge_says(
    ledger: Ledger, words: list[str], state: str, seen: str
) -> None:
    """Every date complete or legitimately empty: done; what is not judged is not known."""
    put_verdicts(ledger, [verdict(d, w) for d, w in zip((DAY, NEXT), words, strict=False)])
    found = judged(ledger, Complete("grades", DAY, NEXT))
    assert (found.state, found.evidence) == (state, seen)
