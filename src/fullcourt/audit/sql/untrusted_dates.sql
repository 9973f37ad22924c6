-- What a query that was not run would owe is open on every date.
INSERT INTO audit.unknown_dates
SELECT
    $target,
    day::DATE,
    'what it owes is a query of the configuration, which was not run',
    '`--trust-config`, which runs it'
FROM unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS days (day);
