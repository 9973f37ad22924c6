-- Inputs of the grades: every held prediction whose game is final with its summaries, or postponed.
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
SELECT
    game_date,
    game_id,
    player_id,
    player_name,
    team,
    stat,
    model,
    mean,
    dispersion,
    p10,
    p50,
    p90,
    line,
    over_probability,
    under_probability,
    market_over_probability,
    -- A row of that date for a game played on another has no part in this prediction.
    CASE WHEN game_state = 'final' AND stat = 'points' THEN actual_points END AS actual,
    CASE WHEN game_state = 'final' THEN actual_minutes END AS minutes,
    game_state,
    is_retrospective,
    md5(
        row(
            player_name, team, stat, model, mean, dispersion, p10, p50, p90, line, over_probability,
            under_probability, market_over_probability, is_retrospective, game_state,
            actual_points, actual_minutes
        )::VARCHAR
    ) AS input_fingerprint,
    outcome_known_at AS known_at
FROM prediction_states($first_date, $last_date, $now)
WHERE game_state IN ('final', 'postponed')
ORDER BY game_date, game_id, player_id, stat
