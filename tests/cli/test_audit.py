"""`audit`: what it refuses, what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "a.toml", "--runs", "r.csv"], "--config says what to audit"),
        (["--config", "a.toml", "--preset", "airflow"], "--config says what to audit"),
        (["--from", "2025-01-09", "--to", "2025-01-08"], "--to 2025-01-08 is before"),
        (["--runs", "r.csv"], "--schedule"),
        (["--runs", "r.csv", "--schedule", "s.csv"], "--table"),
        (["--runs", "r.csv", "--schedule", "s.csv", "--table", "t.csv"], "NAME=FILE"),
        (["--markdown", "--json"], "--json"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    arguments: list[str], words: str, fullcourt: Program
) -> None:
    """Exit 2 with the options by name and what to do; nothing is audited."""
    shown = fullcourt("audit", *arguments)
    assert shown.exit_code == 2
    assert words in shown.stderr + shown.stdout
    assert "next" in shown.stderr + shown.stdout


def test_a_configuration_that_is_not_there_is_an_error(tmp_path: Path, fullcourt: Program) -> None:
    """Exit 2, the file by name, and with --json one document."""
    shown = fullcourt("audit", "--config", tmp_path / "audit.toml", "--json")
    assert shown.exit_code == 2
    error = json.loads(shown.stdout)["error"]
    assert "audit.toml" in error["message"]
    assert "fullcourt audit init" in error["next_step"]
