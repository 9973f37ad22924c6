-- The bodies that held rows were made from, each with the latest game date of such a row.
SELECT body_digest, max(game_date) AS newest
FROM (
    SELECT body_digest, game_date FROM lake.schedule WHERE body_digest IS NOT NULL
    UNION ALL
    SELECT body_digest, game_date FROM lake.player_box_scores
    UNION ALL
    SELECT body_digest, game_date FROM lake.odds_player_props
) AS loaded
GROUP BY body_digest
