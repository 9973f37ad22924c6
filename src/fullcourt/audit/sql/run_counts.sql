-- Each row's keys: when its run ended, and now. A row that is for several tables has their sum.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT
    r.row_no,
    r.cell,
    r.kind,
    r.records,
    r.started_at,
    r.ended_at,
    s.* EXCLUDE (cell, moment),
    t.owed,
    t.held,
    t.lost,
    t.open,
    t.cause
FROM (SELECT * FROM audit.run_scopes WHERE game_id IS NULL) AS r
ASOF LEFT JOIN cell_steps AS s ON s.cell = r.cell AND r.ended_at >= s.moment
LEFT JOIN (SELECT * FROM audit.totals WHERE is_whole) AS t ON t.cell = r.cell
UNION ALL
SELECT
    r.row_no,
    r.cell,
    r.kind,
    r.records,
    r.started_at,
    r.ended_at,
    s.* EXCLUDE (cell, game_id, moment),
    t.owed,
    t.held,
    t.lost,
    t.open,
    t.cause
FROM (SELECT * FROM audit.run_scopes WHERE game_id IS NOT NULL) AS r
ASOF LEFT JOIN game_steps AS s
    ON s.cell = r.cell AND s.game_id = r.game_id AND r.ended_at >= s.moment
LEFT JOIN (SELECT * FROM audit.totals WHERE NOT is_whole) AS t
    ON t.cell = r.cell AND t.game_id = r.game_id;

CREATE TABLE audit.run_counts AS
WITH several AS (
    SELECT row_no FROM audit.runs AS r
    WHERE target IS NULL
        AND (SELECT count(*) FROM audit.fills AS f WHERE f.processor = r.processor) > 1
),
each_once AS (
    FROM counted WHERE row_no NOT IN (FROM several)
    UNION ALL
    SELECT
        row_no,
        NULL AS cell,
        any_value(kind),
        any_value(records),
        any_value(started_at),
        any_value(ended_at),
        sum(due_most)::INTEGER,
        sum(due_least)::INTEGER,
        sum(held_least)::INTEGER,
        sum(held_most)::INTEGER,
        sum(lacked_most)::INTEGER,
        sum(lacked_least)::INTEGER,
        sum(owed)::INTEGER,
        sum(held)::INTEGER,
        sum(lost)::INTEGER,
        sum(open)::INTEGER,
        any_value(cause)
    FROM counted
    WHERE row_no IN (FROM several)
    GROUP BY row_no
),
unknown_rows AS (
    SELECT row_no
    FROM audit.run_scopes AS r
    LEFT JOIN audit.cells AS c USING (cell)
    WHERE c.cell IS NULL OR c.unknown IS NOT NULL
),
filled AS (
    SELECT
        row_no,
        cell,
        kind,
        records,
        started_at,
        ended_at,
        coalesce(owed, 0) AS owed,
        coalesce(held, 0) AS held,
        coalesce(lost, 0) AS lost,
        coalesce(open, 0) AS open,
        cause,
        -- An end nobody wrote down: anything between nothing and all that there is now.
        CASE WHEN ended_at IS NULL THEN coalesce(owed, 0) + coalesce(open, 0)
            ELSE coalesce(due_most, 0) END AS due_most,
        CASE WHEN ended_at IS NULL THEN 0 ELSE coalesce(due_least, 0) END AS due_least,
        CASE WHEN ended_at IS NULL THEN coalesce(held, 0) ELSE coalesce(held_most, 0) END
            AS held_most,
        CASE WHEN ended_at IS NULL THEN 0 ELSE coalesce(held_least, 0) END AS held_least,
        CASE WHEN ended_at IS NULL THEN coalesce(owed, 0) ELSE coalesce(lacked_most, 0) END
            AS lacked_most,
        CASE WHEN ended_at IS NULL THEN 0 ELSE coalesce(lacked_least, 0) END AS lacked_least,
        row_no IN (FROM unknown_rows) AS is_unknown
    FROM each_once
)
SELECT
    *,
    -- What decides the class, in the order of `engine.FLAGS`.
    (
        kind
        + 8 * (coalesce(records, 0) = 0)::INTEGER
        + 16 * is_unknown::INTEGER
        + 32 * (open > 0)::INTEGER
        + 64 * (owed > 0)::INTEGER
        + 128 * (due_least > 0)::INTEGER
        + 256 * (due_most > 0)::INTEGER
        + 512 * (held_least > 0)::INTEGER
        + 1024 * (held_most > 0)::INTEGER
        + 2048 * (lacked_least > 0)::INTEGER
        + 4096 * (lacked_most > 0)::INTEGER
        + 8192 * (lost > 0)::INTEGER
        + 16384 * (held > 0)::INTEGER
    )::INTEGER AS code
FROM filled;
