"""Why a cell is as it is: everything the judge saw, and what happens next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.clock import parse_instant
from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.reports.evidence import (
    BodyLine,
    FeedCheck,
    ScheduleCheck,
    archived_bodies,
    feed_checks,
    feeds_behind,
    schedule_check,
)
from fullcourt.reports.runs import RunLine, runs_view
from fullcourt.stores.ledger.vendors import get_breaker
from fullcourt.stores.ledger.verdicts import get_gates, get_transitions
from fullcourt.trust.plan import VendorState, plan
from fullcourt.trust.words import Cause, Cell, KeyState

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.declaration import Declaration
    from fullcourt.stores.ledger import Ledger
    from fullcourt.trust.plan import CellView

_OPEN = frozenset(
    {KeyState.MISSING, KeyState.WAITING, KeyState.NOT_DUE, KeyState.STALE, KeyState.UNVERIFIABLE}
)
_CAUSE_WORDS = {
    Cause.NEVER_RUN: "nothing was tried for it",
    Cause.VENDOR_EMPTY: "the vendor had nothing for it",
    Cause.VENDOR_FAILED: "the vendor failed",
    Cause.VENDOR_BLOCKED: "the vendor refuses us",
    Cause.HUNG: "the vendor did not answer in time",
    Cause.QUOTA_SPENT: "the account's credits are spent",
    Cause.CONTRACT_BROKEN: "the vendor's body breaks its contract",
    Cause.ARCHIVED_NOT_LOADED: "the archive holds it and the lake does not",
    Cause.PROCESSOR_FAILED: "the processor failed",
    Cause.GATE_CLOSED: "its gate is closed",
    Cause.ARCHIVE_LOST: "the archive lost its body",
    Cause.BLOCKED_UPSTREAM: "what it is made from is not there",
}


@dataclass(frozen=True, slots=True)
class ExplainedKey:
    """One expected key: its times, its state, and what was seen of it. Instants are UTC."""

    key: str
    name: str
    state: str
    cause: str | None
    reason: str
    why_expected: str
    due_at: datetime
    given_up_at: datetime | None
    attempts: int
    last_attempt_at: datetime | None
    blocked_by: str | None


@dataclass(frozen=True, slots=True)
class GateLine:
    """What a gate saw: `expected` and `held` count the units of its set, `missing` names them."""

    run_id: str
    upstream: str
    expected: int
    held: int
    coverage: float | None
    missing: tuple[str, ...]
    decision: str
    override_reason: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class TransitionLine:
    """One change of one key's state, and the code that judged it."""

    key: str
    from_state: str | None
    to_state: str
    cause: str | None
    reason: str | None
    judged_at: datetime
    code_fingerprint: str


@dataclass(frozen=True, slots=True)
class RootCause:
    """Where the trouble starts: a cell upstream or this one. `keys` counts the keys it explains."""

    dataset: str
    cause: str
    sentence: str
    keys: int


@dataclass(frozen=True, slots=True)
class ExplainView:
    """One cell, explained at `now`. `category` is its verdict; counts are keys; `keys` are all
    expected keys; `missing` names those expected and not held (retired ones not counted).
    """

    dataset: str
    game_date: date
    now: datetime
    category: str
    expected: int
    held: int
    reason: str
    warnings: tuple[str, ...]
    due: str
    calendar: str
    zero_reason: str | None
    keys: tuple[ExplainedKey, ...]
    unexpected: tuple[str, ...]
    feeds: tuple[FeedCheck, ...]
    bodies: tuple[BodyLine, ...]
    schedule: ScheduleCheck
    runs: tuple[RunLine, ...]
    gates: tuple[GateLine, ...]
    missing: tuple[str, ...]
    root_cause: RootCause | None
    next_action: str
    next_action_at: datetime | None
    transitions: tuple[TransitionLine, ...]


def explain_view(controller: Controller, dataset: str, day: date) -> ExplainView:
    """Everything known of one cell, from fresh evidence. Nothing is recorded or executed.

    Raises:
        KeyError: no feed or dataset of that name.
    """
    stores = controller.stores
    now = stores.clock.now()
    declaration = BY_NAME[dataset]
    view = controller.view(Cell(dataset, day))
    verdict, expectation = view.verdict, view.expectation
    action, action_at = next_action(stores.ledger, view, now)
    return ExplainView(
        dataset=dataset,
        game_date=day,
        now=now,
        category=verdict.verdict.value,
        expected=verdict.expected,
        held=verdict.held,
        reason=verdict.reason,
        warnings=verdict.warnings,
        due=declaration.due,
        calendar=declaration.calendar.value,
        zero_reason=expectation.zero_reason or expectation.unverifiable,
        keys=_keys(view),
        unexpected=view.evidence.unexpected,
        feeds=feed_checks(stores, dataset, day, now),
        bodies=archived_bodies(stores, feeds_behind(dataset), day),
        schedule=schedule_check(stores, day),
        runs=runs_view(stores.ledger, dataset=dataset, day=day, limit=50).runs,
        gates=_gates(stores.ledger, dataset, day),
        missing=tuple(
            key.name
            for key in verdict.keys
            if key.state in (KeyState.MISSING, KeyState.WAITING, KeyState.UNRECOVERABLE)
        ),
        root_cause=_root_cause(controller, view),
        next_action=action,
        next_action_at=action_at,
        transitions=_transitions(stores.ledger, dataset, day),
    )


def cause_sentence(cause: str) -> str:
    """A cause word as a person says it; a word of another release stays as it is."""
    words = {known.value: sentence for known, sentence in _CAUSE_WORDS.items()}
    return words.get(cause, cause)


def _keys(view: CellView) -> tuple[ExplainedKey, ...]:
    expected = {key.key: key for key in view.expectation.keys}
    found = []
    for judged in view.verdict.keys:
        key, seen = expected[judged.key], view.evidence_of(judged.key)
        found.append(
            ExplainedKey(
                key=judged.key,
                name=judged.name,
                state=judged.state.value,
                cause=judged.cause.value if judged.cause else None,
                reason=judged.reason,
                why_expected=key.why,
                due_at=key.due_at,
                given_up_at=key.horizon_at,
                attempts=seen.attempts,
                last_attempt_at=seen.last_attempt_at,
                blocked_by=seen.blocked_by,
            )
        )
    return tuple(found)


def _gates(ledger: Ledger, dataset: str, day: date) -> tuple[GateLine, ...]:
    return tuple(
        GateLine(
            run_id=row.run_id,
            upstream=row.upstream,
            expected=row.expected,
            held=row.held,
            coverage=row.coverage,
            missing=tuple(row.missing.splitlines()),
            decision=row.decision,
            override_reason=row.override_reason,
            decided_at=parse_instant(row.decided_at),
        )
        for row in get_gates(ledger, dataset, day)
    )


def _transitions(ledger: Ledger, dataset: str, day: date) -> tuple[TransitionLine, ...]:
    return tuple(
        TransitionLine(
            key=row.key,
            from_state=row.from_state,
            to_state=row.to_state,
            cause=row.cause,
            reason=row.reason,
            judged_at=parse_instant(row.judged_at),
            code_fingerprint=row.code_fingerprint,
        )
        for row in get_transitions(ledger, dataset, day)
    )


def _root_cause(controller: Controller, view: CellView) -> RootCause | None:
    """Walk upstream while what is missing here is blocked there; None when nothing is wrong."""
    here = _own_cause(view)
    if here is None or here.cause != Cause.BLOCKED_UPSTREAM.value:
        return here
    cell = view.expectation.cell
    upstream = [Cell(name, cell.game_date) for name in BY_NAME[cell.dataset].upstream]
    for above in controller.look(upstream):
        found = _root_cause(controller, above)
        if found is not None:
            return found
    return here


def _own_cause(view: CellView) -> RootCause | None:
    told = Counter(
        (key.cause, key.reason)
        for key in view.verdict.keys
        if key.cause is not None and key.state is not KeyState.RETIRED
    )
    if told:
        (cause, reason), count = max(told.items(), key=lambda item: (item[1], item[0][1]))
        assert cause is not None
        words = _CAUSE_WORDS[cause]
        sentence = words if reason in ("", cause.value) else f"{words} ({reason})"
        return RootCause(view.expectation.cell.dataset, cause.value, sentence, count)
    strange = view.verdict.in_state(KeyState.SUSPECT, KeyState.STALE, KeyState.UNVERIFIABLE)
    if not strange and view.expectation.unverifiable is None:
        return None
    reason = strange[0].reason if strange else str(view.expectation.unverifiable)
    state = strange[0].state.value if strange else KeyState.UNVERIFIABLE.value
    return RootCause(view.expectation.cell.dataset, state, reason, len(strange))


def next_action(ledger: Ledger, view: CellView, now: datetime) -> tuple[str, datetime | None]:
    """What the plan does for this cell next, and when (UTC); or what it waits for."""
    cell = view.expectation.cell
    declaration = BY_NAME[cell.dataset]
    lease = view.evidence.lease
    if lease is not None and now < lease.expires_at:
        return f"run {lease.run_id} is at work ({lease.progress or 'started'})", None
    planned = plan([view], GRAPH, _vendor_state(ledger, declaration, now), {}, now)
    verb = "ask the vendor" if declaration.is_feed else "run the processor"
    if planned.actions:
        return f"{verb} at the next tick: {planned.actions[0].reason}", now
    if cell in planned.next_at:
        return verb, planned.next_at[cell]
    still_open = [key for key in view.verdict.keys if key.state in _OPEN]
    blocked = Counter(
        seen.blocked_by or _feed_words(cell.dataset)
        for seen in (view.evidence_of(key.key) for key in still_open)
        if seen.blocked_by is not None or not seen.ready
    )
    if blocked:
        first, _ = blocked.most_common(1)[0]
        others = len(blocked) - 1
        return f"wait for {first}" + (f" and {others} others" if others else ""), None
    if still_open:
        return f"none: {len(still_open)} keys are not asked for again by themselves", None
    return "none: nothing is open", None


def _vendor_state(
    ledger: Ledger, declaration: Declaration, now: datetime
) -> dict[str, VendorState]:
    if declaration.vendor is None:
        return {}
    breaker = get_breaker(ledger, declaration.vendor)
    return {declaration.vendor: VendorState(breaker.allows(now), breaker.retry_at)}


def _feed_words(dataset: str) -> str:
    return f"the feed behind it ({', '.join(_direct(dataset))})"


def _direct(dataset: str) -> Sequence[str]:
    return BY_NAME[dataset].upstream or (dataset,)
