"""Who a spelled name is: rosters first, then the league, and a son is not his father."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fullcourt.nba.players import Appearance, PlayerIndex

SEEN = datetime(2025, 1, 6, tzinfo=UTC)
NOW = SEEN + timedelta(days=3)


def index(*listed: tuple[int, str, str]) -> PlayerIndex:
    """Everybody listed: (player id, name, team)."""
    return PlayerIndex.build((Appearance(*player, SEEN) for player in listed), {})


@pytest.mark.parametrize(
    ("listed", "name", "found"),
    [
        # Spellings of one man: books leave a suffix out, or add one, where his team plays.
        ((7, "Kelly Oubre Jr.", "PHI"), "Kelly Oubre", (7, "team_roster")),
        ((7, "Bruce Brown", "TOR"), "Bruce Brown Jr.", (None, "unresolved")),
        ((7, "Bruce Brown", "PHI"), "Bruce Brown Jr.", (7, "team_roster")),
        # Left out, and traded this week: nobody else in the league has the name.
        ((7, "Kelly Oubre Jr.", "TOR"), "Kelly Oubre", (7, "league")),
        ((7, "Nikola Jokić", "TOR"), "Nikola Jokic", (7, "league")),
        # Another suffix is another man.
        ((7, "Gary Payton II", "PHI"), "Gary Payton III", (None, "unresolved")),
        # The father is known, the son is not yet.
        ((7, "Darnell Whitlock", "TOR"), "Darnell Whitlock Jr.", (None, "unresolved")),
    ],
)
def test_a_suffix_is_left_out_more_often_than_invented(
    listed: tuple[int, str, str], name: str, found: tuple[int | None, str]
) -> None:
    """Without the suffix anybody of the name may be meant; with another one nobody is."""
    resolved = index(listed).resolve(name, ("PHI", "BOS"), NOW)
    assert (resolved.player_id if resolved.player_id > 0 else None, resolved.how) == found


def test_father_and_son_are_told_apart_once_both_are_known() -> None:
    """The spelling itself comes first, whatever team he is with."""
    both = index((7, "Darnell Whitlock", "PHI"), (8, "Darnell Whitlock Jr.", "TOR"))
    assert both.resolve("Darnell Whitlock", ("PHI", "BOS"), NOW).player_id == 7
    assert both.resolve("Darnell Whitlock Jr.", ("PHI", "BOS"), NOW).player_id == 8
