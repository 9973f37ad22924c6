"""The recorded world: a lazy, cached, read-only view of the history folder."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from fullcourt.nba.calendar import EASTERN, season_of
from fullcourt.nba.teams import TEAMS as LEAGUE_TEAMS
from fullcourt.replay.box_rows import BoxGame, box_body, read_box_games, read_box_index
from fullcourt.replay.event_odds import EventOdds
from fullcourt.replay.history import HistoryFolder
from fullcourt.replay.listings import Listings, read_listings
from fullcourt.replay.planned_seasons import read_planned_season
from fullcourt.replay.played_seasons import read_played_season
from fullcourt.replay.profile import VendorProfile
from fullcourt.replay.recorded import RecordedGame, Season, Team
from fullcourt.replay.timeline import Timeline

_SEASON_TURNS_IN = 9
"""Month (its first day, Eastern) in which the CDN's schedule turns to the next season."""


class World:
    """Facts of the recording, unmasked. Everything is read when first asked for, and kept.

    A file or folder that is absent is a feed without recordings; one that is there and broken
    raises `HistoryBroken` when it is first needed.
    """

    def __init__(self, history: Path) -> None:
        self.history = HistoryFolder(history)
        self._seasons: dict[str, Season] = {}
        self._by_id: dict[str, dict[str, RecordedGame]] = {}
        self._boxes: dict[str, dict[str, BoxGame]] = {}
        self._timelines: dict[str, Timeline] = {}

    @cached_property
    def seasons(self) -> tuple[str, ...]:
        """Seasons with any recorded game, oldest first (`2024-25`)."""
        recorded = {season_of(game_id) for game_id in self.box_game_ids()}
        return tuple(
            sorted(recorded | self.history.final_schedules.keys() | self.history.played.keys())
        )

    def season(self, season: str) -> Season:
        """The season's games; no games when nothing of it is recorded."""
        if season not in self._seasons:
            if season in self.history.final_schedules:
                self._seasons[season] = read_planned_season(self.history, season)
            else:
                self._seasons[season] = read_played_season(
                    self.history, season, self.listings(), self.boxes(season), self._teams(season)
                )
        return self._seasons[season]

    def games(self, season: str) -> tuple[RecordedGame, ...]:
        """The season's games with all that is recorded about them, the future included."""
        return self.season(season).games

    def game(self, game_id: str) -> RecordedGame | None:
        """One game by its NBA id."""
        season = season_of(game_id)
        if season not in self._by_id:
            self._by_id[season] = {game.game_id: game for game in self.games(season)}
        return self._by_id[season].get(game_id)

    @cached_property
    def _box_dates(self) -> dict[str, date]:
        return read_box_index(self.history)

    def box_game_ids(self) -> frozenset[str]:
        """Games with recorded box score rows."""
        return frozenset(self._box_dates)

    def boxes(self, season: str) -> dict[str, BoxGame]:
        """The season's recorded box scores by game id, read in one pass."""
        if season not in self._boxes:
            self._boxes[season] = read_box_games(self.history, season)
        return self._boxes[season]

    def box_body(self, game_id: str) -> tuple[datetime, bytes] | None:
        """When a game's body is first served (UTC) and the body; None where nothing is recorded."""
        game = self.game(game_id)
        box = self.boxes(season_of(game_id)).get(game_id)
        if game is None or game.played is None or box is None:
            return None
        return game.played.over_at, box_body(game, box, game.played.over_at)

    @cached_property
    def _listings(self) -> Listings:
        return read_listings(self.history)

    def listings(self) -> Listings:
        """All recorded odds listings."""
        return self._listings

    @cached_property
    def _event_odds(self) -> EventOdds:
        return EventOdds(self.history)

    def event_odds(self) -> EventOdds:
        """All recorded event odds."""
        return self._event_odds

    def timeline(self, season: str) -> Timeline:
        """The season's schedule through time."""
        if season not in self._timelines:
            self._timelines[season] = Timeline(self.season(season), self.listings())
        return self._timelines[season]

    def profile(self) -> VendorProfile:
        """What is recorded at all."""
        return VendorProfile(
            schedule_seasons=self.seasons,
            box_score_dates=frozenset(self._box_dates.values()),
            listing_dates=self.listings().dates,
            event_odds_dates=self.event_odds().dates,
            props_markets=self.event_odds().markets,
        )

    def close(self) -> None:
        """Close the files that are open."""
        self.history.close()

    def _teams(self, season: str) -> dict[str, Team]:
        """Every team the season's box scores or any recorded schedule name, by tricode."""
        named = {
            team.tricode: Team(team.team_id, team.tricode, team.city, team.name, "")
            for team in LEAGUE_TEAMS
        }
        for known in self.history.final_schedules:
            for game in self.games(known):
                named |= {game.home.tricode: game.home, game.away.tricode: game.away}
        for box in self.boxes(season).values():
            for side in box.sides:
                named[side.tricode] = side.team
        return named


def season_at(now: datetime) -> str:
    """The season the CDN's schedule file is about at `now`: it turns on September 1, Eastern."""
    wall = now.astimezone(EASTERN)
    start = wall.year if wall.month >= _SEASON_TURNS_IN else wall.year - 1
    return f"{start}-{(start + 1) % 100:02d}"
