"""Who is owed a prediction is not known before work on the slate may start."""

from __future__ import annotations

from datetime import timedelta

from fullcourt.nba.calendar import eastern
from fullcourt.trust.expectations import expect
from fullcourt.trust.verdict import judge
from fullcourt.trust.words import CellVerdict, Evidence
from tests.trust.nights import NIGHT, facts, game

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_nobody_owed_a_prediction_yet_is_no_zero() -> None:
    """Lines come until shortly before the tip: an empty list proves nothing before work starts."""
    starts = eastern(NIGHT, 19) - 4 * HOUR
    night = facts(game(), prediction_players=())
    early = judge(expect("predictions", night), Evidence(), starts - MINUTE)
    assert (early.verdict, early.next_change_at) == (CellVerdict.NOT_DUE, starts)
    assert early.reason == "who is owed is known from 15:00 Eastern"
    late = judge(expect("predictions", night), Evidence(), starts)
    assert late.verdict is CellVerdict.LEGITIMATE_ZERO
    assert late.next_change_at is None
    gone = facts(game(retired="postponed"), prediction_players=())
    withdrawn = judge(expect("predictions", gone), Evidence(), starts - MINUTE)
    assert withdrawn.verdict is CellVerdict.LEGITIMATE_ZERO
