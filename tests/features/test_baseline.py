"""The baseline on a season it has not seen."""

from __future__ import annotations

import duckdb
import pytest

from tests.features.baseline import measure


def test_the_baseline_is_honest(recorded: duckdb.DuckDBPyConnection) -> None:
    """On 2024-25 it is close behind the line, covers what it claims, and the market is better."""
    recorded.execute("BEGIN")
    try:
        found = measure(recorded)
    finally:
        recorded.execute("ROLLBACK")
    assert found["player_games"] > 11_000
    assert found["line_error"] == pytest.approx(5.25, abs=0.02)
    assert found["line_error"] < found["mean_error"] < 5.45
    assert found["crps"] < 3.90
    # Of a discrete range at least the nominal 80 %, and not much more.
    assert 0.80 <= found["coverage_80"] <= 0.87
    # A player with a line plays more than his past did: the forecasts are a little low.
    assert found["mean_pit"] == pytest.approx(0.5275, abs=0.01)
    assert found["market_brier"] < found["brier"] < 0.27
