"""What the vendors have said of each date so far: games, results, the second witness.

Folded from the good answers alone, oldest first; what a body older than the last word repeats is no
news. A result once known stands until another takes its place, a postponed game is not put back on
a tip that has passed, and a scoreboard alone swaps no sides: such a listing is old or wrong,
whatever time it carries. Where a world's vendors lie or are silent, this is all that anybody could
know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from fullcourt.nba.calendar import raises_cells, season_of
from fullcourt.nba.props import EventListing
from fullcourt.nba.schedule import GameListing
from fullcourt.simulator.oracle.words import BodySeen, CellId, ScheduleSaid

ABSENT_ONCE = "absent from one schedule body; a second must confirm"
# A final seen later than this after the tip was not watched: it says nothing about when.
WATCHED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Version:
    """The last word on one game and date. `final_seen`: when it was first said to be final;
    `first_at`: when the first body that named the game on this date was fetched."""

    listing: GameListing
    known_at: datetime
    is_listed: bool = True
    reason: str | None = None
    final_seen: datetime | None = None
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GameSaid:
    """A game of a date as the witnesses leave it. `ended_at`: seen final, or tip + 2:30.

    `disputed`: the witnesses do not agree that it is played here; `version` is None when only the
    odds listing shows it.
    """

    game_id: str
    game_date: date
    tip_at: datetime | None
    home: str | None
    away: str | None
    is_final: bool
    ended_at: datetime | None
    retired: str | None
    disputed: str | None
    version: Version | None


def facts_of(listing: GameListing) -> tuple[object, ...]:
    """What makes another listing of a game news: that it is under way is none."""
    over = listing.status == 3
    return (
        listing.tip_at,
        listing.home_team,
        listing.away_team,
        over,
        listing.is_postponed,
        listing.if_necessary,
        listing.home_score,
        listing.away_score,
        listing.overtimes,
        listing.status_text if over else None,
    )


@dataclass(slots=True)
class Said:
    """The schedule as said so far: versions by date and game. `add` folds one more body."""

    by_date: dict[date, dict[str, Version]] = field(default_factory=dict)
    changes: dict[date, int] = field(default_factory=dict)
    _dates_of: dict[str, set[date]] = field(default_factory=dict)
    _count: int = 0

    def add(self, body: BodySeen) -> None:
        """Take in one schedule or scoreboard body."""
        said = body.facts
        assert isinstance(said, ScheduleSaid)
        # A vendor's clock may run ahead of ours.
        known_at = min(said.served_at, body.fetched_at)
        listed = {(game.game_id, game.game_date): game for game in said.games}
        stands: dict[str, date] = {}
        for (game_id, day), game in listed.items():
            before = self.by_date.get(day, {}).get(game_id)
            if before is not None and before.known_at >= known_at:
                continue
            is_board = said.season is None
            if before is not None and _contradicts(before, game, known_at, is_board=is_board):
                stands[game_id] = day
                continue
            if not game.is_postponed:
                stands[game_id] = day
            if before is None or not _repeats(before, game):
                seen = before.final_seen if before else None
                if game.is_final and seen is None:
                    seen = known_at
                first = before.first_at if before else body.fetched_at
                self._put(Version(game, known_at, final_seen=seen, first_at=first))
        for game_id, days in self._absent(said, listed, stands):
            for day in days:
                self._withdraw(game_id, day, known_at, stands.get(game_id))

    def _absent(
        self,
        said: ScheduleSaid,
        listed: Mapping[tuple[str, date], GameListing],
        stands: Mapping[str, date],
    ) -> list[tuple[str, list[date]]]:
        """Games a body ought to list and does not: all of its season, or those it moves."""
        ids: Iterable[str] = stands
        if said.season is not None:
            ids = [g for g in self._dates_of if season_of(g) == said.season or g in stands]
        return [
            (game_id, gone)
            for game_id in ids
            if (
                gone := [
                    d for d in sorted(self._dates_of.get(game_id, ())) if (game_id, d) not in listed
                ]
            )
        ]

    def _withdraw(self, game_id: str, day: date, known_at: datetime, moved: date | None) -> None:
        before = self.by_date[day][game_id]
        if before.known_at >= known_at or not before.is_listed:
            return
        if moved is not None:
            reason, is_listed = f"moved to {moved.isoformat()}", False
        elif before.reason == ABSENT_ONCE:
            reason, is_listed = "removed", False
        else:
            reason, is_listed = ABSENT_ONCE, True
        self._put(replace(before, known_at=known_at, is_listed=is_listed, reason=reason))

    def _put(self, version: Version) -> None:
        game = version.listing
        self.by_date.setdefault(game.game_date, {})[game.game_id] = version
        self._dates_of.setdefault(game.game_id, set()).add(game.game_date)
        self._count += 1
        self.changes[game.game_date] = self._count


def _repeats(before: Version, game: GameListing) -> bool:
    return before.is_listed and before.reason is None and facts_of(before.listing) == facts_of(game)


def _contradicts(before: Version, game: GameListing, at: datetime, *, is_board: bool) -> bool:
    """Whether a listing of `at` denies what is known for good: a result, that the game was put off
    before its tip, or which side is at home."""
    known = before.listing
    denies_result = before.is_listed and known.is_final and not game.is_final
    puts_back = (
        before.is_listed
        and known.is_postponed
        and not game.is_postponed
        and game.status == 1
        and game.tip_at is not None
        and game.tip_at <= at
    )
    sides = (known.home_team, known.away_team)
    is_swapped = None not in sides and sides == (game.away_team, game.home_team)
    return denies_result or puts_back or (is_swapped and is_board)


def schedule_bodies(
    bodies: Mapping[CellId, Mapping[str, tuple[BodySeen, ...]]],
) -> list[BodySeen]:
    """Every schedule and scoreboard body held, in the order they came."""
    found = [
        (body.fetched_at, feed_day[1], key, place, body)
        for feed_day, keys in bodies.items()
        if feed_day[0] == "nba_schedule"
        for key, answers in keys.items()
        for place, body in enumerate(answers)
    ]
    found.sort(key=lambda entry: entry[:4])
    return [body for *_, body in found]


def counts(listing: GameListing) -> bool:
    """Whether a game is part of a slate; an if-necessary game once its series needs it."""
    undecided = listing.home_team is None or listing.away_team is None or listing.tip_at is None
    return raises_cells(listing.game_id) and not (listing.if_necessary and undecided)


def games_of(
    versions: Mapping[str, Version], listings: Sequence[BodySeen], day: date, length: timedelta
) -> tuple[GameSaid, ...]:
    """The games of a date; the newest listing of that date's own cell is the second witness."""
    games = [_game(v, day, length) for v in versions.values() if counts(v.listing)]
    if listings:
        newest = listings[-1].facts
        assert isinstance(newest, EventListing)
        games = _with_witness(games, newest, day, length)
    return tuple(sorted(games, key=lambda game: game.game_id))


def _game(version: Version, day: date, length: timedelta) -> GameSaid:
    listing = version.listing
    ended: datetime | None = None
    retired: str | None = None
    if not version.is_listed:
        retired = version.reason or "removed"
    elif listing.is_postponed:
        retired = "postponed"
    tip, seen = listing.tip_at, version.final_seen
    if listing.is_final and seen is not None and (tip is None or seen - tip <= WATCHED):
        ended = seen
    elif tip is not None:
        ended = tip + length
    doubt = version.reason if version.is_listed and not listing.is_final else None
    return GameSaid(
        game_id=listing.game_id,
        game_date=day,
        tip_at=tip,
        home=listing.home_team,
        away=listing.away_team,
        is_final=listing.is_final,
        ended_at=ended,
        retired=retired,
        disputed=doubt if retired is None else None,
        version=version,
    )


def _with_witness(
    games: list[GameSaid], newest: EventListing, day: date, length: timedelta
) -> list[GameSaid]:
    shown = {
        frozenset((event.home_team, event.away_team)): event
        for event in newest.events
        if event.game_date == day
    }
    judged = []
    for game in games:
        unseen = (
            frozenset((game.home, game.away)) not in shown
            and game.retired is None
            and not game.is_final
            and (game.tip_at is None or game.tip_at > newest.snapshot_at)
        )
        text = "the odds listing does not show it"
        judged.append(replace(game, disputed=text) if unseen and not game.disputed else game)
    known = {frozenset((game.home, game.away)) for game in games}
    for pair, event in shown.items():
        if pair not in known:
            judged.append(
                GameSaid(
                    game_id=f"unlisted-{event.away_team}-{event.home_team}",
                    game_date=day,
                    tip_at=event.tip_at,
                    home=event.home_team,
                    away=event.away_team,
                    is_final=False,
                    ended_at=event.tip_at + length,
                    retired=None,
                    disputed="only the odds listing shows it",
                    version=None,
                )
            )
    return judged
