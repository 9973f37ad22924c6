"""The sections counted in runs: zero runs by class, false positives, all runs, the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fullcourt.audit.result import AuditView, ProcessorSummary, RunFinding
from fullcourt.audit.words import RunClass
from fullcourt.reports.audit.parts import (
    TONES,
    Cell,
    Column,
    Limits,
    Section,
    counted,
    folded,
    more_text,
    said,
    totalled,
)
from fullcourt.reports.audit.wording import RUN_CLASSES, interval, percent

_SHORT: Final = {
    RunClass.LOSS: "loss",
    RunClass.PARTIAL_LOSS: "part.\nloss",
    RunClass.UNVERIFIABLE: "unve-\nrif.",
    RunClass.STUCK_RUN: "stuck",
    RunClass.PHANTOM_FAILURE: "phan-\ntom",
    RunClass.HEALED: "healed",
    RunClass.TRACKING_FALSE_POSITIVE: "false\nposit.",
    RunClass.LEGITIMATE_ZERO: "legit.\nzero",
    RunClass.COMPLETE: "comp-\nlete",
}
Counts = Callable[[ProcessorSummary], tuple[int, Mapping[RunClass, int]]]


def zero_runs(view: AuditView, limits: Limits) -> Section:
    """The zero runs of each processor, by class. Unit: runs."""
    return _by_class(
        view,
        limits,
        ("zero_runs", "Zero runs by class", "Unit: runs (history rows) that said 0 or nothing."),
        lambda one: (one.zero_runs, one.zero_runs_by_class),
    )


def all_runs(view: AuditView, limits: Limits) -> Section:
    """All runs of each processor, by class. Unit: runs."""
    return _by_class(
        view,
        limits,
        ("all_runs", "All runs by class", "Unit: runs (history rows), whatever they said."),
        lambda one: (one.runs, one.runs_by_class),
    )


def _by_class(
    view: AuditView, limits: Limits, heading: tuple[str, str, str], counts: Counts
) -> Section:
    """A column a class; those nobody has are left out."""
    total = counts(view.total)[1]
    shown = [each for each in RUN_CLASSES if total.get(each, 0)]

    def row(one: ProcessorSummary, name: str) -> tuple[Cell, ...]:
        runs, by_class = counts(one)
        cells = (counted(by_class.get(each, 0), TONES[each]) for each in shown)
        return (said(name), counted(runs), *cells)

    columns = [Column("processor", "processor", is_number=False), Column("runs", "runs")]
    columns += [Column(each.value, _SHORT[each]) for each in shown]
    some = [one for one in view.processors if counts(one)[0]]
    rows, more = totalled(some, view.total, row, limits, ("run", lambda one: counts(one)[0]))
    return Section(*heading, tuple(columns), rows, more)


def false_positives(view: AuditView, limits: Limits) -> Section:
    """How often a zero was no loss but bad tracking. Unit: decided zero runs."""
    level = f"{100 * view.total.false_positives.level:.0f} %"

    def row(one: ProcessorSummary, name: str) -> tuple[Cell, ...]:
        share = one.false_positives
        return (
            said(name),
            counted(one.zero_runs),
            counted(share.whole),
            counted(share.part),
            said(percent(share.rate)),
            said(interval(share)),
        )

    columns = (
        Column("processor", "processor", is_number=False),
        Column("zero runs", "zero\nruns"),
        Column("decided zero runs", "decided\nzero runs"),
        Column("false positives (runs)", "false posi-\ntives (runs)"),
        Column("rate", "rate"),
        Column(f"{level} interval", f"{level}\ninterval"),
    )
    some = [one for one in view.processors if one.zero_runs]
    rows, more = totalled(some, view.total, row, limits, ("zero run", lambda one: one.zero_runs))
    return Section(
        "false_positives",
        "False positives: zeros that lost nothing, by tracking alone",
        "Unit: runs. The rate is of the zero runs that could be decided; its interval is Wilson's.",
        columns,
        rows,
        more,
        nothing="No run said zero.",
    )


def evidence(view: AuditView, limits: Limits) -> Section:
    """Runs of one processor, table, date, class and cause together, with the first one's evidence.

    What needs somebody comes first. Unit: runs.
    """
    groups: dict[tuple[object, ...], list[RunFinding]] = {}
    for finding in view.findings:
        key = (finding.processor, finding.target, finding.game_date, finding.run_class)
        groups.setdefault((*key, finding.cause), []).append(finding)
    order = {each: place for place, each in enumerate(RUN_CLASSES)}
    ranked = sorted(
        groups.values(),
        key=lambda group: (
            order[group[0].run_class],
            str(group[0].game_date or ""),
            group[0].processor,
        ),
    )
    shown = folded(ranked, limits.rows)
    hidden = sum(len(group) for group in ranked[len(shown) :])
    return Section(
        "evidence",
        "Why: the evidence behind the classes",
        "Unit: runs of one processor, date and class together; the evidence is the first one's.",
        (
            Column("game date", "game date", is_number=False),
            Column("processor", "processor", is_number=False),
            Column("runs", "runs"),
            Column("class and evidence", "class and evidence", is_number=False),
        ),
        tuple(_evidence_row(group) for group in shown),
        more_text(len(ranked) - len(shown), hidden, "run"),
        nothing="Every run is complete.",
    )


def _evidence_row(group: list[RunFinding]) -> tuple[Cell, ...]:
    first = group[0]
    cause = f" ({first.cause.value})" if first.cause else ""
    healed = f"; healed by {first.healed_by}" if first.healed_by else ""
    what = f"{first.run_class.value}{cause}: {first.evidence}{healed} (run {first.run_id})"
    return (
        said(first.game_date),
        said(first.processor),
        counted(len(group), TONES[first.run_class]),
        said(what),
    )
