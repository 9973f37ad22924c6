from __future__ import annotations

import pytest

from fullcourt.nba.teams import FULL_NAMES, TEAMS, tricode_of


def test_thirty_teams_with_distinct_codes_ids_and_names() -> None:
    """The table has thirty teams and no two share a tricode, id or full name."""
    assert len(TEAMS) == 30
    for attribute in ("tricode", "team_id", "full_name"):
        assert len({getattr(team, attribute) for team in TEAMS}) == 30


@pytest.mark.parametrize(
    ("text", "tricode"),
    [
        ("BOS", "BOS"),
        ("bos", "BOS"),
        (" 1610612738 ", "BOS"),
        ("Boston Celtics", "BOS"),
        ("boston   celtics", "BOS"),
        ("LA Clippers", "LAC"),
        ("Los Angeles Clippers", "LAC"),
        ("Los Angeles Lakers", "LAL"),
        ("Philadelphia 76ers", "PHI"),
        *[("GS", "GSW"), ("NO", "NOP"), ("NY", "NYK"), ("SA", "SAS"), ("UTAH", "UTA")],
        *[("WSH", "WAS"), ("BRK", "BKN"), ("CHO", "CHA"), ("PHO", "PHX")],
    ],
)
def test_a_listed_spelling_is_its_team(text: str, tricode: str) -> None:
    """Ids, codes, full names and dialects are found whatever their case and spacing."""
    assert tricode_of(text) == tricode


@pytest.mark.parametrize(
    "text",
    ["", "Celtics", "Boston", "Los Angeles", "BOSTON C", "EST", "1610612799", "Bostn Celtics"],
)
def test_nothing_is_guessed(text: str) -> None:
    """A nickname, a city, a misspelling or a team outside the league is unknown."""
    assert tricode_of(text) is None


def test_every_full_name_leads_to_its_team() -> None:
    """The default table of name-only vendors agrees with the look-up."""
    assert {tricode_of(name) for name in FULL_NAMES} == {team.tricode for team in TEAMS}
    assert all(tricode_of(name) == tricode for name, tricode in FULL_NAMES.items())
