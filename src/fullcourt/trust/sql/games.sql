-- Every (game, date) ever known on these dates, with when the end of the game became known.
WITH finals AS (
    SELECT
        game_id,
        game_date,
        min(known_at) AS final_known_at
    FROM lake.schedule
    WHERE game_date BETWEEN $first_date AND $last_date
        AND known_at <= $now
        AND status = 3
        AND NOT is_postponed
        AND home_score IS NOT NULL
        AND away_score IS NOT NULL
    GROUP BY ALL
)

SELECT
    s.game_date,
    s.game_id,
    s.tip_at,
    s.home_team,
    s.away_team,
    s.status = 3 AND NOT s.is_postponed AND s.home_score IS NOT NULL AND s.away_score IS NOT NULL AS is_final,
    f.final_known_at,
    s.is_postponed,
    s.is_listed,
    s.reason,
    s.home_score,
    s.away_score,
    s.overtimes,
    s.known_at
FROM schedule_as_of($now) AS s
LEFT JOIN finals AS f USING (game_id, game_date)
WHERE s.game_date BETWEEN $first_date AND $last_date
    AND s.game_type IN ('002', '004', '005', '006')
    -- An if-necessary game counts once its series needs it: the vendor then names both teams.
    AND NOT (s.if_necessary AND (s.home_team IS NULL OR s.away_team IS NULL OR s.tip_at IS NULL))
ORDER BY s.game_date, s.tip_at, s.game_id
