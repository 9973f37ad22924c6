from __future__ import annotations

from typing import Any

import pytest

from fullcourt.vendors.nba_player_index import (
    PlayerIndexBody,
    parse_player_index,
    player_index_request,
)
from fullcourt.vendors.transport import ContractBroken, NotThere
from tests.vendors.bodies import encoded
from tests.vendors.feed_bodies import INDEX_COLUMNS, index_row, stats_table


def _index(*rows: list[Any]) -> PlayerIndexBody:
    return parse_player_index(encoded(stats_table(rows)))


def test_the_request_names_the_league() -> None:
    """Without LeagueID the host answers with empty tables."""
    assert player_index_request("2025-26").shown_url == (
        "https://stats.nba.com/stats/playerindex?Historical=0&LeagueID=00&Season=2025-26"
    )


def test_a_player() -> None:
    """Names, team and years come by column."""
    [player] = _index(index_row()).players
    assert (player.player_id, player.player_name, player.slug) == (1, "First Last1", "first-last1")
    assert (player.team, player.is_on_roster) == ("NYK", True)
    assert (player.position, player.jersey_number) == ("F", "5")
    assert (player.from_year, player.to_year) == (2020, 2025)


def test_the_order_of_the_columns_does_not_matter() -> None:
    """A column that moves takes its values along; a new one is not read."""
    headers = ["NEW", *reversed(INDEX_COLUMNS)]
    moved = stats_table([["x", *reversed(index_row())]], headers=headers)
    assert parse_player_index(encoded(moved)) == _index(index_row())


def test_a_player_without_a_team() -> None:
    """Id 0 is no team; what is empty is None."""
    row = index_row(
        TEAM_ID=0, TEAM_ABBREVIATION=None, JERSEY_NUMBER="", POSITION=None, ROSTER_STATUS=None
    )
    [player] = _index(row).players
    assert (player.team, player.jersey_number, player.position) == (None, None, None)
    assert not player.is_on_roster


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"FROM_YEAR": "20"}, "FROM_YEAR = '20' is no year"),
        ({"TO_YEAR": ""}, "TO_YEAR = ''"),
        ({"ROSTER_STATUS": 2.0}, "ROSTER_STATUS = 2.0"),
        ({"TEAM_ABBREVIATION": None}, "TEAM_ID = 1610612752, but TEAM_ABBREVIATION = None"),
    ],
)
def test_a_row_that_contradicts_itself_is_left_out_and_named(
    changes: dict[str, Any], said: str
) -> None:
    """Player, column and value are named, and the other rows stay."""
    body = _index(index_row(**changes), index_row(2))
    assert [player.player_id for player in body.players] == [2]
    assert said in body.rejected[0]


def test_a_player_listed_twice() -> None:
    """Equal rows are one player; with two teams he is none."""
    assert len(_index(index_row(), index_row()).players) == 1
    torn = _index(index_row(), index_row(TEAM_ID=1610612738, TEAM_ABBREVIATION="BOS"))
    assert torn.players == ()
    assert "player 1 First Last1" in torn.rejected[0]


@pytest.mark.parametrize("column", INDEX_COLUMNS)
def test_a_renamed_column_is_named(column: str) -> None:
    """A table without one of the columns that are read is broken, and lists what it has."""
    headers = [f"{name}_2" if name == column else name for name in INDEX_COLUMNS]
    body = encoded(stats_table([index_row()], headers=headers))
    with pytest.raises(ContractBroken, match=f"column {column} is there 0 times; found there: "):
        parse_player_index(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (stats_table([index_row()[:-1]]), "row 0: 10 values under 11 headers"),
        (stats_table([index_row(PERSON_ID="1")]), "row 0: PERSON_ID = '1'"),
        (stats_table([index_row(), index_row(FROM_YEAR=2020)]), "row 1: FROM_YEAR = 2020"),
        (stats_table([index_row()], headers=["PERSON_ID"] * 11), "PERSON_ID is there 11 times"),
        (stats_table([], name="Other"), "no table PlayerIndex; found there: Other"),
        ({"Message": "An error has occurred."}, "neither resultSets nor resultSet"),
        ({"resultSets": []}, "no table PlayerIndex; found there: none"),
        ({"resultSets": {}}, r"resultSets = \{\}"),
    ],
)
def test_a_table_of_another_form_is_broken(body: Any, said: str) -> None:
    """Table, row, column and value are named."""
    with pytest.raises(ContractBroken, match=said):
        parse_player_index(encoded(body))


def test_a_single_table_is_read_too() -> None:
    """Some endpoints of this host say `resultSet`."""
    body = stats_table([index_row()])
    body["resultSet"] = body.pop("resultSets")[0]
    assert parse_player_index(encoded(body)) == _index(index_row())


def test_an_empty_table_is_nothing() -> None:
    """A league without players is a wrong question, not an empty league."""
    for body in (b"", encoded(stats_table([]))):
        with pytest.raises(NotThere, match="nba_stats playerindex"):
            parse_player_index(body)
    with pytest.raises(ContractBroken, match="HTML or XML"):
        parse_player_index(b"<html></html>")
