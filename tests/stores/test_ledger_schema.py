"""The ledger's migrations lead to exactly the tables the code speaks of."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from fullcourt.clock import SystemClock
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
