"""Who belongs to a slate, by what was recorded and known: rosters from earlier appearances.

The design's rule: a player is with the team of his latest listing, within that team's last 20 game
dates; one who is priced in a game and on neither roster joins it and leaves his old team.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from fullcourt.nba.calendar import ALL_STAR, game_type
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.oracle.said import GameSaid
from fullcourt.simulator.oracle.words import CellId, RowSeen

Rows = Mapping[str, RowSeen]
POINTS = "player_points"
# Places of `words.COLUMNS`.
BOX_TEAM, BOX_PLAYED = 1, 4
SUM_TEAM, SUM_SECONDS = 0, 3
LINE_PLAYER, LINE_HOW, LINE_MARKET, LINE_MAIN = 1, 3, 5, 9
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One player's row of one game: listed (`seconds` 0: did not play) and known from when."""

    player: int
    game_id: str
    seconds: int
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Night:
    """The rows of one table and date, by team and by player (team, row); all are known by
    `known_at`."""

    teams: Mapping[str, Sequence[Entry]]
    players: Mapping[int, Sequence[tuple[str, Entry]]]
    known_at: datetime


@dataclass(slots=True)
class Record:
    """Box scores or summaries by date, kept up as cells change; `version` counts the changes."""

    table: str
    nights: dict[date, Night] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)
    _seen: dict[date, Rows] = field(default_factory=dict)
    _versions: dict[date, int] = field(default_factory=dict)
    _count: int = 0

    def follow(self, rows: Mapping[CellId, Rows]) -> None:
        """Take in what has changed since the last call."""
        now = {day: keys for (table, day), keys in rows.items() if table == self.table}
        for day in [*(d for d in self._seen if d not in now), *now]:
            keys = now.get(day)
            if keys is not None and self._seen.get(day) is keys:
                continue
            self._count += 1
            self._versions[day] = self._count
            if keys is None:
                del self._seen[day], self.nights[day]
            else:
                self._seen[day] = keys
                self.nights[day] = _night(self.table, keys)
        self.days = sorted(self.nights)

    def before(self, day: date) -> int:
        """A number that changes when anything on an earlier date does."""
        return max((n for d, n in self._versions.items() if d < day), default=0)

    def backwards(self, day: date) -> Iterator[tuple[date, Night]]:
        """The nights before `day`, the latest first."""
        for earlier in reversed(self.days):
            if earlier < day:
                yield earlier, self.nights[earlier]


def _night(table: str, keys: Rows) -> Night:
    teams: dict[str, list[Entry]] = {}
    players: dict[int, list[tuple[str, Entry]]] = {}
    is_box = table == "player_box_scores"
    for key, row in keys.items():
        game_id, _, player = key.partition("/")
        # An All-Star team is nobody's employer.
        if game_type(game_id) == ALL_STAR:
            continue
        team: str = row.values[BOX_TEAM if is_box else SUM_TEAM]
        seconds = int(row.values[BOX_PLAYED]) if is_box else row.values[SUM_SECONDS]
        entry = Entry(int(player), game_id, seconds, row.known_at)
        teams.setdefault(team, []).append(entry)
        players.setdefault(entry.player, []).append((team, entry))
    known_at = max((row.known_at for row in keys.values()), default=_LONG_AGO)
    return Night(teams, players, known_at)


def as_of(game: GameSaid, at: datetime) -> datetime:
    """What is known counts until the tip."""
    return at if game.tip_at is None else min(at, game.tip_at)


def rosters(
    box: Record, games: Collection[GameSaid], day: date, at: datetime, policy: OraclePolicy
) -> dict[str, dict[int, str]]:
    """Player and team by game that is on, from appearances alone."""
    on = [g for g in games if is_on(g)]
    found: dict[str, dict[int, str]] = {}
    cache: dict[datetime, dict[str, dict[int, str]]] = {}
    sides = {team for game in on for team in (game.home, game.away) if team is not None}
    for game in on:
        known = as_of(game, at)
        # Games of one instant share the walk; those whose tips differ see the same rows mostly.
        if known not in cache:
            cache[known] = _members(box, sides, day, known, policy.roster_games)
        found[game.game_id] = {
            player: team
            for team in (game.home, game.away)
            if team is not None
            for player in cache[known].get(team, ())
        }
    return found


def _members(
    box: Record, sides: Collection[str], day: date, known: datetime, window: int
) -> dict[str, dict[int, str]]:
    """Who belongs to each team: his latest listing anywhere is for it, within its window."""
    left = dict.fromkeys(sides, window)
    latest: dict[int, tuple[str, str]] = {}
    members: dict[str, dict[int, str]] = {team: {} for team in sides}
    for _, night in box.backwards(day):
        if not any(left.values()):
            break
        tonight: dict[int, tuple[str, str]] = {}
        open_teams: set[str] = set()
        is_known = night.known_at <= known
        for team, entries in night.teams.items():
            seen = entries if is_known else [e for e in entries if e.known_at <= known]
            if seen and left.get(team):
                open_teams.add(team)
            for entry in seen:
                best = tonight.get(entry.player)
                if best is None or entry.game_id > best[0]:
                    tonight[entry.player] = (entry.game_id, team)
        for player, (game_id, team) in tonight.items():
            if player not in latest:
                latest[player] = (game_id, team)
                if team in open_teams:
                    members[team][player] = team
        for team in open_teams:
            left[team] -= 1
    return members


def slate_players(
    box: Record,
    rostered: Mapping[str, Mapping[int, str]],
    games: Collection[GameSaid],
    props: Rows,
    day: date,
    at: datetime,
) -> dict[str, dict[int, str | None]]:
    """Player -> team (None: priced alone, his team is not one of the two) by game of the slate.

    `rostered`: see `rosters`.
    """
    on = [g for g in games if is_on(g)]
    priced = {g.game_id: priced_players(props.get(g.game_id), as_of(g, at)) for g in on}
    found: dict[str, dict[int, str | None]] = {}
    for game in on:
        known = as_of(game, at)
        here = rostered[game.game_id]
        stay: dict[int, str | None] = {}
        for player, team in here.items():
            gone = player not in priced[game.game_id] and any(
                player in priced_players(props.get(other.game_id), known)
                for other in on
                if other.game_id != game.game_id and player in priced[other.game_id]
            )
            if not (gone and _last_team(box, player, day, known, played=True)):
                stay[player] = team
        for player in sorted(priced[game.game_id] - set(here)):
            if _last_team(box, player, day, known, played=True) is None:
                continue
            last = _last_team(box, player, day, known, played=False)
            stay[player] = last if last in (game.home, game.away) else None
        found[game.game_id] = stay
    return found


def is_on(game: GameSaid) -> bool:
    """Whether a game is part of its slate: recorded, not withdrawn, both teams known."""
    return (
        game.version is not None
        and game.retired is None
        and game.home is not None
        and game.away is not None
    )


def _last_team(box: Record, player: int, day: date, known: datetime, *, played: bool) -> str | None:
    """The team of his latest listing (`played`: of any appearance) known at `known`."""
    for _, night in box.backwards(day):
        best: tuple[str, str] | None = None
        for team, entry in night.players.get(player, ()):
            if entry.known_at <= known and (entry.seconds or not played):
                best = max(best or ("", ""), (entry.game_id, team))
        if best is not None:
            return best[1]
    return None


def lines_of(row: RowSeen | None) -> tuple[Any, ...]:
    """The lines of one game, one tuple a row (see `words.COLUMNS`)."""
    return () if row is None else row.values


def priced_players(row: RowSeen | None, known: datetime) -> set[int]:
    """Known players any book prices by `known`; a name resolved after the tip counts as unknown."""
    return {
        line[LINE_PLAYER]
        for line in lines_of(row)
        if line[0] <= known and line[LINE_PLAYER] > 0 and not line[LINE_HOW].startswith("late_")
    }


def pointed_players(row: RowSeen | None, known: datetime) -> set[int]:
    """Players with a main points line by `known`."""
    return {
        line[LINE_PLAYER]
        for line in lines_of(row)
        if line[0] <= known
        and line[LINE_MARKET] == POINTS
        and line[LINE_MAIN]
        and not line[LINE_HOW].startswith("late_")
    }


def predicted_players(
    players: Mapping[str, Mapping[int, str | None]],
    summaries: Record,
    games: Collection[GameSaid],
    props: Rows,
    day: date,
    at: datetime,
    policy: OraclePolicy,
) -> dict[str, set[int]]:
    """Who is owed a prediction, by game: recorded minutes, and a line or a rotation place."""
    found: dict[str, set[int]] = {}
    for game in games:
        mine = players.get(game.game_id)
        if mine is None:
            continue
        known = as_of(game, at)
        lined = pointed_players(props.get(game.game_id), known)
        regular: set[int] = set()
        for team in (game.home, game.away):
            if team is not None:
                regular |= {
                    player
                    for player in _rotation(summaries, team, day, known, policy)
                    if mine.get(player) == team
                }
        found[game.game_id] = {
            player
            for player in (lined | regular) & set(mine)
            if player in regular or _has_minutes(summaries, player, day, known)
        }
    return found


def _has_minutes(summaries: Record, player: int, day: date, known: datetime) -> bool:
    return any(
        entry.seconds > 0 and entry.known_at <= known
        for _, night in summaries.backwards(day)
        for _, entry in night.players.get(player, ())
    )


def _rotation(
    summaries: Record, team: str, day: date, known: datetime, policy: OraclePolicy
) -> set[int]:
    """Who played in at least three of the team's last five games, ten minutes each or more."""
    games = 0
    times: dict[int, list[int]] = {}
    for _, night in summaries.backwards(day):
        by_game: dict[str, list[Entry]] = {}
        for entry in night.teams.get(team, ()):
            if entry.known_at <= known:
                by_game.setdefault(entry.game_id, []).append(entry)
        for game_id in sorted(by_game, reverse=True):
            if games == policy.rotation_games:
                break
            games += 1
            for entry in by_game[game_id]:
                times.setdefault(entry.player, []).append(entry.seconds)
        if games == policy.rotation_games:
            break
    return {
        player
        for player, seconds in times.items()
        if len(seconds) >= policy.rotation_fewest and sum(seconds) >= policy.rotation_seconds
    }
