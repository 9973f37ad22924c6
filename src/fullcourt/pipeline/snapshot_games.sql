-- Games whose lines may be bought, with their tips, as known at an instant.
SELECT
    game_date,
    game_id,
    tip_at
FROM slate_games($first_date, $last_date, $now)
ORDER BY game_date, game_id
