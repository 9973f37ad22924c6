-- Every table on every date that is audited, or that anything is said of.
CREATE TABLE audit.cells AS
WITH spoken AS (
    SELECT target, game_date FROM audit.expected
    UNION
    SELECT target, game_date FROM audit.held
    UNION
    SELECT target, game_date FROM audit.runs
    WHERE target IS NOT NULL AND game_date IS NOT NULL
    UNION
    SELECT target, day::DATE
    FROM audit.fills
    CROSS JOIN unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS days (day)
)
SELECT
    row_number() OVER (ORDER BY target, game_date)::INTEGER AS cell,
    target,
    game_date,
    CASE
        WHEN f.target IS NULL THEN 'no processor of the configuration fills ' || target
        ELSE u.reason
    END AS unknown,
    CASE
        WHEN f.target IS NULL THEN 'a processor that fills ' || target || ', and what it owes'
        ELSE u.settles
    END AS settles
FROM spoken
LEFT JOIN audit.fills AS f USING (target)
LEFT JOIN (
    SELECT target, game_date, any_value(reason) AS reason, any_value(settles) AS settles
    FROM audit.unknown_dates
    GROUP BY ALL
) AS u USING (target, game_date)
WHERE game_date BETWEEN $first AND $last;
