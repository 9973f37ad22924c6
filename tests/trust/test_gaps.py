"""Gaps: found, healed, withdrawn, given up, and found again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fullcourt.trust.gaps import Ending, Gap, KeyChange, gaps

DAY = date(2025, 1, 9)
START = datetime(2025, 1, 10, tzinfo=UTC)


def change(hour: int, to_state: str, key: str = "a", cause: str | None = None) -> KeyChange:
    """A key's state from an hour of the history on."""
    at = START + timedelta(hours=hour)
    return KeyChange("player_box_scores", DAY, key, to_state, cause, f"{to_state} at {hour}", at)


def told(found: tuple[Gap, ...]) -> list[tuple[int, Ending, int | None]]:
    """Hour found, ending, hour ended."""

    def hour(at: datetime | None) -> int | None:
        return None if at is None else int((at - START) / timedelta(hours=1))

    return [(hour(g.found_at) or 0, g.ending, hour(g.ended_at)) for g in found]


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ([], []),
        (["not_due", "waiting", "complete"], []),
        (["missing"], [(0, Ending.OPEN, None)]),
        (["missing", "running", "complete"], [(0, Ending.HEALED, 2)]),
        (["missing", "waiting", "unverifiable"], [(0, Ending.OPEN, None)]),
        (["missing", "retired"], [(0, Ending.WITHDRAWN, 1)]),
        (["missing", "not_due", "missing"], [(0, Ending.WITHDRAWN, 1), (2, Ending.OPEN, None)]),
        (["missing", "unrecoverable"], [(0, Ending.PERMANENT, 1)]),
        (["missing", "unrecoverable", "complete"], [(0, Ending.HEALED, 2)]),
        (["missing", "unrecoverable", "missing"], [(0, Ending.OPEN, None)]),
        (["missing", "stale", "missing"], [(0, Ending.HEALED, 1), (2, Ending.OPEN, None)]),
        (["complete", "missing", "suspect"], [(1, Ending.HEALED, 2)]),
    ],
)
def test_a_gap_ends_as_its_key_does(
    states: list[str], wanted: list[tuple[int, Ending, int | None]]
) -> None:
    """Held is healed, withdrawn is withdrawn, given up is permanent until it is held after all."""
    assert told(gaps(change(hour, state) for hour, state in enumerate(states))) == wanted


def test_keys_found_together_that_end_alike_are_one_gap() -> None:
    """By cause and ending; another cause, or another end, is another gap."""
    history = [
        *(change(0, "missing", key, "vendor_empty") for key in "abc"),
        change(0, "missing", "d", "hung"),
        *(change(2, "complete", key) for key in "ab"),
    ]
    found = {(g.keys, g.cause, g.ending) for g in gaps(history)}
    assert found == {
        (("a", "b"), "vendor_empty", Ending.HEALED),
        (("c",), "vendor_empty", Ending.OPEN),
        (("d",), "hung", Ending.OPEN),
    }


def test_a_permanent_gap_says_why() -> None:
    """The last word on it is why it is given up; the first, how it was found."""
    (gap,) = gaps([change(0, "missing"), change(9, "unrecoverable")])
    assert (gap.reason, gap.last_reason) == ("missing at 0", "unrecoverable at 9")
