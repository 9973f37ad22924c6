"""What the watchdog's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watchdog.homes import Place, place_at


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A home in memory under a virtual clock."""
    with place_at(tmp_path) as made:
        yield made
