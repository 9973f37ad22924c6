"""Foreign databases, attached read-only, and queries in a sandbox of their own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import duckdb

from fullcourt.audit.configuration import AuditRefused, Source
from fullcourt.stores.duckdb_extensions import load_extension

PREFIX = "audit_source_"
_CONNECT_TIMEOUT_S = "10"


def attached(connection: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Attach a source's database read-only, once; the name of its catalog.

    Raises:
        AuditRefused: it cannot be opened. A password is in no message.
    """
    assert source.database is not None
    if source.kind != "postgresql" and not Path(source.database).is_file():
        raise AuditRefused(
            f"{source.database}: no such file.",
            next_step="mend `database`; paths start at the configuration's folder",
        )
    catalog = PREFIX + re.sub(r"\W", "_", f"{source.kind}_{source.database}")
    known = connection.execute("SELECT database_name FROM duckdb_databases()").fetchall()
    if (catalog,) in known:
        return catalog
    place, secret, options = source.database, "", "READ_ONLY"
    if source.kind == "sqlite":
        load_extension(connection, "sqlite_scanner")
        # SQLite keeps text in a column of numbers; it is read as it stands and checked here.
        connection.execute("SET sqlite_all_varchar = true")
        options = "TYPE sqlite, READ_ONLY"
    elif source.kind == "postgresql":
        load_extension(connection, "postgres_scanner")
        place, secret = postgres_place(source)
        options = "TYPE postgres, READ_ONLY"
    said = ""
    try:
        connection.execute(f"ATTACH '{_escaped(place)}' AS {catalog} ({options})")
    except duckdb.Error as error:
        said = without_secrets(str(error), secret, place)
    # Not raised in the handler: a traceback would show the driver's words, password and all.
    if said:
        raise AuditRefused(
            f"{source.database}: cannot be opened: {said}",
            next_step="check that it is there, that it may be read, and password_env",
        )
    return catalog


def postgres_place(source: Source) -> tuple[str, str]:
    """libpq's words for a URL, and the password among them.

    Raises:
        AuditRefused: the environment variable of the password is not set.
    """
    assert source.database is not None
    parts = urlsplit(source.database)
    words = {
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "dbname": unquote(parts.path.strip("/")),
        "connect_timeout": _CONNECT_TIMEOUT_S,
        **dict(parse_qsl(parts.query)),
    }
    secret = ""
    if source.password_env is not None:
        secret = os.environ.get(source.password_env, "")
        if not secret:
            raise AuditRefused(
                f"{source.database}: the environment variable {source.password_env} is not set.",
                next_step=f"export {source.password_env}, or leave out password_env",
            )
        words["password"] = secret
    return " ".join(f"{key}='{_libpq(value)}'" for key, value in words.items() if value), secret


def _libpq(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def without_secrets(text: str, secret: str, place: str) -> str:
    """A driver's words without the connection string and without the password in any form."""
    text = text.replace(place, "...")
    for form in {secret, quote(secret, safe=""), _libpq(secret), _escaped(_libpq(secret))} - {""}:
        text = text.replace(form, "***")
    text = re.sub(r"(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", r"\1***", text)
    return " ".join(text.split())


def table_reference(
    connection: duckdb.DuckDBPyConnection, catalog: str, table: str
) -> tuple[str, str] | None:
    """Schema and name of a table, given as `name` or `schema.name`; None: there is none."""
    found = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ? "
        "AND (table_name = ? OR concat(table_schema, '.', table_name) = ?) "
        "ORDER BY table_schema NOT IN ('main', 'public'), table_schema LIMIT 1",
        [catalog, table, table],
    ).fetchone()
    return None if found is None else (str(found[0]), str(found[1]))


def duckdb_view(
    connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, name: str
) -> bool:
    """Whether a table of a DuckDB file is a view, that is, SQL."""
    return bool(
        connection.execute(
            "SELECT 1 FROM duckdb_views() WHERE database_name = ? AND schema_name = ? "
            "AND view_name = ?",
            [catalog, schema, name],
        ).fetchone()
    )


def run_query(
    connection: duckdb.DuckDBPyConnection, source: Source, folder: Path
) -> tuple[str, str]:
    """Run a trusted query in a sandbox and hand its rows over; relation and row number in SQL.

    The sandbox reads the configuration's folder (`{folder}` in the query) and the source's own
    database, where its tables need no prefix; nothing else, and it writes nothing.

    Raises:
        AuditRefused: it is not one SELECT, or does not run.
    """
    assert source.query is not None
    with duckdb.connect() as sandbox:
        sandbox.execute("SET TimeZone = 'UTC'; SET temp_directory = ''")
        secret = place = ""
        if source.database is not None:
            sandbox.execute(f"USE {attached(sandbox, source)}")
            place, secret = postgres_place(source) if source.kind == "postgresql" else ("", "")
        sandbox.execute(f"SET allowed_directories = ['{_escaped(str(folder))}/']")
        sandbox.execute("SET enable_external_access = false; SET lock_configuration = true")
        query = source.query.replace("{folder}", _escaped(str(folder)))
        said, rows = "", None
        try:
            statements = sandbox.extract_statements(query)
            if [each.type for each in statements] != [duckdb.StatementType.SELECT]:
                said = "it is not one SELECT"
            else:
                rows = sandbox.execute(query).to_arrow_table()
        except duckdb.Error as error:
            said = without_secrets(str(error), secret, place) if place else str(error)
    if rows is None:
        raise AuditRefused(f"the query of line {source.line}: {said}", next_step="mend the query")
    name = f"{PREFIX}query_{source.line}"
    connection.register(name, rows)
    return name, ""


def detach_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of every database and query this room attached."""
    for (name,) in connection.execute("SELECT database_name FROM duckdb_databases()").fetchall():
        if str(name).startswith(PREFIX):
            connection.execute(f"DETACH {name}")
    views = connection.execute("SELECT view_name FROM duckdb_views() WHERE temporary").fetchall()
    for (name,) in views:
        if str(name).startswith(PREFIX):
            connection.unregister(str(name))


def _escaped(text: str) -> str:
    return text.replace("'", "''")
