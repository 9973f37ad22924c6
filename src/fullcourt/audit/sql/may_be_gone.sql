-- Rows that say they wrote more than can be theirs of what is there, although what they lacked came
-- later: what they wrote may have been taken away, and only then come again.
UPDATE audit.run_counts
SET code = code + 32768
FROM (
    SELECT c.row_no
    FROM (
        SELECT c.row_no, c.cell, c.records, c.ended_at, s.started_at
        FROM audit.run_counts AS c
        INNER JOIN audit.run_scopes AS s USING (row_no, cell)
        INNER JOIN audit.cells USING (cell)
        INNER JOIN audit.fills AS t USING (target)
        WHERE c.records > 0 AND c.lacked_most > 0 AND c.lost = 0 AND NOT t.is_listing
    ) AS c
    ASOF LEFT JOIN row_firsts AS f ON f.cell = c.cell AND c.ended_at >= f.moment
    ASOF LEFT JOIN row_lasts AS l ON l.cell = c.cell AND c.started_at > l.moment
    WHERE c.records > coalesce(f.rows, 0) - coalesce(l.rows, 0)
) AS found
WHERE found.row_no = run_counts.row_no;
