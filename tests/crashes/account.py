"""What a home really holds, read from its files, and whether its three stores agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fullcourt.clock import VirtualClock
from fullcourt.settings import Home
from fullcourt.simulator.oracle.words import IDENTITY
from fullcourt.stores.archive import Archive
from fullcourt.stores.lake import TABLES, Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.runs import TERMINAL
from fullcourt.stores.ledger.verdicts import get_verdicts

_WHEN_AND_WHO = ("run_id", "fetched_at")
_UNUSED = VirtualClock(datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Account:
    """A home, compared with another by value.

    `rows`: per table every row but who wrote it and when it was fetched. `answers`: the archive's
    index. `verdicts`: per cell the verdict, counts, and each key's state with its cause.
    `disagreements`: what the stores say against each other; empty in a sound home.
    """

    rows: Mapping[str, Counter[tuple[Any, ...]]]
    answers: Counter[tuple[Any, ...]]
    verdicts: Mapping[tuple[str, str], tuple[Any, ...]]
    disagreements: tuple[str, ...]
    endings: tuple[tuple[str, str], ...]
    """(dataset, state) of every run, in the order they were opened."""

    def differences(self, other: Account) -> list[str]:
        """What one home holds or says and the other does not, one a line."""
        found = []
        for table in TABLES:
            found += _apart(table, self.rows[table], other.rows[table])
        found += _apart("archive", self.answers, other.answers)
        mine, theirs = (Counter((k, *v) for k, v in a.verdicts.items()) for a in (self, other))
        return found + _apart("verdicts", mine, theirs)


def _apart(name: str, mine: Counter[Any], theirs: Counter[Any]) -> list[str]:
    return [
        f"{name}: {number} {word} {item}"
        for word, items in (("too many", mine - theirs), ("too few", theirs - mine))
        for item, number in items.items()
    ]


def account_of(path: Path) -> Account:
    """Read a home nobody works on."""
    home = Home(path)
    lake = Lake.open(home.catalog_file, home.lake_dir, read_only=True)
    ledger = Ledger.open(home.ledger_file, _UNUSED)
    archive = Archive(home.archive_dir)
    try:
        return Account(
            {table: Counter(_rows(lake, table)) for table in TABLES},
            Counter(_answers(ledger)),
            {
                (v.dataset, v.game_date.isoformat()): (
                    v.verdict,
                    v.expected,
                    v.held,
                    tuple(sorted((key, *state[:2]) for key, state in v.states.items())),
                )
                for v in get_verdicts(ledger)
            },
            (
                *_doubled(lake),
                *_unfinished(ledger),
                *_runs_against_lake(ledger, lake),
                *_index_against_archive(ledger, archive, home.archive_dir),
            ),
            tuple(
                (run.dataset, run.state)
                for run in _all(ledger, "SELECT dataset, state FROM runs ORDER BY rowid")
            ),
        )
    finally:
        lake.close()
        ledger.close()


def _rows(lake: Lake, table: str) -> list[tuple[Any, ...]]:
    return lake.connection.execute(
        f"SELECT * EXCLUDE ({', '.join(_WHEN_AND_WHO)}) FROM stored.{table}"
    ).fetchall()


def _all(ledger: Ledger, query: str) -> Sequence[Any]:
    return ledger.execute(text(query)).all()


def _answers(ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    columns = "feed, game_date, key, outcome, digest, fetched_at"
    yield from (tuple(row) for row in _all(ledger, f"SELECT {columns} FROM manifests"))


def _doubled(lake: Lake) -> Iterator[str]:
    for table, columns in IDENTITY.items():
        rows = lake.connection.execute(
            f"SELECT {', '.join(columns)} FROM stored.{table} GROUP BY ALL HAVING count(*) > 1"
        ).fetchall()
        yield from (f"{table}: twice {row}" for row in rows)


def _unfinished(ledger: Ledger) -> Iterator[str]:
    for run in _all(ledger, "SELECT run_id, state, closed_at FROM runs"):
        if run.state not in TERMINAL or run.closed_at is None:
            yield f"run {run.run_id}: {run.state}, closed at {run.closed_at}"
    for lease in _all(ledger, "SELECT * FROM leases WHERE run_id IS NOT NULL"):
        yield f"lease {lease.dataset} {lease.scope}: still held by {lease.run_id}"
    good = "SELECT feed, key FROM manifests WHERE outcome = 'ok' AND loaded_run_id IS NULL"
    for body in _all(ledger, good):
        # A listing is a witness; nothing loads it.
        if body.feed != "odds_events":
            yield f"body {body.feed} {body.key}: not loaded"


def _runs_against_lake(ledger: Ledger, lake: Lake) -> Iterator[str]:
    columns = "run_id, state, rows_written, rows_deleted, snapshot_id"
    runs = {run.run_id: run for run in _all(ledger, f"SELECT {columns} FROM runs")}
    snapshots = lake.connection.execute(
        "SELECT snapshot_id, commit_extra_info FROM stored.snapshots() ORDER BY 1"
    ).fetchall()
    named = {json.loads(info)["run_id"] for _, info in snapshots if info}
    for run_id in sorted(named - set(runs)):
        yield f"lake: snapshots of {run_id}, a run the ledger does not know"
    for run_id, run in runs.items():
        if run.snapshot_id is not None and run.snapshot_id <= snapshots[0][0]:
            continue
        told = lake.written_by(run_id)
        mine = (run.rows_written, run.rows_deleted, run.snapshot_id)
        true = (told.rows_written, told.rows_deleted, told.snapshot_id) if told else (None,) * 3
        if mine != true:
            yield f"run {run_id} ({run.state}): ledger says {mine}, the lake {true}"
    for table in TABLES:
        for (run_id,) in lake.connection.execute(
            f"SELECT DISTINCT run_id FROM stored.{table}"
        ).fetchall():
            if run_id not in runs or not runs[run_id].rows_written:
                yield f"{table}: rows of {run_id}, a run that wrote none by the ledger"


def _index_against_archive(ledger: Ledger, archive: Archive, folder: Path) -> Iterator[str]:
    index = {row.manifest_id: row for row in _all(ledger, "SELECT * FROM manifests")}
    kept = {manifest.manifest_id: manifest for manifest in archive.manifests()}
    for word, ids in (("index only", set(index) - set(kept)), ("no index", set(kept) - set(index))):
        yield from (f"manifest {manifest_id}: {word}" for manifest_id in sorted(ids))
    known = {row.digest for row in _all(ledger, "SELECT digest FROM body_keys")}
    for manifest_id, row in index.items():
        if row.digest is not None and archive.get_body(row.digest) is None:
            yield f"manifest {manifest_id}: its body {row.digest} is gone"
        if row.outcome == "ok" and row.digest not in known:
            yield f"manifest {manifest_id}: nobody knows what its body holds"
    for path in sorted(folder.glob("objects/*/*.zst")):
        # Reading checks the content against the name.
        assert archive.get_body(path.stem) is not None
