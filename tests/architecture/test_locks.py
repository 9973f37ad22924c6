"""The lock files: `make setup` installs exactly what was tested, from wherever a user gets it."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
HOST = re.compile(r"://|@ |--[a-z]")


def _entries(name: str) -> list[str]:
    """One text per requirement: continuation lines joined, comments dropped."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line.strip() for line in lines if line.strip()]


def _versions(name: str) -> dict[str, str]:
    found = [PINNED.match(entry) for entry in _entries(name)]
    return {match["name"]: match["version"] for match in found if match}


def _wanted(requirement: str) -> str:
    return re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    """Each entry of a lock file has one exact version and at least one SHA-256."""
    loose = [
        entry[:60] for entry in _entries(name) if not PINNED.match(entry) or not HASH.search(entry)
    ]
    assert loose == []
    assert len(_versions(name)) == len(_entries(name)), "a package is listed twice"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name: str) -> None:
    """A lock file says what to install, never from where."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if HOST.search(HASH.sub("", line))] == []


def test_both_locks_agree() -> None:
    """Whoever develops runs the very versions a user runs."""
    runtime, dev = _versions(LOCKS[0]), _versions(LOCKS[1])
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Every dependency in pyproject.toml is in its lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = {_wanted(text) for text in project["project"]["dependencies"]}
    dev = {_wanted(text) for text in project["dependency-groups"]["dev"]}
    assert runtime - _versions(LOCKS[0]).keys() == set()
    assert (runtime | dev) - _versions(LOCKS[1]).keys() == set()
