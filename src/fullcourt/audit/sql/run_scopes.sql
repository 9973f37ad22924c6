-- Who ran, by number: those of the configuration, and whoever else the history names.
CREATE TABLE audit.actors AS
SELECT row_number() OVER (ORDER BY processor)::SMALLINT AS actor, processor, p.longest_s
FROM (SELECT DISTINCT processor FROM audit.runs)
LEFT JOIN audit.processors AS p USING (processor);

-- Each history row with the cells it is for (a row without a target: all its processor fills), what
-- kind of row it is, and when its run ended by itself (null: not known).
CREATE TABLE audit.run_scopes AS
WITH unended AS (
    SELECT row_no, processor, run_id
    FROM audit.runs
    WHERE is_swept OR state = 'running'
),
ended_beside AS (
    SELECT DISTINCT processor, run_id
    FROM audit.runs
    WHERE NOT is_swept AND state <> 'running' AND run_id IN (SELECT run_id FROM unended)
),
kinds AS (
    SELECT u.row_no, e.run_id IS NOT NULL AS is_beside
    FROM unended AS u
    LEFT JOIN ended_beside AS e USING (processor, run_id)
),
several AS (
    SELECT processor FROM audit.fills GROUP BY processor HAVING count(*) > 1
),
targeted AS (
    SELECT * EXCLUDE (source_row, error, closed_by, revision), false AS is_several
    FROM audit.runs
    WHERE target IS NOT NULL
    UNION ALL
    SELECT
        r.* EXCLUDE (source_row, error, closed_by, revision) REPLACE (f.target AS target),
        r.processor IN (FROM several)
    FROM audit.runs AS r
    LEFT JOIN audit.fills AS f USING (processor)
    WHERE r.target IS NULL
)
SELECT
    r.row_no,
    a.actor,
    c.cell,
    r.game_id,
    r.started_at,
    CASE WHEN k.row_no IS NULL THEN r.ended_at END AS ended_at,
    r.records,
    r.is_several,
    c.cell IS NULL OR c.unknown IS NOT NULL AS is_unknown,
    -- The order of `classes.RowKind`.
    CASE
        WHEN k.row_no IS NULL THEN 0
        WHEN r.is_swept AND k.is_beside THEN 4
        WHEN r.is_swept THEN 3
        WHEN k.is_beside OR r.started_at + to_seconds(a.longest_s) < $now THEN 2
        ELSE 1
    END::UTINYINT AS kind
FROM targeted AS r
INNER JOIN audit.actors AS a USING (processor)
LEFT JOIN audit.cells AS c USING (target, game_date)
LEFT JOIN kinds AS k USING (row_no)
WHERE r.game_date IS NULL OR r.game_date BETWEEN $first AND $last;
