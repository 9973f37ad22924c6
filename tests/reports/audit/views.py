"""Audits made by hand, for what shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from fullcourt.audit.result import (
    AuditView,
    DateFinding,
    Lie,
    LostKey,
    ProcessorSummary,
    RunFinding,
    Share,
)
from fullcourt.audit.words import DateClass, LieKind, LossCause, RunClass

FIRST = date(2025, 10, 21)
NOW = datetime(2025, 11, 5, 17, tzinfo=UTC)
UNKNOWN = Share(0, 0, None, None, None)


def share(part: int, whole: int) -> Share:
    """A share with an interval of made-up width: faces only print it."""
    if not whole:
        return UNKNOWN
    rate = part / whole
    return Share(part, whole, rate, max(0.0, rate - 0.05), min(1.0, rate + 0.05))


def finding(
    row_no: int, processor: str, run_class: RunClass, *, day: date = FIRST, **changes: object
) -> RunFinding:
    """A run that said zero."""
    made = RunFinding(
        row_no=row_no,
        source_row=row_no,
        run_id=f"run-{row_no}",
        processor=processor,
        target=f"{processor}_table",
        game_date=day,
        game_id=None,
        said=0,
        run_class=run_class,
        cause=None,
        owed=6,
        due=6,
        held_at_end=6,
        held_now=6,
        healed_by=None,
        evidence="6 of 6 games were there when it ended",
        settles="the schedule of that date" if run_class is RunClass.UNVERIFIABLE else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def day_of(
    target: str, day: date, date_class: DateClass, *, rows: int | None, lost: int = 0
) -> DateFinding:
    """A date of six games."""
    return DateFinding(
        target=target,
        game_date=day,
        date_class=date_class,
        causes=(LossCause.SCRAPER_FAILED,) if lost else (),
        owed=6,
        held=6 - lost,
        lost=lost,
        rows=rows,
        naive_check="has data" if rows else "no data",
        evidence=f"{6 - lost} of 6 games are held",
        settles="the schedule of that date" if date_class is DateClass.UNVERIFIABLE else None,
    )


def summary(
    name: str, findings: Sequence[RunFinding], days: Sequence[DateFinding]
) -> ProcessorSummary:
    """What these runs and dates come to."""
    classes = Counter(each.run_class for each in findings)
    decided = [each for each in findings if each.run_class is not RunClass.UNVERIFIABLE]
    false = classes[RunClass.TRACKING_FALSE_POSITIVE]
    return ProcessorSummary(
        processor=name,
        targets=tuple(dict.fromkeys(each.target for each in days)),
        runs=len(findings),
        zero_runs=len(findings),
        decided=share(len(decided), len(findings)),
        runs_by_class=dict(classes),
        zero_runs_by_class=dict(classes),
        dates=len(days),
        zero_dates=len({(each.target, each.game_date) for each in findings}),
        dates_by_class=dict(Counter(each.date_class for each in days)),
        false_positives=share(false, len(decided)),
        naive_no_data_dates=sum(day.naive_check == "no data" for day in days),
        lost_keys=sum(day.lost for day in days),
    )


def audit_of(
    findings: Sequence[RunFinding],
    days: Sequence[DateFinding],
    lost: Sequence[LostKey] = (),
    lies: Sequence[Lie] = (),
    *,
    name: str = "a small pipeline",
    complaints: Sequence[str] = (),
) -> AuditView:
    """The audit of these runs and dates, by processor and in total."""
    processors = []
    for each in dict.fromkeys(run.processor for run in findings):
        mine = [run for run in findings if run.processor == each]
        targets = {run.target for run in mine}
        processors.append(summary(each, mine, [day for day in days if day.target in targets]))
    return AuditView(
        name=name,
        source="runs.csv, 3 tables",
        now=NOW,
        first_date=min((day.game_date for day in days), default=None),
        last_date=max((day.game_date for day in days), default=None),
        total=summary("total", findings, days),
        processors=tuple(processors),
        findings=tuple(findings),
        dates=tuple(days),
        lost=tuple(lost),
        lies=tuple(lies),
        complaints=tuple(complaints),
        seconds={},
    )


def small_audit(name: str = "odds", *, names: str = "NYK@BOS") -> AuditView:
    """Two processors on three dates: a false alarm, a partial loss, a loss, an unknown date.

    `name` is a processor's, `names` begins the names of the keys lost.
    """
    days = [FIRST + timedelta(days=place) for place in range(3)]
    other = "grades"
    findings = [
        *(finding(n, name, RunClass.TRACKING_FALSE_POSITIVE, day=days[0]) for n in range(1, 31)),
        finding(31, name, RunClass.PARTIAL_LOSS, day=days[1], cause=LossCause.SCRAPER_FAILED),
        finding(32, name, RunClass.PARTIAL_LOSS, day=days[1], cause=LossCause.SCRAPER_FAILED),
        finding(33, other, RunClass.LOSS, day=days[1], cause=LossCause.BLOCKED),
        finding(34, other, RunClass.UNVERIFIABLE, day=days[2], held_at_end=None),
        finding(35, other, RunClass.PHANTOM_FAILURE, day=days[0]),
        finding(36, other, RunClass.STUCK_RUN, day=days[0]),
        finding(37, other, RunClass.LEGITIMATE_ZERO, day=days[0], owed=0),
        finding(38, other, RunClass.HEALED, day=days[0], healed_by="run-99"),
    ]
    table, grades = f"{name}_table", f"{other}_table"
    dated = [
        day_of(table, days[0], DateClass.COMPLETE, rows=90),
        day_of(table, days[1], DateClass.PARTIAL_LOSS, rows=60, lost=2),
        day_of(table, days[2], DateClass.LEGITIMATE_ZERO, rows=0),
        day_of(grades, days[0], DateClass.COMPLETE, rows=88),
        day_of(grades, days[1], DateClass.LOSS, rows=0, lost=6),
        day_of(grades, days[2], DateClass.UNVERIFIABLE, rows=0),
    ]
    lost = [
        LostKey(table, days[1], f"002250000{n}", f"{names} {n}", None, cause, "the scrape failed")
        for n in range(2)
        for cause in [LossCause.SCRAPER_FAILED]
    ]
    lost += [
        LostKey(grades, days[1], f"g{n}", f"{names} grade {n}", None, LossCause.BLOCKED, "no input")
        for n in range(6)
    ]
    lies = [
        Lie(LieKind.DUPLICATES, table, days[0], None, 180, 90, "rows"),
        Lie(LieKind.OVER_CLAIMED, table, days[1], "run-31", 120, 60, "rows"),
    ]
    return audit_of(findings, dated, lost, lies, complaints=["runs.csv, row 7: no date"])
