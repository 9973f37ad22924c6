-- The history rows that are listed, with what was counted for them.
SELECT
    r.row_no,
    r.source_row,
    r.run_id,
    r.processor,
    coalesce(r.target, (
        SELECT string_agg(f.target, ' + ' ORDER BY f.target)
        FROM audit.fills AS f
        WHERE f.processor = r.processor
    ), '?') AS target,
    r.game_date,
    r.game_id,
    r.state,
    r.started_at,
    r.ended_at,
    r.closed_by,
    r.records,
    r.error,
    k.class,
    c.cause,
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
    h.run_id AS healed_by,
    o.settles AS open_settles,
    o.unverifiable AS open_reason
FROM audit.run_classes AS k
INNER JOIN audit.runs AS r USING (row_no)
INNER JOIN audit.run_counts AS c USING (row_no)
LEFT JOIN audit.cells AS d USING (cell)
LEFT JOIN healers AS h USING (row_no)
LEFT JOIN open_reasons AS o USING (cell)
WHERE $all_runs OR k.class <> 'complete' OR r.records = 0
ORDER BY r.row_no
LIMIT $most;
