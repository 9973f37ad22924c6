"""Projected against actual losses: what was feared when it was found, and what is lost for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fullcourt.pipeline.graph import GRAPH
from fullcourt.reports.inventory import GapLine
from fullcourt.reports.progress.document import Section, table
from fullcourt.reports.progress.unknown import Unknown
from fullcourt.reports.wording import count_text
from fullcourt.trust.gaps import Ending


@dataclass(frozen=True, slots=True)
class Loss:
    """One dataset. Keys are counted once however often they were missing: `projected_keys` when
    first found, and by what has become of them; `healed_keys`, `withdrawn_keys`, `open_keys` and
    `actual_keys` (permanent) add up to it. Records are bodies of a feed or estimated table rows,
    by `basis`.
    """

    dataset: str
    unit: str
    projected_keys: int
    healed_keys: int
    withdrawn_keys: int
    open_keys: int
    actual_keys: int
    projected_records: int | Unknown
    actual_records: int | Unknown
    basis: str


def losses(gaps: Sequence[GapLine]) -> tuple[Loss, ...]:
    """The datasets that had a gap, in the order of the pipeline."""
    return tuple(
        _loss(declared.name, own, is_feed=declared.is_feed)
        for declared in GRAPH
        if (own := [gap for gap in gaps if gap.dataset == declared.name])
    )


def _loss(dataset: str, gaps: Sequence[GapLine], *, is_feed: bool) -> Loss:
    found = sorted(gaps, key=lambda gap: gap.found_at)
    first: dict[tuple[date, str], GapLine] = {}
    last: dict[tuple[date, str], GapLine] = {}
    for gap in found:
        for key in gap.keys:
            first.setdefault((gap.game_date, key), gap)
            last[gap.game_date, key] = gap
    by_ending = {
        ending: [key for key, gap in last.items() if gap.ending == ending.value]
        for ending in Ending
    }
    lost = by_ending[Ending.PERMANENT]
    return Loss(
        dataset=dataset,
        unit="bodies" if is_feed else "rows",
        projected_keys=len(first),
        healed_keys=len(by_ending[Ending.HEALED]),
        withdrawn_keys=len(by_ending[Ending.WITHDRAWN]),
        open_keys=len(by_ending[Ending.OPEN]),
        actual_keys=len(lost),
        projected_records=len(first) if is_feed else _rows(first.values()),
        actual_records=len(lost) if is_feed else _rows(last[key] for key in lost),
        basis="one body a key" if is_feed else "; ".join(sorted({g.rows_basis for g in found})),
    )


def _rows(gaps: Iterable[GapLine]) -> int | Unknown:
    """Rows of keys, each the share of its gap."""
    total = 0.0
    for gap in gaps:
        if gap.rows is None:
            return Unknown(
                f"{count_text(len(gap.keys), 'key')} of {gap.game_date}: "
                f"{gap.rows_basis.removeprefix('unknown: ')}"
            )
        total += gap.rows / len(gap.keys)
    return round(total)


def losses_section(record: Sequence[Loss]) -> Section:
    """The losses as a table."""
    head = ("dataset", "projected (keys)", "healed (keys)", "withdrawn (keys)", "open (keys)",
            "actual (keys)", "projected (records)", "actual (records)", "unit",
            "basis of rows")  # fmt: skip
    rows = [
        (
            loss.dataset,
            loss.projected_keys,
            loss.healed_keys,
            loss.withdrawn_keys,
            loss.open_keys,
            loss.actual_keys,
            loss.projected_records,
            loss.actual_records,
            loss.unit,
            loss.basis,
        )
        for loss in record
    ]
    projected = sum(loss.projected_keys for loss in record)
    actual = sum(loss.actual_keys for loss in record)
    says = f"Projected is what was missing when first found: {count_text(projected, 'key')}. "
    says += f"Actual is what is lost for good: {count_text(actual, 'key')}."
    return Section("Projected against actual losses", says, table(head, rows))
