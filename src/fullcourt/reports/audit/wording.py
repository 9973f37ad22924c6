"""The audit's words for a person: orders, meanings, shares with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fullcourt.audit.result import Share
from fullcourt.audit.words import DateClass, LieKind, LossCause, RunClass
from fullcourt.reports.wording import count_text

RUN_CLASSES: Final = (
    RunClass.LOSS,
    RunClass.PARTIAL_LOSS,
    RunClass.UNVERIFIABLE,
    RunClass.STUCK_RUN,
    RunClass.PHANTOM_FAILURE,
    RunClass.HEALED,
    RunClass.TRACKING_FALSE_POSITIVE,
    RunClass.LEGITIMATE_ZERO,
    RunClass.COMPLETE,
)
"""The order of columns and rows: what needs somebody first."""

DATE_CLASSES: Final = (
    DateClass.LOSS,
    DateClass.PARTIAL_LOSS,
    DateClass.UNVERIFIABLE,
    DateClass.LEGITIMATE_ZERO,
    DateClass.COMPLETE,
)

RUN_MEANINGS: Final[Mapping[RunClass, str]] = {
    RunClass.LOSS: "none of the keys owed is there now",
    RunClass.PARTIAL_LOSS: "some of the keys owed are not there now",
    RunClass.UNVERIFIABLE: "the evidence at hand does not decide; the report says what would",
    RunClass.STUCK_RUN: "open, or closed by a sweeper, and its run has no end of its own",
    RunClass.PHANTOM_FAILURE: "closed by a sweeper beside a row in which the same run had ended",
    RunClass.HEALED: "what was due was not there when it ended, and is there now",
    RunClass.TRACKING_FALSE_POSITIVE: "it said zero or nothing, and the rows are there",
    RunClass.LEGITIMATE_ZERO: "zero, and nothing was owed: off day, postponed, proved empty, "
    "not due",
    RunClass.COMPLETE: "it said it wrote, and what was owed by then was there",
}

DATE_MEANINGS: Final[Mapping[DateClass, str]] = {
    DateClass.LOSS: "none of the keys owed is there",
    DateClass.PARTIAL_LOSS: "some of the keys owed are not there",
    DateClass.UNVERIFIABLE: "what is owed, or what is held, cannot be known from the evidence",
    DateClass.LEGITIMATE_ZERO: "nothing is owed",
    DateClass.COMPLETE: "every key owed is there",
}

CAUSE_STEPS: Final[Mapping[LossCause, str]] = {
    LossCause.SCRAPER_FAILED: "ask the source again: every question failed",
    LossCause.PROCESSOR_FAILED: "load again: the input is there and a run left it out",
    LossCause.UPSTREAM_EMPTY: "ask the vendor: an answer came, without these keys",
    LossCause.NEVER_RUN: "run it: nobody asked, or nobody loaded what was fetched",
    LossCause.BLOCKED: "repair what it is made from first, then run it",
    LossCause.UNKNOWN: "name `archive` or `upstream` of its processor in the configuration: "
    "no witness says why",
}

LIE_MEANINGS: Final[Mapping[LieKind, str]] = {
    LieKind.OVER_CLAIMED: "a run says more rows than its table can hold of it",
    LieKind.SHRINKAGE: "a later load left fewer keys than an earlier one brought",
    LieKind.DUPLICATES: "more rows than unique keys",
    LieKind.COVERED_BY_COUNT: "rows enough for a naive look, and keys owed that are not there",
}


def percent(rate: float | None) -> str:
    """`87.8 %`; `no rate` where there is nothing to divide by. Only a true 100 % is 100.0 %."""
    if rate is None:
        return "no rate"
    shown = f"{100 * rate:.1f}"
    if rate < 1 and shown == "100.0":
        return "above 99.9 %"
    return "below 0.1 %" if rate > 0 and shown == "0.0" else f"{shown} %"


def interval(share: Share) -> str:
    """`74.5 to 94.7 %`; `none` where there is nothing to divide by."""
    if share.low is None or share.high is None:
        return "none"
    return f"{100 * share.low:.1f} to {100 * share.high:.1f} %"


def share_text(share: Share, unit: str) -> str:
    """`36 of 41 runs, 87.8 % (95 % interval 74.5 to 94.7 %)`."""
    said = f"{share.part:,} of {count_text(share.whole, unit)}"
    if share.rate is None:
        return f"{said}: no rate"
    level = f"{100 * share.level:.0f} %"
    return f"{said}, {percent(share.rate)} ({level} interval {interval(share)})"


def tally(counts: Mapping[str, int], unit: str) -> str:
    """`120 dates: 110 complete, 10 loss`; what is 0 is left out."""
    inside = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    said = count_text(sum(counts.values()), unit)
    return f"{said}: {inside}" if inside else said
