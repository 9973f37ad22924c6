"""Issues met: what was missing, from its gaps, and what people noted; with the time it cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.reports.inventory import GapLine
from fullcourt.reports.progress.document import Section, counted, listed, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.stores.ledger.notes import Note
from fullcourt.stores.note_words import NoteKind, Severity
from fullcourt.trust.gaps import Ending

_SLOW = timedelta(hours=24)
_MINUTE = timedelta(minutes=1)
RULE = (
    "critical: keys are lost for good; high: keys are missing now; medium: healed after more than "
    "24 hours; low: healed sooner, or withdrawn; a noted issue has the severity its note gives"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: the gaps of a dataset with one cause, or a note of kind issue.

    `minutes_lost`: during which at least one of its keys was missing (to its end, or to now), or
    what the note gives. `dates` are the game dates it touched, `keys` the keys.
    """

    source: str
    what: str
    severity: str | Unknown
    status: str
    minutes_lost: float | Unknown
    keys: int | Unknown
    dates: tuple[date, ...]
    first_seen_at: datetime
    action: str


def issues(gaps: Iterable[GapLine], notes: Sequence[Note], now: datetime) -> tuple[Issue, ...]:
    """The issues, the worst first; those without a severity last."""
    grouped: dict[tuple[str, str], list[GapLine]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.dataset, gap.cause or ""].append(gap)
    found = [_of_gaps(cause, group, now) for (_, cause), group in grouped.items()]
    closed = {note.closes: note for note in notes if note.closes is not None}
    found += [
        _of_note(note, closed.get(note.note_id)) for note in notes if note.kind is NoteKind.ISSUE
    ]
    return tuple(sorted(found, key=lambda issue: (_rank(issue), issue.first_seen_at, issue.what)))


def _rank(issue: Issue) -> int:
    ranks = [severity.value for severity in Severity]
    return len(ranks) if isinstance(issue.severity, Unknown) else ranks.index(issue.severity)


def _of_gaps(cause: str, group: Sequence[GapLine], now: datetime) -> Issue:
    endings = {ending: [g for g in group if g.ending == ending.value] for ending in Ending}
    first = min(group, key=lambda gap: gap.found_at)
    worst = next(
        g
        for ending in (Ending.OPEN, Ending.PERMANENT, Ending.HEALED, Ending.WITHDRAWN)
        for g in endings[ending]
    )
    return Issue(
        source="gaps",
        what=f"{first.dataset}: {cause or 'no cause was recorded'}",
        severity=_severity(endings).value,
        status=counted((e.value, sum(len(g.keys) for g in found)) for e, found in endings.items())
        + " (keys)",
        minutes_lost=minutes_covered([(g.found_at, g.ended_at or now) for g in group]),
        keys=len({(gap.game_date, key) for gap in group for key in gap.keys}),
        dates=tuple(sorted({gap.game_date for gap in group})),
        first_seen_at=first.found_at,
        action=worst.owner_action,
    )


def _severity(endings: dict[Ending, list[GapLine]]) -> Severity:
    """By `RULE`."""
    if endings[Ending.PERMANENT]:
        return Severity.CRITICAL
    if endings[Ending.OPEN]:
        return Severity.HIGH
    slow = any(gap.minutes_open > _SLOW / _MINUTE for gap in endings[Ending.HEALED])
    return Severity.MEDIUM if slow else Severity.LOW


def _of_note(note: Note, closed: Note | None) -> Issue:
    return Issue(
        source=f"note {note.note_id} by {note.author}",
        what=note.text,
        severity=Unknown("the note gives none") if note.severity is None else note.severity.value,
        status="open" if closed is None else f"closed by note {closed.note_id}: {closed.text}",
        minutes_lost=Unknown("the note gives none") if note.minutes is None else note.minutes,
        keys=Unknown("a note counts no keys"),
        dates=(note.game_date,),
        first_seen_at=note.written_at,
        action=f"close it: `fullcourt note TEXT --closes {note.note_id}`"
        if closed is None
        else "none: closed",
    )


def minutes_covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """The minutes that at least one of the spans covers: overlapping ones count once."""
    covered, end = timedelta(0), None
    for first, last in sorted(spans):
        begin = first if end is None else max(first, end)
        if last > begin:
            covered += last - begin
        end = last if end is None else max(last, end)
    return round(covered / _MINUTE, 1)


def issues_section(record: Sequence[Issue]) -> Section:
    """The issues as a table."""
    head = ("severity", "issue", "status", "time lost (minutes)", "keys", "game dates",
            "first seen", "source", "next step")  # fmt: skip
    rows = [
        (
            i.severity,
            i.what,
            i.status,
            i.minutes_lost,
            i.keys,
            listed([f"{day}" for day in i.dates]),
            i.first_seen_at,
            i.source,
            i.action,
        )
        for i in record
    ]
    says = f"{count_text(len(record), 'issue')}. Severity, {RULE}."
    return Section("Issues met", says, table(head, rows))
