-- Falsehoods in the other direction, in the order of `result.Lie`.
SELECT
    'over_claimed' AS kind,
    o.target,
    o.game_date,
    r.run_id,
    o.records AS said,
    o.can_be AS true,
    'rows' AS unit
FROM over_claims AS o
INNER JOIN audit.runs AS r USING (row_no)
UNION ALL
SELECT 'shrinkage', c.target, c.game_date, b.run_id, sum(b.records)::BIGINT, 0, 'rows'
FROM breaks AS b
INNER JOIN audit.cells AS c USING (cell)
GROUP BY ALL
UNION ALL
SELECT 'duplicates', target, game_date, NULL, sum(row_count)::BIGINT, sum(unique_rows)::BIGINT, 'rows'
FROM audit.held
WHERE target IN (SELECT target FROM audit.fills WHERE NOT is_listing)
    AND game_date BETWEEN $first AND $last
GROUP BY target, game_date
HAVING sum(row_count) > sum(unique_rows)
UNION ALL
SELECT 'covered_by_count', d.target, d.game_date, NULL, d.rows, d.held, 'rows, keys'
FROM audit.dates AS d
WHERE d.rows > 0 AND d.lost > 0
ORDER BY ALL;
