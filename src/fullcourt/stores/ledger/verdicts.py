"""Judged cells and every change of a key's state, appended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select

from fullcourt.stores.ledger.database import Ledger, instant_of, text_of
from fullcourt.stores.ledger.schema import cell_verdicts, gate_log, verdict_transitions

_STATES = select(cell_verdicts.c.dataset, cell_verdicts.c.game_date, cell_verdicts.c.states).where(
    cell_verdicts.c.dataset.in_(bindparam("datasets", expanding=True)),
    cell_verdicts.c.game_date.in_(bindparam("days", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A judged cell as stored. `states`: key -> (state, cause, reason, name)."""

    dataset: str
    game_date: date
    verdict: str
    expected: int
    held: int
    reason: str
    warnings: tuple[str, ...]
    states: Mapping[str, tuple[str, str | None, str, str]]
    evidence_digest: str
    judged_at: datetime
    next_change_at: datetime | None
    next_action_at: datetime | None


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one key's state."""

    dataset: str
    game_date: date
    key: str
    from_state: str | None
    to_state: str
    cause: str | None
    reason: str
    evidence_digest: str
    judged_at: datetime


def put_verdicts(ledger: Ledger, verdicts: Sequence[StoredVerdict]) -> None:
    """Store judged cells (the newest judgement of each)."""
    ledger.insert_or_replace(
        cell_verdicts,
        [
            {
                "dataset": v.dataset,
                "game_date": v.game_date.isoformat(),
                "verdict": v.verdict,
                "expected": v.expected,
                "held": v.held,
                "reason": v.reason,
                "states": msgspec.msgpack.encode((v.states, v.warnings)),
                "evidence_digest": v.evidence_digest,
                "judged_at": text_of(v.judged_at),
                "next_change_at": text_of(v.next_change_at),
                "next_action_at": text_of(v.next_action_at),
            }
            for v in verdicts
        ],
    )


def drop_verdicts(ledger: Ledger, cells: Iterable[tuple[str, date]]) -> None:
    """Forget cells that are no longer raised."""
    for dataset, day in cells:
        ledger.execute(
            delete(cell_verdicts).where(
                cell_verdicts.c.dataset == dataset, cell_verdicts.c.game_date == day.isoformat()
            )
        )


def get_verdicts(
    ledger: Ledger,
    *,
    first: date | None = None,
    last: date | None = None,
    dataset: str | None = None,
) -> tuple[StoredVerdict, ...]:
    """Stored cells, whole, of a range of dates."""
    query = select(cell_verdicts)
    if first is not None:
        query = query.where(cell_verdicts.c.game_date >= first.isoformat())
    if last is not None:
        query = query.where(cell_verdicts.c.game_date <= last.isoformat())
    if dataset is not None:
        query = query.where(cell_verdicts.c.dataset == dataset)
    return tuple(_stored(row) for row in ledger.execute(query).all())


def get_states(
    ledger: Ledger, cells: Sequence[tuple[str, date]]
) -> dict[tuple[str, date], Mapping[str, tuple[str, str | None, str, str]]]:
    """The stored key states of exactly these cells (cells never judged are absent)."""
    found: dict[tuple[str, date], Mapping[str, tuple[str, str | None, str, str]]] = {}
    wanted = {(name, day.isoformat()): (name, day) for name, day in cells}
    names, days = sorted({name for name, _ in wanted}), sorted({day for _, day in wanted})
    for start in range(0, len(days), 400):
        asked = {"datasets": names, "days": days[start : start + 400]}
        for row in ledger.execute(_STATES, asked).all():
            cell = wanted.get((row.dataset, row.game_date))
            if cell is not None:
                states, _ = msgspec.msgpack.decode(row.states)
                found[cell] = {key: tuple(state) for key, state in states.items()}
    return found


def get_summaries(ledger: Ledger) -> tuple[Any, ...]:
    """Every stored cell without its keys: (dataset, game_date, verdict, expected, held, reason,
    judged_at, next_change_at, next_action_at), dates and instants as stored text."""
    columns = [c for c in cell_verdicts.c if c.name not in ("states", "evidence_digest")]
    return tuple(ledger.execute(select(*columns)).all())


def add_transitions(ledger: Ledger, transitions: Sequence[Transition], fingerprint: str) -> None:
    """Append state changes."""
    instants = {at: text_of(at) for at in {t.judged_at for t in transitions}}
    days = {day: day.isoformat() for day in {t.game_date for t in transitions}}
    # A first judgement of a season appends a hundred thousand rows: plain tuples, one statement.
    ledger.insert_tuples(
        verdict_transitions,
        (
            "dataset",
            "game_date",
            "key",
            "from_state",
            "to_state",
            "cause",
            "reason",
            "evidence_digest",
            "judged_at",
            "code_fingerprint",
        ),
        [
            (
                t.dataset,
                days[t.game_date],
                t.key,
                t.from_state,
                t.to_state,
                t.cause,
                t.reason,
                t.evidence_digest,
                instants[t.judged_at],
                fingerprint,
            )
            for t in transitions
        ],
    )


def get_transitions(ledger: Ledger, dataset: str, game_date: date) -> tuple[Any, ...]:
    """The state changes of one cell, oldest first, as stored rows."""
    return tuple(
        ledger.execute(
            select(verdict_transitions)
            .where(
                verdict_transitions.c.dataset == dataset,
                verdict_transitions.c.game_date == game_date.isoformat(),
            )
            .order_by(verdict_transitions.c.transition_id)
        ).all()
    )


def get_gates(ledger: Ledger, dataset: str, game_date: date) -> tuple[Any, ...]:
    """What the gates of one cell saw, oldest first, as stored rows."""
    return tuple(
        ledger.execute(
            select(gate_log)
            .where(gate_log.c.dataset == dataset, gate_log.c.game_date == game_date.isoformat())
            .order_by(gate_log.c.gate_id)
        ).all()
    )


def _stored(row: Any) -> StoredVerdict:
    states, warnings = msgspec.msgpack.decode(row.states)
    judged_at = instant_of(row.judged_at)
    if judged_at is None:
        raise ValueError(f"verdict {row.dataset} {row.game_date} without its instant")
    return StoredVerdict(
        dataset=row.dataset,
        game_date=date.fromisoformat(row.game_date),
        verdict=row.verdict,
        expected=row.expected,
        held=row.held,
        reason=row.reason,
        warnings=tuple(warnings),
        states={key: tuple(state) for key, state in states.items()},
        evidence_digest=row.evidence_digest,
        judged_at=judged_at,
        next_change_at=instant_of(row.next_change_at),
        next_action_at=instant_of(row.next_action_at),
    )
