"""Phases 3 to 5: one SQL statement over a range of dates, wanted keys written, gates in front."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fullcourt.pipeline.gates import Gate, log_gate, summaries_gate, usable_context
from fullcourt.pipeline.work import Outcome, Run
from fullcourt.sql_files import sql
from fullcourt.stores.lake import Replace
from fullcourt.stores.ledger.prediction_breaker import prediction_holds_between

if TYPE_CHECKING:
    import pyarrow as pa

KEY = ("game_date", "game_id", "player_id")
BATCH_PLAYERS = 60
Wanted = Collection[tuple[date, str]] | None
"""(game date, `game_id/player_id`) keys to compute; None: every key of the range."""


@dataclass(frozen=True, slots=True)
class Computed:
    """How one computed dataset is made: its SQL, and a Python step where SQL is not enough."""

    room: str
    query: str
    finish: Callable[[pa.Table, str], pa.Table] | None = None
    batch: int | None = None
    needs_gate: bool = False
    heeds_breaker: bool = False
    """Whether the prediction breaker may hold back its dates."""
    settle: str | None = None
    """SQL that says how held rows are to stand once their game is over or withdrawn."""


def compute(run: Run, dataset: str, first: date, last: date, wanted: Wanted) -> Outcome:
    """Compute the wanted keys of `first`..`last` and write them, a commit per month (or per batch).

    Keys that are not wanted stay untouched: a batch that died is done again alone.
    """
    how = COMPUTED[dataset]
    stores = run.stores
    now = stores.clock.now()
    span = {"first_date": first, "last_date": last, "now": now}
    gates: Mapping[date, Gate] = {}
    if how.needs_gate:
        usable_context(stores.lake, first, last, now)
        gates = summaries_gate(stores.lake, first, last, now)
    select_wanted(run, wanted)
    outcomes: dict[tuple[date, str], tuple[str, str]] = {}
    if how.settle is not None and wanted is not None:
        outcomes |= dict.fromkeys(_settle(run, dataset, how, span), ("ok", ""))
        wanted = [key for key in wanted if key not in outcomes]
        if outcomes and not wanted:
            return Outcome(outcomes)
    stores.lake.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT *, "
        "row_number() OVER (ORDER BY game_date, game_id, player_id) AS place "
        f"FROM ({sql(how.room, how.query)}) AS computed"
        + (
            ""
            if wanted is None
            else " SEMI JOIN wanted_keys AS w USING (game_date, game_id, player_id)"
        ),
        span,
    )
    if how.heeds_breaker:
        outcomes |= _heed_breaker(run, dataset, (first, last), wanted)
    for day, gate in gates.items():
        asked = [key for key in wanted or () if key[0] == day]
        passed = None if gate.is_open else run.override_gate
        if wanted is None or asked:
            log_gate(stores.ledger, run.run_id, dataset, day, gate, stores.ledger.now(), passed)
            stores.failpoint("ledger.gate")
        if passed is not None:
            stores.lake.execute(
                "UPDATE fresh SET gate_override = ? WHERE game_date = ?", [passed, day]
            )
        elif not gate.is_open:
            stores.lake.execute("DELETE FROM fresh WHERE game_date = ?", [day])
            outcomes |= {key: ("gate_closed", gate.sentence()) for key in asked}
    made = stores.lake.rows(
        "SELECT game_date, game_id || '/' || player_id, input_fingerprint, place FROM fresh "
        "ORDER BY place"
    )
    _write(run, dataset, how, (first, last), [(day, place) for day, _, _, place in made])
    outcomes |= {(day, key): ("ok", "") for day, key, _, _ in made}
    for key in wanted or ():
        outcomes.setdefault(key, ("processor_failed", f"{dataset} produced no row for this key"))
    inputs = hashlib.md5(usedforsecurity=False)
    for _, _, fingerprint, _ in made:
        inputs.update(fingerprint.encode())
    reason = None if run.rows_written else "unchanged"
    return Outcome(outcomes, reason, inputs.hexdigest() if made else None)


def _heed_breaker(
    run: Run, dataset: str, span: tuple[date, date], wanted: Wanted
) -> dict[tuple[date, str], tuple[str, str]]:
    """Take the dates the breaker holds back out of `fresh`, or mark in their rows who let them
    pass; what became of the keys that were taken out."""
    stores = run.stores
    refused: dict[tuple[date, str], tuple[str, str]] = {}
    for day, hold in prediction_holds_between(stores.ledger, *span).items():
        asked = [key for key in wanted or () if key[0] == day]
        passed = run.override_gate if hold.is_closed else hold.override_reason
        if (wanted is not None and not asked) or not (hold.is_closed or passed):
            continue
        slates = Gate("prediction_breaker", len(hold.failed), 0, tuple(map(str, hold.failed)))
        log_gate(stores.ledger, run.run_id, dataset, day, slates, stores.ledger.now(), passed)
        stores.failpoint("ledger.gate")
        if passed is None:
            stores.lake.execute("DELETE FROM fresh WHERE game_date = ?", [day])
            refused |= dict.fromkeys(asked, ("gate_closed", f"prediction_breaker: {hold.reason}"))
        else:
            # The factors behind it may have passed a gate of their own.
            stores.lake.execute(
                "UPDATE fresh SET gate_override = concat_ws('; ', gate_override, ?) "
                "WHERE game_date = ?",
                [passed, day],
            )
    return refused


def select_wanted(run: Run, wanted: Wanted) -> None:
    """Put the wanted keys of players into the temp table `wanted_keys`; None: no table."""
    if wanted is None:
        return
    keys = [(day, *key.partition("/")[::2]) for day, key in wanted]
    # Keys of whole teams or rosters stand for players nobody knows yet: nothing to compute.
    players = [(day, game, int(player)) for day, game, player in keys if _is_player(player)]
    # As three texts: the client takes long over each value of a list.
    columns = (("game_date", "DATE"), ("game_id", "VARCHAR"), ("player_id", "BIGINT"))
    lists = (f"unnest(string_split(nullif(?, ''), ',')::{kind}[]) AS {n}" for n, kind in columns)
    run.stores.lake.execute(
        f"CREATE OR REPLACE TEMP TABLE wanted_keys AS SELECT {', '.join(lists)}",
        [",".join(str(key[place]) for key in players) for place in range(3)],
    )


def _is_player(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _settle(
    run: Run, dataset: str, how: Computed, span: Mapping[str, Any]
) -> list[tuple[date, str]]:
    """Write held rows anew with the state their game has left them in; the keys settled."""
    assert how.settle is not None
    lake = run.stores.lake
    lake.execute(f"CREATE OR REPLACE TEMP TABLE part AS {sql(how.room, how.settle)}", span)
    settled = lake.rows("SELECT game_date, game_id || '/' || player_id FROM part")
    _make_new_rows(run, "FROM part")
    _commit(run, dataset, len(settled), f"{dataset}: rows of games over or withdrawn")
    same = " AND ".join(f"w.{column} = p.{column}" for column in KEY)
    lake.execute(f"DELETE FROM wanted_keys AS w USING part AS p WHERE {same}")
    return [(day, key) for day, key in settled]


def _make_new_rows(run: Run, query: str, parameters: Sequence[Any] = ()) -> None:
    """Fill the temp table `new_rows`: what a query gives, by this run and fetched now."""
    run.stores.lake.execute(
        "CREATE OR REPLACE TEMP TABLE new_rows AS SELECT *, ? AS fetched_at, ? AS run_id "
        f"FROM ({query})",
        [run.stores.clock.now(), run.run_id, *parameters],
    )


def _commit(run: Run, dataset: str, count: int, note: str) -> None:
    run.claim(count)
    if count:
        run.commit([Replace(dataset, "new_rows", KEY)], note)


def _write(
    run: Run,
    dataset: str,
    how: Computed,
    span: tuple[date, date],
    rows: Sequence[tuple[date, int]],
) -> None:
    """Commit `fresh` in parts; `rows`: the date and the place of each of its rows, in order."""
    parts = _parts(how, rows)
    for done, (low, high) in enumerate(parts, start=1):
        part = "SELECT * EXCLUDE (place) FROM fresh WHERE place BETWEEN ? AND ?"
        if how.finish is None:
            count = sum(low <= place <= high for _, place in rows)
            _make_new_rows(run, part, [low, high])
        else:
            count = _finish(run, how.finish, part, [low, high])
        _commit(run, dataset, count, f"{dataset} {span[0]}..{span[1]}")
        if len(parts) > 1:
            run.progress(done, len(parts), "batch" if how.batch else "month")


def _parts(how: Computed, rows: Sequence[tuple[date, int]]) -> list[tuple[int, int]]:
    """First and last place of each commit: months, or batches of players of one slate."""
    if how.batch is not None and rows and rows[0][0] == rows[-1][0]:
        chunks = [rows[n : n + how.batch] for n in range(0, len(rows), how.batch)]
    else:
        chunks = [list(month) for _, month in groupby(rows, lambda r: (r[0].year, r[0].month))]
    return [(chunk[0][1], chunk[-1][1]) for chunk in chunks]


def _finish(
    run: Run, finish: Callable[[pa.Table, str], pa.Table], query: str, parameters: Sequence[Any]
) -> int:
    """Make `new_rows` of what Python makes of a query's rows; how many there are."""
    lake = run.stores.lake
    table = finish(lake.arrow(query, parameters), run.stores.fingerprint)
    lake.connection.register("part_arrow", table)
    _make_new_rows(run, "FROM part_arrow")
    lake.connection.unregister("part_arrow")
    return int(table.num_rows)


def _predict(inputs: pa.Table, fingerprint: str) -> pa.Table:
    from fullcourt.predict.model import EwmaNegativeBinomial
    from fullcourt.predict.predictions import predict_rows

    return predict_rows(inputs, EwmaNegativeBinomial(), fingerprint)


def _grade(inputs: pa.Table, fingerprint: str) -> pa.Table:
    from fullcourt.predict.grades import grade_rows

    return grade_rows(inputs)


COMPUTED: dict[str, Computed] = {
    "player_game_summary": Computed("analytics", "player_game_summary"),
    "upcoming_player_game_context": Computed(
        "analytics", "upcoming_player_game_context", settle="settled_context"
    ),
    "player_composite_factors": Computed("precompute", "player_composite_factors", needs_gate=True),
    "predictions": Computed(
        "predict", "prediction_inputs", finish=_predict, batch=BATCH_PLAYERS, heeds_breaker=True
    ),
    "grades": Computed("predict", "grade_inputs", finish=_grade),
}
