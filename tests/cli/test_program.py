"""The program as a whole: help, errors, exit codes, documented JSON."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer

from fullcourt.cli.documents import DOCUMENTS
from fullcourt.cli.main import app
from tests.cli.conftest import Program
from tests.cli.small_world import as_json


def _commands(group: Any, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None or command.invoke_without_command:
            found[prefix + name] = command
        if inner is not None:
            found |= _commands(command, f"{name} ")
    return found


COMMANDS = _commands(typer.main.get_command(app))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_to_use_it(name: str, fullcourt: Program) -> None:
    """Each command has help with an example and its exit codes."""
    shown = fullcourt(*name.split(), "--help")
    assert shown.exit_code == 0
    assert "Exit code" in shown.stdout
    assert "Example" in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_json_document_is_declared(name: str) -> None:
    """Each command has --json, and its shape stands in DOCUMENTS (sql prints row objects)."""
    assert "--json" in [option for p in COMMANDS[name].params for option in p.opts]
    assert name in DOCUMENTS or name == "sql"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["datasets"], "datasets"),
        (["status", "--home", "{week}"], "status"),
        (["status", "--home", "{week}", "--date", "2025-01-09"], "status"),
        (["explain", "player_box_scores", "2025-01-09", "--home", "{week}"], "explain"),
        (["explain", "predictions", "2025-01-09", "--home", "{week}"], "explain"),
        (["runs", "--home", "{week}"], "runs"),
        (["doctor", "--home", "{week}"], "doctor"),
        (["run", "--once", "--home", "{week}"], "run"),
        (["players", "unresolved", "--home", "{week}"], "players unresolved"),
        (["backfill", "2025-01-09", "2025-01-10", "--home", "{week}"], "backfill"),
    ],
)
def test_a_json_document_has_its_documented_shape(
    arguments: list[str], name: str, week: Path, fullcourt: Program
) -> None:
    """What --json prints is exactly the documented record: no field more, fewer, or other."""
    printed = fullcourt(*(item.format(week=week) for item in arguments), "--json").stdout
    view = DOCUMENTS[name][0][1]
    decoded: object = msgspec.json.decode(printed, type=view)
    assert as_json(printed) == as_json(msgspec.json.encode(decoded).decode())


def test_an_error_is_said_on_stderr_with_what_to_do(tmp_path: Path, fullcourt: Program) -> None:
    """No home: exit 2, nothing on stdout, the error and the next step on stderr."""
    shown = fullcourt("status", "--home", tmp_path / "nowhere")
    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert shown.stderr.startswith("error: ")
    assert "next: create one with `fullcourt init" in shown.stderr
    assert not (tmp_path / "nowhere").exists()


def test_an_error_is_a_document_with_json(tmp_path: Path, fullcourt: Program) -> None:
    """With --json the error is one document on stdout with type, message and next step."""
    shown = fullcourt("status", "--home", tmp_path / "nowhere", "--json")
    assert shown.exit_code == 2
    error = as_json(shown.stdout)["error"]
    assert set(error) == {"type", "message", "next_step"}
    assert error["type"] == "SettingsError"


@pytest.mark.parametrize("command", [["run"], ["backfill", "2025-01-09", "2025-01-09"]])
def test_a_second_worker_on_a_home_is_sent_away(
    command: list[str], week: Path, fullcourt: Program
) -> None:
    """While another process holds the home's lock a working command exits 3 and changes nothing."""
    with (week / "controller.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shown = fullcourt(*command, "--home", week)
    assert shown.exit_code == 3
    assert "another fullcourt works on this home" in shown.stderr


def test_a_date_that_is_none_is_refused(fullcourt: Program) -> None:
    """A date in another form is a wrong argument, not a guess."""
    shown = fullcourt("status", "--date", "09/01/2025")
    assert shown.exit_code == 2
    assert "YYYY-MM-DD" in shown.stderr


def test_a_dataset_that_is_none_is_named(week: Path, fullcourt: Program) -> None:
    """`explain` of an unknown dataset says which there are."""
    shown = fullcourt("explain", "boxscores", "2025-01-09", "--home", week)
    assert shown.exit_code == 2
    assert "player_box_scores" in shown.stderr


def test_the_home_comes_from_the_environment(
    week: Path, fullcourt: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --home the home is $FULLCOURT_HOME."""
    monkeypatch.setenv("FULLCOURT_HOME", str(week))
    assert as_json(fullcourt("status", "--json").stdout)["home"] == str(week)
