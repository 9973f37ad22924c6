-- The history rows that are listed, with what was counted for them.
WITH fills AS (
    SELECT processor, string_agg(target, ' + ' ORDER BY target) AS targets
    FROM audit.fills
    GROUP BY processor
)
SELECT
    r.row_no,
    r.source_row,
    r.run_id,
    r.processor,
    coalesce(r.target, f.targets, '?') AS target,
    r.game_date,
    r.game_id,
    r.state,
    r.started_at,
    r.ended_at,
    r.closed_by,
    r.records,
    r.error,
    k.class,
    t.cause,
    c.kind,
    c.owed,
    c.held,
    c.lost,
    c.open,
    c.due_least,
    c.due_most,
    c.held_least,
    c.held_most,
    c.lacked_least,
    c.lacked_most,
    d.unknown,
    d.settles AS unknown_settles,
    b.run_id AS healed_by,
    o.settles AS open_settles,
    o.unverifiable AS open_reason
FROM listed AS k
INNER JOIN audit.runs AS r USING (row_no)
INNER JOIN audit.run_counts AS c USING (row_no)
LEFT JOIN fills AS f USING (processor)
LEFT JOIN audit.cells AS d USING (cell)
LEFT JOIN healers AS h USING (row_no)
LEFT JOIN audit.runs AS b ON b.row_no = h.healer
LEFT JOIN open_reasons AS o USING (cell)
-- Of a row that is for several tables: the commonest cause of the first that lost keys.
LEFT JOIN (
    SELECT s.row_no, arg_min(t.cause, s.cell) AS cause
    FROM audit.run_scopes AS s
    INNER JOIN listed USING (row_no)
    INNER JOIN audit.totals AS t
        ON t.cell = s.cell
        AND t.is_whole = (s.game_id IS NULL)
        AND t.game_id IS NOT DISTINCT FROM s.game_id
    WHERE t.lost > 0
    GROUP BY s.row_no
) AS t USING (row_no)
ORDER BY r.row_no;
