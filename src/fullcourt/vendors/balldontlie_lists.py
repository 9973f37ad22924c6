"""balldontlie's lists of the day: active players, injuries, standings. None of them has a past."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from fullcourt.vendors.balldontlie import VENDOR, Page, Player, Team, join_pages
from fullcourt.vendors.once import once
from fullcourt.vendors.team_codes import BALLDONTLIE_IDS, TRICODES
from fullcourt.vendors.wire import Source, decode

_ACTIVE = Source(VENDOR, "active_players")
_INJURIES = Source(VENDOR, "player_injuries")
_STANDINGS = Source(VENDOR, "standings")
_RECORD = re.compile(r"\d{1,2}-\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ActivePlayer:
    """A player on a roster. The id is the vendor's own; texts are as served, None where absent."""

    bdl_player_id: int
    player_name: str
    team: str
    position: str | None
    jersey_number: str | None


@dataclass(frozen=True, slots=True)
class ActivePlayers:
    """The rosters of the league. `is_whole`: the last page was there.

    `unknown_teams` names players left out for a team in no table, `rejected` those listed with
    several contents, `notes` what was folded (paging over a list that changes repeats rows).
    """

    players: tuple[ActivePlayer, ...]
    is_whole: bool
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Injury:
    """What is said of one player's injury. `return_text` (`Oct 1`) names no year: it is no date."""

    bdl_player_id: int
    player_name: str
    team: str
    status: str
    description: str | None
    return_text: str | None


@dataclass(frozen=True, slots=True)
class Injuries:
    """The injuries of the league; see `ActivePlayers`."""

    injuries: tuple[Injury, ...]
    is_whole: bool
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A team's record, in games. `season` is the year it starts in."""

    team: str
    season: int
    wins: int
    losses: int
    conference_rank: int
    home_record: tuple[int, int]
    road_record: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Standings:
    """The table of a season; `unknown_teams`, `rejected` and `notes` as in `ActivePlayers`."""

    rows: tuple[Standing, ...]
    unknown_teams: tuple[str, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Active(Player, frozen=True, kw_only=True):
    position: str | None
    jersey_number: str | None
    team: Team


class _Injured(Player, frozen=True, kw_only=True):
    team_id: int | None


class _Injury(msgspec.Struct, frozen=True):
    player: _Injured
    status: str
    description: str | None
    return_date: str | None


class _Standing(msgspec.Struct, frozen=True):
    team: Team
    season: int
    wins: int
    losses: int
    conference_rank: int
    home_record: str
    road_record: str


class _StandingsForm(msgspec.Struct, frozen=True):
    data: list[_Standing]


def parse_active_players(
    bodies: Sequence[bytes], teams: Mapping[str, str] = TRICODES
) -> ActivePlayers:
    """The players of a list's pages. `teams`: the vendor's abbreviation -> tricode.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, or a missing or retyped field.
    """
    pages = join_pages(bodies, Page[_Active], _ACTIVE)
    unique = once(pages.rows, lambda row: row.id, lambda row: f"player {row.id} {row.full_name}")
    players: list[ActivePlayer] = []
    unknown: list[str] = []
    for row in unique.rows:
        team = teams.get(row.team.abbreviation)
        if team is None:
            unknown.append(f"player {row.id} {row.full_name}: {row.team.abbreviation}")
            continue
        players.append(
            ActivePlayer(
                bdl_player_id=row.id,
                player_name=row.full_name,
                team=team,
                position=row.position or None,
                jersey_number=row.jersey_number or None,
            )
        )
    return ActivePlayers(
        tuple(players), pages.is_whole, tuple(unknown), unique.rejected, unique.notes
    )


def parse_injuries(
    bodies: Sequence[bytes], team_ids: Mapping[int, str] = BALLDONTLIE_IDS
) -> Injuries:
    """The injuries of a list's pages. `team_ids`: the vendor's team id -> tricode.

    Raises:
        NotThere: an empty page.
        ContractBroken: not the form, or a missing or retyped field.
    """
    pages = join_pages(bodies, Page[_Injury], _INJURIES)
    unique = once(
        pages.rows,
        lambda row: row.player.id,
        lambda row: f"player {row.player.id} {row.player.full_name}",
    )
    injuries: list[Injury] = []
    unknown: list[str] = []
    for row in unique.rows:
        player = row.player
        team = None if player.team_id is None else team_ids.get(player.team_id)
        if team is None:
            unknown.append(f"player {player.id} {player.full_name}: team {player.team_id}")
            continue
        injuries.append(
            Injury(
                bdl_player_id=player.id,
                player_name=player.full_name,
                team=team,
                status=row.status,
                description=row.description or None,
                return_text=row.return_date or None,
            )
        )
    return Injuries(tuple(injuries), pages.is_whole, tuple(unknown), unique.rejected, unique.notes)


def parse_standings(body: bytes, teams: Mapping[str, str] = TRICODES) -> Standings:
    """The standings of a season.

    Raises:
        NotThere: empty body.
        ContractBroken: not the form, a missing or retyped field, or a record that is none.
    """
    form = decode(body, _StandingsForm, _STANDINGS)
    unique = once(
        form.data,
        lambda row: (row.season, row.team.id),
        lambda row: f"team {row.team.abbreviation} {row.season}",
    )
    rows: list[Standing] = []
    unknown: list[str] = []
    for row in unique.rows:
        team = teams.get(row.team.abbreviation)
        if team is None:
            unknown.append(f"team {row.team.id} {row.team.abbreviation}")
            continue
        rows.append(
            Standing(
                team=team,
                season=row.season,
                wins=row.wins,
                losses=row.losses,
                conference_rank=row.conference_rank,
                home_record=_record(row.home_record, f"{team} home_record", body),
                road_record=_record(row.road_record, f"{team} road_record", body),
            )
        )
    return Standings(tuple(rows), tuple(unknown), unique.rejected, unique.notes)


def _record(text: str, path: str, body: bytes) -> tuple[int, int]:
    """Wins and losses of `34-7`."""
    if _RECORD.fullmatch(text) is None:
        raise _STANDINGS.broken(f"{path} = {text!r} is no record of wins and losses", body)
    wins, losses = text.split("-")
    return int(wins), int(losses)
