-- Rows of a cell and of a table by when they first came, and by when they were last written: of what
-- is there now a run can have written those that came by its end and were not left alone since
-- before its start.
CREATE OR REPLACE TEMP TABLE row_times AS
WITH times AS (
    SELECT
        c.cell,
        h.target,
        coalesce(h.first_at, '-infinity'::TIMESTAMPTZ) AS first_at,
        coalesce(h.last_at, 'infinity'::TIMESTAMPTZ) AS last_at,
        h.row_count,
        h.unique_rows
    FROM audit.held AS h
    INNER JOIN audit.fills AS f USING (target)
    LEFT JOIN audit.cells AS c USING (target, game_date)
    WHERE NOT f.is_listing
)
SELECT cell, target, first_at, last_at, sum(row_count) AS rows
FROM times
WHERE row_count = unique_rows
GROUP BY ALL
UNION ALL
-- A second copy was written beside the first one, and did not replace it.
SELECT cell, target, first_at, first_at, sum(unique_rows)
FROM times
WHERE row_count > unique_rows
GROUP BY ALL
UNION ALL
SELECT cell, target, last_at, last_at, sum(row_count - unique_rows)
FROM times
WHERE row_count > unique_rows
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE row_firsts AS
SELECT
    cell,
    first_at AS moment,
    (sum(sum(rows)) OVER (PARTITION BY cell ORDER BY first_at))::BIGINT AS rows
FROM row_times
WHERE cell IS NOT NULL
GROUP BY cell, first_at;

CREATE OR REPLACE TEMP TABLE row_lasts AS
SELECT
    cell,
    last_at AS moment,
    (sum(sum(rows)) OVER (PARTITION BY cell ORDER BY last_at))::BIGINT AS rows
FROM row_times
WHERE cell IS NOT NULL
GROUP BY cell, last_at;
