-- Tables x dates of each processor on which a run said zero.
SELECT processor, count(*) AS dates
FROM (
    SELECT DISTINCT r.processor, s.cell
    FROM audit.runs AS r
    INNER JOIN audit.run_scopes AS s USING (row_no)
    WHERE r.records = 0 AND s.cell IS NOT NULL
)
GROUP BY processor
ORDER BY processor;
