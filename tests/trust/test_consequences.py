"""What follows from a repair: which cells, which of their keys, and what does not follow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fullcourt.trust.consequences import AGAIN, consequences
from fullcourt.trust.effects import SLATE_DATASETS, made_from
from fullcourt.trust.plan import CellView
from fullcourt.trust.words import Cell, KeyEvidence
from tests.trust.cells import DAY, GONE, HOUR, LATE, cell, expectation, key, view

BLOCKED = KeyEvidence(blocked_by="player_box_scores A@B")
HELD = KeyEvidence(held=True)


def made(dataset: str, seen: dict[str, KeyEvidence], day: date = DAY) -> CellView:
    """A cell of keys `game/player`, as seen."""
    keys = [key(name, game_id=name.partition("/")[0]) for name in seen]
    return view(expectation(*keys, cell=cell(dataset, day)), seen, LATE)


LOST = made("player_box_scores", {"g1/1": KeyEvidence(), "g2/2": HELD})


def test_only_keys_of_the_wrong_games_follow() -> None:
    """Of the summaries of the date those of the lost game follow, not those of the other."""
    after = made("player_game_summary", {"g1/1": BLOCKED, "g1/5": BLOCKED, "g2/2": BLOCKED})
    (found,) = consequences(LOST, [after], LATE)
    assert (found.cell, found.keys) == (cell("player_game_summary"), 2)
    assert found.why == "waiting: blocked upstream: player_box_scores"


def test_what_is_whole_and_frozen_does_not_follow() -> None:
    """Held summaries of a lost game stay; so do slates that were played."""
    frozen = made("player_composite_factors", {"g1/1": HELD})
    late = GONE + HOUR
    assert consequences(LOST, [made("player_game_summary", {"g1/1": HELD})], LATE) == ()
    assert consequences(LOST, [frozen], late) == ()


def test_a_slate_to_come_is_made_again() -> None:
    """What is held and not frozen yet is computed again when its inputs change."""
    ahead = made("player_composite_factors", {"g9/1": HELD, "g9/2": HELD}, DAY + timedelta(days=1))
    (found,) = consequences(LOST, [ahead], LATE)
    assert (found.keys, found.why) == (2, AGAIN)


def test_rows_that_are_rewritten_take_what_is_held_with_them() -> None:
    """A suspect game's summaries are held, and computed again when its rows change."""
    doubt = made("player_box_scores", {"g1/1": KeyEvidence(held=True, suspect="sums differ")})
    after = made("player_game_summary", {"g1/1": HELD, "g2/2": HELD})
    (found,) = consequences(doubt, [after], LATE)
    assert (found.keys, found.why) == (1, AGAIN)


def test_what_was_given_up_with_it_comes_back_with_it() -> None:
    """Keys given up because their upstream was follow; those given up by themselves do not."""
    forever = KeyEvidence(blocked_by="player_box_scores A@B", blocked_forever=True)
    after = made("player_game_summary", {"g1/1": forever})
    assert [c.keys for c in consequences(LOST, [after], LATE)] == [1]


@pytest.mark.parametrize(
    ("dataset", "same_date"),
    [
        ("nba_boxscore", {"player_box_scores", "player_game_summary", "grades"}),
        ("player_game_summary", {"grades"}),
        ("odds_player_props", {*SLATE_DATASETS, "grades"}),
        ("predictions", {"grades"}),
        ("grades", set()),
    ],
)
def test_what_is_made_from_a_cell_of_its_date(dataset: str, same_date: set[str]) -> None:
    """The declared graph and the tables each dataset reads, followed to their end."""
    found = made_from(Cell(dataset, DAY), DAY)
    assert {c.dataset for c in found if c.game_date == DAY} >= same_date
    assert all(c.dataset != dataset for c in found)


def test_later_slates_follow_for_thirty_days() -> None:
    """A box score is in the form of later slates: for a month, up to the last date there is."""
    days = {
        c.game_date for c in made_from(Cell("player_box_scores", DAY), DAY + timedelta(days=60))
    }
    later = {
        c.game_date for c in made_from(Cell("player_box_scores", DAY), DAY + timedelta(days=2))
    }
    assert max(later) == DAY + timedelta(days=2)
    assert max(days) == DAY + timedelta(days=30)
