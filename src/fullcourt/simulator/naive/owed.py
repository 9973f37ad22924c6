"""What each table and folder of the naive pipeline owes a date, from the league alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from fullcourt.nba.calendar import eastern, raises_cells
from fullcourt.simulator.facts import Game
from fullcourt.simulator.league import League
from fullcourt.simulator.market import OPENS_BEFORE_TIP
from fullcourt.simulator.naive.scraping import WHOLE
from fullcourt.simulator.naive.tables import FORMS

DAILY: Final = ("objects/schedule", "objects/scoreboard", "objects/events")
"""Folders that hold one file a date, whatever it says."""
AFTER_THE_GAME: Final = (
    "game_results",
    "player_boxscores",
    "team_rosters",
    "roster_changes",
    "player_game_summary",
    "team_game_summary",
    "grades",
    "objects/boxscores",
)
TARGETS: Final = (*FORMS, *DAILY, "objects/boxscores", "objects/props")


@dataclass(slots=True)
class Owed:
    """The keys a cell owes in the end, each with the instant from which it can be there.

    Only counted games are followed (no preseason, no All-Star game), on the date they are really
    played; a game withdrawn from a date owes that date nothing.
    """

    league: League
    _games: dict[date, list[Game]] = field(init=False)
    _of_team: dict[str, list[Game]] = field(init=False)
    _kept: dict[tuple[str, date], Mapping[str, datetime]] = field(default_factory=dict)
    _game_of: dict[tuple[str, date, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._games, self._of_team = {}, {}
        for game in sorted(self.league.games, key=lambda g: (g.tip_at, g.game_id)):
            if raises_cells(game.game_id) and game.played.withdrawal is None:
                self._games.setdefault(game.game_date, []).append(game)
                for team in (game.home, game.away):
                    self._of_team.setdefault(team, []).append(game)

    def games(self, day: date) -> list[Game]:
        """The counted games played on a date, in tip order."""
        return self._games.get(day, [])

    def keys(self, target: str, day: date) -> Mapping[str, datetime]:
        """What a cell owes: key -> from when it can be there (UTC)."""
        cell = (target, day)
        if cell not in self._kept:
            found: dict[str, datetime] = {WHOLE: eastern(day)} if target in DAILY else {}
            for game in self.games(day) if target not in DAILY else ():
                for key in self._keys_of(target, game):
                    due = game.final_at
                    if target not in AFTER_THE_GAME:
                        due = game.tip_at - OPENS_BEFORE_TIP
                    found[key] = due
                    self._game_of[target, day, key] = game.game_id
            self._kept[cell] = found
        return self._kept[cell]

    def game_of(self, target: str, day: date, key: str) -> str:
        """The game a key belongs to; empty for a whole date's file."""
        self.keys(target, day)
        return self._game_of.get((target, day, key), "")

    def _keys_of(self, target: str, game: Game) -> list[str]:
        one = game.game_id
        match target:
            case "player_boxscores":
                return [f"{one}/{line.player_id}" for line in self.league.box(one).lines]
            case "player_game_summary":
                box = self.league.box(one)
                return [f"{one}/{line.player_id}" for line in box.lines if line.played]
            case "team_game_summary" | "upcoming_context" | "team_factors":
                return [f"{one}/{team}" for team in (game.home, game.away)]
            case "team_rosters":
                return [game.home, game.away]
            case "roster_changes":
                return [key for team in (game.home, game.away) for key in self._moves(team, game)]
            case _:
                return [one]

    def _moves(self, team: str, game: Game) -> list[str]:
        """Who is listed in this game and was not in the team's last one, and the other way."""
        mine = self._of_team[team]
        place = mine.index(game)
        if place == 0:
            # The first roster is a baseline: nobody joined.
            return []
        after, before = self._listed(team, game), self._listed(team, mine[place - 1])
        joined = [f"{team}/{player}/joined" for player in sorted(after - before)]
        return joined + [f"{team}/{player}/left" for player in sorted(before - after)]

    def _listed(self, team: str, game: Game) -> set[int]:
        return {ln.player_id for ln in self.league.box(game.game_id).lines if ln.team == team}
