-- Held predictions and the state of their games, as known at $now (states: see prediction_states).
-- Parameters: $first_date, $last_date (Eastern game dates), $now.
SELECT game_date, game_id, player_id, player_name, team, stat, game_state
FROM prediction_states($first_date, $last_date, $now)
ORDER BY game_date, game_id, player_id, stat
