"""The thirty NBA teams and the other names vendors give them.

Nothing is guessed: a text is an id, a tricode, a full name or a listed dialect, or it is unknown.
The built-in simulated league has teams of its own, so callers may bring another table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """One team as the NBA writes it."""

    tricode: str
    team_id: int
    city: str
    name: str

    @property
    def full_name(self) -> str:
        """City and name, as in `Boston Celtics`."""
        return f"{self.city} {self.name}"


TEAMS: tuple[Team, ...] = (
    Team("ATL", 1610612737, "Atlanta", "Hawks"),
    Team("BOS", 1610612738, "Boston", "Celtics"),
    Team("CLE", 1610612739, "Cleveland", "Cavaliers"),
    Team("NOP", 1610612740, "New Orleans", "Pelicans"),
    Team("CHI", 1610612741, "Chicago", "Bulls"),
    Team("DAL", 1610612742, "Dallas", "Mavericks"),
    Team("DEN", 1610612743, "Denver", "Nuggets"),
    Team("GSW", 1610612744, "Golden State", "Warriors"),
    Team("HOU", 1610612745, "Houston", "Rockets"),
    Team("LAC", 1610612746, "LA", "Clippers"),
    Team("LAL", 1610612747, "Los Angeles", "Lakers"),
    Team("MIA", 1610612748, "Miami", "Heat"),
    Team("MIL", 1610612749, "Milwaukee", "Bucks"),
    Team("MIN", 1610612750, "Minnesota", "Timberwolves"),
    Team("BKN", 1610612751, "Brooklyn", "Nets"),
    Team("NYK", 1610612752, "New York", "Knicks"),
    Team("ORL", 1610612753, "Orlando", "Magic"),
    Team("IND", 1610612754, "Indiana", "Pacers"),
    Team("PHI", 1610612755, "Philadelphia", "76ers"),
    Team("PHX", 1610612756, "Phoenix", "Suns"),
    Team("POR", 1610612757, "Portland", "Trail Blazers"),
    Team("SAC", 1610612758, "Sacramento", "Kings"),
    Team("SAS", 1610612759, "San Antonio", "Spurs"),
    Team("OKC", 1610612760, "Oklahoma City", "Thunder"),
    Team("TOR", 1610612761, "Toronto", "Raptors"),
    Team("UTA", 1610612762, "Utah", "Jazz"),
    Team("MEM", 1610612763, "Memphis", "Grizzlies"),
    Team("WAS", 1610612764, "Washington", "Wizards"),
    Team("DET", 1610612765, "Detroit", "Pistons"),
    Team("CHA", 1610612766, "Charlotte", "Hornets"),
)

ESPN_CODES: Mapping[str, str] = {
    "GS": "GSW",
    "NO": "NOP",
    "NY": "NYK",
    "SA": "SAS",
    "UTAH": "UTA",
    "WSH": "WAS",
}
BASKETBALL_REFERENCE_CODES: Mapping[str, str] = {"BRK": "BKN", "CHO": "CHA", "PHO": "PHX"}
# The Odds API writes the Clippers' city out, the NBA does not; both spellings have been served.
OTHER_FULL_NAMES: Mapping[str, str] = {"Los Angeles Clippers": "LAC", "LA Lakers": "LAL"}

FULL_NAMES: Mapping[str, str] = {
    **{team.full_name: team.tricode for team in TEAMS},
    **OTHER_FULL_NAMES,
}
"""Full name -> tricode: the default table of vendors that send names only."""


def folded(text: str) -> str:
    """`text` without differences of case and spacing: how team names are compared."""
    return " ".join(text.split()).casefold()


_BY_TEXT: Mapping[str, str] = {
    folded(text): tricode
    for table in (
        {team.tricode: team.tricode for team in TEAMS},
        {str(team.team_id): team.tricode for team in TEAMS},
        FULL_NAMES,
        ESPN_CODES,
        BASKETBALL_REFERENCE_CODES,
    )
    for text, tricode in table.items()
}


def tricode_of(text: str) -> str | None:
    """The NBA tricode of an id, tricode, full name or dialect; None when it is none of these."""
    return _BY_TEXT.get(folded(text))
