-- Context rows whose game is over or has left its date, as they are to stand from now on. Rows of a
-- played game are archived, those of a postponed, moved or cancelled one are retired, with the reason;
-- both stay. Parameters: $first_date, $last_date, $now; the temp table `wanted_keys` limits the keys.
WITH games AS (
    SELECT
        game_date,
        game_id,
        is_postponed OR NOT is_listed AS is_off,
        CASE WHEN NOT is_listed THEN coalesce(reason, 'removed') ELSE 'postponed' END AS why_off,
        status = 3 AND home_score IS NOT NULL AND away_score IS NOT NULL AS is_final
    FROM schedule_as_of($now)
    WHERE game_date BETWEEN $first_date AND $last_date
)

SELECT c.* EXCLUDE (fetched_at, run_id) REPLACE (
    CASE WHEN g.is_off THEN 'retired' ELSE 'archived' END AS row_status,
    CASE WHEN g.is_off THEN g.why_off END AS retired_reason
)
FROM lake.upcoming_player_game_context AS c
INNER JOIN games AS g
    ON g.game_date = c.game_date
    AND g.game_id = c.game_id
SEMI JOIN wanted_keys AS w
    ON w.game_date = c.game_date
    AND w.game_id = c.game_id
    AND w.player_id = c.player_id
WHERE c.game_date BETWEEN $first_date AND $last_date
    AND ((g.is_off AND c.row_status <> 'retired') OR (g.is_final AND c.row_status = 'active'))
