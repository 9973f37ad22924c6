-- Versions of the date's games that changed something a person would care about.
SELECT
    game_id,
    coalesce(away_team, '?') || '@' || coalesce(home_team, '?') AS game,
    known_at,
    tip_at,
    status_text,
    status = 3 AND NOT is_postponed AS is_final,
    is_postponed,
    is_listed,
    reason,
    source
FROM lake.schedule
WHERE game_date = $game_date
WINDOW by_time AS (PARTITION BY game_id ORDER BY known_at, fetched_at)
-- A row is kept when it differs from the version before it; scores of a running game do not count.
QUALIFY
    row_number() OVER by_time = 1
    OR (tip_at, status = 3, is_postponed, is_listed, home_team, away_team)
        IS DISTINCT FROM (
            lag(tip_at) OVER by_time,
            lag(status = 3) OVER by_time,
            lag(is_postponed) OVER by_time,
            lag(is_listed) OVER by_time,
            lag(home_team) OVER by_time,
            lag(away_team) OVER by_time
        )
ORDER BY game_id, known_at
