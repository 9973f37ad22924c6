"""A night's predictions, and how a graded night did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from fullcourt.sql_files import sql

if TYPE_CHECKING:
    from fullcourt.stores.lake import Lake


@dataclass(frozen=True, slots=True)
class PredictionLine:
    """One prediction of points, given that the player plays. p10 to p90 are points; probabilities 0
    to 1; `market_over_probability` is devigged from the offered prices.
    """

    game_id: str
    player_id: int
    player_name: str
    team: str | None
    opponent: str | None
    is_home: bool | None
    tip_at: datetime | None
    mean: float
    p10: int
    p25: int
    p50: int
    p75: int
    p90: int
    line: float | None
    line_book: str | None
    over_probability: float | None
    market_over_probability: float | None
    is_retrospective: bool


@dataclass(frozen=True, slots=True)
class NightView:
    """The predictions of one game date, the highest mean first."""

    game_date: date
    predictions: tuple[PredictionLine, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    """How one game date's predictions did; retrospective ones are left out.

    `outcomes` counts over, under, push, void and no_line. `scored` predictions met an appearance:
    mean absolute error of the median (points), share inside p10 to p90, mean CRPS (points). `lined`
    of them had a line: model and line error on the same players, Brier at the line for model and
    market. Null: nothing to average.
    """

    game_date: date
    outcomes: dict[str, int]
    scored: int
    mean_absolute_error: float | None
    in_p10_p90: float | None
    crps: float | None
    lined: int
    lined_error: float | None
    line_error: float | None
    brier: float | None
    market_brier: float | None


def night_view(lake: Lake, day: date) -> NightView:
    """The predictions held for a game date."""
    rows = lake.rows(sql("reports", "night"), {"game_date": day})
    return NightView(day, tuple(PredictionLine(*row) for row in rows))


def newest_graded(lake: Lake) -> date | None:
    """The newest game date with a grade that met an appearance; None while there is none."""
    found: date | None = lake.rows(
        "SELECT max(game_date) FROM lake.grades WHERE actual IS NOT NULL AND NOT is_retrospective"
    )[0][0]
    return found


def record_view(lake: Lake, day: date) -> RecordView:
    """How a game date's predictions did."""
    outcomes = lake.rows(
        "SELECT outcome, count(*) FROM lake.grades WHERE game_date = ? AND NOT is_retrospective "
        "GROUP BY outcome ORDER BY outcome",
        [day],
    )
    averages = lake.rows(sql("reports", "record"), {"game_date": day})[0]
    return RecordView(day, dict(outcomes), *averages)
