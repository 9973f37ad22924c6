"""Names the resolver could not place: who they may be, and how a person settles it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fullcourt.clock import iso
from fullcourt.errors import FullcourtError, Terminal
from fullcourt.nba.players import fold, load_aliases
from fullcourt.pipeline.everybody import player_index
from fullcourt.sql_files import sql

if TYPE_CHECKING:
    from fullcourt.pipeline.work import Stores

COLUMNS = ("name", "player_id", "evidence", "added_at")


class AliasRefused(Terminal, FullcourtError):
    """The alias names no known player, brings no evidence, or contradicts one that is there."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A likely player for a name; `score` 0 to 100. Only a person accepts one."""

    player_id: int
    player_name: str
    score: float


@dataclass(frozen=True, slots=True)
class UnresolvedName:
    """A name as the vendor spells it, under its provisional (negative) id. `lines` counts rows."""

    name: str
    provisional_id: int
    first_date: date
    last_date: date
    games: tuple[str, ...]
    lines: int
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class UnresolvedView:
    """Every unresolved name, the most priced first."""

    names: tuple[UnresolvedName, ...]


@dataclass(frozen=True, slots=True)
class AliasAdded:
    """An alias as written to the home's `aliases.csv`."""

    name: str
    player_id: int
    player_name: str
    evidence: str
    added_at: datetime
    file: str


def unresolved_view(stores: Stores) -> UnresolvedView:
    """Unresolved names with proposals, from the lines held."""
    rows = stores.lake.rows(sql("reports", "unresolved_names"), {"now": stores.clock.now()})
    if not rows:
        return UnresolvedView(())
    index = player_index(stores.lake, stores.home.aliases_file)
    found = []
    for name, provisional, first, last, games, teams, as_of, lines in rows:
        proposed = index.propose(name, set(teams), as_of)
        found.append(
            UnresolvedName(
                name, provisional, first, last, tuple(games), lines, _proposals(proposed)
            )
        )
    return UnresolvedView(tuple(found))


def _proposals(found: Sequence[tuple[int, str, float]]) -> tuple[Proposal, ...]:
    return tuple(Proposal(*item) for item in found)


def add_alias(stores: Stores, name: str, player_id: int, evidence: str) -> AliasAdded:
    """Append one alias to the home's table. The next run re-keys the rows of that name.

    Raises:
        AliasRefused: see there.
        SettingsError: the table that is there cannot be read.
    """
    name, evidence = name.strip(), evidence.strip()
    if not fold(name) or not evidence:
        raise AliasRefused("an alias needs a name and its evidence.", next_step="say both")
    known = stores.lake.rows(
        "SELECT player_name FROM lake.player_box_scores WHERE player_id = ? "
        "ORDER BY known_at DESC LIMIT 1",
        [player_id],
    )
    if not known:
        raise AliasRefused(
            f"player {player_id}: no box score held lists this NBA id.",
            next_step="`fullcourt players unresolved` proposes ids; a debut needs its box score",
        )
    before = load_aliases(stores.home.aliases_file).get(fold(name))
    if before is not None and before.player_id not in (None, player_id):
        raise AliasRefused(
            f"{name!r} stands for player {before.player_id} already ({before.evidence}).",
            next_step=f"edit {stores.home.aliases_file} if that is wrong",
        )
    added_at = stores.clock.now()
    _append(stores.home.aliases_file, (name, str(player_id), evidence, iso(added_at)))
    return AliasAdded(
        name, player_id, known[0][0], evidence, added_at, str(stores.home.aliases_file)
    )


def _append(path: Path, row: Sequence[str]) -> None:
    """Add one CSV line in a single write; the first one brings the header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not path.exists() or path.stat().st_size == 0:
        writer.writerow(COLUMNS)
    writer.writerow(row)
    with path.open("a", encoding="utf-8", newline="") as handle:
        handle.write(text.getvalue())
