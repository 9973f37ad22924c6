-- Every unit that is owed and not there.
SELECT c.target, c.game_date, k.key, k.name, k.game_id, k.due_at, k.cause
FROM audit.keys AS k
INNER JOIN audit.cells AS c USING (cell)
WHERE k.state IN ('missing', 'unrecoverable')
    OR (k.state = 'waiting' AND k.cause = 'blocked' AND k.due_at <= $now)
ORDER BY c.target, c.game_date, k.key
LIMIT $most;
