"""DuckDB extensions straight from their wheels: nothing is downloaded, no home directory needed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb

from fullcourt.errors import StoreUnreadable


def load_extensions(connection: duckdb.DuckDBPyConnection) -> None:
    """Load what DuckLake on SQLite needs into `connection` (errors: see `load_extension`)."""
    for name in ("sqlite_scanner", "ducklake"):
        load_extension(connection, name)


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load one extension: `sqlite_scanner`, `ducklake` or `postgres_scanner`.

    Raises:
        StoreUnreadable: its wheel is missing or was made for another DuckDB.
    """
    module = f"duckdb_extension_{name}"
    path = _extension_file(module)
    try:
        connection.execute(f"LOAD '{path}'")
    except duckdb.Error as error:
        raise StoreUnreadable(
            f"{path}: DuckDB {duckdb.__version__} cannot load this extension: {error}.",
            next_step=f"install {module.replace('_', '-')} of version {duckdb.__version__}",
        ) from error


def _extension_file(module: str) -> Path:
    spec = find_spec(module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(folder).glob(
            f"extensions/*/{module.removeprefix('duckdb_extension_')}.duckdb_extension"
        ):
            return path
    raise StoreUnreadable(
        f"the wheel {module.replace('_', '-')} is not installed.",
        next_step="install fullcourt from its lock file (`make setup`)",
    )
