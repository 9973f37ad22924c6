"""A game whose schedule rows are gone is missed by its id: the archive says it must exist."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Program
from tests.cli.small_world import FIRST, LAST, PLAYED
from tests.stores.foreign_duckdb import execute_elsewhere


def schedule_cell(fullcourt: Program, home: Path) -> dict[str, Any]:
    """The first date's schedule cell as judged now."""
    view = json.loads(fullcourt("status", "--date", FIRST, "--json", "--home", home).stdout)
    [cell] = [c for c in view["cells"] if c["dataset"] == "schedule"]
    return dict(cell)


def test_a_game_gone_from_the_lake_is_named_and_said_again(
    fullcourt: Program, history: Path, tmp_path: Path
) -> None:
    """What must exist is not derived from the rows that are to be judged."""
    home = tmp_path / "home"
    span = ("--from", FIRST, "--to", LAST)
    walked = fullcourt("replay", "--history", history, *span, "--home", home)
    assert walked.exit_code == 0, walked.stderr
    query = f"SELECT DISTINCT status FROM schedule WHERE game_id = '{PLAYED}'"
    execute_elsewhere(
        home / "catalog.db", f"DELETE FROM theirs.schedule WHERE game_id = '{PLAYED}'"
    )
    wounded = schedule_cell(fullcourt, home)
    assert wounded["verdict"] == "missing"
    assert {k["key"]: k["state"] for k in wounded["keys"]}[PLAYED] == "missing"
    fullcourt("run", "--once", "--home", home)
    assert schedule_cell(fullcourt, home)["verdict"] == "complete"
    [*rows] = json.loads(fullcourt("sql", query, "--json", "--home", home).stdout)
    assert 3 in {row["status"] for row in rows}
