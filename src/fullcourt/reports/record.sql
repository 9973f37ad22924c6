-- One row of averages in the order of RecordView; a prediction that met no appearance is void.
SELECT
    count(*) AS scored,
    avg(absolute_error) AS mean_absolute_error,
    avg(in_p10_p90::INTEGER) AS in_p10_p90,
    avg(crps) AS crps,
    count(line) AS lined,
    avg(absolute_error) FILTER (WHERE line IS NOT NULL) AS lined_error,
    avg(abs(line - actual)) AS line_error,
    -- The market has no Brier score where a side was not offered: compare the same players.
    avg(brier) FILTER (WHERE market_brier IS NOT NULL) AS brier,
    avg(market_brier) FILTER (WHERE brier IS NOT NULL) AS market_brier
FROM lake.grades
WHERE game_date = $game_date AND actual IS NOT NULL AND NOT is_retrospective
