"""Keep what was judged: the newest verdict of each cell, and every change of a key's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.verdicts import (
    StoredVerdict,
    Transition,
    add_transitions,
    get_states,
    put_verdicts,
)
from fullcourt.trust.words import KeyState, Verdict

States = Mapping[str, tuple[str, str | None, str, str]]


def record_verdicts(ledger: Ledger, verdicts: Sequence[Verdict], fingerprint: str) -> None:
    """Store verdicts and append their keys' transitions, in one transaction."""
    if not verdicts:
        return
    before = get_states(ledger, [(v.cell.dataset, v.cell.game_date) for v in verdicts])
    stored = [_stored(v) for v in verdicts]
    changes = [
        change
        for verdict, new in zip(verdicts, stored, strict=True)
        for change in transitions(before.get((new.dataset, new.game_date), {}), verdict)
    ]
    with ledger.write():
        put_verdicts(ledger, stored)
        add_transitions(ledger, changes, fingerprint)


def transitions(before: States, verdict: Verdict) -> list[Transition]:
    """The changes of state from `before` to `verdict`. Pure.

    A key nobody has judged was implicitly not due. A key enters `unrecoverable` only after it was
    named missing: a gap found too late is named once all the same.
    """
    found = []
    now = {key.key: key for key in verdict.keys}

    def add(key: str, old: str | None, new: str, cause: str | None, reason: str) -> None:
        found.append(
            Transition(
                verdict.cell.dataset,
                verdict.cell.game_date,
                key,
                old,
                new,
                cause,
                reason,
                verdict.evidence_digest,
                verdict.judged_at,
            )
        )

    for key, judged in now.items():
        old = before[key][0] if key in before else None
        new = judged.state.value
        if old == new or (old is None and judged.state is KeyState.NOT_DUE):
            continue
        cause = judged.cause.value if judged.cause else None
        if judged.state is KeyState.UNRECOVERABLE and old != KeyState.MISSING.value:
            add(key, old, KeyState.MISSING.value, cause, judged.reason)
            old = KeyState.MISSING.value
        add(key, old, new, cause, judged.reason)
    for key, (old, *_) in before.items():
        if key not in now and old != KeyState.RETIRED.value:
            add(key, old, KeyState.RETIRED.value, None, "no longer expected")
    return found


def _stored(verdict: Verdict) -> StoredVerdict:
    return StoredVerdict(
        dataset=verdict.cell.dataset,
        game_date=verdict.cell.game_date,
        verdict=verdict.verdict.value,
        expected=verdict.expected,
        held=verdict.held,
        reason=verdict.reason,
        warnings=verdict.warnings,
        states={
            k.key: (k.state.value, k.cause.value if k.cause else None, k.reason, k.name)
            for k in verdict.keys
        },
        evidence_digest=verdict.evidence_digest,
        judged_at=verdict.judged_at,
        next_change_at=verdict.next_change_at,
        next_action_at=None,
    )
