-- Tables x dates of each processor by class; dates without any row; keys that are lost.
SELECT
    f.processor,
    d.class,
    count(*) AS dates,
    count(*) FILTER (d.naive_check = 'no data') AS no_data,
    sum(d.lost)::BIGINT AS lost
FROM audit.dates AS d
INNER JOIN audit.fills AS f USING (target)
GROUP BY ALL
ORDER BY ALL;
