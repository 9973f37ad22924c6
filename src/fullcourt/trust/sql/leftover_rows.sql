-- Rows of one table by key, with what the schedule says of their game on their date; `{table}` is one of
-- the house's own table names. Parameters: $days (dates), $now.
WITH games AS (
    SELECT
        game_date,
        game_id,
        is_postponed OR NOT is_listed AS is_off,
        CASE WHEN NOT is_listed THEN coalesce(reason, 'removed') ELSE 'postponed' END AS why_off,
        status = 3 AND home_score IS NOT NULL AND away_score IS NOT NULL AS is_final
    FROM schedule_as_of($now)
),

elsewhere AS (
    SELECT game_id, max(game_date) AS game_date
    FROM games
    WHERE NOT is_off
    GROUP BY game_id
)

SELECT
    r.game_date,
    r.game_id || '/' || r.player_id AS key,
    count(*) AS row_count,
    CASE
        WHEN any_value(g.is_off) THEN any_value(g.why_off)
        WHEN any_value(g.is_final) THEN 'played'
        WHEN any_value(g.game_id) IS NULL AND any_value(e.game_date) IS NOT NULL
            THEN 'never of this date: its game is of ' || any_value(e.game_date)
        WHEN any_value(g.game_id) IS NULL THEN 'no schedule knows its game'
    END AS reason,
    any_value(coalesce(g.is_off, false)) AS is_off
FROM lake.{table} AS r
LEFT JOIN games AS g
    ON g.game_date = r.game_date
    AND g.game_id = r.game_id
LEFT JOIN elsewhere AS e
    ON e.game_id = r.game_id
WHERE list_contains($days, r.game_date)
GROUP BY r.game_date, r.game_id, r.player_id
ORDER BY ALL
