"""The vendors' own team codes and ids, each as a table to the NBA's tricodes.

Nothing is guessed: a code that is in no table is an unknown team, and the row that has it is named.
"""

from __future__ import annotations

from collections.abc import Mapping

from fullcourt.nba.teams import BASKETBALL_REFERENCE_CODES, ESPN_CODES, TEAMS

TRICODES: Mapping[str, str] = {team.tricode: team.tricode for team in TEAMS}

ESPN: Mapping[str, str] = {**TRICODES, **ESPN_CODES}
BETTINGPROS: Mapping[str, str] = {**TRICODES, "NOR": "NOP", "PHO": "PHX", "UTH": "UTA"}
BASKETBALL_REFERENCE: Mapping[str, str] = {
    # The site has no page under the league's own three codes.
    **{code: code for code in TRICODES if code not in BASKETBALL_REFERENCE_CODES.values()},
    **BASKETBALL_REFERENCE_CODES,
}

# balldontlie numbers the teams by name; the tricodes sort the same way but for Brooklyn.
BALLDONTLIE_IDS: Mapping[int, str] = dict(
    enumerate(
        "ATL BOS BKN CHA CHI CLE DAL DEN DET GSW HOU IND LAC LAL MEM "
        "MIA MIL MIN NOP NYK OKC ORL PHI PHX POR SAC SAS TOR UTA WAS".split(),
        start=1,
    )
)
