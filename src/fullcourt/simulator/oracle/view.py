"""One look at what is held: the schedule as said, the records, and shortcuts into `Held`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fullcourt.simulator.league import League
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.said import GameSaid, Said, games_of, schedule_bodies
from fullcourt.simulator.oracle.slates import Record, predicted_players, rosters, slate_players
from fullcourt.simulator.oracle.table import Found
from fullcourt.simulator.oracle.words import BodySeen, CellId, Held, RowSeen

_NO_ROWS: Mapping[str, RowSeen] = {}
_NO_BODIES: Mapping[str, tuple[BodySeen, ...]] = {}
_NO_ATTEMPTS: Mapping[str, int] = {}
# How far back an input may lie and still be news to a row: last season's box scores are not.
INPUT_DAYS = 60
Slate = dict[str, dict[int, str | None]]
Question = tuple[str, str, date]
"""What a rule asked: the kind of question, a feed or dataset, a date."""


@dataclass(slots=True)
class View:
    """What the oracle works from. `follow` takes in the next `Held`; everything else only reads.

    What depends on the past (the schedule as said, rosters) is kept between looks and made again
    when what it was made from is another object. `asked` are the answers given since it was last
    emptied: what follows from them stands while they do (`still_says`).
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
    _slates: dict[date, tuple[tuple[object, ...], tuple[Slate, dict[str, set[int]]]]] = field(
        default_factory=dict
    )
    _rosters: dict[date, tuple[tuple[object, ...], dict[str, dict[int, str]]]] = field(
        default_factory=dict
    )
    lines_found: dict[CellId, tuple[tuple[object, ...], Found]] = field(default_factory=dict)
    """By game and date: what its lines were checked against, and what was found."""
    asked: dict[Question, object] = field(default_factory=dict)
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
        self.box.follow(held.rows)
        self.summaries.follow(held.rows)

    def rows(self, dataset: str, day: date) -> Mapping[str, RowSeen]:
        """The rows of a cell by key."""
        found = self.held.rows.get((dataset, day), _NO_ROWS)
        self.asked["rows", dataset, day] = found
        return found

    def bodies(self, feed: str, day: date) -> Mapping[str, tuple[BodySeen, ...]]:
        """The good answers of a cell by key."""
        found = self.held.bodies.get((feed, day), _NO_BODIES)
        self.asked["bodies", feed, day] = found
        return found

    def attempts(self, dataset: str, day: date) -> Mapping[str, int]:
        """Tries since a key was last good."""
        found = self.held.attempts.get((dataset, day), _NO_ATTEMPTS)
        self.asked["attempts", dataset, day] = found
        return found

    def games(self, day: date) -> tuple[GameSaid, ...]:
        """The games of a date as all witnesses leave it."""
        found = self.asked["games", "", day] = self._games_of(day)
        return found

    def slate(self, day: date, at: datetime) -> tuple[Slate, dict[str, set[int]]]:
        """Players by game of a slate, and who is owed a prediction."""
        found = self.asked["slate", "", day] = self._slate(day, at)
        return found

    def newest_input(self, dataset: str, day: date) -> datetime | None:
        """When the newest of a slate's inputs was fetched or made."""
        found = self.asked["newest_input", dataset, day] = self._newest_input(dataset, day)
        return found

    def still_says(self, asked: Mapping[Question, object], at: datetime) -> bool:
        """Whether every question is answered at `at` as it was."""
        return all(
            (found := self._answer(kind, name, day, at)) is before
            # What is an object of the stores' is another one when it changes (see `words`).
            or (kind in _BY_VALUE and found == before)
            for (kind, name, day), before in asked.items()
        )

    def _answer(self, kind: str, name: str, day: date, at: datetime) -> object:
        match kind:
            case "rows":
                return self.held.rows.get((name, day), _NO_ROWS)
            case "bodies":
                return self.held.bodies.get((name, day), _NO_BODIES)
            case "attempts":
                return self.held.attempts.get((name, day), _NO_ATTEMPTS)
            case "games":
                return self._games_of(day)
            case "slate":
                return self._slate(day, at)
            case "newest_input":
                return self._newest_input(name, day)
        raise KeyError(kind)

    def begun(self, day: date, at: datetime) -> tuple[bool, ...]:
        """Which games of a date have begun."""
        return tuple(g.tip_at is not None and g.tip_at <= at for g in self._games_of(day))

    def _games_of(self, day: date) -> tuple[GameSaid, ...]:
        listings = self.held.bodies.get(("odds_events", day), _NO_BODIES).get("listing", ())
        token = (self._era, self.said.changes.get(day, 0), listings)
        kept = self._games.get(day)
        if kept is None or kept[0] != token:
            versions = self.said.by_date.get(day, {})
            kept = (token, games_of(versions, listings, day, self.policy.game_length))
            self._games[day] = kept
        return kept[1]

    def _slate(self, day: date, at: datetime) -> tuple[Slate, dict[str, set[int]]]:
        games = self._games_of(day)
        props = self.held.rows.get(("odds_player_props", day), _NO_ROWS)
        earlier = (self.box.before(day), self.summaries.before(day))
        token = (games, props, *earlier, self.begun(day, at))
        kept = self._slates.get(day)
        if kept is None or not same(kept[0], token):
            rostered = self._rosters_of(day, at)
            players = slate_players(self.box, rostered, games, props, day, at)
            owed = predicted_players(players, self.summaries, games, props, day, at, self.policy)
            found = (players, owed)
            # New lines that change nobody's place are no news.
            kept = (token, found if kept is None or kept[1] != found else kept[1])
            self._slates[day] = kept
        return kept[1]

    def _rosters_of(self, day: date, at: datetime) -> dict[str, dict[int, str]]:
        """What a slate is before its lines."""
        games = self._games_of(day)
        token = (games, self.box.before(day), self.begun(day, at))
        kept = self._rosters.get(day)
        if kept is None or not same(kept[0], token):
            kept = (token, rosters(self.box, games, day, at, self.policy))
            self._rosters[day] = kept
        return kept[1]

    def _newest_input(self, dataset: str, day: date) -> datetime | None:
        cells = [("schedule", day), ("odds_player_props", day)]
        if dataset == "predictions":
            cells.append(("player_composite_factors", day))
        else:
            if dataset == "player_composite_factors":
                cells.append(("upcoming_player_game_context", day))
            first = day - timedelta(days=INPUT_DAYS)
            near = [d for d in self.box.days if first <= d < day]
            cells += [("player_box_scores", d) for d in near]
            cells += [("player_game_summary", d) for d in near]
            cells += [("schedule", d) for d in near]
        newest = [at for name, d in cells if (at := self._newest_of(name, d)) is not None]
        return max(newest, default=None)

    def _newest_of(self, dataset: str, day: date) -> datetime | None:
        """When the newest row of a cell was fetched or made."""
        rows = self.held.rows.get((dataset, day), _NO_ROWS)
        kept = self._newest.get((dataset, day))
        if kept is None or kept[0] is not rows:
            kept = (rows, max((row.fetched_at for row in rows.values()), default=None))
            self._newest[dataset, day] = kept
        return kept[1]


_BY_VALUE = frozenset({"games", "newest_input"})


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
