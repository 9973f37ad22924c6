-- Names under a provisional id, with the games they were priced in and the two teams of each.
WITH games AS (
    SELECT game_id, game_date, home_team, away_team, tip_at FROM schedule_as_of($now)
)
SELECT
    arg_max(p.player_name, p.known_at) AS player_name,
    p.player_id,
    min(p.game_date) AS first_date,
    max(p.game_date) AS last_date,
    list_sort(list(DISTINCT p.game_date::VARCHAR || ' ' || coalesce(g.away_team || '@' || g.home_team, p.game_id))) AS games,
    list_distinct(flatten(list([g.home_team, g.away_team]))) AS teams,
    max(coalesce(g.tip_at, p.known_at)) AS as_of,
    count(*) AS lines
FROM lake.odds_player_props AS p
LEFT JOIN games AS g USING (game_id, game_date)
WHERE p.resolution = 'unresolved'
GROUP BY p.player_id
ORDER BY lines DESC, player_name
