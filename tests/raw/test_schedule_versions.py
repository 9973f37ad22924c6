"""Versions of the schedule: what a body adds to what is known, and what it cannot undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fullcourt.nba.schedule import GameListing, GameStatus
from fullcourt.raw.schedule import COLUMNS, Body, Known, versions

DAY = date(2025, 1, 9)
TIP = datetime(2025, 1, 10, 0, 30, tzinfo=UTC)
PLANNED = GameListing(
    game_id="0022400524",
    game_date=DAY,
    tip_at=TIP,
    status=GameStatus.SCHEDULED,
    status_text="7:30 pm ET",
    is_postponed=False,
    if_necessary=False,
    home_team="LAL",
    away_team="CHA",
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


def body(*games: GameListing, minutes: int, season: str | None = "2024-25") -> Body:
    """A body that became known `minutes` after the tip."""
    at = TIP + timedelta(minutes=minutes)
    return Body(games, at, at, f"body-{minutes}", "nba_schedule", season)


def known_after(*bodies: Body) -> dict[tuple[str, date], Known]:
    """What is known when these bodies have been read in turn."""
    known: dict[tuple[str, date], Known] = {}
    for given in bodies:
        for row in versions(known, given, "run"):
            known[(row["game_id"], row["game_date"])] = Known(**{n: row[n] for n in COLUMNS})
    return known


def test_a_result_is_not_undone_by_an_old_state_with_a_new_time() -> None:
    """Scheduled again, or final without scores: the result stands; a corrected one replaces it."""
    known = known_after(body(PLANNED, minutes=-60), body(FINAL, minutes=150))
    for stale in (PLANNED, replace(FINAL, home_score=None, away_score=None)):
        for season in ("2024-25", None):
            assert versions(known, body(stale, minutes=600, season=season), "run") == []
    corrected = versions(known, body(replace(FINAL, home_score=103), minutes=600), "run")
    assert [row["home_score"] for row in corrected] == [103]


@pytest.mark.parametrize(("season", "believed"), [(None, 0), ("2024-25", 1)])
def test_a_scoreboard_alone_swaps_no_sides(season: str | None, believed: int) -> None:
    """Home and away follow the season's schedule; a board that swaps them adds nothing."""
    known = known_after(body(PLANNED, minutes=-60))
    swapped = replace(PLANNED, home_team="CHA", away_team="LAL")
    assert len(versions(known, body(swapped, minutes=-30, season=season), "run")) == believed


def test_an_unbelievable_listing_is_no_absence() -> None:
    """A body that lists the game wrongly still lists it: nothing is withdrawn."""
    known = known_after(body(PLANNED, minutes=-60), body(FINAL, minutes=150))
    again = known_after(
        body(PLANNED, minutes=-60),
        body(FINAL, minutes=150),
        body(PLANNED, minutes=600),
        body(PLANNED, minutes=700),
    )
    assert again == known


def test_the_same_body_again_adds_nothing() -> None:
    """However often a body is read, its games get one version."""
    first = body(PLANNED, minutes=-60)
    assert versions(known_after(first), first, "run") == []
    assert versions(known_after(first), body(PLANNED, minutes=-50), "run") == []


@pytest.mark.parametrize(("minutes", "believed"), [(-30, 1), (0, 0), (600, 0)])
def test_a_postponed_game_is_not_put_back_on_a_tip_that_has_passed(
    minutes: int, believed: int
) -> None:
    """An old state with a new time revives no game; before its tip a vendor may change his mind."""
    off = replace(PLANNED, status=GameStatus.FINAL, status_text="PPD", is_postponed=True)
    known = known_after(body(PLANNED, minutes=-90), body(off, minutes=-60))
    assert len(versions(known, body(PLANNED, minutes=minutes), "run")) == believed
