"""Content checks of held box scores: duplicates, a team's points, a team's minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.trust.content import box_score_suspicions
from fullcourt.trust.facts import BoxBody
from tests.trust.nights import NIGHT, final, game

GAME = final()
Row = tuple[int, str, bool, int | None, int | None, int]


def box(home: int = 101, away: int = 99, seconds: int = 240 * 60, each: int = 5) -> list[Row]:
    """Box rows of both teams: one scorer, minutes shared, and one who did not appear."""
    rows: list[Row] = []
    for is_home, team, points in ((True, "LAL", home), (False, "CHA", away)):
        first = 1 if is_home else 11
        for n in range(each):
            share = seconds // each + (seconds % each if n == 0 else 0)
            rows.append((first + n, team, is_home, points if n == 0 else 0, share, 1))
        rows.append((first + each, team, is_home, None, None, 1))
    return rows


def body(rows: list[Row]) -> BoxBody:
    """A body that lists exactly these players."""
    return BoxBody(eastern(NIGHT, 22), {row[0]: str(row[0]) for row in rows}, frozenset())


def test_a_whole_box_score_is_not_suspect() -> None:
    """Points that sum to the final score and minutes to 240 raise no suspicion."""
    rows = box()
    assert box_score_suspicions(GAME, rows, body(rows)) == {}


@pytest.mark.parametrize(("home", "away", "team"), [(100, 99, "LAL"), (101, 101, "CHA")])
def test_points_must_sum_to_the_final_score(home: int, away: int, team: str) -> None:
    """A team whose players' points differ from its final score makes the game suspect."""
    rows = box(home, away)
    (said,) = box_score_suspicions(GAME, rows, body(rows)).values()
    assert said.startswith(f"CHA@LAL: {team}: players' points sum to")


@pytest.mark.parametrize("overtimes", [0, 1, 2, None])
@pytest.mark.parametrize(
    ("off", "suspect"),
    [(0, False), (4, False), (-4, False), (10, False), (-10, False), (11, True), (-11, True)],
)
def test_minutes_sum_to_240_and_25_per_overtime(
    overtimes: int | None, off: int, suspect: bool
) -> None:
    """A team's seconds are right within rounding, whether or not the overtimes are recorded."""
    seconds = (240 + 25 * (overtimes or 0)) * 60 + off
    rows = box(seconds=seconds)
    found = box_score_suspicions(replace(GAME, overtimes=overtimes), rows, body(rows))
    assert bool(found) is suspect


@pytest.mark.parametrize(
    ("minutes", "suspect"), [(215, True), (240, False), (252, True), (265, False), (290, False)]
)
@pytest.mark.parametrize("off", [-4, 0, 4])
def test_unrecorded_overtimes_are_whole_and_not_negative(
    minutes: int, off: int, suspect: bool
) -> None:
    """Without the number of overtimes 265 min are one of them; 215 and 252 min are a mistake."""
    rows = box(seconds=minutes * 60 + off)
    found = box_score_suspicions(replace(GAME, overtimes=None), rows, body(rows))
    assert bool(found) is suspect


def test_recorded_overtimes_are_binding() -> None:
    """265 minutes are too many for a game that is recorded without overtime."""
    rows = box(seconds=265 * 60)
    (said,) = box_score_suspicions(GAME, rows, body(rows)).values()
    assert "LAL: minutes sum to 265.0, expected 240" in said


def test_a_missing_player_is_missing_not_a_wrong_sum() -> None:
    """While a listed player is not held, the sums are not held against the game."""
    rows = box()
    assert box_score_suspicions(GAME, rows[1:], body(rows)) == {}
    assert box_score_suspicions(GAME, rows, None) == {}
    assert box_score_suspicions(GAME, [], body(rows)) == {}


def test_sums_wait_for_the_final_score() -> None:
    """A game that is not final, or whose score nobody recorded, has no sum to compare with."""
    rows = box(home=1)
    assert box_score_suspicions(game(), rows, body(rows)) == {}
    unknown = replace(GAME, home_score=None)
    assert box_score_suspicions(unknown, rows, body(rows)) == {}


def test_a_player_held_twice_is_suspect_by_name() -> None:
    """A duplicate makes that player suspect, not the whole game."""
    rows = box()
    rows[0] = (*rows[0][:5], 2)
    assert box_score_suspicions(GAME, rows, body(rows)) == {1: "2 rows for one player"}


@pytest.mark.parametrize(("off", "suspect"), [(150, False), (-150, False), (151, True)])
def test_whole_minutes_may_be_off_by_half_a_minute_a_player(off: int, suspect: bool) -> None:
    """Five players rounded to minutes: a team's sum is right within 150 seconds, and no more."""
    rows = box(seconds=240 * 60 + off)
    rounded = replace(body(rows), precision_s=60)
    assert bool(box_score_suspicions(replace(GAME, overtimes=0), rows, rounded)) is suspect
