"""Rows of the grades: what a prediction said against what happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from fullcourt.predict.distribution import Floats, crps, pit_interval
from fullcourt.predict.predictions import floats, nullable


def grade_rows(inputs: pa.Table) -> pa.Table:
    """A grade per row of `inputs` (columns of grade_inputs.sql), in the same order.

    Returns the columns of `lake.grades` without `run_id` and `fetched_at`. A void (the player did
    not play, or the game was postponed) has no scores. Brier scores are those of the over at the
    offered line given that it is no push, for the model as for the market (a push pays nobody); on
    a push there is none.
    """
    actual = floats(inputs, "actual")
    played = ~np.isnan(actual)
    line = floats(inputs, "line")
    postponed = np.array([state == "postponed" for state in inputs["game_state"].to_pylist()], bool)
    outcome = np.select(
        [~played, np.isnan(line), actual > line, actual < line],
        ["void", "no_line", "over", "under"],
        "push",
    )
    void_reason = [
        None if seen else "postponed" if moved else "did not play"
        for seen, moved in zip(played.tolist(), postponed.tolist(), strict=True)
    ]
    over, under = floats(inputs, "over_probability"), floats(inputs, "under_probability")
    with np.errstate(invalid="ignore", divide="ignore"):
        decided = np.where((over + under) > 0, over / (over + under), np.nan)
    p10, p50, p90 = (floats(inputs, level) for level in ("p10", "p50", "p90"))
    inside = (actual >= p10) & (actual <= p90)

    def kept(*names: str) -> dict[str, Any]:
        return {name: inputs[name] for name in names}

    columns: dict[str, Any] = {
        **kept("game_date", "game_id", "player_id", "player_name", "team", "stat", "model", "line"),
        **kept("actual", "minutes"),
        "outcome": pa.array(outcome.tolist(), pa.string()),
        "void_reason": pa.array(void_reason, pa.string()),
        "absolute_error": nullable(np.abs(p50 - actual)),
        **_scores(inputs, actual, played),
        "brier": nullable(_brier(decided, actual, line)),
        "market_brier": nullable(_brier(floats(inputs, "market_over_probability"), actual, line)),
        "in_p10_p90": pa.array(inside, pa.bool_(), mask=~played),
        **kept("is_retrospective", "input_fingerprint", "known_at"),
    }
    return pa.table(columns)


def _scores(inputs: pa.Table, actual: Floats, played: np.ndarray) -> dict[str, Any]:
    """CRPS and PIT interval of the rows that were played; NULL elsewhere."""
    scored = {name: np.full(len(actual), np.nan) for name in ("crps", "pit_low", "pit_high")}
    if played.any():
        mean, size = floats(inputs, "mean")[played], floats(inputs, "dispersion")[played]
        seen = actual[played].astype(np.int64)
        scored["crps"][played] = crps(seen, mean, size)
        scored["pit_low"][played], scored["pit_high"][played] = pit_interval(seen, mean, size)
    return {name: nullable(values) for name, values in scored.items()}


def _brier(probability: Floats, actual: Floats, line: Floats) -> Floats:
    """Squared error of the over's probability; NaN without a line, without a result, on a push."""
    decided = ~np.isnan(actual) & ~np.isnan(line) & (actual != line)
    return np.where(decided, (probability - (actual > line)) ** 2, np.nan)
