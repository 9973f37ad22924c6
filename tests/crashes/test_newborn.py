"""A home that was killed while it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.clock import SystemClock
from fullcourt.errors import SettingsError
from fullcourt.settings import load_settings, write_settings
from fullcourt.stores.ledger import Ledger
from tests.crashes.house import KILLED
from tests.crashes.night import SETTINGS
from tests.crashes.nursery import Nursery


def test_a_ledger_killed_in_its_first_moments_is_made_whole(tmp_path: Path) -> None:
    """Whatever statement of its making a ledger was killed at, the next process opens it."""
    nursery = Nursery.open(tmp_path / "errors.txt")
    try:
        for statement in (1, 2, 4, 8, 16, 24):
            file = tmp_path / f"{statement}.db"
            pid = nursery.start("tests.crashes.newborn", str(file), str(statement))
            assert nursery.wait(pid) == KILLED
            ledger = Ledger.open(file, SystemClock())
            ledger.set_meta("alive", "yes")
            assert ledger.get_meta("alive") == "yes"
            ledger.close()
    finally:
        nursery.close()


def test_settings_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that breaks off leaves no half file behind under the settings' name."""
    file = tmp_path / "fullcourt.toml"

    def broken_off(path: Path, text: str, encoding: str) -> int:
        with path.open("w", encoding=encoding) as handle:
            handle.write(text[:20])
        raise OSError("killed")

    monkeypatch.setattr(Path, "write_text", broken_off)
    with pytest.raises(OSError, match="killed"):
        write_settings(file, SETTINGS)
    monkeypatch.undo()
    with pytest.raises(SettingsError, match="no such file"):
        load_settings(file)
    write_settings(file, SETTINGS)
    assert load_settings(file) == SETTINGS
