-- Each row's keys: when its run ended, and now.
CREATE OR REPLACE TEMP VIEW counted AS
SELECT
    r.*,
    s.* EXCLUDE (cell, moment),
    t.owed,
    t.held,
    t.lost,
    t.open
FROM (SELECT * FROM audit.run_scopes WHERE game_id IS NULL) AS r
ASOF LEFT JOIN cell_steps AS s ON s.cell = r.cell AND r.ended_at >= s.moment
LEFT JOIN (SELECT * FROM audit.totals WHERE is_whole) AS t ON t.cell = r.cell
UNION ALL
SELECT
    r.*,
    s.* EXCLUDE (cell, game_id, moment),
    t.owed,
    t.held,
    t.lost,
    t.open
FROM (SELECT * FROM audit.run_scopes WHERE game_id IS NOT NULL) AS r
ASOF LEFT JOIN game_steps AS s
    ON s.cell = r.cell AND s.game_id = r.game_id AND r.ended_at >= s.moment
LEFT JOIN (SELECT * FROM audit.totals WHERE NOT is_whole) AS t
    ON t.cell = r.cell AND t.game_id = r.game_id;

-- A row that is for several tables has their sum, and no cell of its own.
CREATE TABLE audit.run_counts AS
WITH each_once AS (
    SELECT * EXCLUDE (is_several, game_id, started_at) FROM counted WHERE NOT is_several
    UNION ALL BY NAME
    SELECT
        row_no,
        any_value(actor) AS actor,
        any_value(kind) AS kind,
        any_value(records) AS records,
        any_value(ended_at) AS ended_at,
        bool_or(is_unknown) AS is_unknown,
        sum(due_most)::INTEGER AS due_most,
        sum(due_least)::INTEGER AS due_least,
        sum(held_least)::INTEGER AS held_least,
        sum(held_most)::INTEGER AS held_most,
        sum(lacked_most)::INTEGER AS lacked_most,
        sum(lacked_least)::INTEGER AS lacked_least,
        sum(owed)::INTEGER AS owed,
        sum(held)::INTEGER AS held,
        sum(lost)::INTEGER AS lost,
        sum(open)::INTEGER AS open
    FROM counted
    WHERE is_several
    GROUP BY row_no
),
filled AS (
    SELECT
        row_no,
        actor,
        cell,
        kind,
        records,
        ended_at,
        coalesce(owed, 0) AS owed,
        coalesce(held, 0) AS held,
        coalesce(lost, 0) AS lost,
        coalesce(open, 0) AS open,
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
        is_unknown
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
