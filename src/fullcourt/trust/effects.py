"""Which cells must be judged again when rows of a table changed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from fullcourt.nba.calendar import dates
from fullcourt.pipeline.graph import GRAPH, ORDER
from fullcourt.trust.words import Cell

SLATE_DATASETS = ("upcoming_player_game_context", "player_composite_factors", "predictions")
# Form, rest and gates look back this far; a later slate's inputs may have changed.
_LOOK_BACK = timedelta(days=30)

_SAME_DATE: dict[str, tuple[str, ...]] = {
    "schedule": (
        "schedule",
        "nba_boxscore",
        "odds_events",
        "odds_event_props",
        "odds_player_props",
        "player_box_scores",
        "player_game_summary",
        *SLATE_DATASETS,
        "grades",
    ),
    # Lines whose name can be resolved since are looked at once a day, not at every game.
    "player_box_scores": ("nba_boxscore", "player_box_scores", "player_game_summary"),
    "odds_player_props": ("odds_player_props", *SLATE_DATASETS),
    "player_game_summary": ("player_game_summary", "grades"),
    "upcoming_player_game_context": ("upcoming_player_game_context", "player_composite_factors"),
    "player_composite_factors": ("player_composite_factors", "predictions"),
    "predictions": ("predictions", "grades"),
    "grades": ("grades",),
}
# A result, once known, changes nothing of the slate that was played; its context is archived.
_BY_RESULTS = (
    "schedule",
    "nba_boxscore",
    "player_box_scores",
    "player_game_summary",
    "upcoming_player_game_context",
    "grades",
)
_LATER_SLATES = frozenset({"schedule", "player_box_scores", "player_game_summary"})


def affected_cells(
    table: str, changed: Collection[date], upto: date, *, only_results: bool = False
) -> Iterator[Cell]:
    """Cells whose expectation or evidence reads `table` on the `changed` dates, up to `upto`.

    `only_results`: games became final and nothing else of the schedule changed.
    """
    later: set[date] = set()
    for day in changed:
        for name in _BY_RESULTS if only_results and table == "schedule" else _SAME_DATE[table]:
            yield Cell(name, day)
        if table in _LATER_SLATES and day < upto:
            later.update(dates(day + timedelta(days=1), min(day + _LOOK_BACK, upto)))
    for day in later:
        for name in SLATE_DATASETS:
            yield Cell(name, day)


def made_from(cell: Cell, upto: date) -> frozenset[Cell]:
    """Every cell of later datasets that is made from this one, directly or not, up to `upto`."""
    found: set[Cell] = set()
    ahead = [cell]
    while ahead:
        here = ahead.pop()
        fresh = {later for later in _directly(here, upto) if later not in found}
        found |= fresh
        ahead += fresh
    return frozenset(found)


def _directly(cell: Cell, upto: date) -> Iterator[Cell]:
    for declaration in GRAPH:
        if cell.dataset in declaration.upstream:
            yield Cell(declaration.name, cell.game_date)
    if cell.dataset in _SAME_DATE:
        for other in affected_cells(cell.dataset, {cell.game_date}, upto):
            if ORDER[other.dataset] > ORDER[cell.dataset]:
                yield other
