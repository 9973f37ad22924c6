"""The verdict of a whole cell against the states of its keys: by a table of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from fullcourt.nba.calendar import game_date_of
from fullcourt.rehearsal.report import Breach
from fullcourt.rehearsal.seen import CellSaid, SaidReader, SaidStates
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import CellId, Held

_HELD = ("complete", "suspect", "stale")
_FIRST_OF = ("suspect", "unverifiable", "stale", "running", "waiting", "not_due", "unrecoverable")
_MORNING = "schedule"


@dataclass(slots=True)
class CellLaws:
    """Checks the cells that were judged; finds each breach once."""

    breaches: list[Breach] = field(default_factory=list)
    _found: set[tuple[CellId, int, str]] = field(default_factory=set)
    _schedule_known: bool = False

    def look(self, said: SaidReader, held: Held, at: datetime, oracle: Oracle) -> None:
        """Check the cells judged since the last look, at `at`."""
        raised_to = game_date_of(at + oracle.policy.looks_ahead)
        if not self._schedule_known:
            self._schedule_known = any(
                feed == "nba_schedule" and _MORNING in keys
                for (feed, _), keys in held.bodies.items()
            )
        for cell in sorted(said.judged):
            has_games = bool(said.states.get(("schedule", cell[1])))
            begins = oracle.predictions_begin(cell[1], held) if cell[0] == "predictions" else None
            sleeps = begins is not None and at < begins
            self._check(cell, said.cells[cell], said.states[cell], has_games, sleeps)
            if cell[1] > raised_to:
                self._note(cell, 9, "a cell of a date that is not raised yet")

    def _check(
        self, cell: CellId, said: CellSaid, states: SaidStates, has_games: bool, sleeps: bool
    ) -> None:
        counting = Counter(state for state, _ in states.values() if state != "retired")
        held = sum(counting[word] for word in _HELD)
        right = self._verdicts(counting, held, sleeps)
        if said.verdict not in right:
            law = 3 if "unverifiable" in right else 2
            self._note(cell, law, f"said {said.verdict}, its keys say {' or '.join(sorted(right))}")
        if (said.expected, said.held) != (counting.total(), held):
            counts = f"{said.held} of {said.expected}"
            self._note(cell, 13, f"said {counts} keys, held are {held} of {counting.total()}")
        if said.verdict == "legitimate_zero":
            if not said.reason:
                self._note(cell, 4, "a zero without a reason")
            elif said.reason == "no games" and has_games:
                self._note(cell, 4, "said no games, the date has some")

    def _verdicts(self, counting: Counter[str], held: int, sleeps: bool) -> set[str]:
        """What may be said of the keys that count. `sleeps`: who is owed is not known yet."""
        if not counting and sleeps:
            return {"not_due"}
        if not counting:
            return {"legitimate_zero" if self._schedule_known else "unverifiable"}
        if counting["missing"]:
            return {"partial" if held else "missing"}
        found = next((word for word in _FIRST_OF if counting[word]), None)
        if found is not None:
            return {found}
        # What is held proves nothing of what else there is where no schedule is known.
        return {"complete"} if self._schedule_known else {"complete", "unverifiable"}

    def _note(self, cell: CellId, law: int, what: str) -> None:
        if (cell, law, what) not in self._found:
            self._found.add((cell, law, what))
            self.breaches.append(Breach(law, f"{cell[0]} {cell[1]}", what))
