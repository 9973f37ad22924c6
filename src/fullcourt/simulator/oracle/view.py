"""One look at what is held: the schedule as said, the records, and shortcuts into `Held`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fullcourt.simulator.league import League
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.said import GameSaid, Said, games_of, schedule_bodies
from fullcourt.simulator.oracle.slates import Record, predicted_players, slate_players
from fullcourt.simulator.oracle.words import BodySeen, CellId, Held, RowSeen

_NO_ROWS: Mapping[str, RowSeen] = {}
_NO_BODIES: Mapping[str, tuple[BodySeen, ...]] = {}
_NO_ATTEMPTS: Mapping[str, int] = {}
Slate = dict[str, dict[int, str | None]]


@dataclass(slots=True)
class View:
    """What the oracle works from. `follow` takes in the next `Held`; everything else only reads.

    What depends on the past (the schedule as said, rosters) is kept between looks and made again
    when what it was made from is another object.
    """

    league: League
    policy: OraclePolicy
    held: Held = field(default_factory=Held)
    said: Said = field(default_factory=Said)
    box: Record = field(default_factory=lambda: Record("player_box_scores"))
    summaries: Record = field(default_factory=lambda: Record("player_game_summary"))
    _bodies: list[BodySeen] = field(default_factory=list)
    _era: int = 0
    _games: dict[date, tuple[object, tuple[GameSaid, ...]]] = field(default_factory=dict)
    _slates: dict[date, tuple[tuple[object, ...], Slate, dict[str, set[int]]]] = field(
        default_factory=dict
    )

    _tokens: dict[date, tuple[tuple[bool, ...], tuple[object, ...]]] = field(default_factory=dict)
    _newest: dict[CellId, tuple[Mapping[str, RowSeen], datetime | None]] = field(
        default_factory=dict
    )

    def follow(self, held: Held) -> None:
        """Take in what is held now."""
        if held is self.held:
            return
        bodies = schedule_bodies(held.bodies)
        known = len(self._bodies)
        if len(bodies) < known or any(
            a is not b for a, b in zip(self._bodies, bodies, strict=False)
        ):
            # Another past than the one followed so far: begin again.
            self.said, known = Said(), 0
            self._era += 1
        for body in bodies[known:]:
            self.said.add(body)
        self._bodies = bodies
        self.held = held
        self._tokens.clear()
        self.box.follow(held.rows)
        self.summaries.follow(held.rows)

    def rows(self, dataset: str, day: date) -> Mapping[str, RowSeen]:
        """The rows of a cell by key."""
        return self.held.rows.get((dataset, day), _NO_ROWS)

    def bodies(self, feed: str, day: date) -> Mapping[str, tuple[BodySeen, ...]]:
        """The good answers of a cell by key."""
        return self.held.bodies.get((feed, day), _NO_BODIES)

    def attempts(self, dataset: str, day: date) -> Mapping[str, int]:
        """Tries since a key was last good."""
        return self.held.attempts.get((dataset, day), _NO_ATTEMPTS)

    def games(self, day: date) -> tuple[GameSaid, ...]:
        """The games of a date as all witnesses leave it."""
        listings = self.bodies("odds_events", day).get("listing", ())
        token = (self._era, self.said.changes.get(day, 0), listings)
        kept = self._games.get(day)
        if kept is None or kept[0] != token:
            versions = self.said.by_date.get(day, {})
            kept = (token, games_of(versions, listings, day, self.policy.game_length))
            self._games[day] = kept
        return kept[1]

    def slate(self, day: date, at: datetime) -> tuple[Slate, dict[str, set[int]]]:
        """Players by game of a slate, and who is owed a prediction."""
        games = self.games(day)
        props = self.rows("odds_player_props", day)
        token = (
            games,
            props,
            self.box.before(day),
            self.summaries.before(day),
            tuple(g.tip_at is not None and g.tip_at <= at for g in games),
        )
        kept = self._slates.get(day)
        if kept is None or not same(kept[0], token):
            players = slate_players(self.box, games, props, day, at, self.policy)
            owed = predicted_players(players, self.summaries, games, props, day, at, self.policy)
            kept = (token, players, owed)
            self._slates[day] = kept
        return kept[1], kept[2]

    def newest(self, dataset: str, day: date) -> datetime | None:
        """When the newest row of a cell was fetched or made."""
        rows = self.rows(dataset, day)
        kept = self._newest.get((dataset, day))
        if kept is None or kept[0] is not rows:
            kept = (rows, max((row.fetched_at for row in rows.values()), default=None))
            self._newest[dataset, day] = kept
        return kept[1]

    def token(self, day: date, at: datetime) -> tuple[object, ...]:
        """What the truth of a date's cells depends on, time within a phase of the day aside."""
        held = self.held
        games = self.games(day)
        phases = tuple(g.tip_at is not None and g.tip_at <= at for g in games)
        kept = self._tokens.get(day)
        if kept is not None and kept[0] == phases:
            return kept[1]
        found: list[object] = [games, self.box.before(day), self.summaries.before(day)]
        found.append(phases)
        for store in (held.bodies, held.rows, held.attempts):
            mapping: Mapping[tuple[str, date], object] = store
            found += [mapping.get((name, day)) for name in CELLS]
        self._tokens[day] = phases, tuple(found)
        return self._tokens[day][1]


def same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Equal numbers and phases, the same objects."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, int | tuple) and isinstance(b, int | tuple) and a == b)
        for a, b in zip(one, other, strict=True)
    )


CELLS = (
    "nba_schedule",
    "odds_events",
    "odds_event_props",
    "nba_boxscore",
    "schedule",
    "player_box_scores",
    "odds_player_props",
    "player_game_summary",
    "upcoming_player_game_context",
    "player_composite_factors",
    "predictions",
    "grades",
)
"""The feeds and datasets that have cells, in the order of the pipeline."""
