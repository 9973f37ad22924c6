"""A season's schedule through time: which body is served at an instant, built once per change.

Between two changes the body is the same, byte for byte (`meta.time` is that of the last change, as
the vendor's is), so a walk in small steps costs a lookup.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import EASTERN, eastern
from fullcourt.replay import bodies
from fullcourt.replay.listings import Listings
from fullcourt.replay.masking import Shown, history_of, season_opens
from fullcourt.replay.recorded import RecordedGame, Season

_SCOREBOARD_TURNS_AT = 5
"""Eastern hour at which the scoreboard turns to the next date."""


@dataclass(frozen=True, slots=True)
class _Served:
    """A body and the instants between which it is served; `until` is None for the last one."""

    since: datetime
    until: datetime | None
    body: bytes

    def holds_at(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


class Timeline:
    """All schedule and scoreboard bodies of one season, by instant."""

    def __init__(self, season: Season, listings: Listings) -> None:
        self.season = season
        self._shown: list[tuple[RecordedGame, tuple[Shown, ...], list[datetime]]] = []
        self._by_date: dict[date, list[int]] = {}
        instants = {season_opens(season.name)}
        for index, game in enumerate(season.games):
            changes = history_of(game, season.plan_from, listings)
            self._shown.append((game, changes, [change.since for change in changes]))
            instants.update(change.since for change in changes)
            for day in {change.at.game_date for change in changes}:
                self._by_date.setdefault(day, []).append(index)
        self._instants = sorted(instants)
        self._games: dict[tuple[int, int], bytes] = {}
        self._schedule: _Served | None = None
        self._scoreboard: _Served | None = None

    def shown(self, index: int, now: datetime) -> Shown | None:
        """What the schedule shows of game number `index` at `now`; None before it appears."""
        _, changes, instants = self._shown[index]
        place = bisect_right(instants, now)
        return changes[place - 1] if place else None

    def schedule(self, now: datetime) -> bytes:
        """The body of `scheduleLeagueV2.json` at `now` (UTC)."""
        cached = self._schedule
        if cached is None or not cached.holds_at(now):
            since, until = _window(self._instants, now)
            self._schedule = cached = _Served(since, until, self._render_schedule(since))
        return cached.body

    def scoreboard(self, now: datetime) -> bytes:
        """The body of `todaysScoreboard_00.json` at `now` (UTC)."""
        cached = self._scoreboard
        if cached is None or not cached.holds_at(now):
            self._scoreboard = cached = self._render_scoreboard(now)
        return cached.body

    def _render_schedule(self, now: datetime) -> bytes:
        days: dict[date, list[tuple[tuple[object, ...], bytes]]] = {}
        for index, (game, changes, instants) in enumerate(self._shown):
            place = bisect_right(instants, now) - 1
            if place < 0:
                continue
            shown = changes[place]
            key = (index, place)
            encoded = self._games.get(key)
            if encoded is None:
                self._games[key] = encoded = bodies.schedule_game(game, shown)
            days.setdefault(shown.at.game_date, []).append((_order(game, shown), encoded))
        return bodies.schedule_body(
            self.season.name,
            now,
            [
                (f"{day:%m/%d/%Y}", [encoded for _, encoded in sorted(days[day])])
                for day in sorted(days)
            ],
        )

    def _render_scoreboard(self, now: datetime) -> _Served:
        day = scoreboard_date(now)
        opens = eastern(day, _SCOREBOARD_TURNS_AT)
        closes = eastern(day + timedelta(days=1), _SCOREBOARD_TURNS_AT)
        listed = self._by_date.get(day, [])
        changes = {opens, closes}
        for index in listed:
            changes.update(t for t in self._shown[index][2] if opens < t < closes)
        since, until = _window(sorted(changes), now)
        games = []
        for index in listed:
            shown = self.shown(index, now)
            if shown is not None and shown.at.game_date == day:
                game = self._shown[index][0]
                games.append((_order(game, shown), bodies.scoreboard_game(game, shown)))
        body = bodies.scoreboard_body(day.isoformat(), since, [game for _, game in sorted(games)])
        return _Served(since, until, body)


def scoreboard_date(now: datetime) -> date:
    """The Eastern date of the scoreboard: it turns at 05:00."""
    wall = now.astimezone(EASTERN)
    return wall.date() if wall.hour >= _SCOREBOARD_TURNS_AT else wall.date() - timedelta(days=1)


def _order(game: RecordedGame, shown: Shown) -> tuple[object, ...]:
    tip_at = shown.at.tip_at or shown.at.over_at
    return tip_at, shown.at.sequence, game.game_id


def _window(instants: list[datetime], now: datetime) -> tuple[datetime, datetime | None]:
    """The last instant at or before `now`, and the next one after it (None: no more changes)."""
    place = bisect_right(instants, now)
    return instants[max(place - 1, 0)], instants[place] if place < len(instants) else None
