"""What waits to heal by itself: when it was last tried, looked at, and is tried next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.pipeline.graph import ORDER
from fullcourt.reports.explain import next_action
from fullcourt.reports.progress.document import Section, listed, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.trust.plan import CellView
from fullcourt.trust.words import Cell, CellVerdict, KeyState

if TYPE_CHECKING:
    from fullcourt.reports.progress.reading import Reading
    from fullcourt.stores.ledger import Ledger

_UNSETTLED = frozenset(
    verdict.value
    for verdict in (
        CellVerdict.PARTIAL,
        CellVerdict.MISSING,
        CellVerdict.WAITING,
        CellVerdict.STALE,
        CellVerdict.UNVERIFIABLE,
    )
)
_OPEN = (KeyState.MISSING, KeyState.WAITING, KeyState.STALE, KeyState.UNVERIFIABLE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One cell with keys that are not settled. `last_tried_at`: the last attempt for any of them,
    `checked_at`: when the judge looked (now), `next_at`: the next attempt; instants are UTC.
    `heals_itself`: whether anything is planned or awaited without a person.
    """

    dataset: str
    game_date: date
    verdict: str
    keys: int
    names: tuple[str, ...]
    why: str
    last_tried_at: datetime | Unknown
    checked_at: datetime
    next_step: str
    next_at: datetime | Unknown
    heals_itself: bool


def waiting(reading: Reading) -> tuple[Waiting, ...]:
    """The unsettled cells, looked at afresh, by date and in the order of the pipeline."""
    cells = [
        Cell(cell.dataset, cell.game_date) for cell in reading.cells if cell.verdict in _UNSETTLED
    ]
    ledger = reading.controller.stores.ledger
    views = reading.controller.look(cells) if cells else []
    lines = [_waiting(ledger, view, reading.now) for view in views if view.verdict.in_state(*_OPEN)]
    return tuple(sorted(lines, key=lambda line: (line.game_date, ORDER[line.dataset])))


def _waiting(ledger: Ledger, view: CellView, now: datetime) -> Waiting:
    keys = view.verdict.in_state(*_OPEN)
    tried = [at for key in keys if (at := view.evidence_of(key.key).last_attempt_at) is not None]
    reasons = Counter(key.reason for key in keys if key.reason)
    step, at = next_action(ledger, view, now)
    return Waiting(
        dataset=view.verdict.cell.dataset,
        game_date=view.verdict.cell.game_date,
        verdict=view.verdict.verdict.value,
        keys=len(keys),
        names=tuple(key.name for key in keys),
        why="; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
        or view.verdict.reason
        or "the judge gives no reason",
        last_tried_at=max(tried) if tried else Unknown("nothing was tried for it yet"),
        checked_at=view.verdict.judged_at,
        next_step=step,
        next_at=Unknown("no instant is set: see its next step") if at is None else at,
        heals_itself=not step.startswith("none:"),
    )


def waiting_section(record: Sequence[Waiting]) -> Section:
    """What waits as a table."""
    own = [line for line in record if line.heals_itself]
    says = f"{count_text(len(own), 'cell')} waiting without a person, "
    says += f"{count_text(len(record) - len(own), 'cell')} for one."
    head = ("dataset", "game date", "verdict", "keys", "why", "last tried", "last checked",
            "next step", "next attempt", "by itself")  # fmt: skip
    rows = [
        (
            w.dataset,
            w.game_date,
            w.verdict,
            f"{w.keys}: {listed(w.names, 3)}",
            w.why,
            w.last_tried_at,
            w.checked_at,
            w.next_step,
            w.next_at,
            w.heals_itself,
        )
        for w in record
    ]
    return Section("Waiting for self-heal", says, table(head, rows))
