"""What the command line's tests share: the program as a function, and a small recorded world."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fullcourt.cli.main import app
from tests.cli.small_world import FIRST, LAST, write_small_world

Program = Callable[..., Result]


@pytest.fixture(scope="session")
def fullcourt() -> Program:
    """The program: `fullcourt("status", "--home", path)` gives exit code, stdout and stderr."""
    runner = CliRunner()

    def run(*arguments: object) -> Result:
        result = runner.invoke(app, [str(item) for item in arguments])
        # An exception that is no exit is a defect of the program, whatever the test wanted.
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded week of `small_world`."""
    return write_small_world(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="session")
def week(fullcourt: Program, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that walked through the recorded nights; a test leaves it whole."""
    home = tmp_path_factory.mktemp("homes") / "week"
    walked = fullcourt(
        "replay", "--history", history, "--from", FIRST, "--to", LAST, "--home", home
    )
    assert walked.exit_code == 0, walked.stderr
    return home


@pytest.fixture(scope="session")
def walked(fullcourt: Program, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A walked home, `home`, and a copy of it beside it, `whole`: a lake knows its own path."""
    base = tmp_path_factory.mktemp("damaged")
    made = fullcourt(
        "replay", "--history", history, "--from", FIRST, "--to", LAST, "--home", base / "home"
    )
    assert made.exit_code == 0, made.stderr
    shutil.copytree(base / "home", base / "whole")
    return base


@pytest.fixture
def damaged(walked: Path) -> Path:
    """The walked home anew, for a test that damages it."""
    shutil.rmtree(walked / "home")
    shutil.copytree(walked / "whole", walked / "home")
    return walked / "home"
