-- Rows as the lake has them, with the judge's instants for keys that are owed; a feed holds bodies.
INSERT INTO audit.held
SELECT
    r.target,
    r.game_date,
    r.key,
    k.game_id,
    r.row_count,
    -- Versions and snapshots of a key are appended by design: the judge looks for doubles itself.
    r.row_count,
    k.first_at,
    k.last_at
FROM own_rows AS r
LEFT JOIN audit.cells AS c USING (target, game_date)
LEFT JOIN audit.keys AS k ON k.cell = c.cell AND k.key = r.key
UNION ALL
SELECT c.target, c.game_date, k.key, k.game_id, 1, 1, k.first_at, k.last_at
FROM audit.keys AS k
INNER JOIN audit.cells AS c USING (cell)
INNER JOIN audit.fills AS f USING (target)
WHERE f.is_listing AND k.is_held;
