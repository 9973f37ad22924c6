"""Game nights by hand, as the expectations are derived from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from fullcourt.nba.calendar import eastern
from fullcourt.trust.expectations import expect, expected_datasets
from fullcourt.trust.facts import BoxBody, DayFacts, Game, PredictionState, SlatePlayer
from fullcourt.trust.words import Expectation, KeyExpectation

NIGHT = date(2025, 1, 9)


def game(number: int = 1, hour: int = 19, minute: int = 0, **changes: Any) -> Game:
    """A game of the night at an Eastern hour; `day` moves it to another date."""
    day = changes.pop("day", NIGHT)
    return replace(
        Game(
            game_id=f"00224{number:05d}",
            game_date=day,
            name="CHA@LAL",
            tip_at=eastern(day, hour, minute),
            home_team="LAL",
            away_team="CHA",
        ),
        **changes,
    )


def final(number: int = 1, hour: int = 19, minute: int = 0, **changes: Any) -> Game:
    """A game that ended 2:20 after its tip."""
    played = game(number, hour, minute, **changes)
    assert played.tip_at is not None
    return replace(
        played,
        is_final=True,
        final_at=played.tip_at + timedelta(hours=2, minutes=20),
        home_score=101,
        away_score=99,
        overtimes=0,
    )


def facts(*games: Game, **changes: Any) -> DayFacts:
    """What is known of a date."""
    day = games[0].game_date if games else NIGHT
    return replace(
        DayFacts(game_date=day, in_charge=True, schedule_known=True, games=games), **changes
    )


def players(*games: Game) -> tuple[SlatePlayer, ...]:
    """Two rostered players a game."""
    return tuple(
        SlatePlayer(g.game_id, 10 * n + m, f"Player {10 * n + m}")
        for n, g in enumerate(games, start=1)
        for m in (1, 2)
    )


def body(fetched_at: datetime, listed: int = 3, appeared: int = 2) -> BoxBody:
    """An archived box score body."""
    names = {n: f"Player {n}" for n in range(1, listed + 1)}
    return BoxBody(fetched_at, names, frozenset(range(1, appeared + 1)))


def prediction(of: Game, player: int, state: str = "final") -> PredictionState:
    """A held prediction."""
    return PredictionState(of.game_id, player, f"Player {player}", state)


def keys_of(dataset: str, night: DayFacts) -> tuple[KeyExpectation, ...]:
    """The keys a dataset owes that night."""
    return expect(dataset, night).keys


def only(dataset: str, night: DayFacts) -> KeyExpectation:
    """The one key a dataset owes."""
    (found,) = keys_of(dataset, night)
    return found


def every(night: DayFacts) -> dict[str, Expectation]:
    """The expectation of every dataset for one date."""
    names = expected_datasets(night.game_date, night.game_date)
    return {name: expect(name, night) for name in names}
