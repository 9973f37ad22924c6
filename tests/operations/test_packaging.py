"""The units and the container file: they say what the program knows, and little else is allowed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.main import get_command

from fullcourt.cli.main import app
from tests.conftest import ROOT

PACKAGING = ROOT / "packaging"
SERVICES = sorted(path.name for path in PACKAGING.glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "CapabilityBoundingSet": "",
    "User": "fullcourt",
    "UMask": "0077",
}


def entries(name: str) -> dict[str, list[str]]:
    """A unit's settings: name -> values in order."""
    found: dict[str, list[str]] = {}
    for line in (PACKAGING / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def container() -> list[tuple[str, str]]:
    """The instructions of the container file, continuation lines joined."""
    text = (PACKAGING / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_there_are_a_controller_a_watch_and_a_backup() -> None:
    """Three units, one of them on a timer."""
    assert SERVICES == ["fullcourt-backup.service", "fullcourt-watch.service", "fullcourt.service"]
    assert (PACKAGING / "fullcourt-backup.timer").is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_starts_a_command_that_is_there_and_is_hardened(name: str) -> None:
    """Its command is one of the program's; it has no rights beyond its own folders."""
    unit = entries(name)
    program, command, *_ = unit["ExecStart"][0].split()
    assert Path(program).name == "fullcourt"
    assert command in get_command(app).commands  # type: ignore[attr-defined]
    assert {key: unit[key][-1] for key in HARDENED} == HARDENED
    assert any(value.startswith("FULLCOURT_HOME=") for value in unit["Environment"])


@pytest.mark.parametrize("name", SERVICES)
def test_systemd_accepts_the_unit(name: str, tmp_path: Path) -> None:
    """systemd's own reader finds no unknown setting and no wrong value."""
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is not installed")
    for path in PACKAGING.glob("fullcourt*"):
        text = path.read_text(encoding="utf-8")
        # The program is not installed where the unit expects it.
        text = text.replace("/opt/fullcourt/bin/fullcourt", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [verifier, "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ours = [line for line in said.stderr.splitlines() if "fullcourt" in line]
    assert (said.returncode, ours) == (0, [])


def test_the_container_copies_what_is_there_and_runs_without_rights() -> None:
    """Sources exist; the last user is not root; what it starts is a command of the program."""
    steps = container()
    for _, rest in (step for step in steps if step[0] == "COPY" and "--from" not in step[1]):
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
    users = [rest for word, rest in steps if word == "USER"]
    assert users[-1:] == ["fullcourt"]
    started = next(rest for word, rest in steps if word == "CMD")
    assert re.findall(r'"(\w+)"', started)[0] in get_command(app).commands  # type: ignore[attr-defined]


def test_the_container_installs_nothing_without_its_hash() -> None:
    """Every `pip install` names a lock file with hashes, or our own wheel and nothing with it."""
    runs = " ".join(rest for word, rest in container() if word == "RUN")
    installs = [part for part in runs.split("&&") if "pip install" in part]
    assert len(installs) == 3
    for part in installs:
        locked = "--require-hashes" in part and re.search(r"requirements(-dev)?\.lock", part)
        ours = "--no-deps" in part and "--no-index" in part
        assert locked or ours, part


def test_the_containers_build_step_makes_a_whole_wheel(tmp_path: Path) -> None:
    """From what it copies alone: the wheel holds every SQL file and every migration."""
    copied = [
        rest.split()[:-1]
        for word, rest in container()
        if word == "COPY" and "--from" not in rest and "lock" not in rest
    ]
    for source in (name for names in copied for name in names):
        path = ROOT / source
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, tmp_path / "build" / source, ignore=ignored)
        else:
            (tmp_path / "build").mkdir(exist_ok=True)
            shutil.copy(path, tmp_path / "build" / source)
    build = next(rest for word, rest in container() if word == "RUN" and "hatchling" in rest)
    words = build.replace("/tools/bin/python", sys.executable).replace("/wheel", str(tmp_path))
    subprocess.run(words.split(), cwd=tmp_path / "build", check=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    package = ROOT / "src"
    wanted = {
        str(path.relative_to(package))
        for path in package.rglob("*")
        if path.suffix in (".sql", ".py", ".toml") and "__pycache__" not in path.parts
    }
    assert wanted <= names
