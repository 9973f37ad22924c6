"""What the odds vendor lists: events of appointments, and the bookmakers' prices in its form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fullcourt.nba.calendar import ALL_STAR, game_type
from fullcourt.simulator.draws import Purpose, stream
from fullcourt.simulator.facts import Appointment, Game, OfferedLine
from fullcourt.simulator.league import League
from fullcourt.simulator.names import BOOKMAKERS

SPORT: Final = "basketball_nba"
LISTED_BEFORE_TIP: Final = timedelta(hours=36)
# A withdrawn game leaves the listing when somebody notices.
NOTICED_AFTER: Final = timedelta(minutes=20)
# The vendor's announced start: the official tip, or the ten minutes later it really begins.
ANNOUNCED_LATER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Listed:
    """One event: an appointment of a game under the vendor's own id."""

    event_id: str
    game: Game
    appointment: Appointment
    home: str
    away: str
    listed_from: datetime
    listed_until: datetime
    announced_at: datetime
    begun_at: datetime

    def is_listed(self, at: datetime) -> bool:
        """Whether the vendor serves the event at `at`."""
        return self.listed_from <= at < self.listed_until

    def commence_time(self, at: datetime) -> datetime:
        """What the vendor says at `at`: the announced start, once begun the real second."""
        has_begun = at >= self.begun_at and self.appointment.stands(at)
        return self.begun_at if has_begun else self.announced_at


def known_events(league: League) -> dict[str, Listed]:
    """Every event of the league by its id, whether it is listed now or not.

    A game that may not be needed, or whose teams or tip nobody knows, is none until it is settled.
    """
    return {
        event.event_id: event
        for game in league.games
        for index, appointment in enumerate(game.appointments)
        # Nobody prices the All-Stars.
        if game_type(game.game_id) != ALL_STAR
        and (settled_from := game.settled_from(appointment)) is not None
        for event in (_event(league, game, index, appointment, settled_from),)
    }


def listed_events(events: Mapping[str, Listed], at: datetime) -> list[Listed]:
    """The events served at `at`, by announced start."""
    found = [event for event in events.values() if event.is_listed(at)]
    return sorted(found, key=lambda event: (event.announced_at, event.event_id))


def event_id_of(league: League, game_id: str, index: int = -1) -> str:
    """The vendor's id of a game's appointment (the one it is played at by default)."""
    game = league.game(game_id)
    appointment = game.appointments[index]
    return next(
        event.event_id
        for event in known_events(league).values()
        if event.game is game and event.appointment is appointment
    )


def _event(
    league: League, game: Game, index: int, appointment: Appointment, settled_from: datetime
) -> Listed:
    seed = league.config.seed
    dice = stream(seed, Purpose.WIRE, game.number, index).random(2)
    name = f"{seed}/{game.game_id}/{index}"
    until = game.final_at
    if appointment.withdrawn_at is not None:
        until = appointment.withdrawn_at + NOTICED_AFTER
    return Listed(
        # The vendor's ids look like md5; nothing rests on its strength.
        event_id=hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        game=game,
        appointment=appointment,
        home=league.teams[game.home].vendor_name,
        away=league.teams[game.away].vendor_name,
        listed_from=max(settled_from, appointment.tip_at - LISTED_BEFORE_TIP),
        listed_until=until,
        announced_at=appointment.tip_at + (ANNOUNCED_LATER if dice[0] < 0.5 else timedelta(0)),
        begun_at=appointment.tip_at + timedelta(seconds=600 + int(float(dice[1]) * 900)),
    )


def event_header(event: Listed, at: datetime) -> dict[str, Any]:
    """The fields every answer about an event begins with."""
    return {
        "id": event.event_id,
        "sport_key": SPORT,
        "sport_title": "NBA",
        "commence_time": utc_text(event.commence_time(at)),
        "home_team": event.home,
        "away_team": event.away,
    }


def bookmakers_of(
    league: League,
    event: Listed,
    at: datetime,
    *,
    markets: Sequence[str],
    books: frozenset[str],
    is_american: bool,
    is_historical: bool,
) -> list[dict[str, Any]]:
    """The books that price any of `markets` at `at`, each with its markets and outcomes."""
    if not event.appointment.stands(at):
        return []
    offered: dict[tuple[str, str], list[OfferedLine]] = {}
    for line in league.lines(event.game.game_id, at):
        if line.bookmaker in books and line.market in markets:
            offered.setdefault((line.bookmaker, line.market), []).append(line)
    if not offered:
        return []
    ages = stream(
        league.config.seed, Purpose.WIRE, event.game.number, 1_000, int(at.timestamp())
    ).random((len(BOOKMAKERS), len(markets)))
    answer: list[dict[str, Any]] = []
    for row, (book, title) in enumerate(BOOKMAKERS):
        priced = [
            {
                "key": market,
                "last_update": utc_text(_updated(at, float(ages[row, column]), is_historical)),
                "outcomes": [
                    outcome
                    for line in offered[book, market]
                    for outcome in _outcomes(line, is_american)
                ],
            }
            for column, market in enumerate(markets)
            if (book, market) in offered
        ]
        if priced:
            answer.append({"key": book, "title": title, "markets": priced})
    return answer


def _updated(at: datetime, dice: float, is_historical: bool) -> datetime:
    """When a book last confirmed its prices; recorded snapshots carry some from just after them."""
    if is_historical:
        return at + timedelta(seconds=int(-200 + dice * 296))
    return at - timedelta(seconds=int(5 + dice * 290))


def _outcomes(line: OfferedLine, is_american: bool) -> list[dict[str, Any]]:
    sides = (("Over", line.over_price), ("Under", line.under_price))
    return [
        {
            "name": side,
            "description": line.player_name,
            "price": american(price) if is_american else price,
            "point": line.line,
        }
        for side, price in sides
        if price is not None
    ]


def american(decimal: float) -> int:
    """Decimal odds in the American form: 1.91 is -110, 2.10 is +110."""
    if decimal >= 2.0:
        return round((decimal - 1.0) * 100)
    return -round(100.0 / (decimal - 1.0))


def utc_text(instant: datetime) -> str:
    """`2024-01-25T03:55:40Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
