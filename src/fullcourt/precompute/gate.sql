-- What the factors of each date need: every (team, final game) pair of the slate's teams over the
-- last 30 days, and whether its summaries are held, as known at the first tip or $now, whichever is
-- earlier. Parameters: $first_date, $last_date (one date for a nightly run), $now.
WITH sides AS MATERIALIZED (
    SELECT
        game_date AS slate_date,
        team,
        min(as_of) OVER (PARTITION BY game_date) AS as_of
    FROM kept_slate_sides
),

versions AS (
    SELECT
        game_id,
        game_date,
        home_team,
        away_team,
        status = 3 AND is_listed AND NOT is_postponed
        AND home_score IS NOT NULL AND away_score IS NOT NULL AS is_final,
        known_at,
        lead(known_at) OVER (
            PARTITION BY game_id, game_date ORDER BY known_at, fetched_at
        ) AS superseded_at
    FROM lake.schedule
    WHERE known_at <= $now
        AND game_date BETWEEN $first_date - 30 AND $last_date
        AND game_type IN ('002', '004', '005', '006')
),

finals AS (
    SELECT game_id, game_date, known_at, superseded_at, unnest([home_team, away_team]) AS team
    FROM versions
    WHERE is_final
),

held AS (
    SELECT game_id, team, min(known_at) AS known_at
    FROM lake.player_game_summary
    WHERE game_date BETWEEN $first_date - 30 AND $last_date
    GROUP BY game_id, team
)

SELECT DISTINCT
    s.slate_date,
    s.team,
    f.game_id,
    f.game_date,
    h.game_id IS NOT NULL AS held
FROM sides AS s
INNER JOIN finals AS f
    ON f.team = s.team
    AND f.game_date BETWEEN s.slate_date - 30 AND s.slate_date - 1
    AND f.known_at <= s.as_of
    AND (f.superseded_at IS NULL OR f.superseded_at > s.as_of)
LEFT JOIN held AS h
    ON h.game_id = f.game_id
    AND h.team = f.team
    AND h.known_at <= s.as_of
ORDER BY s.slate_date, f.game_date, f.game_id, s.team
