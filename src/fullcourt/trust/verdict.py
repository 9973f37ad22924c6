"""`judge(expectation, evidence, now) -> Verdict`: the one opinion of the house. Pure.

It alone decides what is complete, early, empty for a good reason, partial, lost, and why. It reads
no clock and does no I/O; the order of evidence does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from fullcourt.nba.calendar import EASTERN
from fullcourt.trust.words import (
    Cause,
    CellVerdict,
    Evidence,
    Expectation,
    KeyEvidence,
    KeyExpectation,
    KeyState,
    KeyVerdict,
    Verdict,
)

_NOTHING_SEEN = KeyEvidence()
_HELD_STATES = frozenset({KeyState.SUSPECT, KeyState.STALE, KeyState.COMPLETE})


def judge(expectation: Expectation, evidence: Evidence, now: datetime) -> Verdict:
    """The verdict of one cell at `now` (UTC)."""
    keys = tuple(
        _judge_key(key, evidence.keys.get(key.key, _NOTHING_SEEN), evidence, now)
        for key in sorted(expectation.keys, key=lambda k: k.key)
    )
    counting = [k for k in keys if k.state is not KeyState.RETIRED]
    held = sum(k.state in _HELD_STATES for k in counting)
    verdict = _judge_cell(expectation, counting, held, now)
    warnings = expectation.warnings
    if evidence.unexpected:
        warnings = (*warnings, f"{len(evidence.unexpected)} keys held that nothing expects")
    return Verdict(
        cell=expectation.cell,
        verdict=verdict,
        keys=keys,
        expected=len(counting),
        held=held,
        reason=_cell_reason(expectation, verdict, keys),
        warnings=warnings,
        evidence_digest=evidence.digest,
        judged_at=now,
        next_change_at=_next_change(expectation, evidence, keys, now),
    )


def _judge_key(
    key: KeyExpectation, seen: KeyEvidence, evidence: Evidence, now: datetime
) -> KeyVerdict:
    if key.retired is not None:
        return _say(key, KeyState.RETIRED, key.retired)
    if seen.held:
        if seen.suspect is not None:
            return _say(key, KeyState.SUSPECT, seen.suspect)
        if seen.stale is not None:
            return _say(key, KeyState.STALE, seen.stale)
        return _say(key, KeyState.COMPLETE, "")
    lease = evidence.lease
    if lease is not None and now < lease.expires_at and now >= key.start_at:
        return _say(key, KeyState.RUNNING, f"run {lease.run_id}: {lease.progress or 'started'}")
    if key.unverifiable is not None and (key.unverifiable_at is None or now >= key.unverifiable_at):
        return _say(key, KeyState.UNVERIFIABLE, key.unverifiable)
    if seen.blocked_by is not None and seen.blocked_forever:
        reason = f"blocked upstream: {seen.blocked_by}"
        return _say(key, KeyState.UNRECOVERABLE, reason, Cause.BLOCKED_UPSTREAM)
    if now < min(key.start_at, key.due_at) and not seen.attempts:
        return _say(key, KeyState.NOT_DUE, key.why)
    if now < key.due_at:
        return _before_due(key, seen)
    given_up = key.horizon_at is not None and now >= key.horizon_at
    if given_up and not (key.ask_once and seen.attempts == 0):
        cause = _cause(seen)
        return _say(key, KeyState.UNRECOVERABLE, _missing_reason(cause, seen), cause)
    # One loss, one alarm: the upstream's own cell names it; a closed gate is this cell's own cause.
    if seen.blocked_by is not None and seen.cause is not Cause.GATE_CLOSED:
        reason = f"blocked upstream: {seen.blocked_by}"
        return _say(key, KeyState.WAITING, reason, Cause.BLOCKED_UPSTREAM)
    cause = _cause(seen)
    return _say(key, KeyState.MISSING, _missing_reason(cause, seen), cause)


def _before_due(key: KeyExpectation, seen: KeyEvidence) -> KeyVerdict:
    if seen.blocked_by is not None:
        return _say(key, KeyState.WAITING, f"blocked upstream: {seen.blocked_by}", seen.cause)
    if seen.attempts:
        word = seen.cause.value if seen.cause else "tried"
        return _say(
            key, KeyState.WAITING, f"{word}: {seen.detail}" if seen.detail else word, seen.cause
        )
    return _say(key, KeyState.NOT_DUE, key.why)


def _say(
    key: KeyExpectation, state: KeyState, reason: str, cause: Cause | None = None
) -> KeyVerdict:
    return KeyVerdict(key.key, key.name, state, cause, reason, key.game_id)


def _cause(seen: KeyEvidence) -> Cause:
    if seen.cause is not None:
        return seen.cause
    return Cause.BLOCKED_UPSTREAM if seen.blocked_by is not None else Cause.NEVER_RUN


def _missing_reason(cause: Cause, seen: KeyEvidence) -> str:
    blocked = f"blocked upstream: {seen.blocked_by}" if seen.blocked_by else ""
    if seen.cause is None and blocked:
        return blocked
    text = seen.detail or blocked
    return f"{cause.value}: {text}" if text else cause.value


def _judge_cell(
    expectation: Expectation, counting: list[KeyVerdict], held: int, now: datetime
) -> CellVerdict:
    states = Counter(k.state for k in counting)
    if not counting:
        if expectation.unverifiable is not None:
            return CellVerdict.UNVERIFIABLE
        if expectation.review_at is not None and now < expectation.review_at:
            return CellVerdict.NOT_DUE
        return CellVerdict.LEGITIMATE_ZERO
    if states[KeyState.MISSING]:
        return CellVerdict.PARTIAL if held else CellVerdict.MISSING
    for state, verdict in (
        (KeyState.SUSPECT, CellVerdict.SUSPECT),
        (KeyState.UNVERIFIABLE, CellVerdict.UNVERIFIABLE),
        (KeyState.STALE, CellVerdict.STALE),
        (KeyState.RUNNING, CellVerdict.RUNNING),
        (KeyState.WAITING, CellVerdict.WAITING),
        (KeyState.NOT_DUE, CellVerdict.NOT_DUE),
        (KeyState.UNRECOVERABLE, CellVerdict.UNRECOVERABLE),
    ):
        if states[state]:
            return verdict
    # Held keys of an unverifiable expectation are not proof that nothing else exists.
    return CellVerdict.UNVERIFIABLE if expectation.unverifiable else CellVerdict.COMPLETE


def _cell_reason(
    expectation: Expectation, verdict: CellVerdict, keys: tuple[KeyVerdict, ...]
) -> str:
    match verdict:
        case CellVerdict.COMPLETE:
            return ""
        case CellVerdict.LEGITIMATE_ZERO:
            if keys:
                return _most_common(k.reason for k in keys)
            return expectation.zero_reason or "nothing expected"
        case CellVerdict.PARTIAL | CellVerdict.MISSING:
            return _most_common(_in_short(k) for k in keys if k.state is KeyState.MISSING)
        case CellVerdict.UNVERIFIABLE if expectation.unverifiable is not None:
            return expectation.unverifiable
        case CellVerdict.NOT_DUE:
            pending = {k.key for k in keys if k.state is KeyState.NOT_DUE}
            due = [key.due_at for key in expectation.keys if key.key in pending]
            first = min(due, default=expectation.review_at)
            assert first is not None
            local = first.astimezone(EASTERN)
            words = "next due" if due else "who is owed is known from"
            return f"{words} {local:%H:%M} Eastern" + (
                "" if local.date() == expectation.cell.game_date else f" on {local:%m-%d}"
            )
        case _:
            return _most_common(_in_short(k) for k in keys if k.state.value == verdict.value)


def _in_short(key: KeyVerdict) -> str:
    """The reason without the key's own name: `blocked upstream: <dataset>`."""
    if key.reason.startswith("blocked upstream: "):
        return " ".join(key.reason.split(" ")[:3])
    return key.cause.value if key.cause is not None else key.reason


def _most_common(reasons: Iterable[str]) -> str:
    counted = Counter(reasons)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    first = ordered[0][0]
    others = len(ordered) - 1
    return f"{first} (and {others} other reason{'s' * (others > 1)})" if others else first


def _next_change(
    expectation: Expectation,
    evidence: Evidence,
    keys: tuple[KeyVerdict, ...],
    now: datetime,
) -> datetime | None:
    """The earliest later instant at which time alone may give another answer."""
    instants: list[datetime] = []
    # What is held or withdrawn stays so; an unrecoverable key may yet be disputed or worked on.
    settled = {k.key for k in keys if k.state in _HELD_STATES or k.state is KeyState.RETIRED}
    stale = {k.key for k in keys if k.state is KeyState.STALE}
    for key in expectation.keys:
        if key.retired is None and key.review_at is not None:
            instants.append(key.review_at)
        if key.key in stale and key.horizon_at is not None:
            # A slate's rows freeze at the tip: from then on the evidence calls none of them stale.
            instants.append(key.horizon_at)
        if key.key not in settled:
            times = (key.start_at, key.due_at, key.horizon_at, key.unverifiable_at)
            instants += [t for t in times if t is not None]
    if evidence.lease is not None:
        instants.append(evidence.lease.expires_at)
    if not keys and expectation.review_at is not None:
        instants.append(expectation.review_at)
    later = [t for t in instants if t > now]
    return min(later) if later else None
