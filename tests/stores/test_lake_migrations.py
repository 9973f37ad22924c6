"""The lake's own migrations: ordered, each whole or not at all, and never backwards."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from fullcourt.errors import StoreUnreadable
from fullcourt.stores.catalog_copy import catalog_state
from fullcourt.stores.lake import Lake
from fullcourt.stores.lake_migrations import (
    STEPS,
    Step,
    lake_version,
    migrate,
    newest,
    says_version,
    version_of,
)

NEW_COLUMN = "ALTER TABLE {lake}.schedule ADD COLUMN invented INTEGER"
WHOLE = (*STEPS, Step(newest() + 1, NEW_COLUMN))
BROKEN = (*STEPS, Step(newest() + 1, f"{NEW_COLUMN}; SELECT nothing_of_the_kind()"))


def columns(lake: Lake) -> set[str]:
    """The columns of the stored schedule."""
    return {row[0] for row in lake.connection.execute("DESCRIBE stored.schedule").fetchall()}


def test_steps_are_numbered_without_a_gap() -> None:
    """Each step leads to the next version."""
    assert [step.version for step in STEPS] == list(range(1, len(STEPS) + 1))


@pytest.mark.parametrize(
    ("comment", "version"),
    [(None, 0), ("", 0), ("somebody's words", 0), ("fullcourt lake 7", 7), ("fullcourt lake x", 0)],
)
def test_a_lake_says_its_version(comment: str | None, version: int) -> None:
    """Whatever is no version of ours is that of the first releases."""
    assert version_of(comment) == version


def test_a_new_lake_is_of_the_newest_version(home: Lake, tmp_path: Path) -> None:
    """Nothing is left to migrate; the catalog alone says so, too."""
    assert lake_version(home.connection, "stored") == newest()
    assert migrate(home.connection, "stored") == ()
    home.close()
    assert catalog_state(tmp_path / "catalog.db")[0] == newest()


def test_a_step_brings_columns_and_version_together(home: Lake) -> None:
    """After the step both are there; a second time nothing happens."""
    assert migrate(home.connection, "stored", WHOLE) == (newest() + 1,)
    assert "invented" in columns(home)
    assert lake_version(home.connection, "stored") == newest() + 1
    assert migrate(home.connection, "stored", WHOLE) == ()


def test_a_step_that_dies_leaves_the_version_before_it(home: Lake) -> None:
    """Neither its column nor its version is there; the mended step then is taken."""
    with pytest.raises(duckdb.Error, match="nothing_of_the_kind"):
        migrate(home.connection, "stored", BROKEN)
    assert "invented" not in columns(home)
    assert lake_version(home.connection, "stored") == newest()
    assert migrate(home.connection, "stored", WHOLE) == (newest() + 1,)


def test_a_lake_of_a_newer_release_is_refused(home: Lake, tmp_path: Path) -> None:
    """Read or written by an older release it would be read wrongly: it is named instead."""
    home.connection.execute(says_version("stored", newest() + 1))
    home.close()
    for read_only in (False, True):
        with pytest.raises(StoreUnreadable, match=f"version {newest() + 1}"):
            Lake.open(tmp_path / "catalog.db", tmp_path / "lake", read_only=read_only)
