"""The rules of the house, over every file of the project, and the checks' own tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.checks import (
    Violations,
    factless_tests,
    naive_instants,
    real_time_reads,
    swallowed_failures,
    timed_tests,
)
from tests.architecture.sources import ROOT, files, place, tree

Check = Callable[[ast.Module], Violations]

LONGEST = 400
VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)($|_)")
CLOCK = ROOT / "src/fullcourt/clock.py"
SQL_REAL_TIME = re.compile(
    r"\b(now|today|get_current_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|\bcurrent_(date|time|timestamp)\b|\blocaltime(stamp)?\b",
    re.IGNORECASE,
)


def _violations(check: Check, paths: list[Path]) -> list[str]:
    return [f"{place(path, node)}: {said}" for path in paths for node, said in check(tree(path))]


def _check_none(found: list[str]) -> None:
    # As the message, one a line: pytest cuts a long list short.
    assert not found, "\n" + "\n".join(found)


def _source() -> list[Path]:
    return [path for path in files(".py", below=("src",)) if path != CLOCK]


def test_real_time_is_read_in_one_place() -> None:
    """Only fullcourt.clock reads the machine's time."""
    _check_none(_violations(real_time_reads, _source()))


def test_no_test_is_timed() -> None:
    """What is fast is shown by a benchmark; a test that is late on a slow machine shows nothing."""
    _check_none(_violations(timed_tests, files(".py", below=("tests",))))


def test_sql_reads_no_real_time() -> None:
    """No SQL of the package asks the database what time it is."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files(".sql", below=("src",))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if SQL_REAL_TIME.search(line.partition("--")[0])
    ]
    _check_none(found)


def test_every_instant_has_a_time_zone() -> None:
    """No naive instant is made in the package."""
    _check_none(_violations(naive_instants, _source()))


def test_no_failure_is_swallowed() -> None:
    """No except in the project hides what it caught."""
    _check_none(_violations(swallowed_failures, files(".py")))


def test_files_are_short() -> None:
    """No Python or SQL file is longer than 400 lines."""
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in files(".py", ".sql")
    }
    _check_none(
        [
            f"{path.relative_to(ROOT)}: {length} lines"
            for path, length in lengths.items()
            if length > LONGEST
        ]
    )


def test_names_say_what_is_inside() -> None:
    """No module or folder is named after nothing (utils, helpers, manager)."""
    named = [path.relative_to(ROOT) for path in files(".py", ".sql")]
    _check_none(
        [
            str(path)
            for path in named
            if any(VAGUE.search(part) for part in path.with_suffix("").parts)
        ]
    )


def test_every_test_names_its_fact() -> None:
    """Each test of the project says in one line what it proves."""
    paths = [path for path in files(".py", below=("tests",)) if path.name.startswith("test_")]
    _check_none(_violations(factless_tests, paths))


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (real_time_reads, "import datetime\ndatetime.datetime.now()"),
        (real_time_reads, "from datetime import datetime as dt\ndt.utcnow()"),
        (real_time_reads, "from datetime import date\ndate.today()"),
        (real_time_reads, "import time as t\nt.monotonic_ns()"),
        (real_time_reads, "def f():\n    from time import sleep\n    sleep(1)"),
        (real_time_reads, "import time\nfield(default_factory=time.time)"),
        (timed_tests, "from time import perf_counter as t\nt()"),
        (timed_tests, "from fullcourt.clock import elapsed_timer\nelapsed_timer()"),
        (naive_instants, "from datetime import datetime\ndatetime(2025, 1, 9)"),
        (naive_instants, "from datetime import datetime\ndatetime.fromtimestamp(0)"),
        (naive_instants, "from datetime import datetime\ndatetime.fromisoformat('2025-01-09')"),
        (naive_instants, "instant.replace(tzinfo=None)"),
        (swallowed_failures, "try:\n    f()\nexcept:\n    raise"),
        (swallowed_failures, "try:\n    f()\nexcept Exception:\n    pass"),
        (swallowed_failures, "try:\n    f()\nexcept (ValueError, Exception):\n    ..."),
        (
            swallowed_failures,
            "for x in y:\n    try:\n        f()\n    except Exception:\n        continue",
        ),
        (swallowed_failures, "import contextlib\nwith contextlib.suppress(Exception):\n    f()"),
        (factless_tests, "def test_x():\n    assert True"),
        (factless_tests, "async def test_x():\n    '''One.\n\n    Two.\n    '''"),
    ],
)
def test_a_check_finds_what_it_is_for(check: Check, code: str) -> None:
    """Each check sees its offence, whatever the import is called."""
    assert list(check(ast.parse(code)))


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (real_time_reads, "from datetime import time\ntime(12, 15)"),
        (real_time_reads, "clock.now()\nclock.sleep(1)\nrow.time.time()"),
        (timed_tests, "import time\ntime.monotonic()"),
        (naive_instants, "from datetime import UTC, datetime\ndatetime(2025, 1, 9, tzinfo=UTC)"),
        (naive_instants, "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)"),
        (
            naive_instants,
            "from datetime import datetime\n"
            "def f(t):\n    return require_utc(datetime.fromisoformat(t))",
        ),
        (naive_instants, "from datetime import date\ndate.fromisoformat('2025-01-09')"),
        (swallowed_failures, "try:\n    f()\nexcept ValueError:\n    pass"),
        (swallowed_failures, "try:\n    f()\nexcept Exception as error:\n    record(error)"),
        (factless_tests, "def test_x():\n    '''Two and two is four.'''"),
    ],
)
def test_a_check_lets_the_honest_pass(check: Check, code: str) -> None:
    """No check cries over code that keeps the rule."""
    assert list(check(ast.parse(code))) == []
