"""What an audit lists by name: runs, dates, lost keys and lies, each with its evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from fullcourt.audit.result import DateFinding, Lie, LostKey, RunFinding
from fullcourt.audit.sentences import date_sentence, key_sentence, run_sentence
from fullcourt.audit.words import DateClass, LieKind, LossCause, RunClass
from fullcourt.sql_files import sql


def run_findings(connection: duckdb.DuckDBPyConnection) -> tuple[RunFinding, ...]:
    """The rows of `listed`, in history order."""
    found = []
    for row in _rows(connection, "findings", {}):
        run = RunClass(row["class"])
        cause = LossCause(row["cause"]) if row["cause"] else None
        is_loss = run in (RunClass.LOSS, RunClass.PARTIAL_LOSS)
        evidence, settles = run_sentence(run, row)
        is_exact = row["held_least"] == row["held_most"]
        found.append(
            RunFinding(
                row_no=row["row_no"],
                source_row=row["source_row"],
                run_id=row["run_id"],
                processor=row["processor"],
                target=row["target"],
                game_date=row["game_date"],
                game_id=row["game_id"],
                said=row["records"],
                run_class=run,
                cause=cause if is_loss else None,
                owed=row["owed"],
                due=row["due_least"],
                held_at_end=row["held_least"] if is_exact else None,
                held_now=row["held"],
                healed_by=row["healed_by"],
                evidence=evidence,
                settles=settles,
            )
        )
    return tuple(found)


def date_findings(
    connection: duckdb.DuckDBPyConnection, most: int | None
) -> tuple[DateFinding, ...]:
    """Every table on every date audited; with `most` those where something is wrong or open."""
    found = []
    for row in _rows(connection, "date_findings", {"most": most}):
        what = DateClass(row["class"])
        evidence, settles = date_sentence(what, row)
        found.append(
            DateFinding(
                target=row["target"],
                game_date=row["game_date"],
                date_class=what,
                causes=tuple(LossCause(cause) for cause in row["causes"]),
                owed=row["owed"],
                held=row["held"],
                lost=row["lost"],
                rows=row["rows"],
                naive_check=row["naive_check"],
                evidence=evidence,
                settles=settles,
            )
        )
    return tuple(found)


def lost_keys(
    connection: duckdb.DuckDBPyConnection, now: datetime, most: int | None
) -> tuple[LostKey, ...]:
    """Every unit that is owed and not there, by name."""
    return tuple(
        LostKey(
            target=row["target"],
            game_date=row["game_date"],
            key=row["key"],
            name=row["name"],
            game_id=row["game_id"],
            cause=LossCause(row["cause"] or "unknown"),
            evidence=key_sentence(LossCause(row["cause"] or "unknown"), row),
        )
        for row in _rows(connection, "lost_keys", {"now": now, "most": most})
    )


def lies(connection: duckdb.DuckDBPyConnection, days: dict[str, Any]) -> tuple[Lie, ...]:
    """Every falsehood in the other direction."""
    return tuple(
        Lie(
            kind=LieKind(row["kind"]),
            target=row["target"],
            game_date=row["game_date"],
            run_id=row["run_id"],
            said=row["said"],
            true=row["true"],
            unit=row["unit"],
        )
        for row in _rows(connection, "lies", days)
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, words: dict[str, Any]
) -> list[dict[str, Any]]:
    found = connection.execute(sql("audit/sql", name), words)
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
