-- Held players per game, with the sums the content check needs. Duplicates show as rows > 1.
SELECT
    game_date,
    game_id,
    player_id,
    any_value(team) AS team,
    any_value(is_home) AS is_home,
    sum(points) AS points,
    sum(seconds_played) AS seconds,
    count(*) AS row_count
FROM lake.player_box_scores
WHERE game_date BETWEEN $first_date AND $last_date
GROUP BY game_date, game_id, player_id
