"""Before and after: the measures of two windows of game dates, and what can be said of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.audit.own import audit_own
from fullcourt.audit.result import Share
from fullcourt.audit.wilson import share
from fullcourt.audit.words import RunClass
from fullcourt.nba.calendar import dates, game_date_of
from fullcourt.pipeline.graph import BY_NAME
from fullcourt.reports.deployments import deployments_view
from fullcourt.reports.inventory import healer, key_changes, runs_while_open
from fullcourt.reports.windows import Release, Span, Watched, around, check_spans, release_of
from fullcourt.stores.ledger.history import (
    OneCellRun,
    count_range_runs,
    one_cell_runs,
    runs_of_cell,
)
from fullcourt.stores.ledger.verdicts import get_summaries
from fullcourt.trust.comparison import Change, Comparison, Rates, compare
from fullcourt.trust.deployments import DeploymentSeen
from fullcourt.trust.gaps import Ending, Gap, gaps
from fullcourt.trust.measures import MEASURES, Key, Measure, NightRun, Window, settled_at
from fullcourt.trust.words import Cell

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.pipeline.work import Stores

CHANCE = 0.05
"""Of comparisons of windows that do not differ, so many are called better or worse all the same."""


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window. `game_dates` are compared, `followed_dates` of them for measures that need 72
    hours more. Of the calendar dates from `first` to `last` the others are left out: `no_games`,
    `never_judged`, `not_settled` (dates). `runs` are counted, `late_runs` (begun after the date had
    settled, or after the deployment) and `range_runs` (of many dates at once) are not.
    """

    first: date
    last: date
    game_dates: int
    games: int
    followed_dates: int
    no_games: int
    never_judged: int
    not_settled: int
    runs: int
    late_runs: int
    range_runs: int


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure, before and after, in `unit`. `better_when` it is less or more.

    `share_before`, `share_after`: of shares, part, whole and Wilson interval.
    """

    name: str
    meaning: str
    unit: str
    better_when: str
    share_before: Share | None
    share_after: Share | None
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class MonitorView:
    """Two windows compared, measure by measure.

    `deployment`: what lies between them (null: the windows were given). `by_change` counts
    measures. `notes`: what else may explain a difference, and what was left out.
    """

    home: str
    now: datetime
    deployment: str | None
    deployed_at: datetime | None
    before: WindowLine
    after: WindowLine
    measures: tuple[MeasureLine, ...]
    by_change: dict[str, int]
    notes: tuple[str, ...]


def monitor_view(
    controller: Controller,
    home: str,
    *,
    spans: tuple[Span, Span] | None = None,
    deployment: str | None = None,
    most_dates: int,
) -> MonitorView:
    """Compare two given spans, or those around a deployment (at most `most_dates` game dates each).

    Raises:
        NothingToCompare: no such deployment, or a window without game dates; see
            `fullcourt.reports.windows`.
    """
    stores = controller.stores
    watched = _watched(stores)
    known = deployments_view(stores.ledger, home).deployments
    release = None if deployment is None else release_of(known, deployment)
    if release is not None:
        spans = around(watched, release, most_dates)
    assert spans is not None
    check_spans(watched, *spans)
    cut = None if release is None else release.began_at
    zeros = _zeros(stores, spans)
    before = _window(controller, watched, spans[0], zeros, cut)
    after = _window(controller, watched, spans[1], zeros, None)
    measures = tuple(_measured(measure, before, after) for measure in MEASURES)
    changes = [line.comparison.change for line in measures]
    within = [one.after for one in known if _is_other(one, spans, release)]
    return MonitorView(
        home=home,
        now=stores.clock.now(),
        deployment=deployment,
        deployed_at=None if release is None else release.through_at,
        before=_line(stores, watched, spans[0], before),
        after=_line(stores, watched, spans[1], after),
        measures=measures,
        by_change={change.value: changes.count(change) for change in Change},
        notes=_notes(release, within),
    )


def _watched(stores: Stores) -> Watched:
    now, since = stores.clock.now(), stores.settings.since
    rows = stores.lake.rows(
        "SELECT game_date, count(*) FROM slate_games(?, ?, ?) GROUP BY ALL",
        [since, game_date_of(now), now],
    )
    judged = {date.fromisoformat(row.game_date) for row in get_summaries(stores.ledger)}
    return Watched(since, dict(rows), frozenset(judged), now)


def _window(
    controller: Controller,
    watched: Watched,
    span: Span,
    zeros: Mapping[str, RunClass],
    cut: datetime | None,
) -> Window:
    ledger = controller.stores.ledger
    changes = key_changes(ledger, span.first, span.last)
    found = gaps(changes)
    return Window(
        nights=watched.nights(span),
        runs=_runs(controller.stores, span, zeros),
        gaps=found,
        changes=changes,
        due=_due(controller, found),
        brought=frozenset(_brought(controller.stores, found)),
        now=watched.now,
        runs_before=cut,
    )


def _zeros(stores: Stores, spans: Sequence[Span]) -> dict[str, RunClass]:
    """What the audit says of every run of these game dates that says it wrote nothing."""
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    audited = audit_own(stores, first=first, last=last)
    return {one.run_id: one.run_class for one in audited.findings if not one.said}


def _runs(stores: Stores, span: Span, zeros: Mapping[str, RunClass]) -> tuple[NightRun, ...]:
    now = stores.clock.now()
    made = []
    for run in one_cell_runs(stores.ledger, span.first, span.last):
        word = zeros.get(run.run_id) if _says_nothing(run, now) else None
        is_decided = word is not None and word is not RunClass.UNVERIFIABLE
        made.append(
            NightRun(
                run_id=run.run_id,
                game_date=run.game_date,
                state=run.state,
                opened_at=run.opened_at,
                last_sign_at=run.last_sign_at,
                deadline_at=run.deadline_at,
                closed_at=run.closed_at,
                is_zero=word is not None,
                is_false_positive=word is RunClass.TRACKING_FALSE_POSITIVE if is_decided else None,
            )
        )
    return tuple(made)


def _says_nothing(run: OneCellRun, now: datetime) -> bool:
    """Whether a run without rows is a zero run: not one at work, nor a feed's that brought bodies,
    which are no rows."""
    is_at_work = run.closed_at is None and run.deadline_at >= now
    return not is_at_work and not (BY_NAME[run.dataset].is_feed and run.keys_held)


def _due(controller: Controller, found: Sequence[Gap]) -> Mapping[Key, datetime]:
    """When the keys of these gaps were due, as their expectation is known now."""
    cells = {Cell(gap.dataset, gap.game_date) for gap in found}
    return {
        (view.verdict.cell.dataset, view.verdict.cell.game_date, key.key): key.due_at
        for view in controller.look(cells)
        for key in view.expectation.keys
    }


def _brought(stores: Stores, found: Sequence[Gap]) -> list[Gap]:
    healed = [gap for gap in found if gap.ending is Ending.HEALED]
    cells = {(gap.dataset, gap.game_date) for gap in healed}
    runs = {cell: runs_of_cell(stores.ledger, *cell) for cell in cells}
    return [
        gap
        for gap in healed
        if healer(runs_while_open(runs[gap.dataset, gap.game_date], gap)) is not None
    ]


def _measured(measure: Measure, before: Window, after: Window) -> MeasureLine:
    samples = measure.sample(before), measure.sample(after)
    shares = [_share(sample) if measure.is_share else None for sample in samples]
    return MeasureLine(
        name=measure.name,
        meaning=measure.meaning,
        unit=samples[0].unit,
        better_when=measure.better.value,
        share_before=shares[0],
        share_after=shares[1],
        comparison=compare(*samples, measure.better),
    )


def _share(sample: object) -> Share:
    assert isinstance(sample, Rates)
    return share(round(sum(sample.parts)), round(sum(sample.wholes)))


def _line(stores: Stores, watched: Watched, span: Span, window: Window) -> WindowLine:
    days = list(dates(span.first, span.last))
    games = [day for day in days if day in watched.games]
    judged = [day for day in games if day in watched.judged]
    counted = sum(map(len, window.night_runs.values()))
    return WindowLine(
        first=span.first,
        last=span.last,
        game_dates=len(window.nights),
        games=sum(watched.games[night] for night in window.nights),
        followed_dates=len(window.followed),
        no_games=len(days) - len(games),
        never_judged=len(games) - len(judged),
        not_settled=sum(settled_at(day) > watched.now for day in judged),
        runs=counted,
        late_runs=sum(run.game_date in window.night_runs for run in window.runs) - counted,
        range_runs=count_range_runs(stores.ledger, span.first, span.last),
    )


def _is_other(one: DeploymentSeen, spans: Sequence[Span], release: Release | None) -> bool:
    """Whether it changed the code in a window or between them, and is not the one looked at."""
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    is_first_code = one.recorded_at is None and one.before is None
    is_this = release is not None and release.began_at <= one.at <= release.through_at
    return first <= game_date_of(one.at) <= last and not is_first_code and not is_this


def _notes(release: Release | None, others: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if release is not None and not any(one.is_verified for one in release.lines):
        notes.append(f"{release.name} is unverified: no run of its fingerprint has succeeded")
    if others:
        notes.append(f"other deployments in these dates: {', '.join(dict.fromkeys(others))}")
    notes.append(
        f"{len(MEASURES)} comparisons: where nothing has changed, about "
        f"{len(MEASURES) * CHANCE:.1f} of them are called better or worse all the same"
    )
    return tuple(notes)
