"""The declared feeds and datasets with their policies, one record each."""

from __future__ import annotations

from dataclasses import dataclass

from fullcourt.declaration import Declaration, RetryStep
from fullcourt.pipeline.graph import GRAPH


@dataclass(frozen=True, slots=True)
class Retry:
    """Until `until_s` seconds after due (0: while not yet due), every `every_s` seconds."""

    until_s: float
    every_s: float


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """One feed (`is_feed`, phase 1, held in the archive) or dataset (a lake table), as declared.

    `due`, `start`, `horizon` and `gate` are sentences; `max_attempts` counts per key; `deadline_s`
    is the absolute limit of one run in seconds.
    """

    name: str
    phase: str
    is_feed: bool
    key: str
    key_columns: tuple[str, ...]
    calendar: str
    start: str
    due: str
    horizon: str
    source: str
    vendor: str | None
    upstream: tuple[str, ...]
    gate: str | None
    shrink: str
    retry: tuple[Retry, ...]
    max_attempts: int
    deadline_s: float
    freezes_at_tip: bool


@dataclass(frozen=True, slots=True)
class DatasetsView:
    """Every feed and dataset, in the order of the pipeline."""

    datasets: tuple[DatasetLine, ...]


def datasets_view(graph: tuple[Declaration, ...] = GRAPH) -> DatasetsView:
    """The declarations as plain data."""
    return DatasetsView(tuple(_line(declaration) for declaration in graph))


def _line(d: Declaration) -> DatasetLine:
    return DatasetLine(
        name=d.name,
        phase=d.phase.value,
        is_feed=d.is_feed,
        key=d.key,
        key_columns=d.key_columns,
        calendar=d.calendar.value,
        start=d.start,
        due=d.due,
        horizon=d.horizon,
        source=d.source,
        vendor=d.vendor,
        upstream=d.upstream,
        gate=d.gate,
        shrink=d.shrink.value,
        retry=tuple(_retry(step) for step in d.retry),
        max_attempts=d.max_attempts,
        deadline_s=d.deadline_s,
        freezes_at_tip=d.freezes_at_tip,
    )


def _retry(step: RetryStep) -> Retry:
    return Retry(step.until.total_seconds(), step.every.total_seconds())
