"""`plan(views, ...) -> Plan`: what to do next, within budgets. Pure.

Level-triggered: it looks at the verdicts as they are now, not at events. Whatever a crashed tick
did not finish is simply planned again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from fullcourt.declaration import Declaration, Phase
from fullcourt.trust.words import (
    Cell,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    KeyVerdict,
    Verdict,
)

_HELD_OR_GONE = frozenset({KeyState.COMPLETE, KeyState.RETIRED})
_LEFT_ALONE = frozenset({KeyState.RUNNING, KeyState.UNRECOVERABLE})


class Urgency(StrEnum):
    """How hard the plan tries."""

    NIGHTLY = "nightly"
    """Each key by its own retry schedule."""
    REPAIR = "repair"
    """What is lost is tried now, within its budgets; what is held is left alone."""
    FORCED = "forced"
    """As a repair, and past spent budgets, horizons and the freeze at the tip."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One judged cell with what it was judged from."""

    expectation: Expectation
    evidence: Evidence
    verdict: Verdict

    def evidence_of(self, key: str) -> KeyEvidence:
        """What was seen of a key; an empty evidence where nothing was."""
        return self.evidence.keys.get(key, KeyEvidence())


@dataclass(frozen=True, slots=True)
class VendorState:
    """Whether a vendor may be asked, and what a call costs (credits)."""

    allowed: bool = True
    retry_at: datetime | None = None
    credits_left: int | None = None
    credits_kept: int = 0
    cost_per_key: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """Work on one cell. `keys` empty: load whatever the archive holds unloaded for the cell."""

    cell: Cell
    keys: tuple[str, ...]
    reason: str
    calls: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in the order to carry them out, and per cell when the next attempt is wanted.

    Loads from the archive come first, then everything else in pipeline order.
    """

    actions: tuple[Action, ...] = ()
    next_at: Mapping[Cell, datetime] = field(default_factory=dict)


def plan(
    views: Sequence[CellView],
    graph: Sequence[Declaration],
    vendors: Mapping[str, VendorState],
    unloaded: Mapping[Cell, KeyEvidence],
    now: datetime,
    urgency: Urgency = Urgency.NIGHTLY,
) -> Plan:
    """The actions due at `now` (UTC) over `views`.

    `unloaded`: raw cells whose archive holds a body no run has taken in, with the attempts made so
    far. Repair from the archive comes before any call and waits for no due time.
    """
    declared = {d.name: (place, d) for place, d in enumerate(graph)}
    actions: list[tuple[int, int, Action]] = []
    next_at: dict[Cell, datetime] = {}
    leased = {
        v.expectation.cell for v in views if v.evidence.lease and now < v.evidence.lease.expires_at
    }
    for view in views:
        cell = view.expectation.cell
        place, declaration = declared[cell.dataset]
        if cell in leased:
            continue
        due, later = _keys_due(view, declaration, now, urgency)
        if later is not None:
            next_at[cell] = later
        if not due:
            continue
        vendor = vendors.get(declaration.vendor or "", VendorState())
        if declaration.is_feed and not _may_ask(vendor, now):
            if vendor.retry_at is not None:
                next_at[cell] = min(vendor.retry_at, next_at.get(cell, vendor.retry_at))
            continue
        cost = vendor.cost_per_key * len(due) if declaration.is_feed else 0
        tried = {k.key: view.evidence_of(k.key).attempts for k in due}
        actions.append(
            (
                place,
                min(tried.values()),
                Action(
                    cell,
                    # What was refused least often comes first: one refused game must not stand in
                    # for its vendor and keep the others from being asked.
                    tuple(sorted(tried, key=lambda key: (tried[key], key))),
                    _reason(due),
                    calls=len(due) if declaration.is_feed else 0,
                    credits=cost,
                ),
            )
        )
    planned = {action.cell for *_, action in actions}
    for cell, seen in unloaded.items():
        if cell in planned or cell in leased:
            continue
        place, declaration = declared[cell.dataset]
        at = _load_again_at(declaration, seen)
        if at is not None and urgency is not Urgency.NIGHTLY:
            at = min(at, now)
        if at is not None and at > now:
            next_at[cell] = min(at, next_at.get(cell, at))
        elif at is not None or seen.attempts == 0 or urgency is Urgency.FORCED:
            load = Action(cell, (), "a body in the archive is not loaded")
            actions.append((place, seen.attempts, load))
    actions.sort(key=lambda item: (_is_call(graph[item[0]]), *item[:2], item[2].cell.game_date))
    return Plan(tuple(action for *_, action in actions), next_at)


def next_attempt(
    declaration: Declaration, key: KeyExpectation, seen: KeyEvidence
) -> datetime | None:
    """When to try this key next; None when its budget of attempts or of calendar is used up."""
    if seen.attempts == 0 or seen.last_attempt_at is None:
        return key.start_at
    if seen.attempts >= declaration.max_attempts:
        return None
    for step in declaration.retry:
        instant = seen.last_attempt_at + step.every
        if instant <= key.due_at + step.until:
            return instant
        # The last try of a step's window may fall just before it ends; the next step takes over.
    if declaration.is_feed:
        return None
    # What needs no vendor is bounded in number alone: a loss found late is repaired all the same.
    return seen.last_attempt_at + declaration.retry[-1].every


def _load_again_at(declaration: Declaration, seen: KeyEvidence) -> datetime | None:
    """When a failed load is tried again: the retry steps, counted from its first attempt."""
    if seen.attempts == 0 or seen.last_attempt_at is None:
        return None
    every = declaration.retry[min(seen.attempts // 12, len(declaration.retry) - 1)].every
    return seen.last_attempt_at + every if seen.attempts < declaration.max_attempts else None


def _keys_due(
    view: CellView, declaration: Declaration, now: datetime, urgency: Urgency
) -> tuple[list[KeyVerdict], datetime | None]:
    expected = {key.key: key for key in view.expectation.keys}
    due: list[KeyVerdict] = []
    later: list[datetime] = []
    for judged in view.verdict.keys:
        key = expected[judged.key]
        seen = view.evidence.keys.get(judged.key, KeyEvidence())
        at = _wanted_at(judged, key, seen, declaration, now, urgency)
        if at is None:
            continue
        if at <= now:
            due.append(judged)
        else:
            later.append(at)
    return due, min(later, default=None)


def _wanted_at(
    judged: KeyVerdict,
    key: KeyExpectation,
    seen: KeyEvidence,
    declaration: Declaration,
    now: datetime,
    urgency: Urgency,
) -> datetime | None:
    if judged.state in _HELD_OR_GONE:
        return seen.next_attempt_at if urgency is Urgency.NIGHTLY else None
    if urgency is Urgency.FORCED:
        return _forced_at(judged, key, seen, now)
    at = _within_budgets(judged, key, seen, declaration, now)
    if at is None or seen.attempts == 0 or urgency is Urgency.NIGHTLY:
        return at
    # Whoever repairs does not wait for a retry's pause.
    return min(at, now)


def _forced_at(
    judged: KeyVerdict, key: KeyExpectation, seen: KeyEvidence, now: datetime
) -> datetime | None:
    """No budget counts; what there is nothing to make from cannot be forced."""
    workable = judged.state is KeyState.STALE or (seen.blocked_by is None and seen.ready)
    if judged.state is KeyState.RUNNING or not workable:
        return None
    return key.start_at if judged.state is KeyState.NOT_DUE else now


def _within_budgets(
    judged: KeyVerdict,
    key: KeyExpectation,
    seen: KeyEvidence,
    declaration: Declaration,
    now: datetime,
) -> datetime | None:
    closed = declaration.freezes_at_tip and key.horizon_at is not None and now >= key.horizon_at
    if closed or judged.state in _LEFT_ALONE:
        return None
    if judged.state is KeyState.STALE:
        # Newer inputs are there: taken at once, also where the slate's first game was put off since
        # and its work would begin later; then backed off like any retry.
        return now if seen.attempts == 0 else next_attempt(declaration, key, seen)
    if seen.blocked_by is not None or not seen.ready:
        return None
    if not seen.held and seen.next_attempt_at is not None:
        # Planned by what it costs: a credit buys one instant, not the next one after a pause.
        return seen.next_attempt_at if seen.attempts < declaration.max_attempts else None
    return next_attempt(declaration, key, seen)


def _may_ask(vendor: VendorState, now: datetime) -> bool:
    return vendor.allowed or (vendor.retry_at is not None and vendor.retry_at <= now)


def _is_call(declaration: Declaration) -> bool:
    """Whether its work may lead to a vendor call; a load from the archive never does."""
    return declaration.phase is not Phase.RAW


def _reason(due: Sequence[KeyVerdict]) -> str:
    states = sorted({judged.state.value for judged in due})
    return f"{len(due)} keys {', '.join(states)}"
