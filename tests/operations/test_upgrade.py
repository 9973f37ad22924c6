"""A home of an earlier release is brought up to date, and holds what it held.

`home_0001.tar.xz` is a home of the built-in league (seed 3, invented players, two nights) as the
release with ledger revision 0001 left it: made once by that release's own `create_home`, `warm_up`
and `walk` to noon after its first night, and packed as it was. Its lake says no version.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine

from fullcourt.operations.rebuild import rebuild
from fullcourt.settings import Home
from fullcourt.stores.catalog_copy import catalog_state, move_data
from fullcourt.stores.duckdb_extensions import load_extensions
from fullcourt.stores.lake_migrations import newest
from fullcourt.stores.ledger.database import REVISION
from tests.operations.conftest import Program
from tests.operations.homes import held_by

PACKED = Path(__file__).with_name("home_0001.tar.xz")


@pytest.fixture
def old(tmp_path: Path) -> Home:
    """The home as that release left it, at a path of its own."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(tmp_path, filter="data")
    home = Home(tmp_path / "home")
    move_data(home.catalog_file, home.lake_dir)
    assert catalog_state(home.catalog_file)[0] == 0
    assert revision(home) == "0001"
    return home


def revision(home: Home) -> str:
    """The revision the ledger's file says."""
    engine = create_engine(f"sqlite:///{home.ledger_file}")
    with engine.connect() as connection:
        query = "SELECT version_num FROM alembic_version"
        found = str(connection.exec_driver_sql(query).scalar_one())
    engine.dispose()
    return found


def rows(home: Home) -> dict[str, int]:
    """Rows by table, counted by a DuckDB that knows nothing of this project."""
    connection = duckdb.connect()
    load_extensions(connection)
    connection.execute(f"ATTACH 'ducklake:sqlite:{home.catalog_file}' AS theirs (READ_ONLY)")
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'theirs'"
    ).fetchall()
    found = {}
    for (name,) in names:
        row = connection.execute(f"SELECT count(*) FROM theirs.{name}").fetchone()
        assert row is not None
        found[name] = row[0]
    connection.close()
    return found


@pytest.mark.parametrize("command", ["status", "run"])
def test_a_home_of_the_first_release_is_upgraded(
    fullcourt: Program, old: Home, command: str
) -> None:
    """By whoever opens it first, to read or to work: both stores, and every row is still there."""
    before = rows(old)
    assert before["player_box_scores"] > 100
    said = fullcourt(command, "--home", old.path, "--json")
    assert said.exit_code == 0, said.stdout
    assert (catalog_state(old.catalog_file)[0], revision(old)) == (newest(), REVISION)
    after = rows(old)
    assert {name: after[name] for name in before} == before
    assert {table.table: table.rows for table in held_by(old).tables} == after


def test_an_upgraded_home_works_on_and_is_what_its_archive_says(
    fullcourt: Program, old: Home
) -> None:
    """The new release judges it without an alarm, and rebuilds it to the same hashes."""
    assert json.loads(fullcourt("status", "--home", old.path, "--json").stdout)["exit_code"] == 0
    assert rebuild(old, lambda night: None).differences == ()
