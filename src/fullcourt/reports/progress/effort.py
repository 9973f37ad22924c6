"""Time: what the tasks were to take and took, what issues cost, what notes say was spent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fullcourt.reports.progress.checklist import Checklist
from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.stores.ledger.notes import Note
from fullcourt.stores.note_words import NoteKind


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a sum. `of` says of what and of how many; unknown where nothing gives any."""

    what: str
    hours: float | Unknown
    of: str


@dataclass(frozen=True, slots=True)
class Effort:
    """Time estimated and spent: sums, and the tasks one by one in the checklist."""

    sums: tuple[Hours, ...]
    checklist: Checklist


def effort(checklist: Checklist, notes: Iterable[Note]) -> Effort:
    """The sums over tasks that give hours and notes that give minutes."""
    tasks, kept = checklist.tasks, list(notes)
    issues = [note for note in kept if note.kind is NoteKind.ISSUE]
    others = [note for note in kept if note.kind is not NoteKind.ISSUE]
    return Effort(
        (
            _sum("estimated", [t.estimated_hours for t in tasks], "tasks"),
            _sum("spent", [t.spent_hours for t in tasks], "tasks"),
            _sum("estimated of tasks done", _done(checklist, "estimated_hours"), "tasks done"),
            _sum("spent on tasks done", _done(checklist, "spent_hours"), "tasks done"),
            _sum("lost to noted issues", _hours(issues), "issues noted"),
            _sum("spent by other notes", _hours(others), "other notes"),
        ),
        checklist,
    )


def _done(checklist: Checklist, name: str) -> list[float | Unknown]:
    return [getattr(task, name) for task in checklist.tasks if task.state == "done"]


def _hours(notes: Iterable[Note]) -> list[float | Unknown]:
    none = Unknown("the note gives no minutes")
    return [none if note.minutes is None else note.minutes / 60 for note in notes]


def _sum(what: str, values: list[float | Unknown], of: str) -> Hours:
    known = [value for value in values if not isinstance(value, Unknown)]
    if not values:
        return Hours(what, Unknown(f"there are no {of}"), f"0 {of}")
    told = f"{len(known)} of {len(values)} {of} that give it"
    if not known:
        return Hours(what, Unknown(f"none of {len(values)} {of} gives it"), told)
    return Hours(what, sum(known), told)


def effort_section(record: Effort) -> Section:
    """Time as tables."""
    tasks = record.checklist.tasks
    return Section(
        "Time estimated and spent",
        "In hours, as tasks and notes give them; nothing is estimated where they do not.",
        (
            *table(("time", "hours", "of"), [(s.what, s.hours, s.of) for s in record.sums]),
            *table(
                ("task", "estimated (h)", "spent (h)", "state"),
                [(f"{t.id} {t.title}", t.estimated_hours, t.spent_hours, t.state) for t in tasks],
            ),
        ),
    )
