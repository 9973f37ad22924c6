"""The runs of a home against its laws: reasons, one row and one end each, deadlines, releases.

What is true is seen from outside: at the failpoints of a run, and by what passed to the vendors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.pipeline.work import Stores
from fullcourt.rehearsal.report import Breach
from fullcourt.simulator.oracle.campaign import Call
from fullcourt.stores.ledger.database import text_of

_TERMINAL = frozenset({"succeeded", "failed", "timed_out", "abandoned", "skipped"})
_OPEN = text("SELECT run_id FROM runs WHERE state = 'running'")
_OVERDUE = text(
    "SELECT run_id, dataset FROM runs WHERE state = 'running' AND deadline_at < :now "
    "ORDER BY run_id"
)
_RUN = text("SELECT * FROM runs WHERE run_id = :run_id AND state <> 'running'")
_WORDS = text("SELECT outcome FROM run_cells WHERE run_id = :run_id")
_GATE = text("SELECT count(*) FROM gate_log WHERE run_id = :run_id AND decision = 'closed'")
_ALL = text(
    "SELECT run_id, dataset, state, reason, closed_at, error_class FROM runs "
    "ORDER BY opened_at, run_id"
)
_IDLE = text(
    "SELECT dataset, first_date, count(*) AS times FROM runs "
    "WHERE state = 'succeeded' AND reason = 'unchanged' AND input_fingerprint IS NOT NULL "
    "GROUP BY dataset, first_date, input_fingerprint, code_fingerprint HAVING count(*) > :most "
    "ORDER BY dataset, first_date"
)
_MOST_IDLE = 3
"""So many runs of a cell may find the same inputs and change nothing: rows may be gone between."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was seen when a run began: the release that ran, the vendor calls made so far."""

    fingerprint: str
    calls: int


@dataclass(slots=True)
class RunLaws:
    """Watches every run from its opening to the end of the world; finds each breach once."""

    stores: Stores
    calls: Sequence[Call]
    breaches: list[Breach] = field(default_factory=list)
    _opened: dict[str, _Opened] = field(default_factory=dict)
    _answered: dict[str, frozenset[str]] = field(default_factory=dict)
    """The bad outcomes each closed run of a feed met."""
    _ends: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _newest: str = ""
    _overdue: set[str] = field(default_factory=set)
    _strange: set[str] = field(default_factory=set)

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The release that executed each run."""
        return {run_id: seen.fingerprint for run_id, seen in self._opened.items()}

    def reached(self, failpoint: str) -> None:
        """A run has come to a failpoint; only its opening and its end are noted."""
        if failpoint == "ledger.opened":
            for (run_id,) in self.stores.ledger.execute(_OPEN).all():
                if run_id not in self._opened:
                    self._opened[run_id] = _Opened(self.stores.fingerprint, len(self.calls))
                    self._newest = run_id
        elif failpoint == "ledger.closed" and self._newest in self._opened:
            made = self.calls[self._opened[self._newest].calls :]
            self._answered[self._newest] = frozenset(c.outcome for c in made if c.outcome != "ok")

    def look(self) -> None:
        """After a tick: the runs that have ended in it, and that none is open past its deadline."""
        ledger = self.stores.ledger
        for run_id in sorted(self._opened.keys() - self._ends.keys()):
            row = ledger.execute(_RUN, {"run_id": run_id}).first()
            if row is not None:
                self._ends[run_id] = _end(row)
                self._check(row)
        for row in ledger.execute(_OVERDUE, {"now": text_of(self.stores.clock.now())}).all():
            if row.run_id not in self._overdue:
                self._overdue.add(row.run_id)
                self._found(6, row.dataset, "a run is open past its deadline")

    def look_back(self) -> None:
        """Once a night: every run has one row, and ended once."""
        for row in self.stores.ledger.execute(_ALL).all():
            known = self._ends.get(row.run_id)
            if row.run_id not in self._opened and row.run_id not in self._strange:
                self._strange.add(row.run_id)
                self._found(5, row.dataset, "a row of a run that nobody opened")
            elif known is not None and known != _end(row):
                self._ends[row.run_id] = _end(row)
                self._found(5, row.dataset, f"a run that had ended {known[0]} ended {row.state}")

    def at_the_end(self, by_state: Mapping[str, int]) -> None:
        """`by_state`: the runs as the report counts them."""
        rows = {run_id for (run_id,) in self.stores.ledger.execute(text("SELECT run_id FROM runs"))}
        self.breaches += [Breach(5, "runs", "a run has no row")] * len(self._opened.keys() - rows)
        counted = sum(by_state.values())
        if counted != len(rows):
            self._found(13, "report", f"{counted} runs are reported, there are {len(rows)}")
        for row in self.stores.ledger.execute(_IDLE, {"most": _MOST_IDLE}).all():
            where, times = f"{row.dataset} {row.first_date}", row.times
            self._found(7, where, f"{times} runs took the same inputs in and changed nothing")

    def _check(self, row: Any) -> None:
        if row.state not in _TERMINAL or row.closed_at is None:
            self._found(5, row.dataset, f"a run ended without an end: {row.state}")
        if row.code_fingerprint != self._opened[row.run_id].fingerprint:
            self._found(11, row.dataset, "a run names another release than the one that ran")
        if row.state != "succeeded":
            return
        if not row.rows_written and not row.keys_held and not row.reason:
            self._found(4, row.dataset, "a run brought nothing and gives no reason")
        declaration = BY_NAME[row.dataset]
        if not declaration.is_feed and declaration.gate is None:
            return
        found = self.stores.ledger.execute(_WORDS, {"run_id": row.run_id}).scalars().all()
        words = {word for outcome in found for word in (outcome or "").split(", ")}
        for word in sorted(self._answered.get(row.run_id, frozenset()) - words):
            self._found(4, row.dataset, f"a vendor's answer was {word}, the run says otherwise")
        seen = self.stores.ledger.execute(_GATE, {"run_id": row.run_id}).scalar_one()
        if bool(seen) != ("gate_closed" in words):
            self._found(12, row.dataset, "a run and the log of its gate say different things")

    def _found(self, law: int, where: str, what: str) -> None:
        self.breaches.append(Breach(law, where, what))


def _end(row: Any) -> tuple[Any, ...]:
    return row.state, row.reason, row.closed_at, row.error_class
