"""Write what a naive pipeline leaves behind, and, where no auditor looks, what is true of it."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fullcourt.clock import iso
from fullcourt.nba.calendar import dates
from fullcourt.simulator.naive.audit_toml import audit_toml
from fullcourt.simulator.naive.history import RunRow
from fullcourt.simulator.naive.owed import Owed
from fullcourt.simulator.naive.pipeline import play_naive
from fullcourt.simulator.naive.tables import FORMS
from fullcourt.simulator.naive.truth import Lie, LostKey, TrueDate, TrueRun, Truth
from fullcourt.simulator.naive.work import Naive, StoredObject
from fullcourt.simulator.worldspec import WorldError, WorldSpec

_ARROW: Mapping[str, pa.DataType] = {
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}
_RUN_TYPES = {
    "row_id": "BIGINT",
    "phase": "BIGINT",
    "records": "BIGINT",
    "game_date": "DATE",
    "started_at": "TIMESTAMP",
    "finished_at": "TIMESTAMP",
}


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What was written. Counts are of history rows, but `dates_by_class` (targets x dates) and
    `keys_lost`."""

    world: str
    seed: int
    nights: int
    runs: int
    zero_record_runs: int
    zero_record_runs_by_class: Mapping[str, int]
    runs_by_class: Mapping[str, int]
    dates_by_class: Mapping[str, int]
    keys_lost: int
    lies: Mapping[str, int]
    faults: Mapping[str, int]


def leave_behind(spec: WorldSpec, folder: Path) -> LeftBehind:
    """Play a world with the naive pipeline and write `folder`: see `docs/worlds.md`.

    Raises:
        WorldError: the world cannot be built, or the folder is not new.
        OSError: the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorldError(
            f"{folder}: there is something already.", next_step="name a folder that is new or empty"
        )
    try:
        naive = play_naive(spec)
    except ValueError as error:
        raise WorldError(
            f"{spec.name}: this world cannot be: {error}.", next_step="give other numbers"
        ) from error
    truth = Truth(naive, Owed(naive.world.league), list(dates(spec.begins, spec.last_date)))
    runs, days = list(truth.runs()), list(truth.dates())
    lost, lies = list(truth.lost()), list(truth.lies())
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "truth").mkdir(exist_ok=True)
    _write_history(folder, naive.history.rows)
    _write_tables(folder, naive)
    objects = [naive.objects[path] for path in sorted(naive.objects)]
    _write_csv(folder / "objects.csv", StoredObject, objects)
    (folder / "audit.toml").write_text(audit_toml(spec), encoding="utf-8")
    _write_csv(folder / "truth" / "runs.csv", TrueRun, runs)
    _write_csv(folder / "truth" / "dates.csv", TrueDate, days)
    _write_csv(folder / "truth" / "keys.csv", LostKey, lost)
    _write_csv(folder / "truth" / "lies.csv", Lie, lies)
    faults = [str(i.kind) for i in naive.world.script.injected]
    faults += [str(kind) for kind in naive.struck.elements()]
    zeros = {row.row_id for row in naive.history.rows if row.records == 0}
    return LeftBehind(
        world=spec.name,
        seed=spec.seed,
        nights=spec.nights_played,
        runs=len(runs),
        zero_record_runs=len(zeros),
        zero_record_runs_by_class=_tally(r.true_class for r in runs if r.row_id in zeros),
        runs_by_class=_tally(r.true_class for r in runs),
        dates_by_class=_tally(d.true_class for d in days),
        keys_lost=len(lost),
        lies=_tally(lie.kind for lie in lies),
        faults=_tally(faults),
    )


def _tally(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))


def _write_history(folder: Path, rows: Sequence[RunRow]) -> None:
    names = [each.name for each in fields(RunRow)]
    _write_csv(folder / "runs.csv", RunRow, rows)
    kinds = {name: _RUN_TYPES.get(name, "VARCHAR") for name in names}
    _write_parquet(folder / "runs.parquet", kinds, [asdict(row) for row in rows])
    file = folder / "runs.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        columns = ", ".join(
            f"{name} {'INTEGER' if kinds[name] == 'BIGINT' else 'TEXT'}" for name in names
        )
        connection.execute(f"CREATE TABLE runs ({columns})")
        marks = ", ".join("?" for _ in names)
        connection.executemany(
            f"INSERT INTO runs VALUES ({marks})",
            [[_plain(value) for value in asdict(row).values()] for row in rows],
        )


def _write_tables(folder: Path, naive: Naive) -> None:
    for name, form in FORMS.items():
        path = folder / "tables" / f"{name}.parquet"
        _write_parquet(path, form.columns, naive.tables.all_rows(name))


def _write_parquet(path: Path, kinds: Mapping[str, str], rows: Sequence[dict[str, Any]]) -> None:
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in kinds.items()])
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)


def _write_csv(path: Path, form: type, rows: Sequence[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [each.name for each in fields(form)]
        writer.writerow(names)
        writer.writerows([_text(getattr(row, name)) for name in names] for row in rows)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else str(value)
