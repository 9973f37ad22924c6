-- Games with at least one snapshot held, and the names in them that are still provisional.
SELECT
    game_date,
    game_id,
    count(*) AS row_count,
    list(DISTINCT player_name) FILTER (WHERE player_id < 0) AS unresolved
FROM lake.odds_player_props
WHERE game_date BETWEEN $first_date AND $last_date
GROUP BY game_date, game_id
