"""Who a spelled name is: the one resolver of the house.

Order: folded name within the two teams' rosters at that instant, then a folded name unique in the
league, then the alias table with its evidence. rapidfuzz only proposes (`propose`), never decides.
What nothing resolves gets a provisional (negative) id and stays listed until somebody says who it
is.
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from fullcourt.errors import SettingsError

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ß": "ss", "ı": "i", "æ": "ae"})
UNRESOLVED = "unresolved"
LATE = "late_"
"""Prefix of a resolution that needed knowledge of after the tip: such a line never made a key."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A player id and how it was found (team_roster, league, alias, unresolved; `late_` before tip
    knowledge did not suffice)."""

    player_id: int
    how: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """A player listed with a team, known since an instant (UTC)."""

    player_id: int
    player_name: str
    team: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling of a player: his id, or the spelling the league uses."""

    player_id: int | None
    league_name: str | None
    evidence: str


@cache
def fold(name: str) -> str:
    """A name without accents, case, punctuation and double spaces; suffixes stay."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept = "".join(
        " " if c in " -_/" else c
        for c in text
        if not unicodedata.combining(c) and c not in ".'’`´,"
    )
    return " ".join(kept.split())


def fold_without_suffix(name: str) -> str:
    """`fold` without Jr., Sr., II to V at the end."""
    words = fold(name).split()
    while len(words) > 2 and words[-1] in _SUFFIXES:
        words.pop()
    return " ".join(words)


def _suffix(name: str) -> str | None:
    last = fold(name).split()[-1:]
    return last[0] if last and last[0] in _SUFFIXES else None


def provisional_id(name: str) -> int:
    """A stable negative id for a name nobody could resolve."""
    digest = hashlib.sha256(fold(name).encode()).digest()
    return -(int.from_bytes(digest[:6], "big") + 1)


@dataclass(slots=True)
class PlayerIndex:
    """Everybody ever listed, with the team of each at any instant."""

    aliases: Mapping[str, Alias]
    _timeline: dict[int, list[tuple[datetime, str]]] = field(default_factory=dict)
    _exact: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _loose: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def build(cls, appearances: Iterable[Appearance], aliases: Mapping[str, Alias]) -> PlayerIndex:
        """An index over appearances, in any order."""
        index = cls(aliases)
        for seen in sorted(appearances, key=lambda a: (a.known_at, a.player_id)):
            index._timeline.setdefault(seen.player_id, []).append((seen.known_at, seen.team))
            index.names[seen.player_id] = seen.player_name
            index._exact[fold(seen.player_name)].add(seen.player_id)
            index._loose[fold_without_suffix(seen.player_name)].add(seen.player_id)
        return index

    def team_at(self, player_id: int, instant: datetime) -> str | None:
        """The player's team by his last listing known at `instant`; None before his first."""
        timeline = self._timeline.get(player_id)
        if not timeline:
            return None
        place = bisect_right(timeline, instant, key=lambda item: item[0])
        return timeline[place - 1][1] if place else None

    def resolve(self, name: str, teams: Collection[str], as_of: datetime) -> Resolved:
        """Who `name` is in a game of `teams`, by what was known at `as_of`; later knowledge is used
        only where that fails, and marked."""
        found = self._resolve_at(name, teams, as_of)
        if found is not None:
            return found
        newest = max((line[-1][0] for line in self._timeline.values()), default=as_of)
        later = self._resolve_at(name, teams, newest) if newest > as_of else None
        if later is not None:
            return Resolved(later.player_id, LATE + later.how)
        return Resolved(provisional_id(name), UNRESOLVED)

    def _resolve_at(self, name: str, teams: Collection[str], instant: datetime) -> Resolved | None:
        alias = self.aliases.get(fold(name))
        spellings = [(name, False)]
        if alias is not None and alias.league_name is not None:
            spellings.append((alias.league_name, True))
        for spelling, by_alias in spellings:
            suffix = _suffix(spelling)
            for table, folded in (
                (self._exact, fold(spelling)),
                (self._loose, fold_without_suffix(spelling)),
            ):
                known = {p: self.team_at(p, instant) for p in table.get(folded, ())}
                here = [p for p, team in known.items() if team is not None and team in teams]
                league = [p for p, team in known.items() if team is not None]
                if table is self._loose and suffix is not None:
                    # Another suffix is another man; without one it may be the father, elsewhere.
                    here = [p for p in here if _suffix(self.names[p]) is None]
                    league = here
                if len(here) == 1:
                    return Resolved(here[0], "alias" if by_alias else "team_roster")
                if not here and len(league) == 1:
                    return Resolved(league[0], "alias" if by_alias else "league")
        if alias is not None and alias.player_id is not None:
            return Resolved(alias.player_id, "alias")
        return None

    def propose(
        self, name: str, teams: Collection[str], as_of: datetime
    ) -> list[tuple[int, str, float]]:
        """Likely players for an unresolved name: (player id, league spelling, score 0-100), best
        first. Proposals only: a person accepts one with `players alias`."""
        from rapidfuzz import fuzz, process

        near = {
            p: n for p, n in self.names.items() if self.team_at(p, as_of) in teams
        } or self.names
        found = process.extract(
            fold_without_suffix(name),
            {p: fold_without_suffix(n) for p, n in near.items()},
            scorer=fuzz.WRatio,
            limit=3,
        )
        return [(player, self.names[player], round(score, 1)) for _, score, player in found]


def load_aliases(home_file: Path | None) -> dict[str, Alias]:
    """The shipped alias table, overlaid with the home's own `aliases.csv`.

    Raises:
        SettingsError: a row of the home's file lacks a name, an id or its evidence.
    """
    aliases: dict[str, Alias] = {}
    shipped = (files("fullcourt.nba") / "aliases.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(shipped):
        # The league itself changed some spellings between seasons: either side may be asked for.
        aliases[fold(row["name"])] = Alias(None, row["league_name"], row["evidence"])
        aliases[fold(row["league_name"])] = Alias(None, row["name"], row["evidence"])
    if home_file is not None and home_file.exists():
        with home_file.open(encoding="utf-8", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), start=2):
                name, player, evidence = row.get("name"), row.get("player_id"), row.get("evidence")
                if not name or not player or not player.isdigit() or not evidence:
                    raise SettingsError(
                        f"{home_file} line {number}: an alias needs name, player_id and evidence, "
                        f"got {row}.",
                        next_step="mend the line, or add aliases with `fullcourt players alias`",
                    )
                aliases[fold(name)] = Alias(int(player), None, evidence)
    return aliases
