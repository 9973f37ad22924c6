"""Why a key that is not whole is not in a repair's plan: a sentence each. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fullcourt.declaration import Declaration
from fullcourt.trust.plan import CellView, VendorState
from fullcourt.trust.words import (
    ALARMS,
    CellVerdict,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    KeyVerdict,
)

WRONG = frozenset(
    {
        KeyState.MISSING,
        KeyState.SUSPECT,
        KeyState.STALE,
        KeyState.UNRECOVERABLE,
        KeyState.UNVERIFIABLE,
        KeyState.WAITING,
        KeyState.RUNNING,
    }
)
"""States of keys that are not whole: neither held and sound, nor withdrawn, nor yet to come."""

OPEN = ALARMS | {CellVerdict.WAITING, CellVerdict.UNVERIFIABLE, CellVerdict.RUNNING}
"""Verdicts of cells that may yet be worked on."""
NOT_WHOLE = OPEN | {CellVerdict.UNRECOVERABLE}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A key that is not worked on, and why. `waits`: for what it is made from, and nothing else."""

    key: str
    name: str
    why: str
    waits: bool = False


def is_whole(view: CellView) -> bool:
    """Whether nothing of a cell is missing, in doubt or given up; what is yet to come is not."""
    return not view.verdict.in_state(*WRONG) and view.verdict.verdict not in NOT_WHOLE


def refusals(
    view: CellView,
    declaration: Declaration,
    vendor: VendorState,
    asked: Collection[str],
    now: datetime,
) -> tuple[Refusal, ...]:
    """The keys of a cell that are not whole and not among those `asked` for, each with its why."""
    expected = {key.key: key for key in view.expectation.keys}
    found = [
        Refusal(key.key, key.name, *_why(key, expected[key.key], view, declaration, vendor, now))
        for key in view.verdict.keys
        if key.state in WRONG and key.key not in asked
    ]
    if not found and not view.verdict.keys and view.expectation.unverifiable is not None:
        found.append(Refusal("*", "the whole cell", view.expectation.unverifiable))
    return tuple(found)


def _why(
    judged: KeyVerdict,
    key: KeyExpectation,
    view: CellView,
    declaration: Declaration,
    vendor: VendorState,
    now: datetime,
) -> tuple[str, bool]:
    """Why, and whether it only waits for what it is made from."""
    seen, lease = view.evidence_of(judged.key), view.evidence.lease
    if lease is not None and now < lease.expires_at:
        return f"run {lease.run_id} is at work on it", False
    if seen.blocked_by is not None:
        return f"it is made from what is not there: {seen.blocked_by}", True
    if not seen.ready:
        behind = ", ".join(declaration.upstream) or "its vendor"
        said = f" ({judged.reason})" if judged.reason else ""
        return f"there is nothing to make it from: {behind} must bring it first{said}", True
    return _out_of_budget(judged, key, seen, declaration, vendor, now), False


def _out_of_budget(
    judged: KeyVerdict,
    key: KeyExpectation,
    seen: KeyEvidence,
    declaration: Declaration,
    vendor: VendorState,
    now: datetime,
) -> str:
    if key.horizon_at is not None and now >= key.horizon_at and declaration.freezes_at_tip:
        return "frozen at its tip; --force makes it as retrospective"
    if judged.state is KeyState.UNRECOVERABLE:
        return f"given up ({judged.reason}); --force goes past its horizon"
    if declaration.is_feed and not vendor.allowed and (vendor.retry_at or now) > now:
        return f"{declaration.vendor} is left alone until {vendor.retry_at:%Y-%m-%d %H:%M} UTC"
    if seen.attempts >= declaration.max_attempts:
        return f"its {declaration.max_attempts} attempts are spent; --force goes past them"
    if now < key.start_at:
        return f"work on it begins {key.start_at:%Y-%m-%d %H:%M} UTC"
    return f"its retries ended {declaration.retry[-1].until.days} days after due; --force asks on"
