"""Which cells are looked at again when rows of a table changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fullcourt.pipeline.graph import BY_NAME, GRAPH
from fullcourt.stores.lake import TABLES
from fullcourt.trust.effects import SLATE_DATASETS, affected_cells
from fullcourt.trust.words import Cell

DAY = date(2025, 1, 9)
FAR = DAY + timedelta(days=200)


def names_on(cells: set[Cell], day: date) -> set[str]:
    """The datasets among `cells` on a date."""
    return {cell.dataset for cell in cells if cell.game_date == day}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_affects_itself_and_its_direct_downstream(table: str) -> None:
    """Changed rows put their own cell and every dataset made from the table up for judgement."""
    cells = set(affected_cells(table, [DAY], FAR))
    assert table in names_on(cells, DAY)
    own_date = {d.name for d in GRAPH if table in d.upstream}
    # Factors read earlier nights' summaries: later slates are affected, not the same date's.
    if table == "player_game_summary":
        own_date -= set(SLATE_DATASETS)
        assert set(SLATE_DATASETS) <= names_on(cells, DAY + timedelta(days=1))
    assert own_date <= names_on(cells, DAY)
    assert {cell.dataset for cell in cells} <= set(BY_NAME)


@pytest.mark.parametrize("table", ["schedule", "player_box_scores", "player_game_summary"])
def test_later_slates_look_back_thirty_days(table: str) -> None:
    """Results reach the slates of the following thirty days, and no further than asked."""
    cells = set(affected_cells(table, [DAY], FAR))
    days = {cell.game_date for cell in cells if cell.game_date > DAY}
    assert days == {DAY + timedelta(days=n) for n in range(1, 31)}
    assert all(names_on(cells, day) == set(SLATE_DATASETS) for day in days)
    assert {c.game_date for c in affected_cells(table, [DAY], DAY)} == {DAY}


@pytest.mark.parametrize("table", ["odds_player_props", "predictions", "grades"])
def test_other_tables_stay_on_their_date(table: str) -> None:
    """Lines, predictions and grades concern their own date alone."""
    assert {cell.game_date for cell in affected_cells(table, [DAY], FAR)} == {DAY}


def test_a_result_leaves_the_played_slate_alone() -> None:
    """A game that became final changes nothing of the slate it was played on but its archiving."""
    cells = set(affected_cells("schedule", [DAY], FAR, only_results=True))
    archived = {"upcoming_player_game_context"}
    assert names_on(cells, DAY) & set(SLATE_DATASETS) == archived
    assert {"player_box_scores", "grades"} <= names_on(cells, DAY)
    assert set(SLATE_DATASETS) <= names_on(cells, DAY + timedelta(days=1))
    other = set(affected_cells("player_box_scores", [DAY], FAR))
    assert set(affected_cells("player_box_scores", [DAY], FAR, only_results=True)) == other


def test_nothing_changed_affects_nothing() -> None:
    """Without a changed date no cell is looked at."""
    assert list(affected_cells("schedule", [], FAR)) == []
