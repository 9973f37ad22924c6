"""Configurations and small sources for tests, and the relations they are read into."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from fullcourt.audit.relations import create_relations
from fullcourt.audit.sources import fill
from fullcourt.audit.toml_config import parse_config

SCHEDULE = """\
game_id,game_date,tip_at,home,away,status
0022400001,2025-01-01,2025-01-02T00:30:00Z,BOS,NYK,Final
0022400002,2025-01-02,2025-01-03T00:00:00Z,LAL,DEN,Final
0022400003,2025-01-02,2025-01-03T03:00:00Z,GSW,SAC,PPD
"""
RUNS = """\
id,job,day,started,status,rows
r1,load,2025-01-01,2025-01-02T08:00:00Z,ok,2
r2,load,2025-01-02,2025-01-03T08:00:00Z,ok,0
r3,load,2025-01-03,2025-01-04T08:00:00Z,failed,
"""
BOXES = """\
game_date,game_id,player_id,points,loaded
2025-01-01,0022400001,7,20,2025-01-02T08:00:01Z
2025-01-01,0022400001,8,11,2025-01-02T08:00:01Z
2025-01-02,0022400002,9,30,2025-01-03T08:00:01Z
2025-01-02,0022400002,9,30,2025-01-03T08:05:00Z
"""
CONFIG = """\
name = "small"
time_zone = "UTC"

[runs]
files = "runs.csv"

[runs.columns]
run_id = "id"
processor = "job"
game_date = "day"
started_at = "started"
state = "status"
records = "rows"

[runs.states]
ok = "succeeded"
failed = "failed"

[schedule]
files = "schedule.csv"

[schedule.columns]
game_id = "game_id"
game_date = "game_date"
tip_at = "tip_at"
home = "home"
away = "away"
state = "status"

[schedule.states]
Final = "final"
PPD = "postponed"

[[table]]
name = "boxes"
files = "boxes.csv"
key = ["game_id", "player_id"]
date = "game_date"
game = "game_id"
written_at = "loaded"

[[processor]]
name = "load"
fills = ["boxes"]
expects = "games_final"
due_hours = 2.5
"""


def write(folder: Path, *, runs: str = RUNS, schedule: str = SCHEDULE, boxes: str = BOXES) -> None:
    """The three files of the small pipeline."""
    for name, text in (("runs", runs), ("schedule", schedule), ("boxes", boxes)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


class Filled:
    """The relations of a configuration, and the complaints of reading it."""

    def __init__(self, folder: Path, text: str = CONFIG, *, trust_config: bool = False) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        create_relations(self.connection)
        config = parse_config(text, folder / "audit.toml")
        self.complaints = fill(self.connection, config, trust_config=trust_config)

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(sql).fetchall()


EVERYTHING = (
    "SELECT * FROM audit.runs ORDER BY row_no",
    "SELECT * FROM audit.games ORDER BY ALL",
    "SELECT * FROM audit.held ORDER BY ALL",
)


def content(filled: Filled) -> list[object]:
    """Every row that was filled."""
    return [filled.rows(sql) for sql in EVERYTHING]


def in_database(kind: str, database: str, password: str = "") -> str:
    """The configuration with its three tables in a database."""
    text = CONFIG
    for name in ("runs", "schedule", "boxes"):
        place = f'kind = "{kind}"\ndatabase = "{database}"\ntable = "{name}"{password}'
        text = text.replace(f'files = "{name}.csv"', place)
    return text
