"""What a points model is, and the honest baseline: exponentially weighted form, nothing else.

Constants were chosen on 2023-24 with 2022-23 carried in, and never looked at on 2024-25:

* Half-life 11 appearances and 5/8 of the weight for last season's games (`form_weight` in
  analytics/macros.sql): least squared error of the mean on 8,821 player-games with a line, over the
  grid 6, 8, 11, 14, 18, 24, 32 x 1/8, 2/8, 3/8, 5/8, 8/8 (absolute error 5.489 points; the grid's
  best is 5.4887, its worst 5.534).
* `PRIOR_APPEARANCES` and `PRIOR_EXCESS`: best log score of the negative binomial on 25,021
  player-games (with a line, or 10 minutes and 3 appearances), over 2, 3, 4, 5, 6, 8, 10 x
  4, 5, 5.5, 6, 7, 8.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa

# One appearance in full weight: 2^20 for the latest, times 8 in the slate's season.
FULL_WEIGHT = 8 * 2**20
# Appearances in full weight the prior of the dispersion counts for.
PRIOR_APPEARANCES = 4.0
# Variance beyond Poisson per point of mean in the prior. It is wider than one player's scatter: it
# also carries that his mean is an estimate, and keeps the range from closing on lucky streaks.
PRIOR_EXCESS = 6.0

MODEL_OUTPUT = pa.schema(
    [("minutes_mean", pa.float64()), ("mean", pa.float64()), ("dispersion", pa.float64())]
)


class PointsModel(Protocol):
    """A model of one player's points in one game, given that he plays."""

    @property
    def name(self) -> str:
        """What the rows call it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever equal inputs may give other outputs."""
        ...

    def predict(self, inputs: pa.Table) -> pa.Table:
        """A row of `MODEL_OUTPUT` per row of `inputs` (columns of prediction_inputs.sql), in order.

        `mean` in points, `minutes_mean` in minutes; `dispersion` is the negative binomial's size
        (variance = mean + mean^2 / size), NULL for Poisson.
        """
        ...


class EwmaNegativeBinomial:
    """Exponentially weighted points and minutes; the range from the weighted second moment.

    With weights w over the appearances: mean = sum(w points) / sum(w), which is points a second
    times seconds. Excess e = (second moment - mean^2 - mean) / mean, not below 0, is drawn towards
    `PRIOR_EXCESS` by `PRIOR_APPEARANCES`; size = mean / e. As the prior always counts, e never
    falls below its share: no player is taken for less scattered than Poisson.
    """

    name = "ewma_negative_binomial"
    version = "1"

    def predict(self, inputs: pa.Table) -> pa.Table:
        weight, points, seconds, squared = (
            inputs[column].to_numpy().astype(np.float64)
            for column in ("ew_weight", "ew_points", "ew_seconds", "ew_points_squared")
        )
        if (weight <= 0).any():
            row = int(np.argmax(weight <= 0))
            raise ValueError(
                f"prediction_inputs: player_id {inputs['player_id'][row]} has ew_weight "
                f"{weight[row]:g}: a player without recorded appearances is not predicted"
            )
        mean = points / weight
        scored = mean > 0
        per_mean = np.where(scored, mean, 1.0)
        excess = np.maximum(squared / weight - mean * mean - mean, 0.0) / per_mean
        appearances = weight / FULL_WEIGHT
        excess = (appearances * excess + PRIOR_APPEARANCES * PRIOR_EXCESS) / (
            appearances + PRIOR_APPEARANCES
        )
        return pa.table(
            {
                "minutes_mean": pa.array(seconds / weight / 60),
                "mean": pa.array(mean),
                # Never a point in all his appearances: nothing to scale a range by.
                "dispersion": pa.array(mean / excess, mask=~scored),
            },
            schema=MODEL_OUTPUT,
        )
