-- Inputs of the predictions: one row per key that is expected and whose factors are held.
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
-- A player of the slate is predicted when a book prices him or when he is in the rotation (at least 3
-- of his team's last 5 games and 30 minutes in them); without recorded minutes he never is.
SELECT
    p.game_date,
    p.game_id,
    p.player_id,
    p.player_name,
    p.team,
    p.opponent,
    p.is_home,
    p.tip_at,
    p.as_of,
    coalesce($now > p.tip_at, false) AS is_retrospective,
    l.line,
    l.bookmaker AS line_book,
    l.over_price,
    l.under_price,
    l.known_at AS line_known_at,
    f.games_used,
    f.ew_weight,
    f.ew_points,
    f.ew_seconds,
    f.ew_points_squared,
    f.fatigue,
    f.pace,
    f.usage,
    f.matchup,
    f.points_last_5,
    f.points_last_10,
    f.minutes_last_5,
    f.minutes_last_10,
    f.context_source,
    f.gate_override,
    -- The line's values, and of the factors those the model reads.
    md5(
        row(
            p.player_name, p.team, p.opponent, p.is_home, epoch_us(p.tip_at), l.line, l.bookmaker,
            l.over_price, l.under_price, f.games_used, f.ew_weight, f.ew_points, f.ew_seconds,
            f.ew_points_squared
        )::VARCHAR
    ) AS input_fingerprint
FROM kept_slate_players AS p
INNER JOIN lake.player_composite_factors AS f
    ON f.game_date = p.game_date
    AND f.game_id = p.game_id
    AND f.player_id = p.player_id
    AND f.known_at <= p.as_of
LEFT JOIN kept_slate_lines AS l
    ON l.game_date = p.game_date
    AND l.game_id = p.game_id
    AND l.player_id = p.player_id
WHERE f.ew_seconds > 0
    AND (l.line IS NOT NULL OR (f.rotation_games >= 3 AND f.rotation_seconds >= 3 * 10 * 60))
ORDER BY p.game_date, p.game_id, p.player_id
