"""Rows of the predictions: a model's means and ranges at the offered lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from fullcourt.predict.distribution import Floats, over_under_push, quantiles
from fullcourt.predict.model import PointsModel

LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)


def predict_rows(inputs: pa.Table, model: PointsModel, code_fingerprint: str) -> pa.Table:
    """A prediction per row of `inputs` (columns of prediction_inputs.sql), in the same order.

    Returns the columns of `lake.predictions` without `run_id` and `fetched_at`. `known_at` is the
    row's as_of. Where there is no line, all that depends on one is NULL; where the book offers one
    side only, the market's probability is.
    """
    forecast = model.predict(inputs)
    mean = forecast["mean"].to_numpy()
    size = floats(forecast, "dispersion")
    ranges = quantiles(LEVELS, mean, size)
    over, under, push = over_under_push(floats(inputs, "line"), mean, size)
    market = devigged(floats(inputs, "over_price"), floats(inputs, "under_price"))
    count = inputs.num_rows

    def kept(*names: str) -> dict[str, Any]:
        return {name: inputs[name] for name in names}

    columns: dict[str, Any] = {
        **kept("game_date", "game_id", "player_id", "player_name", "team", "opponent", "is_home"),
        **kept("tip_at"),
        "stat": pa.array(["points"] * count, pa.string()),
        "model": pa.array([f"{model.name}/{model.version}"] * count, pa.string()),
        "minutes_mean": forecast["minutes_mean"],
        "mean": forecast["mean"],
        "dispersion": forecast["dispersion"],
        **{
            f"p{round(100 * level)}": pa.array(ranges[:, place], pa.int32())
            for place, level in enumerate(LEVELS)
        },
        **kept("line", "line_book", "over_price", "under_price", "line_known_at"),
        "over_probability": nullable(over),
        "under_probability": nullable(under),
        "push_probability": nullable(push),
        "market_over_probability": nullable(market),
        **kept("games_used", "context_source", "gate_override"),
        "code_fingerprint": pa.array([code_fingerprint] * count, pa.string()),
        **kept("as_of", "is_retrospective", "input_fingerprint"),
        "known_at": inputs["as_of"],
    }
    return pa.table(columns)


def devigged(over_price: Floats, under_price: Floats) -> Floats:
    """The market's probability of the over, from two decimal prices; NaN where a side is missing.

    Multiplicative method: the book's margin comes off both sides in proportion.
    """
    over, under = 1.0 / over_price, 1.0 / under_price
    return over / (over + under)


def floats(table: pa.Table, column: str) -> Floats:
    """A column as doubles, NULL as NaN."""
    return table[column].cast(pa.float64()).to_numpy().astype(np.float64)


def nullable(values: Floats) -> Any:
    """An Arrow array of doubles, NaN as NULL."""
    return pa.array(values, pa.float64(), mask=np.isnan(values))
