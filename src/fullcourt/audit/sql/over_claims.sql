-- Runs that say more rows than can be theirs of what their date holds.
CREATE OR REPLACE TEMP TABLE claims AS
SELECT
    s.row_no,
    s.cell,
    s.started_at,
    s.ended_at,
    s.records,
    coalesce(f.rows, 0) - coalesce(l.rows, 0) AS can_be
FROM (
    SELECT s.*, c.target
    FROM audit.run_scopes AS s
    INNER JOIN audit.cells AS c USING (cell)
    INNER JOIN audit.fills AS t USING (target)
    INNER JOIN audit.runs AS r USING (row_no)
    WHERE s.records > 0 AND s.ended_at IS NOT NULL AND NOT t.is_listing AND r.target IS NOT NULL
) AS s
ASOF LEFT JOIN row_firsts AS f ON f.cell = s.cell AND s.ended_at >= f.moment
ASOF LEFT JOIN row_lasts AS l ON l.cell = s.cell AND s.started_at > l.moment
WHERE s.records > coalesce(f.rows, 0) - coalesce(l.rows, 0);

-- What a later run of the same date took away before it broke off: it failed or never ended, and what
-- is there now came after it began.
CREATE OR REPLACE TEMP TABLE breaks AS
SELECT
    k.row_no,
    k.cell,
    k.records,
    arg_min(r.run_id, r.started_at) AS run_id
FROM claims AS k
INNER JOIN audit.cells AS c USING (cell)
INNER JOIN audit.runs AS r
    ON r.target = c.target
    AND r.game_date = c.game_date
    AND r.started_at >= k.ended_at
    AND (r.state = 'failed' OR r.is_swept)
WHERE NOT EXISTS (
    SELECT 1
    FROM row_times AS t
    WHERE t.cell = k.cell AND t.first_at < r.started_at
)
GROUP BY ALL;

-- The rest, where the whole table has no room for what is said either: a run may write other dates
-- than its own. Where rows are rewritten, those a run wrote may have moved to another date since.
CREATE OR REPLACE TEMP TABLE over_claims AS
WITH firsts AS (
    SELECT
        target,
        first_at AS moment,
        (sum(sum(rows)) OVER (PARTITION BY target ORDER BY first_at))::BIGINT AS rows
    FROM row_times
    GROUP BY target, first_at
),
lasts AS (
    SELECT
        target,
        last_at AS moment,
        (sum(sum(rows)) OVER (PARTITION BY target ORDER BY last_at))::BIGINT AS rows
    FROM row_times
    GROUP BY target, last_at
),
whole AS (
    SELECT target, bool_or(last_at > first_at) AS is_rewritten, sum(rows) AS rows
    FROM row_times
    GROUP BY target
)
SELECT k.row_no, k.cell, c.target, c.game_date, k.records, k.can_be
FROM (FROM claims WHERE row_no NOT IN (SELECT row_no FROM breaks)) AS k
INNER JOIN audit.cells AS c USING (cell)
LEFT JOIN whole AS w USING (target)
ASOF LEFT JOIN firsts AS f ON f.target = c.target AND k.ended_at >= f.moment
ASOF LEFT JOIN lasts AS l ON l.target = c.target AND k.started_at > l.moment
WHERE k.records > CASE
    WHEN w.is_rewritten THEN w.rows
    ELSE coalesce(f.rows, 0) - coalesce(l.rows, 0)
END;
