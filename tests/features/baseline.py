"""How the baseline does on the recorded season 2024-25, none of which its constants have seen.

`python -m tests.features.baseline ../shared/history` prints the numbers.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from tests.features.computing import stored
from tests.features.recorded_lake import empty_lake, load_box_scores, load_lines, load_schedules

SEASON = (date(2024, 10, 22), date(2025, 4, 13))
LATER = datetime(2025, 8, 1, tzinfo=UTC)


def measure(lake: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Predict and grade the regular season of a lake with summaries; player-games with a line.

    Absolute errors and CRPS in points, coverage and Brier scores as fractions. Writes factors,
    predictions and grades.
    """
    for name in ("player_composite_factors", "predictions", "grades"):
        stored(lake, name, *SEASON, LATER)
    cursor = lake.execute(
        """
        SELECT
            count(*) AS player_games,
            avg(abs(g.line - g.actual)) AS line_error,
            avg(abs(p.mean - g.actual)) AS mean_error,
            avg(g.absolute_error) AS median_error,
            avg(g.crps) AS crps,
            avg(g.in_p10_p90::INTEGER) AS coverage_80,
            avg((g.pit_low + g.pit_high) / 2) AS mean_pit,
            avg(g.brier) AS brier,
            avg(g.market_brier) AS market_brier
        FROM lake.grades AS g
        INNER JOIN lake.predictions AS p USING (game_date, game_id, player_id, stat)
        WHERE g.outcome IN ('over', 'under', 'push')
        """
    )
    names = [column[0] for column in cursor.description or ()]
    return dict(zip(names, cursor.fetchall()[0], strict=True))


def _main(history: Path) -> None:
    with empty_lake() as lake:
        load_schedules(lake, history)
        load_box_scores(lake, history)
        load_lines(lake, history, "2024-25")
        stored(lake, "player_game_summary", date(2023, 10, 1), date(2025, 7, 1), LATER)
        for name, value in measure(lake).items():
            print(f"{name:14s} {value:.4f}")


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
