-- Every unit that is owed, with what is there of it. `pattern`: all that the judge has to know
-- but the cause; what it says is joined as `audit.keys`.
CREATE TABLE audit.key_rows AS
SELECT
    c.cell,
    e.key,
    e.game_id,
    -- Whoever is held is named in audit.expected alone: a million names are not copied for nothing.
    CASE WHEN h.key IS NULL THEN e.name END AS name,
    e.due_at,
    coalesce(e.due_by, e.due_at) AS due_by,
    e.retired,
    e.unverifiable,
    e.settles,
    h.key IS NOT NULL AS is_held,
    h.first_at,
    h.last_at,
    NULL::VARCHAR AS cause,
    CASE
        WHEN e.retired IS NOT NULL THEN 'retired'
        WHEN h.key IS NOT NULL THEN 'held'
        WHEN e.unverifiable IS NOT NULL THEN 'unverifiable'
        WHEN e.due_at > $now THEN 'not due'
        WHEN coalesce(e.due_by, e.due_at) > $now THEN 'perhaps due'
        ELSE 'absent'
    END AS pattern
FROM audit.expected AS e
INNER JOIN audit.cells AS c USING (target, game_date)
LEFT JOIN audit.held AS h USING (target, game_date, key);
