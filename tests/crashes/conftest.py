"""One house for all tests of a process: its dawn takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crashes.house import House
from tests.crashes.nursery import Nursery


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A home at dawn, and what it becomes when nobody disturbs it."""
    base = tmp_path_factory.mktemp("house")
    nursery = Nursery.open(base / "errors.txt")
    try:
        yield House(base, nursery)
    finally:
        nursery.close()
