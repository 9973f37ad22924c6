"""The progress document of an incident or a rollout: its record, and its sections as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.reports.progress.before_after import (
    BeforeAfter,
    before_after,
    before_after_section,
)
from fullcourt.reports.progress.checklist import Checklist, checklist, checklist_section
from fullcourt.reports.progress.completion import Completion, completion, completion_section
from fullcourt.reports.progress.deployments import Deployed, deployed, deployments_section
from fullcourt.reports.progress.document import Document
from fullcourt.reports.progress.effort import Effort, effort, effort_section
from fullcourt.reports.progress.healing import Waiting, waiting, waiting_section
from fullcourt.reports.progress.health import Processor, health, health_section
from fullcourt.reports.progress.investigations import (
    Investigation,
    investigations,
    investigations_section,
)
from fullcourt.reports.progress.issues import Issue, issues, issues_section
from fullcourt.reports.progress.journal import NoteLine, journal, journal_section
from fullcourt.reports.progress.losses import Loss, losses, losses_section
from fullcourt.reports.progress.reading import read
from fullcourt.reports.progress.timeline import Event, timeline, timeline_section
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.progress.validation import Validation, validation, validation_section
from fullcourt.reports.wording import instant_text

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.reports.progress.tasks import Tasks


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The document at `now` (UTC) over the game dates `first_date` to `last_date`. `judged`: now,
    or as stored while another process holds the home. No field is null or empty text: what is not
    known is `{"unknown": reason}`.
    """

    home: str
    now: datetime
    judged: str
    first_date: date
    last_date: date
    title: str | Unknown
    completion: Completion
    tasks: Checklist
    deployments: Deployed
    validation: tuple[Validation, ...]
    health: tuple[Processor, ...]
    before_after: BeforeAfter
    investigations: tuple[Investigation, ...]
    issues: tuple[Issue, ...]
    waiting: tuple[Waiting, ...]
    losses: tuple[Loss, ...]
    effort: Effort
    notes: tuple[NoteLine, ...]
    timeline: tuple[Event, ...]


def progress_view(
    controller: Controller,
    home: str,
    *,
    first: date | None = None,
    last: date | None = None,
    tasks: Tasks | None = None,
    run_commands: bool = False,
    is_fresh: bool = True,
) -> ProgressView:
    """The record of a range of game dates, by default all of them up to now.

    Raises:
        NoDates: the range is empty.
        TasksRefused: a task's query is no SELECT that runs.
    """
    reading = read(controller, home, first, last)
    done = checklist(reading, tasks, run_commands=run_commands)
    met = issues(reading.gaps, reading.notes, reading.now)
    waits = waiting(reading)
    ran = deployed(controller.stores.ledger, home, reading.first)
    return ProgressView(
        home=home,
        now=reading.now,
        judged="now" if is_fresh else "as stored: another process works on this home",
        first_date=reading.first,
        last_date=reading.last,
        title=done.title,
        completion=completion(reading.cells, reading.gaps, done, met, waits),
        tasks=done,
        deployments=ran,
        validation=validation(reading.cells),
        health=health(reading),
        before_after=before_after(controller, home, ran.deployments),
        investigations=investigations(reading),
        issues=met,
        waiting=waits,
        losses=losses(reading.gaps),
        effort=effort(done, reading.notes),
        notes=journal(reading.notes),
        timeline=timeline(reading, ran.deployments),
    )


def document(view: ProgressView) -> Document:
    """The record as sections of text."""
    about = "Progress" if isinstance(view.title, Unknown) else f"Progress: {view.title}"
    says = f"Game dates {view.first_date} to {view.last_date} of {view.home}, "
    says += f"at {instant_text(view.now)}; judged {view.judged}."
    return Document(
        about,
        says,
        (
            completion_section(view.completion),
            checklist_section(view.tasks),
            deployments_section(view.deployments),
            validation_section(view.validation),
            health_section(view.health),
            before_after_section(view.before_after),
            investigations_section(view.investigations),
            issues_section(view.issues),
            waiting_section(view.waiting),
            losses_section(view.losses),
            effort_section(view.effort),
            journal_section(view.notes),
            timeline_section(view.timeline),
        ),
    )
