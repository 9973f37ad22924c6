"""The newest snapshot is asked for again exactly when the catalog may have been written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from fullcourt.stores.catalog_watch import CatalogWatch

LONG_AGO = time.time() - 3600


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A catalog file nobody has written for an hour."""
    path = tmp_path / "catalog.db"
    path.write_bytes(b"catalog")
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def asked(watch: CatalogWatch, numbers: Iterator[int]) -> bool:
    """Whether one look asked the catalog."""
    before = next(numbers)
    watch.newest(lambda: next(numbers))
    return next(numbers) - before > 1


def log_of(catalog: Path, content: bytes) -> None:
    """Write SQLite's log beside the catalog, an hour ago."""
    log = catalog.with_name("catalog.db-wal")
    log.write_bytes(content)
    os.utime(log, (LONG_AGO, LONG_AGO))


WRITES: dict[str, tuple[Callable[[Path], None], bool]] = {
    "nothing": (lambda catalog: None, False),
    "another stamp": (lambda catalog: os.utime(catalog, (LONG_AGO + 1, LONG_AGO + 1)), True),
    "a log": (lambda catalog: log_of(catalog, b"frames"), True),
    "an empty log, as who only reads leaves it": (lambda catalog: log_of(catalog, b""), False),
}


@pytest.mark.parametrize("name", WRITES)
def test_it_is_asked_again_when_the_files_changed(catalog: Path, name: str) -> None:
    """A write is seen by its stamp or size, in the catalog or in its log."""
    write, again = WRITES[name]
    watch, numbers = CatalogWatch(catalog), count()
    assert asked(watch, numbers)
    assert not asked(watch, numbers)
    write(catalog)
    assert asked(watch, numbers) is again


def test_a_stamp_of_just_now_proves_nothing(catalog: Path) -> None:
    """Two writes within one tick of the system's timer look like one."""
    watch, numbers = CatalogWatch(catalog), count()
    os.utime(catalog)
    assert asked(watch, numbers)
    assert asked(watch, numbers)


def test_stamps_are_not_believed_for_ever(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems show another machine's write late."""
    now = [100.0]
    monkeypatch.setattr("fullcourt.stores.catalog_watch.elapsed_timer", lambda: now[0])
    watch, numbers = CatalogWatch(catalog), count()
    assert asked(watch, numbers)
    now[0] += 0.9
    assert not asked(watch, numbers)
    now[0] += 0.2
    assert asked(watch, numbers)
