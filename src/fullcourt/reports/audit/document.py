"""An audit as a document: its sections in words and units, the same for every face."""

from __future__ import annotations

from dataclasses import dataclass

from fullcourt.audit.result import AuditView
from fullcourt.audit.words import LieKind
from fullcourt.reports.audit.dates_sections import (
    NO_DATA,
    dates_by_class,
    has_lost,
    is_miss,
    naive_check,
)
from fullcourt.reports.audit.losses_sections import lies, lost_keys, settles
from fullcourt.reports.audit.next_steps import next_steps
from fullcourt.reports.audit.parts import Limits, Section
from fullcourt.reports.audit.runs_sections import all_runs, evidence, false_positives, zero_runs
from fullcourt.reports.audit.wording import DATE_CLASSES, RUN_CLASSES, share_text, tally
from fullcourt.reports.wording import count_text, instant_text, plain_text


@dataclass(frozen=True, slots=True)
class AuditDocument:
    """A whole audit in words. `decided` comes first on every face, then `headlines` (name, text).

    `complaints` are cut like rows; `more_complaints` says how many there are besides.
    """

    title: str
    subtitle: str
    decided: str
    headlines: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    complaints: tuple[str, ...]
    more_complaints: str
    next_steps: tuple[str, ...]


def audit_document(view: AuditView, limits: Limits) -> AuditDocument:
    """The document of an audit, each section folded at `limits`; what is folded is counted."""
    complaints = tuple(plain_text(text) for text in view.complaints)
    shown = complaints if limits.rows is None else complaints[: limits.rows]
    hidden = len(complaints) - len(shown)
    return AuditDocument(
        title=f"Audit of {plain_text(view.name)}",
        subtitle=_subtitle(view),
        decided=f"Decided: {share_text(view.total.decided, 'run')}.",
        headlines=_headlines(view),
        sections=(
            zero_runs(view, limits),
            false_positives(view, limits),
            dates_by_class(view, limits),
            naive_check(view, limits),
            lost_keys(view, limits),
            lies(view, limits),
            settles(view, limits),
            all_runs(view, limits),
            evidence(view, limits),
        ),
        complaints=shown,
        more_complaints=f"and {count_text(hidden, 'complaint')} more: `--all`" if hidden else "",
        next_steps=next_steps(view),
    )


def _subtitle(view: AuditView) -> str:
    span = "no game date"
    if view.first_date is not None and view.last_date is not None:
        span = f"game dates {view.first_date} to {view.last_date} (Eastern)"
    return f"{plain_text(view.source)}; {span}; as of {instant_text(view.now)}"


def _headlines(view: AuditView) -> tuple[tuple[str, str], ...]:
    total = view.total
    zeros = {each.value: total.zero_runs_by_class.get(each, 0) for each in RUN_CLASSES}
    days = {each.value: total.dates_by_class.get(each, 0) for each in DATE_CLASSES}
    empty = [day for day in view.dates if day.naive_check == NO_DATA]
    lost = sum(map(has_lost, empty))
    found = {kind.value: sum(lie.kind is kind for lie in view.lies) for kind in LieKind}
    return (
        ("Zero runs", f"{tally(zeros, 'run')}; on {count_text(total.zero_dates, 'date')}"),
        ("False positives", f"{share_text(total.false_positives, 'decided zero run')}"),
        ("Dates", tally(days, "date")),
        (
            "Naive check",
            f'"no data" on {count_text(len(empty), "date")}, of which {lost:,} really lost keys; '
            f"it misses {count_text(sum(map(is_miss, view.dates)), 'date')} with losses",
        ),
        ("Keys lost", count_text(total.lost_keys, "key")),
        ("Lies", tally(found, "lie")),
    )
