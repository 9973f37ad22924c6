"""The audit's counts per processor and in total, runs as runs and dates as dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import duckdb

from fullcourt.audit.result import ProcessorSummary
from fullcourt.audit.wilson import share
from fullcourt.audit.words import DateClass, RunClass
from fullcourt.sql_files import sql


class Named(Protocol):
    """A processor: its name, and what it fills."""

    @property
    def name(self) -> str: ...

    @property
    def fills(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class _Counts:
    runs: Counter[RunClass] = field(default_factory=Counter)
    zeros: Counter[RunClass] = field(default_factory=Counter)
    dates: Counter[DateClass] = field(default_factory=Counter)
    zero_dates: int = 0
    no_data: int = 0
    lost: int = 0

    def add(self, other: _Counts) -> None:
        self.runs.update(other.runs)
        self.zeros.update(other.zeros)
        self.dates.update(other.dates)
        self.zero_dates += other.zero_dates
        self.no_data += other.no_data
        self.lost += other.lost


def summaries(
    connection: duckdb.DuckDBPyConnection, processors: Sequence[Named]
) -> tuple[ProcessorSummary, tuple[ProcessorSummary, ...]]:
    """The total, and each processor of the configuration or the history, in that order.

    A table two processors fill has its dates with the first.
    """
    fills = {each.name: each.fills for each in processors}
    counts = {name: _Counts() for name in fills}
    for processor, word, runs, zeros in connection.execute(
        sql("audit/sql", "runs_by_class")
    ).fetchall():
        mine = counts.setdefault(processor, _Counts())
        mine.runs[RunClass(word)] += runs
        mine.zeros[RunClass(word)] += zeros
    for processor, word, dates, no_data, lost in connection.execute(
        sql("audit/sql", "dates_by_class")
    ).fetchall():
        mine = counts.setdefault(processor, _Counts())
        mine.dates[DateClass(word)] += dates
        mine.no_data += no_data
        mine.lost += lost
    for processor, dates in connection.execute(sql("audit/sql", "zero_dates")).fetchall():
        counts.setdefault(processor, _Counts()).zero_dates += dates
    total = _Counts()
    for mine in counts.values():
        total.add(mine)
    every = tuple(target for targets in fills.values() for target in targets)
    each = tuple(_summary(name, fills.get(name, ()), mine) for name, mine in counts.items())
    return _summary("total", tuple(dict.fromkeys(every)), total), each


def _summary(name: str, targets: tuple[str, ...], counts: _Counts) -> ProcessorSummary:
    runs, zeros = counts.runs.total(), counts.zeros.total()
    undecided = counts.zeros[RunClass.UNVERIFIABLE]
    return ProcessorSummary(
        processor=name,
        targets=targets,
        runs=runs,
        zero_runs=zeros,
        decided=share(runs - counts.runs[RunClass.UNVERIFIABLE], runs),
        runs_by_class={word: counts.runs[word] for word in RunClass if counts.runs[word]},
        zero_runs_by_class={word: counts.zeros[word] for word in RunClass if counts.zeros[word]},
        dates=counts.dates.total(),
        zero_dates=counts.zero_dates,
        dates_by_class={word: counts.dates[word] for word in DateClass if counts.dates[word]},
        false_positives=share(counts.zeros[RunClass.TRACKING_FALSE_POSITIVE], zeros - undecided),
        naive_no_data_dates=counts.no_data,
        lost_keys=counts.lost,
    )
