-- Of a table that could not be read nothing is known, on any date.
INSERT INTO audit.unknown_dates
SELECT u.target, day::DATE, u.reason, u.settles
FROM audit.unread AS u
CROSS JOIN unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS days (day);
