"""Why a key is not in a repair's plan: one sentence a case; every key that is wrong has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from fullcourt.pipeline.graph import BY_NAME
from fullcourt.trust.plan import Urgency, VendorState, plan
from fullcourt.trust.refusals import is_whole, refusals
from fullcourt.trust.words import Cause, KeyEvidence
from tests.trust.cells import (
    DUE,
    EARLY,
    GONE,
    HOUR,
    LATE,
    MINUTE,
    cell,
    expectation,
    key,
    lease,
    tried,
    view,
)

FAILED: dict[str, Any] = {"cause": Cause.VENDOR_EMPTY}


def why(
    dataset: str,
    seen: KeyEvidence,
    now: datetime,
    vendor: VendorState = VendorState(),  # noqa: B008 - frozen
    **evidence: Any,
) -> str:
    """The sentence for a cell's one key that no plan works on."""
    one = view(expectation(key(), cell=cell(dataset)), {"k": seen}, now, **evidence)
    declaration = BY_NAME[dataset]
    vendors = {declaration.vendor or "": vendor}
    assert plan([one], list(BY_NAME.values()), vendors, {}, now, Urgency.REPAIR).actions == ()
    (refused,) = refusals(one, declaration, vendor, (), now)
    assert refused.name == "the key k"
    return refused.why


@pytest.mark.parametrize(
    ("dataset", "seen", "now", "said"),
    [
        ("nba_boxscore", tried(150, DUE - HOUR, **FAILED), LATE, "150 attempts are spent; --force"),
        ("nba_boxscore", tried(9, DUE, **FAILED), GONE, "given up (vendor_empty); --force"),
        ("predictions", tried(2, DUE, **FAILED), GONE, "frozen at its tip; --force"),
        ("player_game_summary", KeyEvidence(blocked_by="a box score"), LATE, "a box score"),
        ("player_box_scores", KeyEvidence(ready=False), LATE, "nba_boxscore must bring it first"),
        ("player_box_scores", tried(60, DUE, **FAILED), LATE, "its 60 attempts are spent"),
    ],
)
def test_each_case_has_its_sentence(
    dataset: str, seen: KeyEvidence, now: datetime, said: str
) -> None:
    """The sentence names what is in the way, and force where force would help."""
    assert said in why(dataset, seen, now)


def test_a_run_at_work_is_named() -> None:
    """Who holds the cell is said."""
    said = why("nba_boxscore", KeyEvidence(), LATE, lease=lease(LATE + HOUR))
    assert said == "run nba-1 is at work on it"


def test_a_vendor_that_is_left_alone_is_named_with_its_time() -> None:
    """An open breaker says until when."""
    shut = VendorState(allowed=False, retry_at=LATE + HOUR)
    said = why("nba_boxscore", KeyEvidence(), LATE, shut)
    assert said == f"nba_boxscore is left alone until {LATE + HOUR:%Y-%m-%d %H:%M} UTC"


def test_only_what_is_wrong_and_not_asked_for_is_refused() -> None:
    """Held keys, keys to come, and keys of the plan need no excuse."""
    one = view(
        expectation(key("held"), key("asked"), key("lost")),
        {
            "held": KeyEvidence(held=True),
            "asked": tried(1, LATE - MINUTE, **FAILED),
            "lost": tried(150, DUE, **FAILED),
        },
        LATE,
    )
    found = refusals(one, BY_NAME["nba_boxscore"], VendorState(), {"asked"}, LATE)
    assert [refused.key for refused in found] == ["lost"]
    early = view(expectation(key()), {}, EARLY)
    assert refusals(early, BY_NAME["nba_boxscore"], VendorState(), (), EARLY) == ()


def test_a_date_without_a_schedule_is_refused_as_a_whole() -> None:
    """What nobody can say anything of is not whole, and says why."""
    one = view(expectation(unverifiable="no schedule is known for this date"), {}, LATE)
    (refused,) = refusals(one, BY_NAME["nba_boxscore"], VendorState(), (), LATE)
    assert (refused.name, refused.why) == ("the whole cell", "no schedule is known for this date")
    assert not is_whole(one)


@pytest.mark.parametrize(
    ("seen", "now", "whole"),
    [
        (KeyEvidence(held=True), LATE, True),
        (KeyEvidence(), EARLY, True),
        (KeyEvidence(), LATE, False),
        (KeyEvidence(held=True, suspect="two rows"), LATE, False),
        (tried(9, DUE, **FAILED), GONE, False),
        (KeyEvidence(blocked_by="x"), LATE, False),
    ],
)
def test_whole_means_nothing_is_wrong(seen: KeyEvidence, now: datetime, whole: bool) -> None:
    """What is held or yet to come is whole; missing, in doubt, blocked and given up are not."""
    assert is_whole(view(expectation(key()), {"k": seen}, now)) == whole
