-- Rows and rows of zero records of each processor, by class.
SELECT r.processor, k.class, count(*) AS runs, count(*) FILTER (k.records = 0) AS zeros
FROM audit.run_classes AS k
INNER JOIN audit.runs AS r USING (row_no)
GROUP BY ALL
ORDER BY ALL;
