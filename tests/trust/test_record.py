"""What is kept of judgements: each cell's newest verdict and every change of a key's state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fullcourt.clock import VirtualClock
from fullcourt.stores.ledger import Ledger
from fullcourt.stores.ledger.verdicts import get_transitions, get_verdicts
from fullcourt.trust.record import States, record_verdicts, transitions
from fullcourt.trust.words import Cause, CellVerdict, KeyState, KeyVerdict, Verdict
from tests.trust.cells import DAY, START, cell

S = KeyState


def verdict(*keys: KeyVerdict) -> Verdict:
    """A verdict over these keys; its cell verdict is of no interest here."""
    return Verdict(
        cell(), CellVerdict.MISSING, keys, len(keys), 0, "why", ("w",), "digest", START, None
    )


def judged(state: KeyState, name: str = "k", cause: Cause | None = None) -> KeyVerdict:
    """A key in a state."""
    return KeyVerdict(name, f"the key {name}", state, cause, "because")


def known(*keys: KeyVerdict) -> States:
    """The same keys as they are stored."""
    return {
        k.key: (k.state.value, k.cause.value if k.cause else None, k.reason, k.name) for k in keys
    }


def steps(before: States, now: Verdict) -> list[tuple[str, str | None, str]]:
    """(key, from, to) of each change."""
    return [(t.key, t.from_state, t.to_state) for t in transitions(before, now)]


def test_only_changes_are_written() -> None:
    """A key that stays as it was leaves no trace; neither does one first seen before its time."""
    assert steps(known(judged(S.MISSING)), verdict(judged(S.MISSING))) == []
    assert steps({}, verdict(judged(S.NOT_DUE))) == []
    assert steps(known(judged(S.NOT_DUE)), verdict(judged(S.MISSING))) == [
        ("k", "not_due", "missing")
    ]
    assert steps({}, verdict(judged(S.COMPLETE))) == [("k", None, "complete")]


def test_a_gap_found_too_late_is_named_missing_once() -> None:
    """A key becomes unrecoverable only by way of missing, however late it was looked at."""
    assert steps({}, verdict(judged(S.UNRECOVERABLE))) == [
        ("k", None, "missing"),
        ("k", "missing", "unrecoverable"),
    ]
    waiting = known(judged(S.WAITING))
    assert steps(waiting, verdict(judged(S.UNRECOVERABLE))) == [
        ("k", "waiting", "missing"),
        ("k", "missing", "unrecoverable"),
    ]
    missing = known(judged(S.MISSING))
    assert steps(missing, verdict(judged(S.UNRECOVERABLE))) == [("k", "missing", "unrecoverable")]
    given_up = known(judged(S.UNRECOVERABLE))
    assert steps(given_up, verdict(judged(S.UNRECOVERABLE))) == []
    assert steps(given_up, verdict(judged(S.COMPLETE))) == [("k", "unrecoverable", "complete")]


def test_a_key_no_longer_expected_is_retired() -> None:
    """A key that nothing expects any more is retired once, with that reason."""
    before = known(judged(S.MISSING, "a"), judged(S.RETIRED, "b"))
    (change,) = transitions(before, verdict())
    assert (change.key, change.from_state, change.to_state) == ("a", "missing", "retired")
    assert change.reason == "no longer expected"


def test_a_change_carries_cause_evidence_and_instant() -> None:
    """Cause, reason, evidence digest and the instant of judgement are kept with each change."""
    (change,) = transitions({}, verdict(judged(S.MISSING, cause=Cause.VENDOR_EMPTY)))
    assert (change.cause, change.reason) == ("vendor_empty", "because")
    assert (change.evidence_digest, change.judged_at) == ("digest", START)


@given(st.lists(st.sampled_from(list(KeyState)), min_size=1, max_size=8))
def test_changes_form_a_chain(history: list[KeyState]) -> None:
    """Replaying a key's changes passes through every judged state: none is lost or invented."""
    before: States = {}
    at = S.NOT_DUE.value
    for n, state in enumerate(history):
        for change in transitions(before, verdict(judged(state))):
            assert change.from_state == (None if n == 0 and at == S.NOT_DUE.value else at)
            assert change.to_state != change.from_state
            at = change.to_state
        assert at == state.value
        before = known(judged(state))


def test_changes_are_appended() -> None:
    """Each judgement adds its changes to the ledger with the code that judged; none is replaced."""
    ledger = Ledger.in_memory(VirtualClock(START))
    for hours, state in enumerate((S.WAITING, S.WAITING, S.MISSING, S.COMPLETE)):
        now = replace(verdict(judged(state)), judged_at=START + timedelta(hours=hours))
        record_verdicts(ledger, [now], f"code {hours}")
    rows = get_transitions(ledger, "nba_boxscore", DAY)
    assert [(r.from_state, r.to_state, r.code_fingerprint) for r in rows] == [
        (None, "waiting", "code 0"),
        ("waiting", "missing", "code 2"),
        ("missing", "complete", "code 3"),
    ]
    ledger.close()


def test_the_newest_verdict_is_kept_whole() -> None:
    """A stored cell gives back its verdict, counts, reason, warnings and every key's state."""
    ledger = Ledger.in_memory(VirtualClock(START))
    record_verdicts(ledger, [verdict(judged(S.MISSING))], "code")
    again = replace(verdict(judged(S.COMPLETE)), next_change_at=START + timedelta(days=1))
    record_verdicts(ledger, [again], "code")
    record_verdicts(ledger, [], "code")
    (stored,) = get_verdicts(ledger, first=DAY, last=DAY, dataset="nba_boxscore")
    assert (stored.verdict, stored.expected, stored.held) == ("missing", 1, 0)
    assert (stored.reason, stored.warnings) == ("why", ("w",))
    assert stored.states == {"k": ("complete", None, "because", "the key k")}
    assert (stored.judged_at, stored.next_change_at) == (START, START + timedelta(days=1))
    ledger.close()
