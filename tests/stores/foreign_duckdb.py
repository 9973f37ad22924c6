"""Another program's DuckDB: attaches a lake by a plain ATTACH and executes the given statements.

Run as `python -m tests.stores.foreign_duckdb CATALOG STATEMENT...`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from fullcourt.stores.duckdb_extensions import load_extensions

ROOT = Path(__file__).resolve().parents[2]


def execute_elsewhere(catalog: Path, *statements: str) -> None:
    """Execute statements on the lake, attached as `theirs`, in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "tests.stores.foreign_duckdb", str(catalog), *statements],
        cwd=ROOT,
        check=True,
        timeout=60,
    )


def main(catalog: str, statements: list[str]) -> None:
    """Attach and execute."""
    connection = duckdb.connect()
    load_extensions(connection)
    connection.execute(f"ATTACH 'ducklake:sqlite:{catalog}' AS theirs")
    for statement in statements:
        connection.execute(statement)
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
