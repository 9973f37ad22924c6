"""No field is ever left blank: whatever happened, whatever is unknown, in every form."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fullcourt.controller import Controller
from fullcourt.opening import Opened, create_home, open_home
from fullcourt.pipeline.execute import InlineExecutor
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.reports.progress.markdown import markdown
from fullcourt.reports.progress.page import page
from fullcourt.reports.progress.tasks import Command, Complete, Query, Task, Tasks
from fullcourt.reports.progress.view import ProgressView, document, progress_view
from fullcourt.settings import ClockSettings, Settings, VendorSettings
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.notes import add_note
from fullcourt.stores.ledger.records import RunOutcome
from fullcourt.stores.ledger.runs import close_run, open_run
from fullcourt.stores.ledger.verdicts import (
    StoredVerdict,
    Transition,
    add_transitions,
    put_verdicts,
)
from fullcourt.stores.note_words import NoteKind, Severity
from fullcourt.trust.words import Cause, CellVerdict, KeyState

FIRST, LAST = date(2025, 1, 6), date(2025, 1, 8)
NOW = datetime(2025, 1, 9, 15, tzinfo=UTC)
DATASETS = sorted(BY_NAME)
WORDS = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
CAUSES = st.none() | st.sampled_from([cause.value for cause in Cause])
DAYS = st.dates(FIRST, LAST)


def keys_of(dataset: str) -> list[str]:
    """Keys as this dataset has them."""
    by_side = ["0022400001/NYK"] if dataset in ("player_box_scores", "player_game_summary") else []
    if "player_id" in BY_NAME[dataset].key_columns:
        return ["0022400001/200123", "0022400002/200124", *by_side]
    return ["0022400001", "0022400002"]


CHANGE = st.sampled_from(DATASETS).flatmap(
    lambda name: st.tuples(
        st.just(name),
        DAYS,
        st.sampled_from(keys_of(name)),
        st.sampled_from([state.value for state in KeyState]),
        CAUSES,
        st.sampled_from(["", "the vendor | had <b>nothing</b>"]),
    )
)
CELL = st.tuples(
    st.sampled_from(DATASETS),
    DAYS,
    st.sampled_from([verdict.value for verdict in CellVerdict]),
    st.integers(0, 2),
    st.sampled_from([state.value for state in KeyState]),
)
NOTE = st.tuples(
    WORDS,
    st.sampled_from(list(NoteKind)),
    DAYS,
    WORDS,
    st.none() | st.sampled_from(list(Severity)),
    st.none() | st.floats(0, 1e6),
)
TASK = st.tuples(
    WORDS,
    st.none() | WORDS,
    st.none() | st.floats(0, 100),
    st.sampled_from(
        [
            Command(("true",), 5.0),
            Query("SELECT * FROM schedule"),
            Query("SELECT NULL"),
            Query("SELECT ''"),
            Complete("grades", FIRST, LAST),
        ]
    ),
)
RUN = st.tuples(
    st.sampled_from(DATASETS),
    DAYS,
    st.sampled_from(["schedule", "repair", "backfill", "manual"]),
    st.sampled_from(["succeeded", "failed", "skipped", "running"]),
    st.none() | st.integers(0, 50),
)


class Undone(Exception):
    """Takes back what an example wrote."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A home of the built-in league that never ran."""
    place = tmp_path_factory.mktemp("homes") / "home"
    builtin = VendorSettings(binding="builtin", first_date=FIRST)
    create_home(
        place, Settings(since=FIRST, clock=ClockSettings("virtual"), vendors=builtin), clock_at=NOW
    )
    home = open_home(place, vendors=False)
    yield home
    home.close()


@contextmanager
def taken_back(ledger: Ledger) -> Iterator[None]:
    """What is written inside is not there afterwards."""
    try:
        with ledger.write():
            yield
            raise Undone
    except Undone:
        return


def write(ledger: Ledger, changes: Any, cells: Any, notes: Any, runs: Any) -> None:
    """Fill the ledger with a history."""
    add_transitions(
        ledger,
        [
            Transition(name, day, key, None, state, cause, reason, "", NOW - timedelta(hours=9 - n))
            for n, (name, day, key, state, cause, reason) in enumerate(changes)
        ],
        "code",
    )
    put_verdicts(
        ledger,
        [
            StoredVerdict(
                name, day, verdict, count, 0, "", (),
                {key: (state, None, "", f"K {key}") for key in keys_of(name)[:count]},
                "", NOW, None, None,
            )
            for name, day, verdict, count, state in cells
        ],
    )  # fmt: skip
    for text, kind, day, author, severity, minutes in notes:
        is_issue = kind is NoteKind.ISSUE
        add_note(
            ledger,
            text,
            kind=kind,
            day=day,
            author=author,
            severity=severity if is_issue else None,
            minutes=minutes,
        )
    for number, (name, day, trigger, state, rows) in enumerate(runs):
        lease = open_run(
            ledger, run_id=f"run-{number}", dataset=name, first=day, last=day, trigger=trigger,
            deadline=timedelta(hours=1), keys_expected=None, code_fingerprint=f"code{number % 2}",
            worker="w",
        )  # fmt: skip
        if state != "running":
            close_run(ledger, lease, RunOutcome(state, rows_written=rows))


def blanks(record: object, place: str = "report") -> list[str]:
    """Where a record holds null or blank text, anywhere inside."""
    if record is None or (isinstance(record, str) and not record.strip()):
        return [place]
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        fields = [(f.name, getattr(record, f.name)) for f in dataclasses.fields(record)]
        return [found for name, value in fields for found in blanks(value, f"{place}.{name}")]
    if isinstance(record, Mapping):
        return [
            b for key, value in record.items() for b in [*blanks(key, place), *blanks(value, place)]
        ]
    if isinstance(record, tuple):
        return [b for n, value in enumerate(record) for b in blanks(value, f"{place}[{n}]")]
    return []


class Cells(HTMLParser):
    """The text of every cell, fact, title and paragraph of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("td", "th", "dd", "dt", "h1", "h2", "h3", "p", "title"):
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data


def check(view: ProgressView) -> None:
    """No blank in the record, in its sections, as Markdown, on the page."""
    assert blanks(view) == []
    made = document(view)
    assert len(made.sections) == 13
    assert all(section.says.strip() for section in made.sections)
    lines = markdown(made).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert rows
    assert all(cell.strip() for row in rows for cell in row.strip("|").split(" | "))
    named = [line for line in lines if line.startswith("* **")]
    assert all(line.partition("**: ")[2].strip() for line in named)
    assert all(text.strip() for text in Cells(page(made)).texts)


def view_of(opened: Opened, tasks: Tasks | None) -> ProgressView:
    """The report of a ledger as it stands: by a controller that remembers nothing."""
    controller = Controller(opened.stores, opened.coverage, InlineExecutor())
    return progress_view(controller, "home", tasks=tasks)


def test_a_home_that_never_ran_has_no_blank_field(opened: Opened) -> None:
    """Nothing is known of it, and every field says so."""
    view = view_of(opened, None)
    check(view)
    assert view.completion.state == "unknown"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(CHANGE, max_size=8),
    st.lists(CELL, max_size=8, unique_by=lambda cell: cell[:2]),
    st.lists(NOTE, max_size=4),
    st.lists(RUN, max_size=5, unique_by=lambda run: run[:2]),
    st.none() | st.lists(TASK, max_size=4),
)
def test_no_history_leaves_a_field_blank(
    opened: Opened, changes: Any, cells: Any, notes: Any, runs: Any, tasks: Any
) -> None:
    """Whatever was judged, missed, noted, run and planned: no null, no empty text, in any form."""
    made = None
    if tasks is not None:
        made = Tasks(
            Path("tasks.toml"),
            None,
            tuple(
                Task(f"T{n}", title, owner, hours, None, one, 1)
                for n, (title, owner, hours, one) in enumerate(tasks)
            ),
        )
    with taken_back(opened.stores.ledger):
        write(opened.stores.ledger, changes, cells, notes, runs)
        check(view_of(opened, made))
