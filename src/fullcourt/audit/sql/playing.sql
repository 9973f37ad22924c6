-- Every game on every date it was planned for, as far as it counts: `name`, why it is `retired`, and
-- whether it is over by the schedule or by a table of finals that holds it.
CREATE OR REPLACE TEMP TABLE playing AS
WITH counted AS (
    SELECT *, coalesce(away || ' at ' || home, game_id) AS name
    FROM audit.games
    -- Ids of the league name the kind of game: preseason and All-Star games owe nothing.
    WHERE NOT regexp_full_match(game_id, '00\d{8}') OR list_contains($counted_types, left(game_id, 3))
    QUALIFY row_number() OVER (
        PARTITION BY game_id, game_date
        ORDER BY state IN ('postponed', 'cancelled'), tip_at NULLS LAST
    ) = 1
)
SELECT
    game_id,
    game_date,
    tip_at,
    ended_at,
    home,
    away,
    name,
    CASE WHEN state IN ('postponed', 'cancelled') THEN state END AS retired,
    state = 'final' OR ended_at IS NOT NULL OR EXISTS (
        SELECT 1
        FROM audit.held AS h
        WHERE h.game_id = counted.game_id
            AND h.game_date = counted.game_date
            AND list_contains($finals, h.target)
    ) AS is_over
FROM counted;
