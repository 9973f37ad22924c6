-- Tables x dates of each processor on which a run said zero.
SELECT a.processor, count(*) AS dates
FROM (
    SELECT DISTINCT actor, cell
    FROM audit.run_scopes
    WHERE records = 0 AND cell IS NOT NULL
)
INNER JOIN audit.actors AS a USING (actor)
GROUP BY a.processor
ORDER BY a.processor;
