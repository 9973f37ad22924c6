"""balldontlie's games, box scores and player rows of a date.

A slate may come back with some of its games, or with games that have not started; an off day and a
failure are the same empty list. What a date should hold is for the schedule to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from fullcourt.nba.schedule import says_postponed
from fullcourt.vendors.balldontlie import VENDOR, Page, Team, join_pages, us_date
from fullcourt.vendors.balldontlie_rows import BdlLine, Figures, RowBroken, line_of
from fullcourt.vendors.once import once
from fullcourt.vendors.team_codes import BALLDONTLIE_IDS, TRICODES
from fullcourt.vendors.wire import Source, decode, utc_instant

_GAMES = Source(VENDOR, "games")
_BOX_SCORES = Source(VENDOR, "box_scores")
_STATS = Source(VENDOR, "stats")


@dataclass(frozen=True, slots=True)
class BdlGame:
    """One game. `bdl_game_id` is the vendor's own; bodies before 2025 have neither id nor tip.

    `game_date` is Eastern, `tip_at` UTC, `season` the year it starts in. Scores are None unless the
    game is final.
    """

    bdl_game_id: int | None
    game_date: date
    tip_at: datetime | None
    season: int
    home_team: str
    away_team: str
    status_text: str
    is_final: bool
    is_postponed: bool
    home_score: int | None
    away_score: int | None
    period: int


@dataclass(frozen=True, slots=True)
class BdlBox:
    """A game with its players' rows; there are none before it starts."""

    game: BdlGame
    lines: tuple[BdlLine, ...]


@dataclass(frozen=True, slots=True)
class GamesBody:
    """Games of some dates. `is_whole`: the last page was there.

    `unknown_teams` names games left out for a team in no table, `rejected` those listed with
    several contents, `notes` what was folded.
    """

    games: tuple[BdlGame, ...]
    is_whole: bool
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoxScoresBody:
    """Box scores of a date; no boxes at all proves neither an off day nor a failure.

    `unknown_teams` names games left out for a team in no table, `rejected` other games and rows
    left out, `notes` what was folded and where the rows of a final do not add up to its score.
    """

    boxes: tuple[BdlBox, ...]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[BdlLine, ...]:
        """The rows of all games."""
        return tuple(line for box in self.boxes for line in box.lines)


@dataclass(frozen=True, slots=True)
class StatsLine:
    """A player's row with its game."""

    bdl_game_id: int
    game_date: date
    line: BdlLine


@dataclass(frozen=True, slots=True)
class StatsBody:
    """Player rows of some dates; see `GamesBody`."""

    lines: tuple[StatsLine, ...]
    is_whole: bool
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _GameFacts(msgspec.Struct, frozen=True):
    date: str
    season: int
    status: str
    period: int
    home_team_score: int | None
    visitor_team_score: int | None


class _Game(_GameFacts, frozen=True, kw_only=True):
    id: int
    home_team: Team
    visitor_team: Team
    datetime: str | None = None


class _BoxTeam(Team, frozen=True):
    players: list[Figures]


class _BoxGame(_GameFacts, frozen=True, kw_only=True):
    home_team: _BoxTeam
    visitor_team: _BoxTeam
    id: int | None = None
    datetime: str | None = None


class _BoxForm(msgspec.Struct, frozen=True):
    data: list[_BoxGame]


class _StatsGame(msgspec.Struct, frozen=True):
    id: int
    date: str
    home_team_id: int
    visitor_team_id: int


class _StatsRow(Figures, frozen=True, kw_only=True):
    id: int
    team: Team
    game: _StatsGame


def parse_games(bodies: Sequence[bytes], teams: Mapping[str, str] = TRICODES) -> GamesBody:
    """The games of a list's pages. `teams`: the vendor's abbreviation -> tricode.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, a missing or retyped field, a date or tip that is none.
    """
    pages = join_pages(bodies, Page[_Game], _GAMES)
    unique = once(pages.rows, lambda row: row.id, lambda row: f"game {row.id}")
    games: list[BdlGame] = []
    unknown: list[str] = []
    for row in unique.rows:
        game = _game_of(row, teams, _GAMES, bodies[-1])
        if game is None:
            unknown.append(_matchup(row))
        else:
            games.append(game)
    return GamesBody(tuple(games), pages.is_whole, tuple(unknown), unique.rejected, unique.notes)


def parse_box_scores(body: bytes, teams: Mapping[str, str] = TRICODES) -> BoxScoresBody:
    """The box scores of a date, in today's form or the one before 2025.

    Raises:
        NotThere: empty body (an empty list is none: it is an answer).
        ContractBroken: not the form, a missing or retyped field, a date or tip that is none.
    """
    form = decode(body, _BoxForm, _BOX_SCORES)
    unique = once(
        form.data,
        lambda row: (row.date[:10], row.home_team.id, row.visitor_team.id),
        lambda row: f"game {_matchup(row)}",
    )
    boxes: list[BdlBox] = []
    unknown: list[str] = []
    rejected, notes = list(unique.rejected), list(unique.notes)
    for row in unique.rows:
        game = _game_of(row, teams, _BOX_SCORES, body)
        if game is None:
            unknown.append(_matchup(row))
            continue
        lines: list[BdlLine] = []
        for team, opponent, side, is_home, score in (
            (game.home_team, game.away_team, row.home_team, True, game.home_score),
            (game.away_team, game.home_team, row.visitor_team, False, game.away_score),
        ):
            told = _lines(side.players, team, opponent, is_home, f"{team} {game.game_date}")
            lines.extend(told.rows)
            rejected.extend(told.rejected)
            notes.extend(told.notes)
            points = sum(line.points or 0 for line in told.rows)
            if score is not None and points != score:
                notes.append(
                    f"{team} {game.game_date}: {len(told.rows)} rows add up to {points} points, "
                    f"the score is {score}"
                )
        boxes.append(BdlBox(game, tuple(lines)))
    return BoxScoresBody(tuple(boxes), tuple(unknown), tuple(rejected), tuple(notes))


def parse_stats(
    bodies: Sequence[bytes],
    teams: Mapping[str, str] = TRICODES,
    team_ids: Mapping[int, str] = BALLDONTLIE_IDS,
) -> StatsBody:
    """The player rows of a list's pages. `team_ids`: the vendor's team id -> tricode.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, a missing or retyped field, a date that is none.
    """
    pages = join_pages(bodies, Page[_StatsRow], _STATS)
    unique = once(
        pages.rows,
        lambda row: (row.game.id, row.player.id),
        lambda row: f"game {row.game.id} player {row.player.id} {row.player.full_name}",
    )
    lines: list[StatsLine] = []
    unknown: list[str] = []
    rejected = list(unique.rejected)
    for row in unique.rows:
        named = f"game {row.game.id} player {row.player.id} {row.player.full_name}"
        team = teams.get(row.team.abbreviation)
        home, away = team_ids.get(row.game.home_team_id), team_ids.get(row.game.visitor_team_id)
        if team is None or home is None or away is None:
            unknown.append(
                f"{named}: {row.team.abbreviation} in a game of teams {row.game.home_team_id} and "
                f"{row.game.visitor_team_id}"
            )
            continue
        if team not in (home, away):
            rejected.append(f"{named}: team {team} does not play in {away} @ {home}")
            continue
        try:
            line = line_of(row, team, away if team == home else home, team == home)
        except RowBroken as error:
            rejected.append(f"{named}: {error}")
            continue
        day = us_date(row.game.date, f"game {row.game.id} date", _STATS, bodies[-1])
        lines.append(StatsLine(row.game.id, day, line))
    return StatsBody(tuple(lines), pages.is_whole, tuple(unknown), tuple(rejected), unique.notes)


@dataclass(frozen=True, slots=True)
class _TeamLines:
    rows: tuple[BdlLine, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


def _lines(
    players: Sequence[Figures], team: str, opponent: str, is_home: bool, named: str
) -> _TeamLines:
    unique = once(
        players,
        lambda row: row.player.id,
        lambda row: f"{named} player {row.player.id} {row.player.full_name}",
    )
    lines: list[BdlLine] = []
    rejected = list(unique.rejected)
    for row in unique.rows:
        try:
            lines.append(line_of(row, team, opponent, is_home))
        except RowBroken as error:
            rejected.append(f"{named} player {row.player.id} {row.player.full_name}: {error}")
    return _TeamLines(tuple(lines), tuple(rejected), unique.notes)


def _matchup(row: _Game | _BoxGame) -> str:
    return f"{row.date[:10]} {row.visitor_team.abbreviation} @ {row.home_team.abbreviation}"


def _game_of(
    row: _Game | _BoxGame, teams: Mapping[str, str], source: Source, body: bytes
) -> BdlGame | None:
    """The game in the house's terms; None when one of its teams is in no table."""
    named = _matchup(row)
    game_date = us_date(row.date, f"game {named} date", source, body)
    tip_at = (
        utc_instant(row.datetime, f"game {named} datetime", source, body) if row.datetime else None
    )
    home = teams.get(row.home_team.abbreviation)
    away = teams.get(row.visitor_team.abbreviation)
    if home is None or away is None:
        return None
    scores = (row.home_team_score, row.visitor_team_score)
    postponed = says_postponed(row.status)
    # No final ends 0:0; the vendor sends zeros for a game that has not started.
    is_final = (
        row.status.strip().casefold().startswith("final") and None not in scores and any(scores)
    )
    return BdlGame(
        bdl_game_id=row.id,
        game_date=game_date,
        tip_at=tip_at,
        season=row.season,
        home_team=home,
        away_team=away,
        status_text=row.status.strip(),
        is_final=is_final,
        is_postponed=postponed,
        home_score=scores[0] if is_final else None,
        away_score=scores[1] if is_final else None,
        period=row.period,
    )
