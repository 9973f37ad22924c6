"""Rows of predictions and grades from inputs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from fullcourt.predict.grades import grade_rows
from fullcourt.predict.model import FULL_WEIGHT, EwmaNegativeBinomial
from fullcourt.predict.predictions import predict_rows

AS_OF = datetime(2025, 1, 10, 22, tzinfo=UTC)
TYPES = {
    "game_date": pa.date32(),
    "player_id": pa.int64(),
    "is_home": pa.bool_(),
    "tip_at": pa.timestamp("us", "UTC"),
    "as_of": pa.timestamp("us", "UTC"),
    "line_known_at": pa.timestamp("us", "UTC"),
    "known_at": pa.timestamp("us", "UTC"),
    "is_retrospective": pa.bool_(),
    **dict.fromkeys(("line", "over_price", "under_price"), pa.float64()),
    **dict.fromkeys(("mean", "dispersion", "minutes", "market_over_probability"), pa.float64()),
    **dict.fromkeys(("over_probability", "under_probability"), pa.float64()),
    **dict.fromkeys(("ew_weight", "ew_points", "ew_seconds", "ew_points_squared"), pa.int64()),
    **dict.fromkeys(("games_used", "p10", "p50", "p90", "actual"), pa.int32()),
}


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.table(
        {
            name: pa.array([row[name] for row in rows], TYPES.get(name, pa.string()))
            for name in rows[0]
        }
    )


def _input(points: list[int], **changes: object) -> dict[str, object]:
    """A player with these points in full-weight appearances of half an hour."""
    return {
        "game_date": date(2025, 1, 10),
        "game_id": "0022400524",
        "player_id": 7,
        "player_name": "A Player",
        "team": "AAA",
        "opponent": "BBB",
        "is_home": True,
        "tip_at": AS_OF,
        "as_of": AS_OF,
        "is_retrospective": False,
        "line": 11.5,
        "line_book": "draftkings",
        "over_price": 1.8,
        "under_price": 2.0,
        "line_known_at": AS_OF,
        "games_used": len(points),
        "ew_weight": FULL_WEIGHT * len(points),
        "ew_points": FULL_WEIGHT * sum(points),
        "ew_seconds": FULL_WEIGHT * 1800 * len(points),
        "ew_points_squared": FULL_WEIGHT * sum(p * p for p in points),
        "context_source": "upcoming_player_game_context",
        "gate_override": None,
        "input_fingerprint": "f",
    } | changes


def _predict(*rows: dict[str, object]) -> list[dict[str, object]]:
    return predict_rows(_table(list(rows)), EwmaNegativeBinomial(), "code").to_pylist()


def test_the_mean_is_the_weighted_form() -> None:
    """Mean points and minutes are the weighted ones; the quantiles rise around them."""
    (row,) = _predict(_input([8, 12, 16]))
    assert (row["mean"], row["minutes_mean"], row["model"]) == (12, 30, "ewma_negative_binomial/1")
    range_ = [row[name] for name in ("p10", "p25", "p50", "p75", "p90")]
    assert range_ == sorted(range_)  # type: ignore[type-var]
    assert range_[0] < 12 < range_[-1]  # type: ignore[operator]
    assert row["known_at"] == AS_OF


def test_scatter_widens_and_the_prior_floors() -> None:
    """A streaky player gets a smaller size; one who never varies is still wider than Poisson."""
    streaky, steady = _predict(_input([0, 24, 0, 24]), _input([12, 12, 12, 12]))
    assert streaky["dispersion"] < steady["dispersion"]  # type: ignore[operator]
    # Excess 0 drawn halfway (4 appearances against 4) to 6: size = 12 / 3.
    assert steady["dispersion"] == 4


def test_no_line_leaves_nothing_invented() -> None:
    """Without a line its probabilities are NULL; with one side only the market's is."""
    bare, one_sided = _predict(
        _input([8, 12], line=None, over_price=None, under_price=None),
        _input([8, 12], under_price=None),
    )
    names = ("over", "under", "push", "market_over")
    assert [bare[f"{name}_probability"] for name in names] == [None] * 4
    assert one_sided["market_over_probability"] is None
    assert one_sided["over_probability"] is not None


def test_the_margin_comes_off_in_proportion() -> None:
    """Decimal 1.8 against 2.0 is 10/19 for the over."""
    (row,) = _predict(_input([8, 12]))
    assert row["market_over_probability"] == pytest.approx(10 / 19)


def test_a_scoreless_player_is_poisson_at_zero() -> None:
    """Minutes and never a point: mean 0, no dispersion, every quantile 0."""
    (row,) = _predict(_input([0, 0, 0]))
    assert (row["mean"], row["dispersion"], row["p90"], row["over_probability"]) == (0, None, 0, 0)


def test_no_appearance_no_prediction() -> None:
    """A player without weights is refused by name."""
    with pytest.raises(ValueError, match="player_id 7 has ew_weight 0"):
        _predict(_input([]))


def test_no_rows_are_no_predictions() -> None:
    """An empty slate gives empty tables with all columns."""
    none = _table([_input([8])]).slice(0, 0)
    assert predict_rows(none, EwmaNegativeBinomial(), "code").num_rows == 0
    assert grade_rows(_table([_grade_input(3)]).slice(0, 0)).num_rows == 0


def _grade_input(actual: object, **changes: object) -> dict[str, object]:
    return {
        "game_date": date(2025, 1, 10),
        "game_id": "0022400524",
        "player_id": 7,
        "player_name": "A Player",
        "team": "AAA",
        "stat": "points",
        "model": "m/1",
        "mean": 12.0,
        "dispersion": 4.0,
        "p10": 4,
        "p50": 11,
        "p90": 21,
        "line": 11.0,
        "over_probability": 0.48,
        "under_probability": 0.32,
        "market_over_probability": 0.5,
        "actual": actual,
        "minutes": None if actual is None else 30.0,
        "game_state": "final",
        "is_retrospective": False,
        "input_fingerprint": "f",
        "known_at": AS_OF,
    } | changes


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"actual": 14}, "over", None),
        ({"actual": 8}, "under", None),
        ({"actual": 11}, "push", None),
        ({"actual": 8, "line": None}, "no_line", None),
        ({"actual": None}, "void", "did not play"),
        ({"actual": None, "line": None}, "void", "did not play"),
        ({"actual": None, "game_state": "postponed"}, "void", "postponed"),
    ],
)
def test_outcomes(changes: dict[str, object], outcome: str, reason: str | None) -> None:
    """Over, under, push, no line, and void with its reason."""
    (row,) = grade_rows(_table([_grade_input(**changes)])).to_pylist()
    assert (row["outcome"], row["void_reason"]) == (outcome, reason)
    assert (row["crps"] is None) == (row["pit_low"] is None) == (outcome == "void")


def test_scores_of_a_grade() -> None:
    """Errors are against p50; Brier scores are those of the over given no push, none on a push."""
    over, push = grade_rows(_table([_grade_input(14), _grade_input(11)])).to_pylist()
    assert (over["absolute_error"], over["in_p10_p90"]) == (3, True)
    assert over["brier"] == pytest.approx((0.6 - 1) ** 2)
    assert over["market_brier"] == pytest.approx(0.25)
    assert (push["brier"], push["market_brier"], push["absolute_error"]) == (None, None, 0)
