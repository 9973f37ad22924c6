"""Patches of what rows are computed from, and of the values in them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pyarrow as pa
import pytest

from fullcourt.predict import predictions
from fullcourt.predict.model import PointsModel
from fullcourt.raw import player_box_scores
from fullcourt.vendors import odds_api
from tests.mutants.patching import patch_macros, patch_sql


def utc_listing(patch: pytest.MonkeyPatch) -> None:
    """Law 9: an event's date is the UTC date of its tip."""
    patch.setattr(odds_api, "game_date_of", lambda instant: instant.astimezone(UTC).date())


def sees_same_day(patch: pytest.MonkeyPatch) -> None:
    """Law 10: a player's form reads the games of the date itself, known by then or not."""
    patch_sql(
        patch,
        "precompute",
        "player_composite_factors",
        (
            "        AND s.game_date < p.game_date\n        AND s.known_at <= p.as_of\n"
            "    GROUP BY p.slot, p.player_id",
            "        AND s.game_date <= p.game_date\n    GROUP BY p.slot, p.player_id",
        ),
        ("WHERE game_date < $last_date", "WHERE game_date <= $last_date"),
    )


def load_of_same_day(patch: pytest.MonkeyPatch) -> None:
    """Law 10: a player's load counts the games of the date itself, known by then or not."""
    patch_sql(
        patch,
        "analytics",
        "upcoming_player_game_context",
        (
            "        AND s.game_date < p.game_date\n        AND s.known_at <= p.as_of\n",
            "        AND s.game_date <= p.game_date\n",
        ),
    )


def as_of_now(patch: pytest.MonkeyPatch) -> None:
    """Law 10: features read what is known when they are computed, after the tip too."""
    patch_macros(patch, "least(coalesce(tip_at, instant), instant) AS as_of", "instant AS as_of")


def rows_named_after_label(patch: pytest.MonkeyPatch) -> None:
    """Law 11: predictions carry the model's label for the code that made them."""
    predict_rows = predictions.predict_rows

    def labelled(inputs: pa.Table, model: PointsModel, code_fingerprint: str) -> pa.Table:
        return predict_rows(inputs, model, f"{model.name}/{model.version}")

    patch.setattr(predictions, "predict_rows", labelled)


def placeholder_line(patch: pytest.MonkeyPatch) -> None:
    """Law 14: a player without a line gets one."""
    patch_macros(
        patch,
        "        AND o.is_main\n    GROUP BY ALL\n);",
        "        AND o.is_main\n    GROUP BY ALL\n)\n"
        "UNION ALL BY NAME SELECT DISTINCT g.game_date, g.game_id, b.player_id, b.player_name, "
        "15.5 AS line, 'none' AS bookmaker, g.as_of AS known_at "
        "FROM slate_sides(first_date, last_date, instant) AS g "
        "INNER JOIN lake.player_box_scores AS b ON b.team = g.team AND b.game_date < g.game_date "
        "AND b.known_at <= g.as_of WHERE NOT EXISTS (SELECT 1 FROM lake.odds_player_props AS o "
        "WHERE o.player_id = b.player_id AND o.game_id = g.game_id);",
    )


def default_average(patch: pytest.MonkeyPatch) -> None:
    """Law 14: teams that have not played get the league's usual pace."""
    patch_sql(
        patch,
        "precompute",
        "player_composite_factors",
        (
            "(pace_possessions * 14400) / (pace_seconds * 100) AS pace",
            "coalesce((pace_possessions * 14400) / (pace_seconds * 100), 100) AS pace",
        ),
    )


def null_is_zero(patch: pytest.MonkeyPatch) -> None:
    """Law 14: who did not play scored 0 points in 0 seconds."""
    rows = player_box_scores.rows

    def filled(*arguments: Any, **words: Any) -> list[dict[str, Any]]:
        return [
            {**row, "points": row["points"] or 0, "seconds_played": row["seconds_played"] or 0}
            for row in rows(*arguments, **words)
        ]

    patch.setattr(player_box_scores, "rows", filled)
