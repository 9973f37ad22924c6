-- Rows and rows of zero records of each processor, by class.
SELECT a.processor, k.class, sum(k.runs)::BIGINT AS runs, sum(k.zeros)::BIGINT AS zeros
FROM (
    SELECT actor, class, count(*) AS runs, count(*) FILTER (records = 0) AS zeros
    FROM audit.run_classes
    GROUP BY ALL
) AS k
INNER JOIN audit.actors AS a USING (actor)
GROUP BY ALL
ORDER BY ALL;
