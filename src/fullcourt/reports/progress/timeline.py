"""The timeline: transitions, code that ran, repairs and notes, in time order, folded by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.nba.calendar import game_date_of
from fullcourt.reports.progress.deployments import DeploymentLine
from fullcourt.reports.progress.document import Section, counted, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text, instant_text
from fullcourt.stores.ledger.history import ChangeCount, SpanRun, changes_counted
from fullcourt.stores.ledger.notes import Note
from fullcourt.trust.words import KeyState

if TYPE_CHECKING:
    from fullcourt.reports.progress.reading import Reading

_TROUBLE = frozenset(
    state.value
    for state in (
        KeyState.MISSING,
        KeyState.UNRECOVERABLE,
        KeyState.SUSPECT,
        KeyState.STALE,
        KeyState.UNVERIFIABLE,
    )
)
_SCHEDULED = "schedule"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened from `at` to `until` (UTC; equal for one instant). `kind`: transition,
    deployment, repair or note. `game_dates`: the dates it concerns.
    """

    at: datetime
    until: datetime
    kind: str
    what: str
    game_dates: str | Unknown


def timeline(reading: Reading, deployments: Sequence[DeploymentLine]) -> tuple[Event, ...]:
    """The events of the range. Changes of keys into or out of trouble are folded by Eastern day,
    dataset, states and cause; repairs are the runs no schedule started."""
    ledger = reading.controller.stores.ledger
    changes = changes_counted(ledger, reading.first, reading.last, _TROUBLE)
    events = [
        *(_deployed(line) for line in deployments),
        *_transitions(changes),
        *_repairs(reading.runs),
        *(_noted(note) for note in reading.notes),
    ]
    # Of one instant in the order they were recorded: a key is missing before it is healed.
    return tuple(sorted(events, key=lambda event: event.at))


def _transitions(changes: Iterable[ChangeCount]) -> list[Event]:
    grouped: dict[tuple[date, str, str, str, str | None], list[ChangeCount]] = defaultdict(list)
    for change in changes:
        day = game_date_of(change.judged_at)
        grouped[day, change.dataset, change.from_state, change.to_state, change.cause].append(
            change
        )
    events = []
    for (_, dataset, before, after, cause), group in grouped.items():
        keys = count_text(sum(change.keys for change in group), "key")
        why = f" ({cause})" if cause else ""
        events.append(
            Event(
                at=group[0].judged_at,
                until=group[-1].judged_at,
                kind="transition",
                what=f"{dataset}: {keys} {before} -> {after}{why}",
                game_dates=_days(
                    min(change.first_date for change in group),
                    max(change.last_date for change in group),
                ),
            )
        )
    return events


def _repairs(runs: Iterable[SpanRun]) -> list[Event]:
    grouped: dict[tuple[date, str, str], list[SpanRun]] = defaultdict(list)
    for run in runs:
        if run.trigger != _SCHEDULED:
            grouped[game_date_of(run.opened_at), run.trigger, run.dataset].append(run)
    events = []
    for (_, trigger, dataset), group in grouped.items():
        states = counted(sorted(Counter(run.state for run in group).items()))
        written = [run.rows_written for run in group if run.rows_written is not None]
        rows = count_text(sum(written), "row") if written else "rows not reported"
        events.append(
            Event(
                at=group[0].opened_at,
                until=max(run.closed_at or run.opened_at for run in group),
                kind="repair",
                what=f"{dataset}: {count_text(len(group), 'run')} by {trigger} ({states}), "
                f"{rows} written",
                game_dates=_days(
                    min(run.first_date for run in group), max(run.last_date for run in group)
                ),
            )
        )
    return events


def _deployed(line: DeploymentLine) -> Event:
    return Event(
        at=line.happened_at,
        until=line.happened_at,
        kind="deployment",
        what=f"{line.service}: {line.after} ({line.why})",
        game_dates=Unknown("code runs for all dates"),
    )


def _noted(note: Note) -> Event:
    return Event(
        at=note.written_at,
        until=note.written_at,
        kind="note",
        what=f"{note.kind.value} by {note.author}: {note.text}",
        game_dates=note.game_date.isoformat(),
    )


def _days(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def timeline_section(record: Sequence[Event]) -> Section:
    """The events as a table."""
    counts = sorted(Counter(event.kind for event in record).items())
    kinds = ", ".join(count_text(count, kind) for kind, count in counts) or "none"
    says = f"{count_text(len(record), 'event')} ({kinds}), alike ones of a day folded into one. "
    says += "Times are Eastern."
    head = ("when", "kind", "what", "game dates")
    rows = [(_when(event), event.kind, event.what, event.game_dates) for event in record]
    return Section("Timeline", says, table(head, rows))


def _when(event: Event) -> str:
    begin, end = instant_text(event.at), instant_text(event.until)
    return begin if begin == end else f"{begin.removesuffix(' ET')} to {end}"
