"""stats.nba.com `playerindex`: who is in the league, with the NBA's own ids, newcomers too."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fullcourt.vendors.nba_stats import BASE_URL, VENDOR, request
from fullcourt.vendors.once import once
from fullcourt.vendors.stats_table import table_rows
from fullcourt.vendors.transport import Request
from fullcourt.vendors.wire import Source

_SOURCE = Source(VENDOR, "playerindex")


def player_index_request(season: str, base_url: str = BASE_URL) -> Request:
    """Everybody on a roster of a season (`2025-26`); without LeagueID the answer is empty."""
    params = (("Historical", "0"), ("LeagueID", "00"), ("Season", season))
    return request("playerindex", params, base_url)


@dataclass(frozen=True, slots=True)
class IndexedPlayer:
    """A player. The id is the NBA's; `team` is a tricode, None for somebody without one.

    `from_year` and `to_year` are the years his first and last season start in.
    """

    player_id: int
    player_name: str
    slug: str
    team: str | None
    is_on_roster: bool
    position: str | None
    jersey_number: str | None
    from_year: int
    to_year: int


@dataclass(frozen=True, slots=True)
class PlayerIndexBody:
    """The players of a body. `rejected` names those left out, `notes` what was folded."""

    players: tuple[IndexedPlayer, ...]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]


class _Row(msgspec.Struct, frozen=True, rename="upper"):
    person_id: int
    player_last_name: str
    player_first_name: str
    player_slug: str
    team_id: int
    team_abbreviation: str | None
    jersey_number: str | None
    position: str | None
    # Served as 1.0; null for a player of earlier seasons.
    roster_status: float | None
    from_year: str
    to_year: str

    @property
    def full_name(self) -> str:
        return f"{self.player_first_name} {self.player_last_name}".strip()


def parse_player_index(body: bytes) -> PlayerIndexBody:
    """The players of a `playerindex` body.

    Raises:
        NotThere: empty body, or a table without rows (asked without a league it is empty).
        ContractBroken: not the form, or a missing or retyped column.
    """
    rows = table_rows(body, "PlayerIndex", _Row, _SOURCE)
    if not rows:
        raise _SOURCE.nothing("table PlayerIndex has no rows", body)
    unique = once(rows, lambda row: row.person_id, _named)
    players: list[IndexedPlayer] = []
    rejected = list(unique.rejected)
    for row in unique.rows:
        wrong = _wrong(row)
        if wrong:
            rejected.append(f"{_named(row)}: {wrong}")
            continue
        players.append(
            IndexedPlayer(
                player_id=row.person_id,
                player_name=row.full_name,
                slug=row.player_slug,
                team=row.team_abbreviation or None if row.team_id else None,
                is_on_roster=row.roster_status == 1,
                position=row.position or None,
                jersey_number=row.jersey_number or None,
                from_year=int(row.from_year),
                to_year=int(row.to_year),
            )
        )
    return PlayerIndexBody(tuple(players), tuple(rejected), unique.notes)


def _named(row: _Row) -> str:
    return f"player {row.person_id} {row.full_name}"


def _wrong(row: _Row) -> str | None:
    """What contradicts itself in a row."""
    for name, text in (("FROM_YEAR", row.from_year), ("TO_YEAR", row.to_year)):
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            return f"{name} = {text!r} is no year"
    if row.roster_status not in (None, 0, 1):
        return f"ROSTER_STATUS = {row.roster_status!r} is neither 0 nor 1"
    if row.team_id and not row.team_abbreviation:
        return f"TEAM_ID = {row.team_id}, but TEAM_ABBREVIATION = {row.team_abbreviation!r}"
    return None
