"""The verdict of a whole cell against the states of its keys: by a table of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import game_date_of
from fullcourt.rehearsal.report import Breach
from fullcourt.rehearsal.seen import CellSaid, SaidReader, SaidStates
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import CellId, Held, ScheduleSaid

_HELD = ("complete", "suspect", "stale")
_FIRST_OF = ("suspect", "unverifiable", "stale", "running", "waiting", "not_due", "unrecoverable")
_MORNING = "schedule"


@dataclass(slots=True)
class CellLaws:
    """Checks the cells that were judged; finds each breach once."""

    breaches: list[Breach] = field(default_factory=list)
    _found: set[tuple[CellId, int, str]] = field(default_factory=set)
    _mornings: dict[date, str] = field(default_factory=dict)
    """The dates on which a schedule came, and its season's first year."""
    _unknown: set[CellId] = field(default_factory=set)
    """Cells of which nothing is known: looked at again when nobody has judged them, too."""

    def look(self, said: SaidReader, held: Held, at: datetime, oracle: Oracle) -> None:
        """Check the cells judged since the last look, at `at`."""
        raised_to = game_date_of(at + oracle.policy.looks_ahead)
        for (feed, day), keys in held.bodies.items():
            if feed == "nba_schedule" and _MORNING in keys and day not in self._mornings:
                facts = keys[_MORNING][-1].facts
                if isinstance(facts, ScheduleSaid) and facts.season is not None:
                    self._mornings[day] = facts.season
        for cell in sorted({*said.judged, *self._unknown}):
            has_games = bool(said.states.get(("schedule", cell[1])))
            begins = oracle.predictions_begin(cell[1], held) if cell[0] == "predictions" else None
            sleeps = begins is not None and at < begins
            known = has_games or self._is_known(cell[1])
            self._check(cell, said.cells[cell], said.states[cell], has_games, sleeps, known)
            if cell[1] > raised_to:
                self._note(cell, 9, "a cell of a date that is not raised yet")

    def _is_known(self, day: date) -> bool:
        """Whether some schedule speaks of a date: its season's, or one served on its eve."""
        return any(
            morning >= day - timedelta(days=1)
            or date(int(season[:4]), 7, 1) <= day < date(int(season[:4]) + 1, 7, 1)
            for morning, season in self._mornings.items()
        )

    def _check(
        self,
        cell: CellId,
        said: CellSaid,
        states: SaidStates,
        has_games: bool,
        sleeps: bool,
        known: bool,
    ) -> None:
        counting = Counter(state for state, _ in states.values() if state != "retired")
        if not counting and said.verdict == "unverifiable":
            self._unknown.add(cell)
        else:
            self._unknown.discard(cell)
        held = sum(counting[word] for word in _HELD)
        right = self._verdicts(counting, held, sleeps, known)
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

    @staticmethod
    def _verdicts(counting: Counter[str], held: int, sleeps: bool, known: bool) -> set[str]:
        """What may be said of the keys that count.

        `sleeps`: who is owed is not known yet. `known`: a schedule speaks of the date.
        """
        if not counting and sleeps:
            return {"not_due"}
        if not counting:
            return {"legitimate_zero" if known else "unverifiable"}
        if counting["missing"]:
            return {"partial" if held else "missing"}
        found = next((word for word in _FIRST_OF if counting[word]), None)
        if found is not None:
            return {found}
        # What is held proves nothing of what else there is where no schedule is known.
        return {"complete"} if known else {"complete", "unverifiable"}

    def _note(self, cell: CellId, law: int, what: str) -> None:
        if (cell, law, what) not in self._found:
            self._found.add((cell, law, what))
            self.breaches.append(Breach(law, f"{cell[0]} {cell[1]}", what))
