"""A disk that is really full: it is said clearly, and with more space nothing has been lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crashes.house import House
from tests.crashes.nursery import ROOT

PROGRAM = "tests.crashes.full_disk"
OWN_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]


@pytest.fixture(scope="module")
def own_mounts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that gives a process mounts of its own, where the system allows it."""
    folder = tmp_path_factory.mktemp("mount")
    mount = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        pytest.skip("a small disk needs `unshare` and `mount` (Linux)")
    tried = subprocess.run(mount, capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this system gives no mounts to a test: {tried.stderr.strip()}")
    return OWN_MOUNTS


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", ["lake", "archive", "."])
def test_a_full_disk_is_said_and_survived(
    house: House, own_mounts: list[str], tmp_path: Path, part: str
) -> None:
    """Each process that met the full disk said so; with more space the night ends whole."""
    done = subprocess.run(
        [*own_mounts, sys.executable, "-m", PROGRAM, str(house.dawn), str(house.home), part],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["said"]
    for said in told["said"]:
        assert "disk is full" in said
        assert "Next: free space" in said
    assert told["disagreements"] == []
    undisturbed = [[*cell, *verdict] for cell, verdict in house.night.verdicts.items()]
    assert told["verdicts"] == json.loads(json.dumps(sorted(undisturbed)))
