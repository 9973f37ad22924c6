"""Recorded deployments: once, completed, never contradicted; and the ledger that gains them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

import fullcourt.stores.ledger
from fullcourt.clock import SystemClock, VirtualClock
from fullcourt.stores.ledger import Ledger, schema
from fullcourt.stores.ledger.deployments import (
    Deployment,
    DeploymentRefused,
    get_deployments,
    record_deployment,
)

NOW = datetime(2025, 1, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAID = Deployment("scrape", "r1", "3dda97e", False, NOW - HOUR, NOW, "0123456789ab+01234567")


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger."""
    opened = Ledger.in_memory(VirtualClock(NOW))
    yield opened
    opened.close()


def test_saying_it_again_changes_nothing(ledger: Ledger) -> None:
    """A release script may be run twice."""
    kept, change = record_deployment(ledger, SAID)
    assert (kept, change) == (replace(SAID, recorded_at=NOW), "new")
    assert record_deployment(ledger, SAID) == (kept, "unchanged")
    assert get_deployments(ledger) == (kept,)


def test_what_was_not_said_before_is_added(ledger: Ledger) -> None:
    """Started at its start, finished at its end; what is left out stays as it is."""
    record_deployment(ledger, Deployment("scrape", "r1", "3dda97e", started_at=NOW - HOUR))
    more = replace(SAID, started_at=None, commit="3dda97e0c1", fingerprint="0123456789ab")
    assert record_deployment(ledger, more)[1] == "completed"
    kept, change = record_deployment(ledger, SAID)
    assert change == "completed"
    assert kept == replace(SAID, commit="3dda97e0c1", recorded_at=NOW)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"commit": "4dda97e"}, "commit is 3dda97e on record, not 4dda97e"),
        ({"is_dirty": True}, "is_dirty is False on record, not True"),
        ({"started_at": NOW}, "started_at is 2025-01-09T11"),
        ({"finished_at": NOW + HOUR}, "finished_at is 2025-01-09T12"),
        ({"fingerprint": "1123456789ab"}, "fingerprint is 0123456789ab"),
        ({"fingerprint": "0123456789ab+11234567"}, "fingerprint is 0123456789ab"),
    ],
)
def test_a_contradiction_is_refused_and_changes_nothing(
    ledger: Ledger, other: dict[str, Any], words: str
) -> None:
    """A revision names one deployment; the message has field, both values and the next step."""
    record_deployment(ledger, SAID)
    with pytest.raises(DeploymentRefused, match="revision of its own") as told:
        record_deployment(ledger, replace(SAID, **other))
    assert words in str(told.value)
    assert get_deployments(ledger) == (replace(SAID, recorded_at=NOW),)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"service": " "}, "service ' '"),
        ({"revision": "r1 "}, "revision 'r1 '"),
        ({"commit": "main"}, "commit 'main'"),
        ({"commit": "3DDA97E"}, "commit '3DDA97E'"),
        ({"fingerprint": "r42"}, "fingerprint 'r42'"),
        ({"finished_at": NOW - 2 * HOUR}, "before it started"),
    ],
)
def test_a_wrong_value_is_named(ledger: Ledger, wrong: dict[str, Any], words: str) -> None:
    """Nothing that cannot be matched to a run, or to a commit, is kept."""
    with pytest.raises(DeploymentRefused) as told:
        record_deployment(ledger, replace(SAID, **wrong))
    assert words in str(told.value)
    assert get_deployments(ledger) == ()


def test_an_end_before_the_start_on_record_is_refused(ledger: Ledger) -> None:
    """Also when the two are said in two calls."""
    record_deployment(ledger, replace(SAID, finished_at=None))
    with pytest.raises(DeploymentRefused, match="before it started"):
        record_deployment(ledger, replace(SAID, started_at=None, finished_at=NOW - 2 * HOUR))


def test_an_older_ledger_is_upgraded_as_it_is_opened(tmp_path: Path) -> None:
    """One of the first release keeps its rows and can keep deployments; the schema is the same."""
    path = tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        rooms = Path(fullcourt.stores.ledger.__file__).parent
        config.set_main_option("script_location", str(rooms / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('known', 'before')")
    opened = Ledger.open(path, SystemClock())
    assert opened.get_meta("known") == "before"
    assert record_deployment(opened, SAID)[1] == "new"
    opened.close()
    columns = {
        table: {(c["name"], c["nullable"]) for c in inspect(engine).get_columns(table)}
        for table in schema.metadata.tables
    }
    engine.dispose()
    for name, table in schema.metadata.tables.items():
        wanted = {(column.name, column.nullable) for column in table.columns}
        assert columns[name] == wanted, name
