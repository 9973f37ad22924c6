"""The table of classes, row by row, and what no combination of flags may come to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.audit.classes import (
    NO,
    PERHAPS,
    YES,
    Range,
    RowKind,
    RunFacts,
    date_class,
    run_class,
)
from fullcourt.audit.engine import FLAGS, facts_of
from fullcourt.audit.words import DateClass, RunClass
from fullcourt.trust.words import CellVerdict

WHOLE = RunFacts(
    row=RowKind.ENDED,
    says_nothing=False,
    is_unknown=False,
    has_open_keys=False,
    owed=True,
    due=YES,
    held=YES,
    lacked=NO,
    lost=False,
    held_now=True,
)
"""A run that wrote all that was due."""
ZERO = replace(WHOLE, says_nothing=True)

TABLE = [
    ("it wrote, and all that was due is there", WHOLE, RunClass.COMPLETE),
    ("it says zero, and all that was due is there", ZERO, RunClass.TRACKING_FALSE_POSITIVE),
    (
        "zero, nothing was due, but some of it came early",
        replace(ZERO, due=NO),
        RunClass.TRACKING_FALSE_POSITIVE,
    ),
    (
        "zero, and what was due came later",
        replace(ZERO, held=NO, lacked=YES),
        RunClass.HEALED,
    ),
    ("it wrote a part, the rest came later", replace(WHOLE, lacked=YES), RunClass.HEALED),
    (
        "zero, and nothing is owed",
        replace(ZERO, owed=False, due=NO, held=NO, held_now=False),
        RunClass.LEGITIMATE_ZERO,
    ),
    (
        "zero, and nothing was due yet",
        replace(ZERO, due=NO, held=NO),
        RunClass.LEGITIMATE_ZERO,
    ),
    (
        "the same, though it never came later",
        replace(ZERO, due=NO, held=NO, lost=True, held_now=False),
        RunClass.LEGITIMATE_ZERO,
    ),
    (
        "it wrote what its date does not owe",
        replace(WHOLE, owed=False, due=NO, held=NO, held_now=False),
        RunClass.COMPLETE,
    ),
    ("four games of six", replace(WHOLE, lacked=YES, lost=True), RunClass.PARTIAL_LOSS),
    (
        "a part is lost, whatever was due at its end",
        replace(WHOLE, lost=True),
        RunClass.PARTIAL_LOSS,
    ),
    (
        "none of it came",
        replace(ZERO, held=NO, lacked=YES, lost=True, held_now=False),
        RunClass.LOSS,
    ),
    ("what is owed is not known", replace(ZERO, is_unknown=True), RunClass.UNVERIFIABLE),
    (
        "what is owed is not known in full, and a part of it is lost",
        replace(ZERO, has_open_keys=True, lost=True),
        RunClass.PARTIAL_LOSS,
    ),
    (
        "nobody can say whether the rest is owed",
        replace(ZERO, has_open_keys=True),
        RunClass.UNVERIFIABLE,
    ),
    (
        "the same, and nothing could be there yet",
        replace(ZERO, has_open_keys=True, due=NO, held=NO),
        RunClass.LEGITIMATE_ZERO,
    ),
    (
        "when the rows came is not known",
        replace(ZERO, held=PERHAPS, lacked=PERHAPS),
        RunClass.UNVERIFIABLE,
    ),
    (
        "the same of what is lost: a loss either way",
        replace(ZERO, held=PERHAPS, lacked=YES, lost=True),
        RunClass.PARTIAL_LOSS,
    ),
    (
        "the game ended about then, and nothing was there",
        replace(ZERO, due=PERHAPS, held=NO, lacked=PERHAPS),
        RunClass.UNVERIFIABLE,
    ),
    (
        "the game ended about then, and its rows were there all the same",
        replace(ZERO, due=PERHAPS),
        RunClass.TRACKING_FALSE_POSITIVE,
    ),
    (
        "it says it wrote what came later",
        replace(WHOLE, held=NO, lacked=YES, may_be_gone=True),
        RunClass.UNVERIFIABLE,
    ),
    ("still at work", replace(ZERO, row=RowKind.AT_WORK), RunClass.UNVERIFIABLE),
    ("open for too long", replace(ZERO, row=RowKind.OPEN), RunClass.STUCK_RUN),
    ("swept, and no end of its own", replace(ZERO, row=RowKind.SWEPT), RunClass.STUCK_RUN),
    (
        "swept beside its end, whatever its keys came to",
        replace(ZERO, row=RowKind.SWEPT_BESIDE, lost=True),
        RunClass.PHANTOM_FAILURE,
    ),
]


@pytest.mark.parametrize(("why", "facts", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_classes(why: str, facts: RunFacts, expected: RunClass) -> None:
    """Each row of the table."""
    assert run_class(facts) is expected, why


_RANGES = st.sampled_from([NO, PERHAPS, YES])
_FACTS = st.builds(
    RunFacts,
    row=st.sampled_from(RowKind),
    says_nothing=st.booleans(),
    is_unknown=st.booleans(),
    has_open_keys=st.booleans(),
    owed=st.booleans(),
    due=_RANGES,
    held=_RANGES,
    lacked=_RANGES,
    lost=st.booleans(),
    held_now=st.booleans(),
    may_be_gone=st.booleans(),
)


@given(_FACTS)
def test_a_loss_is_never_excused(facts: RunFacts) -> None:
    """Where keys are lost, a row is complete or a false positive in no case."""
    if facts.lost:
        assert run_class(facts) not in (RunClass.COMPLETE, RunClass.TRACKING_FALSE_POSITIVE)
        assert run_class(facts) is not RunClass.HEALED


@given(_FACTS)
def test_a_word_of_zero_decides_which_word(facts: RunFacts) -> None:
    """Who wrote is never called a zero, and who did not is never called complete."""
    found = run_class(facts)
    zeros = (RunClass.LEGITIMATE_ZERO, RunClass.TRACKING_FALSE_POSITIVE)
    assert not (found in zeros and not facts.says_nothing)
    assert not (found is RunClass.COMPLETE and facts.says_nothing)


@given(_FACTS)
def test_knowing_more_never_overturns(facts: RunFacts) -> None:
    """A class that is decided stays, whichever way what was open turns out."""
    found = run_class(facts)
    if found is RunClass.UNVERIFIABLE:
        return
    for due in facts.due:
        for held in facts.held:
            for lacked in facts.lacked:
                if lacked and not due:
                    continue
                known = replace(
                    facts,
                    due=Range(due, due),
                    held=Range(held, held),
                    lacked=Range(lacked, lacked),
                )
                assert run_class(known) is found


def test_codes_are_facts() -> None:
    """The bits of a packed row stand for the flags in their order."""
    for place, name in enumerate(FLAGS):
        facts = facts_of(8 << place)
        assert facts.row is RowKind.ENDED
        where = {
            "due_least": facts.due.at_least,
            "due_most": facts.due.at_most,
            "held_least": facts.held.at_least,
            "held_most": facts.held.at_most,
            "lacked_least": facts.lacked.at_least,
            "lacked_most": facts.lacked.at_most,
        }
        assert where[name] if name in where else getattr(facts, name)
    assert [facts_of(kind).row for kind in range(len(RowKind))] == list(RowKind)


DATES = [
    (CellVerdict.COMPLETE, True, False, DateClass.COMPLETE),
    (CellVerdict.LEGITIMATE_ZERO, False, False, DateClass.LEGITIMATE_ZERO),
    (CellVerdict.PARTIAL, True, True, DateClass.PARTIAL_LOSS),
    (CellVerdict.MISSING, False, True, DateClass.LOSS),
    (CellVerdict.UNVERIFIABLE, True, False, DateClass.UNVERIFIABLE),
    (CellVerdict.SUSPECT, True, False, DateClass.COMPLETE),
    (CellVerdict.STALE, True, False, DateClass.COMPLETE),
    (CellVerdict.NOT_DUE, False, False, DateClass.LEGITIMATE_ZERO),
    (CellVerdict.NOT_DUE, True, False, DateClass.COMPLETE),
    (CellVerdict.RUNNING, False, False, DateClass.LEGITIMATE_ZERO),
    (CellVerdict.WAITING, False, False, DateClass.LEGITIMATE_ZERO),
    (CellVerdict.WAITING, False, True, DateClass.LOSS),
    (CellVerdict.WAITING, True, True, DateClass.PARTIAL_LOSS),
    (CellVerdict.UNRECOVERABLE, False, True, DateClass.LOSS),
    (CellVerdict.UNRECOVERABLE, True, True, DateClass.PARTIAL_LOSS),
]


@pytest.mark.parametrize(("verdict", "held", "lost", "expected"), DATES)
def test_the_class_of_a_date_is_its_verdicts(
    verdict: CellVerdict, held: bool, lost: bool, expected: DateClass
) -> None:
    """Each verdict of the judge in the audit's words."""
    assert date_class(verdict, held=held, lost=lost) is expected


def test_every_verdict_has_a_class() -> None:
    """No verdict is left out of the table above."""
    assert {row[0] for row in DATES} == set(CellVerdict)
