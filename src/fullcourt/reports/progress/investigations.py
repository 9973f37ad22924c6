"""One investigation per loss date: what every witness says, why, and what is done about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.declaration import Phase
from fullcourt.pipeline.graph import BY_NAME, GRAPH, ORDER
from fullcourt.reports.evidence import BodyLine, FeedCheck, ScheduleCheck
from fullcourt.reports.explain import ExplainView, cause_sentence, explain_view
from fullcourt.reports.grid import CellLine
from fullcourt.reports.inventory import GapLine
from fullcourt.reports.progress.document import Facts, Section, counted, facts, listed
from fullcourt.reports.wording import count_text, instant_text
from fullcourt.trust.gaps import Ending

if TYPE_CHECKING:
    from fullcourt.reports.progress.reading import Reading

# The odds listing is a witness: no table takes it in.
_LOADED = frozenset(
    name for declared in GRAPH if declared.phase is Phase.RAW for name in declared.upstream
)
_ENDINGS = (Ending.OPEN, Ending.PERMANENT, Ending.HEALED, Ending.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Investigation:
    """One game date on which keys were missing. Each field is a list of sentences, one a dataset,
    feed or game, and none is empty. `status`: open, permanent, healed or withdrawn, the first that
    any of its gaps is. `category` is the judge's verdict of each cell that lost keys.
    """

    game_date: date
    status: str
    lost: tuple[str, ...]
    scraper_check: tuple[str, ...]
    archived_files: tuple[str, ...]
    schedule_check: tuple[str, ...]
    root_cause: tuple[str, ...]
    category: tuple[str, ...]
    recovery_action: tuple[str, ...]
    impact_downstream: tuple[str, ...]


def investigations(reading: Reading) -> tuple[Investigation, ...]:
    """The loss dates, oldest first. Cells are looked at afresh; nothing is recorded."""
    by_date: dict[date, list[GapLine]] = defaultdict(list)
    for gap in reading.gaps:
        by_date[gap.game_date].append(gap)
    return tuple(_investigation(reading, day, by_date[day]) for day in sorted(by_date))


def _investigation(reading: Reading, day: date, gaps: Sequence[GapLine]) -> Investigation:
    lost = sorted({gap.dataset for gap in gaps}, key=ORDER.__getitem__)
    # What is made from a dataset that lost keys itself is its impact, not another cause.
    begins = [name for name in lost if not any(name in downstream(above) for above in lost)]
    views = [explain_view(reading.controller, name, day) for name in begins]
    feeds = {check.feed: check for view in views for check in view.feeds}
    bodies = {body.manifest_id: body for view in views for body in view.bodies}
    status = next(e.value for e in _ENDINGS if any(gap.ending == e.value for gap in gaps))
    cells = [cell for cell in reading.cells if cell.game_date == day]
    return Investigation(
        game_date=day,
        status=status,
        lost=_lost(gaps),
        scraper_check=_some(map(_feed, feeds.values()), "no feed stands behind it"),
        archived_files=_some(_files(bodies.values(), list(feeds)), "no feed stands behind it"),
        schedule_check=_schedule(views[0].schedule),
        root_cause=tuple(_root(view, gaps) for view in views),
        category=tuple(
            f"{v.dataset}: {v.category}, held {v.held} of {v.expected} keys" for v in views
        ),
        recovery_action=tuple(text for view in views for text in _recovery(view, gaps)),
        impact_downstream=_impact(begins, cells),
    )


def downstream(dataset: str) -> frozenset[str]:
    """Everything that is made from a feed or dataset, directly or not."""
    found: set[str] = set()
    for declared in GRAPH:
        if any(name == dataset or name in found for name in declared.upstream):
            found.add(declared.name)
    return frozenset(found)


def _lost(gaps: Sequence[GapLine]) -> tuple[str, ...]:
    """One line a dataset, cause and ending, in the order they were first found."""
    grouped: dict[tuple[str, str | None, str], list[GapLine]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.dataset, gap.cause, gap.ending].append(gap)
    return tuple(_lost_line(group) for group in grouped.values())


def _lost_line(group: Sequence[GapLine]) -> str:
    names = [name for gap in group for name in gap.names]
    told = f"{group[0].dataset}: {count_text(len(names), 'key')} ({listed(names)}), "
    told += f"{_size(group, len(names))}, found {_span([gap.found_at for gap in group])}, "
    told += group[0].ending
    ends = [gap.ended_at for gap in group if gap.ended_at is not None]
    return f"{told} {_span(ends)}" if ends else told


def _size(group: Sequence[GapLine], keys: int) -> str:
    if BY_NAME[group[0].dataset].is_feed:
        return count_text(keys, "body")
    rows = [gap.rows for gap in group if gap.rows is not None]
    bases = "; ".join(sorted({gap.rows_basis for gap in group}))
    if len(rows) < len(group):
        return f"rows unknown: {bases.removeprefix('unknown: ')}"
    return f"about {count_text(sum(rows), 'row')} ({bases})"


def _span(instants: Sequence[datetime]) -> str:
    first, last = instant_text(min(instants)), instant_text(max(instants))
    return first if first == last else f"{first.removesuffix(' ET')} to {last}"


def _feed(check: FeedCheck) -> str:
    said = counted(check.answers.items()) if check.answers else "never answered"
    told = f"{check.feed} ({check.vendor}): {said}"
    if check.last_outcome is not None:
        told += f"; last {check.last_outcome} {instant_text(check.last_at)}"
        told += f": {check.last_detail}" if check.last_detail else ""
    if check.open_keys:
        told += f"; {count_text(check.open_keys, 'key')} still asked for"
        told += f" after {count_text(check.attempts, 'attempt')}"
    if check.breaker == "open":
        told += f"; breaker open until {instant_text(check.breaker_retry_at) or 'it is closed'}"
    return told


def _files(bodies: Iterable[BodyLine], feeds: Sequence[str]) -> list[str]:
    by_feed: dict[str, list[BodyLine]] = defaultdict(list)
    for body in bodies:
        by_feed[body.feed].append(body)
    told = []
    for feed in feeds:
        held = [body for body in by_feed[feed] if body.digest is not None]
        gone = [body for body in held if not body.is_there]
        if not held:
            told.append(f"{feed}: no body was ever archived")
            continue
        newest = max(held, key=lambda body: body.fetched_at)
        line = f"{feed}: {count_text(len(held), 'archived answer')}, newest "
        line += f"{instant_text(newest.fetched_at)} "
        line += newest.outcome
        unloaded = [
            body
            for body in held
            if feed in _LOADED and body.outcome == "ok" and body.loaded_by is None
        ]
        line += f", {len(unloaded)} good and not loaded" if unloaded else ""
        line += f", {len(gone)} gone from the archive" if gone else ""
        told.append(line)
    return told


def _schedule(check: ScheduleCheck) -> tuple[str, ...]:
    if not check.versions:
        games = "the schedule knows no game of this date"
    else:
        last = {version.game_id: version for version in check.versions}
        states = Counter(
            "postponed" if v.is_postponed else "final" if v.is_final else "not final"
            for v in last.values()
            if v.is_listed
        )
        games = f"{count_text(check.games, 'game')}: {counted(sorted(states.items()))}"
    witness = check.second_witness
    if witness is None:
        return (games, "second witness unknown: no listing of this date was archived")
    if not witness.only_listing and not witness.only_schedule:
        return (games, f"the odds listing agrees on {count_text(len(witness.listed), 'game')}")
    return (
        games,
        f"the odds listing disagrees: only listed {listed(witness.only_listing)}; "
        f"only scheduled {listed(witness.only_schedule)}",
    )


def _root(view: ExplainView, gaps: Sequence[GapLine]) -> str:
    if view.root_cause is not None:
        root = view.root_cause
        return f"{root.dataset}: {root.cause}: {root.sentence}"
    causes = sorted({gap.cause or "" for gap in gaps if gap.dataset == view.dataset})
    words = [f"{cause}: {cause_sentence(cause)}" if cause else "unknown: no cause was recorded"
             for cause in causes]  # fmt: skip
    return f"{view.dataset}: nothing is wrong any more; it was {'; '.join(words)}"


def _recovery(view: ExplainView, gaps: Sequence[GapLine]) -> list[str]:
    own = [gap for gap in gaps if gap.dataset == view.dataset]
    told = [f"{view.dataset}: {action}" for action in dict.fromkeys(g.owner_action for g in own)]
    healers = list(dict.fromkeys(gap.healed_by for gap in own if gap.healed_by is not None))
    if healers:
        told.append(f"{view.dataset}: healed by run {listed(healers, 3)}")
    at = f" ({instant_text(view.next_action_at)})" if view.next_action_at else ""
    return [*told, f"{view.dataset}: next, {view.next_action}{at}"]


def _impact(begins: Sequence[str], cells: Sequence[CellLine]) -> tuple[str, ...]:
    touched = {name for dataset in begins for name in downstream(dataset)}
    told = [
        f"{cell.dataset}: {cell.verdict}, {cell.expected - cell.held} of "
        f"{count_text(cell.expected, 'key')} not held" + (f" ({cell.why})" if cell.why else "")
        for cell in cells
        if cell.dataset in touched and (cell.keys or cell.held < cell.expected)
    ]
    whole = f"none: everything made from it on this date is whole ({len(touched)} datasets)"
    nothing = "none: nothing is made from it"
    return _some(told, whole if touched else nothing)


def _some(lines: Iterable[str], otherwise: str) -> tuple[str, ...]:
    return tuple(lines) or (otherwise,)


def investigations_section(record: Sequence[Investigation]) -> Section:
    """The investigations, each under its date."""
    states = Counter(one.status for one in record)
    ordered = [(ending.value, states[ending.value]) for ending in _ENDINGS]
    says = f"{count_text(len(record), 'loss date')}: {counted(ordered)}."
    return Section("Investigations by loss date", says, tuple(map(_facts, record)))


def _facts(one: Investigation) -> Facts:
    fields: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("lost", one.lost),
        ("scraper check", one.scraper_check),
        ("archived files", one.archived_files),
        ("schedule check", one.schedule_check),
        ("root cause", one.root_cause),
        ("category", one.category),
        ("recovery action", one.recovery_action),
        ("impact downstream", one.impact_downstream),
    )
    return facts(
        f"{one.game_date}: {one.status}", [(name, " · ".join(lines)) for name, lines in fields]
    )
