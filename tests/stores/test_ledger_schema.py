"""The ledger's migrations lead to exactly the tables the code speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from fullcourt.clock import SystemClock
from fullcourt.errors import StoreUnreadable
from fullcourt.stores.ledger import Ledger, migrate
from fullcourt.stores.ledger.database import REVISION
from fullcourt.stores.ledger.schema import metadata

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


def at_revision(file: Path, revision: str) -> None:
    """A ledger as a release of that revision made it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql("INSERT INTO meta VALUES ('known', 'before')")
    engine.dispose()


def test_a_ledger_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    """It keeps what it holds, and its tables, columns and indexes are those of the code."""
    file = tmp_path / "ledger.db"
    at_revision(file, "0001")
    ledger = Ledger.open(file, SystemClock())
    assert ledger.get_meta("known") == "before"
    ledger.close()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_ledger_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """An older release names both revisions and what to do, and changes nothing."""
    file = tmp_path / "ledger.db"
    Ledger.open(file, SystemClock()).close()
    engine = create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreUnreadable, match="revision 9999"):
            Ledger.open(file, SystemClock())
        kept = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    engine.dispose()
    assert kept == "9999"
