-- Every table on every date that is audited; of tables nobody fills, what is held or was run.
CREATE TABLE audit.cells AS
WITH grid AS (
    SELECT f.target, day::DATE AS game_date
    FROM audit.fills AS f
    CROSS JOIN unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS days (day)
),
unfilled AS (
    FROM (
        SELECT DISTINCT upstream AS target FROM audit.reads
        UNION
        SELECT DISTINCT target FROM audit.runs
    )
    ANTI JOIN audit.fills USING (target)
),
loose AS (
    SELECT target, game_date
    FROM audit.held
    WHERE target IN (FROM unfilled) AND game_date BETWEEN $first AND $last
    UNION
    SELECT target, game_date
    FROM audit.runs
    WHERE target IN (FROM unfilled) AND game_date BETWEEN $first AND $last
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
FROM (FROM grid UNION FROM loose)
LEFT JOIN audit.fills AS f USING (target)
LEFT JOIN (
    SELECT target, game_date, any_value(reason) AS reason, any_value(settles) AS settles
    FROM audit.unknown_dates
    GROUP BY ALL
) AS u USING (target, game_date);
