-- The date's predictions in the order of PredictionLine.
SELECT
    game_id,
    player_id,
    player_name,
    team,
    opponent,
    is_home,
    tip_at,
    mean,
    p10,
    p25,
    p50,
    p75,
    p90,
    line,
    line_book,
    over_probability,
    market_over_probability,
    is_retrospective
FROM lake.predictions
WHERE game_date = $game_date
ORDER BY mean DESC, player_name
