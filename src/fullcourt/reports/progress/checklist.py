"""The task checklist, and the time its tasks were to take and took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from fullcourt.reports.progress.checks import DONE, NOT_DONE, UNKNOWN, check_task
from fullcourt.reports.progress.document import Section, counted, table
from fullcourt.reports.progress.tasks import Command, Complete, Query, Task, Tasks
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.stores.redaction import redacted

if TYPE_CHECKING:
    from fullcourt.reports.progress.reading import Reading

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task. `state`: done, not done or unknown, by its `check` alone; `evidence` is what was
    seen. Hours as the file gives them.
    """

    id: str
    title: str
    owner: str | Unknown
    state: str
    evidence: str
    check: str
    estimated_hours: float | Unknown
    spent_hours: float | Unknown


@dataclass(frozen=True, slots=True)
class Checklist:
    """The tasks of `file`, counted by state."""

    file: str | Unknown
    title: str | Unknown
    done: int
    not_done: int
    unknown: int
    tasks: tuple[TaskLine, ...]


def checklist(reading: Reading, tasks: Tasks | None, *, run_commands: bool) -> Checklist:
    """Every task with what its check came to.

    Raises:
        TasksRefused: a query is no SELECT that runs.
    """
    if tasks is None:
        none = Unknown("no file of tasks was given (--tasks FILE.toml)")
        return Checklist(none, none, 0, 0, 0, ())
    stores = reading.controller.stores
    lines = []
    for task in tasks.tasks:
        found = check_task(
            task,
            tasks.path,
            stores.home,
            stores.ledger,
            run_commands=run_commands,
            secrets=(stores.odds_key,),
        )
        lines.append(
            TaskLine(
                id=task.id,
                title=task.title,
                owner=_given(task.owner, "owner"),
                state=found.state,
                evidence=found.evidence,
                check=redacted(_words(task), (stores.odds_key,)),
                estimated_hours=_given(task.estimated_hours, "estimated_hours"),
                spent_hours=_given(task.spent_hours, "spent_hours"),
            )
        )
    states = Counter(line.state for line in lines)
    title = Unknown("the file gives no title") if tasks.title is None else tasks.title
    counts = states[DONE], states[NOT_DONE], states[UNKNOWN]
    return Checklist(str(tasks.path), title, *counts, tuple(lines))


def _given(value: _T | None, name: str) -> _T | Unknown:
    return Unknown(f"the task gives no {name}") if value is None else value


def _words(task: Task) -> str:
    match task.check:
        case Command(words, deadline_s):
            return f"command {' '.join(words)}, within {deadline_s:g} s"
        case Query(sql):
            return f"query {sql}"
        case Complete(dataset, first, last):
            return f"complete {dataset} {first}" + (f"..{last}" if last != first else "")


def checklist_section(record: Checklist) -> Section:
    """The checklist as tables."""
    states = ((DONE, record.done), (NOT_DONE, record.not_done), (UNKNOWN, record.unknown))
    if isinstance(record.file, Unknown):
        says = f"Tasks unknown: {record.file.unknown}."
    else:
        says = f"{count_text(len(record.tasks), 'task')}: {counted(states)}."
        says += " A task is done when its check holds."
    head = ("state", "id", "task", "owner", "check", "what was seen")
    rows = [(t.state, t.id, t.title, t.owner, t.check, t.evidence) for t in record.tasks]
    return Section("Tasks", says, table(head, rows))
