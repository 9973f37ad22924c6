"""Ready mappings, each on a small source with the columns and words of the real one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fullcourt.audit.presets import RUN_PRESETS
from fullcourt.audit.words import RunState
from tests.audit.sources.filled import CONFIG, Filled, write

RUN = (
    "SELECT processor, run_id, game_date::VARCHAR, started_at::VARCHAR, ended_at::VARCHAR, state, "
    "records FROM audit.runs ORDER BY row_no"
)


def _runs(folder: Path, runs: str) -> Filled:
    """The small pipeline with another history."""
    write(folder)
    start, end = CONFIG.index("[runs]"), CONFIG.index("[schedule]")
    return Filled(folder, CONFIG[:start] + f"[runs]\n{runs}\n\n" + CONFIG[end:])


def _database(folder: Path, tables: Mapping[str, list[dict[str, Any]]]) -> str:
    """An SQLite file with tables; the lines that lead to it."""
    with closing(sqlite3.connect(folder / "meta.db")) as store, store:
        for name, rows in tables.items():
            columns = ", ".join(f'"{column}"' for column in rows[0])
            store.execute(f"CREATE TABLE {name} ({columns})")
            marks = ", ".join("?" for _ in rows[0])
            store.executemany(
                f"INSERT INTO {name} VALUES ({marks})", [list(row.values()) for row in rows]
            )
    return 'kind = "sqlite"\ndatabase = "meta.db"\n'


def _dag_run(run_id: str, state: str, **changed: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "dag_id": "load_boxes",
        "queued_at": "2025-01-02 08:00:00.000000",
        "logical_date": "2025-01-01 08:00:00.000000",
        "start_date": "2025-01-02 08:00:01.500000",
        "end_date": "2025-01-02 08:01:00.000000",
        "state": state,
        "run_id": run_id,
        "run_type": "scheduled",
        "conf": '{"game_date": "2025-01-01"}',
        **changed,
    }


def test_airflow(tmp_path: Path) -> None:
    """A dag_run is a run of its DAG on its logical date; 2.x calls that execution_date."""
    rows = [
        _dag_run("scheduled__2025-01-01T08:00:00+00:00", "success"),
        _dag_run("manual__1", "running", end_date=None, logical_date=None),
    ]
    lines = _database(tmp_path, {"dag_run": rows})
    filled = _runs(tmp_path, 'preset = "airflow"\n' + lines)
    assert filled.rows(RUN) == [
        (
            "load_boxes",
            "scheduled__2025-01-01T08:00:00+00:00",
            "2025-01-01",
            "2025-01-02 08:00:01.5+00",
            "2025-01-02 08:01:00+00",
            "succeeded",
            None,
        ),
        ("load_boxes", "manual__1", None, "2025-01-02 08:00:01.5+00", None, "running", None),
    ]
    assert any("column 'logical_date | execution_date', row 2" in c for c in filled.complaints)
    own = f'preset = "airflow"\n{lines}\n[runs.columns]\ngame_date = "conf.game_date"'
    assert [row[2] for row in _runs(tmp_path, own).rows(RUN)] == ["2025-01-01", "2025-01-01"]


def test_airflow_of_the_second_line(tmp_path: Path) -> None:
    """Airflow 2 has an execution_date and a dag_hash."""
    row = _dag_run("scheduled__1", "failed", dag_hash="abc")
    row["execution_date"] = row.pop("logical_date")
    filled = _runs(tmp_path, 'preset = "airflow"\n' + _database(tmp_path, {"dag_run": [row]}))
    assert filled.rows("SELECT game_date::VARCHAR, state, revision FROM audit.runs") == [
        ("2025-01-01", "failed", "abc")
    ]


def test_airflow_tasks(tmp_path: Path) -> None:
    """A task_instance is a run of its task; its date is its dag_run's."""
    states = ["success", "up_for_retry", "upstream_failed", "skipped", "failed", None, "deferred"]
    tasks: list[dict[str, Any]] = [
        {
            "task_id": f"task_{number}",
            "dag_id": "nightly",
            "run_id": "scheduled__1",
            "map_index": -1,
            "start_date": "2025-01-02 08:00:01.500000",
            "end_date": None,
            "state": state,
            "try_number": 1,
        }
        for number, state in enumerate(states)
    ]
    dag = _dag_run("scheduled__1", "success", dag_id="nightly")
    tables: dict[str, list[dict[str, Any]]] = {"task_instance": tasks, "dag_run": [dag]}
    filled = _runs(tmp_path, 'preset = "airflow_tasks"\n' + _database(tmp_path, tables))
    rows = filled.rows(RUN)
    assert rows[0][:3] == ("nightly.task_0", "nightly/scheduled__1/-1", "2025-01-01")
    assert [row[5] for row in rows] == [
        "succeeded",
        "running",
        "skipped",
        "skipped",
        "failed",
        "running",
        "running",
    ]


def test_dagster(tmp_path: Path) -> None:
    """A run of a job on its partition; start and end are seconds since 1970."""
    row = {
        "id": 1,
        "run_id": "6a1b",
        "pipeline_name": "load_boxes",
        "status": "SUCCESS",
        "run_body": "{}",
        "partition": "2025-01-01",
        "create_timestamp": "2025-01-02 08:00:00",
        "update_timestamp": "2025-01-02 08:01:00",
        "start_time": 1735804801.5,
        "end_time": 1735804860.0,
    }
    rows = [row, {**row, "run_id": "7c", "status": "STARTED", "end_time": None}]
    filled = _runs(tmp_path, 'preset = "dagster"\n' + _database(tmp_path, {"runs": rows}))
    instants = ("2025-01-02 08:00:01.5+00", "2025-01-02 08:01:00+00")
    assert filled.rows(RUN) == [
        ("load_boxes", "6a1b", "2025-01-01", *instants, "succeeded", None),
        ("load_boxes", "7c", "2025-01-01", instants[0], None, "running", None),
    ]


def test_dagster_assets(tmp_path: Path) -> None:
    """A materialization of an asset's partition; other events are none of its runs."""
    row = {
        "id": 1,
        "run_id": "6a1b",
        "event": "{}",
        "dagster_event_type": "ASSET_MATERIALIZATION",
        "timestamp": "2025-01-02 08:00:30.000000",
        "step_key": "boxes",
        "asset_key": '["boxes", "raw"]',
        "partition": "2025-01-01",
    }
    rows: list[dict[str, Any]] = [
        row,
        {**row, "dagster_event_type": "STEP_START", "asset_key": None},
        {**row, "partition": "2025-01-02"},
    ]
    lines = 'preset = "dagster_assets"\n' + _database(tmp_path, {"event_logs": rows})
    ended = "2025-01-02 08:00:30+00"
    assert _runs(tmp_path, lines).rows(RUN) == [
        ("boxes", "6a1b", "2025-01-01", None, ended, "succeeded", None),
        ("boxes", "6a1b", "2025-01-02", None, ended, "succeeded", None),
    ]


def test_prefect(tmp_path: Path) -> None:
    """A flow_run is a run of the flow its id names; what is only scheduled is none."""
    row = {
        "id": "0193",
        "name": "crafty-crow",
        "flow_id": "f1",
        "state_type": "COMPLETED",
        "state_name": "Completed",
        "flow_version": "abc",
        "parameters": '{"game_date": "2025-01-01"}',
        "expected_start_time": "2025-01-02 08:00:00.000000",
        "start_time": "2025-01-02 08:00:01.500000",
        "end_time": "2025-01-02 08:01:00.000000",
    }
    rows: list[dict[str, Any]] = [
        row,
        {**row, "id": "0194", "state_type": "SCHEDULED", "start_time": None},
        {**row, "id": "0195", "state_type": "CRASHED"},
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        "flow_run": rows,
        "flow": [{"id": "f1", "name": "load-boxes"}],
    }
    lines = 'preset = "prefect"\n' + _database(tmp_path, tables)
    lines += '\n[runs.columns]\ngame_date = "parameters.game_date"'
    instants = ("2025-01-02 08:00:01.5+00", "2025-01-02 08:01:00+00")
    assert _runs(tmp_path, lines).rows(RUN) == [
        ("load-boxes", "0193", "2025-01-01", *instants, "succeeded", None),
        ("load-boxes", "0195", "2025-01-01", *instants, "failed", None),
    ]


def test_prefect_exported_without_its_flows(tmp_path: Path) -> None:
    """A file of flow runs alone names flows by their id."""
    text = "id,flow_id,state_type,start_time,end_time\n1,f1,PAUSED,2025-01-02T03:00:00.5+00:00,\n"
    (tmp_path / "flow_run.csv").write_text(text, encoding="utf-8")
    filled = _runs(tmp_path, 'preset = "prefect"\nfiles = "flow_run.csv"')
    # 22:00 of New Year's Day in New York.
    assert filled.rows(RUN) == [
        ("f1", "1", "2025-01-01", "2025-01-02 03:00:00.5+00", None, "running", None)
    ]


def test_prefect_tasks(tmp_path: Path) -> None:
    """A task_run is a run of its task."""
    row = {
        "id": "t1",
        "flow_run_id": "0193",
        "task_key": "load-3f2a",
        "dynamic_key": "0",
        "state_type": "FAILED",
        "start_time": "2025-01-02 08:00:01",
        "end_time": "2025-01-02 08:00:02",
    }
    lines = 'preset = "prefect_tasks"\n' + _database(tmp_path, {"task_run": [row]})
    assert [row[:1] + row[5:6] for row in _runs(tmp_path, lines).rows(RUN)] == [
        ("load-3f2a", "failed")
    ]


def test_dbt(tmp_path: Path) -> None:
    """Both packages' tables: their own names of the columns, rows as the adapter reports them."""
    one = {
        "model_execution_id": "model.p.boxes.1",
        "unique_id": "model.p.boxes",
        "name": "boxes",
        "status": "success",
        "execute_started_at": "2025-01-02T08:00:01.500000Z",
        "execute_completed_at": "2025-01-02T08:01:00.000000Z",
        "rows_affected": 12,
        "message": "INSERT 0 12",
    }
    wanted = (
        "boxes",
        "model.p.boxes.1",
        "2025-01-02",
        "2025-01-02 08:00:01.5+00",
        "2025-01-02 08:01:00+00",
        "succeeded",
        12,
    )
    lines = 'preset = "dbt"\n' + _database(tmp_path, {"dbt_run_results": [one]})
    assert _runs(tmp_path, lines).rows(RUN) == [wanted]
    other = {
        "model_execution_id": "model.p.boxes.1",
        "node_id": "model.p.boxes",
        "name": "boxes",
        "status": "success",
        "compile_started_at": "2025-01-02 08:00:01.5",
        "query_completed_at": "2025-01-02 08:01:00",
        "rows_affected": 12,
    }
    lines = 'preset = "dbt"\ntable = "model_executions"\n'
    (tmp_path / "meta.db").unlink()
    lines += _database(tmp_path, {"model_executions": [other]})
    assert _runs(tmp_path, lines).rows(RUN) == [wanted]


def test_dbt_results(tmp_path: Path) -> None:
    """run_results.json itself: a run a node; a skipped one has no times and so no date."""
    document = {
        "metadata": {"invocation_id": "i1", "generated_at": "2025-01-02T08:02:00Z"},
        "results": [
            {
                "status": "success",
                "timing": [
                    {"name": "compile", "started_at": "2025-01-02T08:00:00Z"},
                    {
                        "name": "execute",
                        "started_at": "2025-01-02T08:00:01.500000Z",
                        "completed_at": "2025-01-02T08:01:00Z",
                    },
                ],
                "adapter_response": {"_message": "SELECT 12", "rows_affected": 12},
                "message": "SELECT 12",
                "unique_id": "model.p.boxes",
            },
            {
                "status": "skipped",
                "timing": [],
                "adapter_response": {},
                "message": None,
                "unique_id": "model.p.late",
            },
        ],
        "elapsed_time": 2.5,
    }
    (tmp_path / "run_results.json").write_text(json.dumps(document), encoding="utf-8")
    filled = _runs(tmp_path, 'preset = "dbt_results"\nfiles = "run_results.json"')
    assert filled.rows(RUN) == [
        (
            "model.p.boxes",
            "i1/model.p.boxes",
            "2025-01-02",
            "2025-01-02 08:00:01.5+00",
            "2025-01-02 08:01:00+00",
            "succeeded",
            12,
        ),
        ("model.p.late", "i1/model.p.late", None, None, None, "skipped", None),
    ]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_bigquery(tmp_path: Path, kind: str) -> None:
    """A run table exported from BigQuery: whole numbers in quotes, instants that end in UTC."""
    row = {
        "run_id": "r1",
        "processor_name": "load",
        "data_date": "2025-01-01",
        "status": "success",
        "records_processed": "12",
        "started_at": "2025-01-02 08:00:01.500000 UTC",
        "processed_at": "2025-01-02 08:01:00 UTC",
        "errors": "",
    }
    text = json.dumps(row) + "\n"
    if kind == "csv":
        text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    (tmp_path / f"history.{kind}").write_text(text, encoding="utf-8")
    filled = _runs(tmp_path, f'preset = "bigquery"\nfiles = "history.{kind}"')
    instants = ("2025-01-02 08:00:01.5+00", "2025-01-02 08:01:00+00")
    assert filled.rows(RUN) == [("load", "r1", "2025-01-01", *instants, "succeeded", 12)]
    assert filled.rows("SELECT error FROM audit.runs") == [(None,)]


def test_bigquery_jobs(tmp_path: Path) -> None:
    """Jobs that ended: the table they wrote, the rows of a DML statement, the error's reason."""
    row = {
        "job_id": "bq1",
        "state": "DONE",
        "start_time": "2025-01-02 08:00:01.5 UTC",
        "end_time": "2025-01-02 08:01:00 UTC",
        "destination_table": {"project_id": "p", "dataset_id": "d", "table_id": "load"},
        "dml_statistics": {"inserted_row_count": "12"},
        "error_result": None,
    }
    failed = {"reason": "invalidQuery", "message": "no such column"}
    rows = [
        row,
        {**row, "job_id": "bq2", "error_result": failed, "dml_statistics": None},
        {**row, "job_id": "bq3", "state": "RUNNING"},
    ]
    text = "".join(json.dumps(each) + "\n" for each in rows)
    (tmp_path / "jobs.jsonl").write_text(text, encoding="utf-8")
    filled = _runs(tmp_path, 'preset = "bigquery_jobs"\nfiles = "jobs.jsonl"')
    assert [row[:2] + row[5:] for row in filled.rows(RUN)] == [
        ("load", "bq1", "succeeded", 12),
        ("load", "bq2", "failed", None),
    ]


def test_every_preset_is_tested() -> None:
    """None ships without a source of its own above."""
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(RUN_PRESETS) <= tested
    assert {str(state) for state in RunState} == {"running", "succeeded", "failed", "skipped"}
