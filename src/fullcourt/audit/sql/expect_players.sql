-- The keys another table lists, and those this one holds itself; of a game for which neither knows
-- any, one key that stands for all of them.
INSERT INTO audit.expected BY NAME
WITH listed AS (
    SELECT game_date, game_id, key FROM audit.held WHERE target = $listed_in
    UNION ALL
    SELECT mine.game_date, mine.game_id, mine.key
    FROM (FROM audit.held WHERE target = $target AND game_id IS NOT NULL) AS mine
    ANTI JOIN (FROM audit.held WHERE target = $listed_in) AS theirs USING (game_date, key)
)
SELECT
    $target AS target,
    g.game_date,
    coalesce(l.key, g.game_id || '/*') AS key,
    g.game_id,
    g.name || ': ' || coalesce(l.key, 'all that ' || $listed_in || ' would list') AS name,
    g.due_at,
    g.due_by,
    g.retired,
    g.unverifiable,
    g.settles
FROM due_games AS g
LEFT JOIN listed AS l USING (game_date, game_id)
WHERE l.key IS NOT NULL OR NOT EXISTS (
    SELECT 1
    FROM listed AS loose
    WHERE loose.game_date = g.game_date AND loose.game_id IS NULL
);

-- Keys without a game: owed as they are listed.
INSERT INTO audit.expected BY NAME
SELECT
    target,
    game_date,
    key,
    NULL AS game_id,
    key AS name,
    timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_us) AS due_at,
    timezone('America/New_York', game_date::TIMESTAMP) + to_microseconds($due_by_us) AS due_by
FROM (
    SELECT DISTINCT $target AS target, game_date, key
    FROM audit.held
    WHERE target = $listed_in AND game_id IS NULL
);
