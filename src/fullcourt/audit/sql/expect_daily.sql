-- The same keys on every date: given teams, or `*`, the date itself.
INSERT INTO audit.expected BY NAME
SELECT
    $target AS target,
    game_date,
    key,
    NULL AS game_id,
    CASE WHEN key = '*' THEN strftime(game_date, '%Y-%m-%d') ELSE key END AS name,
    timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_us) AS due_at,
    timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_by_us) AS due_by
FROM (SELECT unnest(generate_series($first, $last, INTERVAL 1 DAY))::DATE AS game_date)
CROSS JOIN (SELECT unnest($keys) AS key);
