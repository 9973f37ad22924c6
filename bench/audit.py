"""Measure the audit of a foreign history: a million runs, twenty tables, ten seasons, from Parquet.

`python bench/audit.py [--runs N] [--keep DIR]`: prints one JSON object. Run by `bench/run.py` as a
process of its own, so that the peak memory is the audit's.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from pathlib import Path

import duckdb

from fullcourt.audit.foreign import audit_relations
from fullcourt.audit.relations import create_relations
from fullcourt.audit.sources import fill, load_config
from fullcourt.clock import elapsed_timer

SAMPLE = 300
GAMES = tuple(f"of_games_{number:02d}" for number in range(13))
TEAMS = tuple(f"of_teams_{number}" for number in range(3))
PLAYERS = tuple(f"of_players_{number}" for number in range(3))
LISTED = "listed"
"""The twentieth table: it says whom the tables of players owe."""

# Ten seasons of 1,230 games on 166 dates each.
_SCHEDULE = """
    SELECT
        '002' || lpad((15 + s)::VARCHAR, 2, '0') || lpad(n::VARCHAR, 5, '0') AS game_id,
        (make_date(2015 + s, 10, 21) + (n * 7 // 52)::INTEGER)::DATE AS game_date,
        game_date::TIMESTAMPTZ + to_minutes(23 * 60 + 30 * (n % 7)) AS tip_at,
        'T' || (n * 7 + s) % 30 AS home,
        'T' || (n * 7 + s + 11) % 30 AS away,
        'final' AS state
    FROM range(10) AS seasons (s), range(1, 1231) AS games (n)
"""
# Loaded by one of the runs below, ten seconds after it began. Three games in a hundred are missing
# in each table, one in ten came a day late.
_TABLE = """
    SELECT
        game_date,
        game_id,
        unit::VARCHAR AS unit,
        time_bucket(INTERVAL 2 HOUR, tip_at + to_minutes(
            270 + if(hash('{table}' || game_id) % 10 = 0, 1440, 0)
        )) + to_seconds(10) AS first_loaded_at,
        first_loaded_at + to_hours(2 * (hash(game_id) % 3)::INTEGER) AS loaded_at
    FROM schedule, unnest({units}) AS units (unit)
    WHERE hash(game_id || '{table}' || 'lost') % 100 >= {lost}
"""
# Every two hours from noon on; six of ten that wrote say zero, as do all that found nothing new.
_RUNS = """
    SELECT
        row_number() OVER () AS row_id,
        tables.table_name || '-' || row_id AS run_id,
        'load_' || tables.table_name AS processor,
        tables.table_name AS target,
        days.game_date,
        days.game_date::TIMESTAMPTZ + to_hours(12 + 2 * n) AS started_at,
        CASE hash(row_id) % 100 WHEN 0 THEN 'running' WHEN 1 THEN 'failed' ELSE 'succeeded' END
            AS status,
        CASE WHEN status <> 'running' THEN started_at + to_seconds(40) END AS finished_at,
        CASE
            WHEN status = 'succeeded'
                THEN if(hash(row_id) % 5 < 3, 0, coalesce(w.rows, 0)::BIGINT)
        END AS records
    FROM (SELECT DISTINCT game_date FROM schedule) AS days
    CROSS JOIN unnest($tables) AS tables (table_name)
    CROSS JOIN range($each) AS tries (n)
    LEFT JOIN wrote AS w
        ON w.table_name = tables.table_name
        AND w.game_date = days.game_date
        AND w.began = days.game_date::TIMESTAMPTZ + to_hours(12 + 2 * n)
    LIMIT $runs
"""


_HEAD = """
name = "a million runs"
now = 2026-01-01T00:00:00Z
time_zone = "UTC"
[runs]
files = "runs.parquet"
[runs.columns]
run_id = "run_id"
processor = "processor"
target = "target"
game_date = "game_date"
started_at = "started_at"
ended_at = "finished_at"
state = "status"
records = "records"
[runs.states]
running = "running"
succeeded = "succeeded"
failed = "failed"
[schedule]
files = "schedule.parquet"
[schedule.columns]
game_id = "game_id"
game_date = "game_date"
tip_at = "tip_at"
home = "home"
away = "away"
state = "state"
[schedule.states]
final = "final"
"""
_TABLE_SECTION = """
[[table]]
name = "{name}"
files = "{name}.parquet"
key = {unit}
unit = {unit}
date = "game_date"
game = "game_id"
written_at = "loaded_at"
first_written_at = "first_loaded_at"
"""
_PROCESSOR_SECTION = """
[[processor]]
name = "load_{name}"
fills = ["{name}"]
expects = "{rule}"
due_hours = 2.5
longest_minutes = 60.0
{more}
"""


def main() -> None:
    """Write the history, audit it, and print what it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=1_000_000)
    arguments.add_argument("--keep", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "runs.parquet").exists():
            write_history(folder, chosen.runs)
        print(json.dumps(measured(folder)))


def write_history(folder: Path, runs: int) -> None:
    """The schedule, the tables and the runs as Parquet files."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"SET TimeZone = 'UTC'; CREATE TABLE schedule AS {_SCHEDULE}")
        connection.execute(f"COPY schedule TO '{folder}/schedule.parquet'")
        connection.execute(
            "CREATE TABLE wrote"
            " (table_name VARCHAR, game_date DATE, began TIMESTAMPTZ, rows BIGINT)"
        )
        for table in (*GAMES, *TEAMS, *PLAYERS, LISTED):
            units = "['']"
            if table in TEAMS:
                units = "[home, away]"
            elif table not in GAMES:
                units = "range(26)"
            lost = 0 if table == LISTED else 3
            query = _TABLE.format(table=table, units=units, lost=lost)
            connection.execute(f"COPY ({query}) TO '{folder}/{table}.parquet'")
            connection.execute(
                f"INSERT INTO wrote SELECT '{table}', game_date,"
                " first_loaded_at - to_seconds(10), count(*)"
                f" FROM '{folder}/{table}.parquet' GROUP BY ALL"
            )
        filled = [*GAMES, *TEAMS, *PLAYERS]
        dates = connection.execute("SELECT count(DISTINCT game_date) FROM schedule").fetchone()
        assert dates is not None
        each = -(-runs // (len(filled) * dates[0]))
        connection.execute(
            f"COPY ({_RUNS}) TO '{folder}/runs.parquet'",
            {"tables": filled, "each": each, "runs": runs},
        )
    (folder / "audit.toml").write_text(configuration())


def measured(folder: Path) -> dict[str, float | int]:
    """Seconds (elapsed, and of the processors) from files to view, and the alternative's."""
    began, before = elapsed_timer(), resource.getrusage(resource.RUSAGE_SELF)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1500MB"})
    connection.execute("SET TimeZone = 'UTC'")
    create_relations(connection)
    config = load_config(folder / "audit.toml")
    complaints = fill(connection, config, trust_config=False)
    read = elapsed_timer() - began
    view = audit_relations(connection, config, most=1_000, complaints=complaints)
    seconds, after = elapsed_timer() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss / 1024
    began = elapsed_timer()
    for row in connection.execute(
        "SELECT target, game_date, ended_at FROM audit.runs WHERE ended_at IS NOT NULL"
        f" USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (1)"
    ).fetchall():
        connection.execute(
            "SELECT key FROM audit.expected AS e WHERE target = $1 AND game_date = $2"
            " AND due_at <= $3 AND NOT EXISTS (SELECT 1 FROM audit.held AS h"
            " WHERE h.target = e.target AND h.game_date = e.game_date AND h.key = e.key"
            " AND h.first_at <= $3)",
            list(row),
        ).fetchall()
    each = (elapsed_timer() - began) / SAMPLE
    connection.close()
    return {
        "runs": view.total.runs,
        "zero_runs": view.total.zero_runs,
        "decided": view.total.decided.part,
        "dates": view.total.dates,
        "complaints": len(complaints),
        "seconds": round(seconds, 3),
        "reading_seconds": round(read, 3),
        "cpu_seconds": round(cpu, 3),
        "peak_mb": round(peak),
        "sampled": SAMPLE,
        "one_by_one_seconds": round(each * view.total.runs, 1),
    } | {f"until_{name}": round(took, 3) for name, took in view.seconds.items()}


def configuration() -> str:
    """The `audit.toml` of this history."""
    tables = [("game_id", name) for name in GAMES]
    tables += [("game_id unit", name) for name in (*TEAMS, *PLAYERS, LISTED)]
    rules = dict.fromkeys(GAMES, "games_final") | dict.fromkeys(TEAMS, "teams")
    rules |= dict.fromkeys(PLAYERS, "players_listed")
    return _HEAD + "".join(
        [_TABLE_SECTION.format(name=name, unit=json.dumps(unit.split())) for unit, name in tables]
        + [
            _PROCESSOR_SECTION.format(
                name=name,
                rule=rule,
                more=f'listed_in = "{LISTED}"\nupstream = ["{GAMES[0]}"]' * (name in PLAYERS),
            )
            for name, rule in rules.items()
        ]
    )


if __name__ == "__main__":
    main()
