"""Both lakes: as they are kept on disk, and as simulations keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fullcourt.stores.lake import Delete, Lake


@pytest.fixture(scope="module")
def ducklake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """One lake on disk for a file of tests: opening it takes longer than most of them."""
    folder = tmp_path_factory.mktemp("lake")
    opened = Lake.open(folder / "catalog.db", folder / "lake")
    yield opened
    opened.close()


@pytest.fixture(params=["ducklake", "memory"])
def lake(request: pytest.FixtureRequest) -> Iterator[Lake]:
    """A lake without rows. Its snapshots stay: run ids must differ from test to test."""
    if request.param == "memory":
        opened = Lake.in_memory_lake()
        yield opened
        opened.close()
        return
    opened = request.getfixturevalue("ducklake")
    yield opened
    opened.commit("cleaning", [Delete("schedule", "true")], note="clean")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Lake]:
    """A new lake on disk under `tmp_path`."""
    opened = Lake.open(tmp_path / "catalog.db", tmp_path / "lake")
    yield opened
    opened.close()
