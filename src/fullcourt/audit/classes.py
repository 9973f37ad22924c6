"""The table of classes of a run and of a date. Pure: flags in, a class out.

Each function is called once for every *distinct* combination of flags, whatever the number of runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from fullcourt.audit.words import DateClass, RunClass
from fullcourt.trust.words import CellVerdict


class RowKind(StrEnum):
    """What a history row is, before its keys are looked at."""

    ENDED = "ended"
    """Its run ended by itself."""
    AT_WORK = "at_work"
    """Open, and not longer than an honest run may take."""
    OPEN = "open"
    """Open for too long, or beside a row in which the same run has ended."""
    SWEPT = "swept"
    """Closed by a sweeper."""
    SWEPT_BESIDE = "swept_beside"
    """Closed by a sweeper beside a row in which the same run had ended."""


@dataclass(frozen=True, slots=True)
class Range:
    """Whether something is so: surely, or only where what is not known turns out that way.

    `at_least` implies `at_most`; they differ where the evidence leaves it open.
    """

    at_least: bool
    at_most: bool

    def __iter__(self) -> Iterator[bool]:
        yield from sorted({self.at_least, self.at_most})


NO: Final = Range(False, False)
YES: Final = Range(True, True)
PERHAPS: Final = Range(False, True)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What decides the class of one row; keys are those of its scope that count.

    `says_nothing`: zero records, or none reported. `is_unknown`: what its date owes is not known,
    or its table cannot be read. `has_open_keys`: keys of which nobody can say whether they are
    owed. When it ended: `due`: a key could be there, `held`: one was, `lacked`: one that could be
    there was not. Now: `lost`: a key is owed and not there, `held_now`: one is there.
    `may_be_gone`: it says that it wrote what now has come only later.
    """

    row: RowKind
    says_nothing: bool
    is_unknown: bool
    has_open_keys: bool
    owed: bool
    due: Range
    held: Range
    lacked: Range
    lost: bool
    held_now: bool
    may_be_gone: bool = False


def run_class(facts: RunFacts) -> RunClass:
    """The class of a row, if it is the same whichever way turns out what is not known."""
    match facts.row:
        case RowKind.SWEPT_BESIDE:
            return RunClass.PHANTOM_FAILURE
        case RowKind.SWEPT | RowKind.OPEN:
            return RunClass.STUCK_RUN
        case RowKind.AT_WORK:
            return RunClass.UNVERIFIABLE
        case RowKind.ENDED:
            pass
    found = {
        _in_one_way(facts, due, held, lacked)
        for due, held, lacked in product(facts.due, facts.held, facts.lacked)
        if due or not lacked
    }
    return found.pop() if len(found) == 1 else RunClass.UNVERIFIABLE


def _in_one_way(facts: RunFacts, due: bool, held: bool, lacked: bool) -> RunClass:
    if facts.lost and not (facts.says_nothing and not due and not held):
        return RunClass.PARTIAL_LOSS if facts.held_now else RunClass.LOSS
    if facts.is_unknown:
        return RunClass.UNVERIFIABLE
    if facts.says_nothing and not due and not held:
        return RunClass.LEGITIMATE_ZERO
    if facts.has_open_keys:
        return RunClass.UNVERIFIABLE
    if not facts.owed:
        return RunClass.LEGITIMATE_ZERO if facts.says_nothing else RunClass.COMPLETE
    if lacked:
        return RunClass.UNVERIFIABLE if facts.may_be_gone else RunClass.HEALED
    return RunClass.TRACKING_FALSE_POSITIVE if facts.says_nothing else RunClass.COMPLETE


_DATES: Final = {
    CellVerdict.LEGITIMATE_ZERO: DateClass.LEGITIMATE_ZERO,
    CellVerdict.PARTIAL: DateClass.PARTIAL_LOSS,
    CellVerdict.MISSING: DateClass.LOSS,
    CellVerdict.UNVERIFIABLE: DateClass.UNVERIFIABLE,
    CellVerdict.COMPLETE: DateClass.COMPLETE,
    # Held, and something else is wrong with it: that is no loss.
    CellVerdict.SUSPECT: DateClass.COMPLETE,
    CellVerdict.STALE: DateClass.COMPLETE,
}


def date_class(verdict: CellVerdict, *, held: bool, lost: bool) -> DateClass:
    """The class of a table's date, from the judge's verdict and whether a key that counts is held,
    and whether one is lost (which a cell that waits for a blocked input may have)."""
    if verdict in _DATES:
        return _DATES[verdict]
    if lost:
        return DateClass.PARTIAL_LOSS if held else DateClass.LOSS
    # not_due, waiting, running: nothing that is due is missing.
    return DateClass.COMPLETE if held else DateClass.LEGITIMATE_ZERO
