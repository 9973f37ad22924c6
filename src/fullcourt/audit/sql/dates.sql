-- Each cell with what it comes to, and what a look for any row would have said of it.
CREATE TABLE audit.dates AS
SELECT
    c.cell,
    c.target,
    c.game_date,
    c.verdict,
    c.unknown,
    coalesce(t.owed, 0) AS owed,
    coalesce(t.held, 0) AS held,
    coalesce(t.lost, 0) AS lost,
    coalesce(t.open, 0) AS open,
    coalesce(t.causes, []) AS causes,
    CASE WHEN NOT f.is_listing THEN coalesce(h.rows, 0) END AS rows,
    CASE WHEN h.rows > 0 THEN 'has data' ELSE 'no data' END AS naive_check,
    c.settles,
    NULL::VARCHAR AS class
FROM audit.cells AS c
INNER JOIN audit.fills AS f USING (target)
LEFT JOIN (SELECT * FROM audit.totals WHERE is_whole) AS t USING (cell)
LEFT JOIN (
    SELECT target, game_date, sum(row_count)::BIGINT AS rows
    FROM audit.held
    GROUP BY ALL
) AS h USING (target, game_date);
