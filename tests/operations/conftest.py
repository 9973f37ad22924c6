"""A home after rough nights, made once for a file of tests, and given anew to each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fullcourt.cli.main import app
from fullcourt.settings import Home
from tests.operations.homes import lived_through

Program = Callable[..., Result]


@pytest.fixture(scope="session")
def fullcourt() -> Program:
    """The program: `fullcourt("status", "--home", path)` gives exit code, stdout and stderr."""
    runner = CliRunner()

    def run(*arguments: object) -> Result:
        result = runner.invoke(app, [str(item) for item in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of four rough nights, `home`, and a copy of it beside it: a lake knows its path."""
    base = tmp_path_factory.mktemp("lived")
    lived_through(base / "home", faults_a_night=5)
    shutil.copytree(base / "home", base / "whole")
    return base


@pytest.fixture
def home(lived: Path) -> Home:
    """The home as its nights left it."""
    shutil.rmtree(lived / "home", ignore_errors=True)
    shutil.copytree(lived / "whole", lived / "home")
    return Home(lived / "home")
