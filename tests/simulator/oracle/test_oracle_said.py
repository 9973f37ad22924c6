"""What the vendors have said of a game: what a later listing can and cannot undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fullcourt.nba.schedule import GameListing, GameStatus
from fullcourt.simulator.oracle.said import Said
from fullcourt.simulator.oracle.words import BodySeen, ScheduleSaid

DAY = date(2025, 11, 8)
TIP = datetime(2025, 11, 9, 0, 30, tzinfo=UTC)
PLANNED = GameListing(
    game_id="0022500123",
    game_date=DAY,
    tip_at=TIP,
    home_team="AAA",
    away_team="BBB",
    status=GameStatus.SCHEDULED,
    status_text="7:30 pm ET",
    is_postponed=False,
    if_necessary=False,
    home_score=None,
    away_score=None,
    overtimes=None,
)
FINAL = replace(
    PLANNED,
    status=GameStatus.FINAL,
    status_text="Final",
    home_score=101,
    away_score=99,
    overtimes=0,
)
OFF = replace(PLANNED, status=GameStatus.FINAL, status_text="PPD", is_postponed=True)


def last_word(*said: tuple[GameListing, int], season: str | None = "2025-26") -> GameListing:
    """The listing that stands after these, each so many minutes after the tip."""
    folded = Said()
    for listing, minutes in said:
        at = TIP + timedelta(minutes=minutes)
        folded.add(BodySeen(at, at, True, ScheduleSaid(at, (listing,), season)))
    return folded.by_date[DAY][PLANNED.game_id].listing


@pytest.mark.parametrize("season", ["2025-26", None])
def test_a_result_stands(season: str | None) -> None:
    """Scheduled again, or final without a score, undoes no result; another result does."""
    for old in (PLANNED, replace(FINAL, home_score=None, away_score=None)):
        assert last_word((FINAL, 150), (old, 600), season=season) == FINAL
    corrected = replace(FINAL, home_score=103)
    assert last_word((FINAL, 150), (corrected, 600), season=season) == corrected


def test_a_postponed_game_stays_off_once_its_tip_has_passed() -> None:
    """Before the tip a vendor may change his mind; after it only a result brings the game back."""
    assert last_word((PLANNED, -90), (OFF, -60), (PLANNED, -30)) == PLANNED
    assert last_word((PLANNED, -90), (OFF, -60), (PLANNED, 600)) == OFF
    assert last_word((PLANNED, -90), (OFF, -60), (FINAL, 150)) == FINAL


def test_a_scoreboard_alone_swaps_no_sides() -> None:
    """Home and away are the season's schedule to say."""
    swapped = replace(PLANNED, home_team="BBB", away_team="AAA")
    assert last_word((PLANNED, -90), (swapped, -60), season=None) == PLANNED
    assert last_word((PLANNED, -90), (swapped, -60)) == swapped
