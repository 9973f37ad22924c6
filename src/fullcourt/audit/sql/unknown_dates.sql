-- Dates of the history of which the schedule does not speak.
INSERT INTO audit.unknown_dates
SELECT
    target,
    game_date,
    'the schedule does not speak of this date',
    'a schedule of ' || strftime(game_date, '%Y-%m-%d') || ', or what it `covers`'
FROM (SELECT unnest($targets) AS target)
CROSS JOIN (SELECT unnest(generate_series($first, $last, INTERVAL 1 DAY))::DATE AS game_date)
WHERE $covers_first IS NULL OR game_date NOT BETWEEN $covers_first AND $covers_last;
