-- Held keys of a computed dataset; `{table}` is one of the house's own table names.
SELECT
    game_date,
    game_id,
    player_id,
    any_value(input_fingerprint) AS input_fingerprint,
    count(*) AS row_count
FROM lake.{table}
WHERE game_date BETWEEN $first_date AND $last_date
GROUP BY game_date, game_id, player_id
