"""The sections that only count what others have found: issues, losses, time, completion."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fullcourt.reports.inventory import GapLine
from fullcourt.reports.progress.checklist import Checklist, TaskLine
from fullcourt.reports.progress.completion import completion
from fullcourt.reports.progress.effort import effort
from fullcourt.reports.progress.investigations import downstream
from fullcourt.reports.progress.issues import issues, minutes_covered
from fullcourt.reports.progress.journal import journal, journal_section
from fullcourt.reports.progress.losses import losses
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.progress.validation import validation
from fullcourt.stores.note_words import Severity
from tests.reports.progress.made import START, cell, gap, hour, note

NONE = Unknown("none")


@pytest.mark.parametrize(
    ("gaps", "severity", "status", "minutes"),
    [
        ([gap("open")], "high", "2 open (keys)", 2880.0),
        ([gap("permanent", ended=5)], "critical", "2 permanent (keys)", 300.0),
        ([gap("permanent", "a", ended=5), gap("open", "b")], "critical",
         "1 open, 1 permanent (keys)", 2880.0),
        ([gap("healed", ended=24)], "low", "2 healed (keys)", 1440.0),
        ([gap("healed", ended=24.5)], "medium", "2 healed (keys)", 1470.0),
        ([gap("withdrawn", ended=2)], "low", "2 withdrawn (keys)", 120.0),
        ([gap("healed", "a", ended=2), gap("healed", "b", found=1, ended=3)], "low",
         "2 healed (keys)", 180.0),
        ([gap("healed", "a", ended=1), gap("healed", "a", found=4, ended=5)], "low",
         "2 healed (keys)", 120.0),
    ],
)  # fmt: skip
def test_the_gaps_of_one_cause_are_one_issue(
    gaps: list[GapLine], severity: str, status: str, minutes: float
) -> None:
    """Its severity follows the rule; minutes in which several keys were missing count once."""
    (issue,) = issues(gaps, [], hour(48))
    assert (issue.severity, issue.status, issue.minutes_lost) == (severity, status, minutes)
    assert issue.what == "player_box_scores: vendor_empty"


def test_issues_are_sorted_by_severity_and_notes_are_among_them() -> None:
    """A noted issue has the severity and minutes it was given, or says that it has none."""
    notes = [
        note(1, "issue", severity=Severity.CRITICAL, minutes=45.0),
        note(2, "issue"),
        note(3, "decision", closes=1),
        note(4),
    ]
    found = issues([gap("open"), gap("healed", ended=1, cause=None)], notes, hour(48))
    assert [(issue.source, issue.status) for issue in found] == [
        ("note 1 by ada", "closed by note 3: text 3"),
        ("gaps", "2 open (keys)"),
        ("gaps", "2 healed (keys)"),
        ("note 2 by ada", "open"),
    ]
    assert found[0].minutes_lost == 45.0
    assert found[2].what == "player_box_scores: no cause was recorded"
    assert found[3].severity == found[3].minutes_lost == Unknown("the note gives none")


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), max_size=12))
def test_minutes_are_counted_as_on_a_wall_clock(spans: list[tuple[int, int]]) -> None:
    """The union of the spans, minute by minute."""
    minutes = {m for first, length in spans for m in range(first, first + length)}
    told = [(hour(first / 60), hour((first + length) / 60)) for first, length in spans]
    assert minutes_covered(told) == pytest.approx(len(minutes), abs=0.11)


def test_a_key_lost_twice_is_projected_once() -> None:
    """Healed, lost again and given up: one key feared, one key lost, each with its rows."""
    found = [
        gap("healed", "abc", ended=1),
        gap("permanent", "a", found=2, ended=9, rows=7, rows_basis="7 rows each"),
        gap("open", "d", found=3),
        gap("withdrawn", "e", found=3, ended=4),
    ]
    (loss,) = losses(found)
    keys = (loss.healed_keys, loss.withdrawn_keys, loss.open_keys, loss.actual_keys)
    assert (loss.projected_keys, keys) == (5, (2, 1, 1, 1))
    assert (loss.projected_records, loss.actual_records) == (50, 7)
    assert (loss.unit, loss.basis) == ("rows", "10 rows each; 7 rows each")


def test_records_nobody_can_estimate_are_unknown() -> None:
    """A gap without a basis makes the sum unknown, with the reason; a feed counts bodies."""
    why = "unknown: no games are held in the 30 dates before"
    table, feed = losses([
        gap("permanent", "a", dataset="nba_boxscore", rows=None, rows_basis="a feed", ended=1),
        gap("open", "a", rows=None, rows_basis=why),
    ])[::-1]  # fmt: skip
    assert table.projected_records == Unknown(
        "1 key of 2025-01-09: no games are held in the 30 dates before"
    )
    assert table.actual_records == 0
    assert (feed.projected_records, feed.actual_records, feed.unit) == (1, 1, "bodies")


@given(
    st.lists(
        st.builds(
            gap,
            st.sampled_from(["open", "healed", "withdrawn", "permanent"]),
            st.text(alphabet="abcdef", min_size=1, max_size=4).map(
                lambda t: "".join(sorted(set(t)))
            ),
            st.integers(0, 9),
            st.integers(10, 20),
        ),
        min_size=1,
    )
)
def test_what_became_of_the_keys_adds_up(gaps: list[GapLine]) -> None:
    """Healed, withdrawn, open and lost keys are the projected ones, whatever happened."""
    (loss,) = losses(gaps)
    ended = loss.healed_keys + loss.withdrawn_keys + loss.open_keys + loss.actual_keys
    assert ended == loss.projected_keys == len({key for g in gaps for key in g.keys})


def tasks(*states: str, **given: Any) -> Checklist:
    """Tasks in these states."""
    told: dict[str, Any] = {"estimated_hours": NONE, "spent_hours": NONE} | given
    lines = [
        TaskLine(f"T{n}", "x", NONE, state, "seen", "query", **told)
        for n, state in enumerate(states)
    ]
    done, not_done, unknown = (states.count(state) for state in ("done", "not done", "unknown"))
    return Checklist("tasks.toml", NONE, done, not_done, unknown, tuple(lines))


def test_time_is_summed_and_says_of_how_many() -> None:
    """What gives no hours is counted, not taken for 0."""
    done = tasks("done", "not done", estimated_hours=3.0)
    notes = [note(1, "issue", minutes=90.0), note(2, "issue"), note(3)]
    sums = {line.what: (line.hours, line.of) for line in effort(done, notes).sums}
    assert sums["estimated"] == (6.0, "2 of 2 tasks that give it")
    assert sums["estimated of tasks done"] == (3.0, "1 of 1 tasks done that give it")
    assert sums["spent"] == (Unknown("none of 2 tasks gives it"), "0 of 2 tasks that give it")
    assert sums["lost to noted issues"] == (1.5, "1 of 2 issues noted that give it")
    assert isinstance(sums["spent by other notes"][0], Unknown)
    empty = {line.what: line.hours for line in effort(tasks(), []).sums}
    assert empty["estimated"] == Unknown("there are no tasks")


WHOLE = [cell("grades", "complete"), cell("schedule", "legitimate_zero", 0, 0)]


@pytest.mark.parametrize(
    ("states", "cells", "notes", "state", "left", "not_known"),
    [
        (["done"], WHOLE, [], "complete", "nothing", "nothing"),
        ([], WHOLE, [], "complete", "nothing", "nothing"),
        (["not done"], WHOLE, [], "not complete", "task not done: 1 (T0)", "nothing"),
        (["unknown"], WHOLE, [], "unknown", "nothing", "task unknown: 1 (T0)"),
        (["done"], [], [], "unknown", "nothing", "no cell is judged on these dates"),
        ([], [cell("grades", "unverifiable")], [], "unknown", "nothing",
         "cell unverifiable: 1 (grades 2025-01-09)"),
        ([], [cell("grades", "partial", 4, 1)], [], "not complete",
         "cell not right: 1 (grades 2025-01-09 partial)", "nothing"),
        ([], [cell("grades", "unrecoverable", 4, 1)], [], "complete", "nothing", "nothing"),
        ([], WHOLE, [note(1, "issue")], "not complete", "noted issue open: 1 (note 1 by ada)",
         "nothing"),
        ([], WHOLE, [note(1, "issue"), note(2, closes=1)], "complete", "nothing", "nothing"),
    ],
)  # fmt: skip
def test_completion_follows_from_the_other_sections(
    states: list[str], cells: list[Any], notes: list[Any], state: str, left: str, not_known: str
) -> None:
    """Something left is not complete, something not known is unknown, a permanent loss is over."""
    met = issues([], notes, START)
    made = completion(cells, [], tasks(*states), met, [])
    assert (made.state, made.left, made.not_known) == (state, (left,), (not_known,))


def test_validation_has_every_dataset() -> None:
    """Datasets nobody judged are there, and say so; dates that are not right are named."""
    lines = {
        line.dataset: line
        for line in validation([cell("grades", "partial", 4, 1), cell("schedule", "complete")])
    }
    assert len(lines) == 12
    grades = lines["grades"]
    assert (grades.expected, grades.held, grades.verdicts) == (4, 1, {"partial": 1})
    assert grades.not_right == ("2025-01-09 partial",)
    assert lines["schedule"].not_right == ()
    assert lines["predictions"].held == Unknown("no cell of it is judged on these dates")


def test_what_is_made_from_a_dataset_is_its_impact() -> None:
    """Downstream is followed to the end, and never back."""
    assert downstream("predictions") == {"grades"}
    assert {"player_box_scores", "grades", "predictions"} <= downstream("nba_boxscore")
    assert "odds_player_props" not in downstream("nba_boxscore")
    assert downstream("grades") == frozenset()


def test_learnings_come_first() -> None:
    """Learnings have a table of their own, other notes follow by day."""
    section = journal_section(journal([note(1), note(2, "learning"), note(3, "decision")]))
    assert section.says.startswith("1 learning, 2 other notes")
    assert [len(block.rows) for block in section.blocks if hasattr(block, "rows")] == [1, 2]
