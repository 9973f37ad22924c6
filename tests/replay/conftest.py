"""What the replay's tests share: the recorded world, opened once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fullcourt.replay.world import World


@pytest.fixture(scope="session")
def recorded(shared: Path) -> Iterator[World]:
    """The recorded world."""
    history = shared / "history"
    if not history.is_dir():
        pytest.skip("recorded data ../shared/history is absent")
    world = World(history)
    yield world
    world.close()
