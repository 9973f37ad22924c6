-- What a query of the configuration returns (`owed_query`); a key of a game is due as its game is,
-- one without a game as its date, unless the query says when itself.
INSERT INTO audit.expected BY NAME
WITH owed AS (
    SELECT
        NULL::DATE AS game_date,
        NULL::VARCHAR AS key,
        NULL::VARCHAR AS game_id,
        NULL::VARCHAR AS name,
        NULL::TIMESTAMPTZ AS due_at
    WHERE false
    UNION ALL BY NAME
    FROM owed_query
)
SELECT
    $target AS target,
    o.game_date,
    o.key,
    o.game_id,
    coalesce(o.name, o.key) AS name,
    coalesce(
        o.due_at,
        g.due_at,
        timezone('America/New_York', o.game_date::TIMESTAMP) + to_microseconds($due_us)
    ) AS due_at,
    coalesce(
        o.due_at,
        g.due_by,
        timezone('America/New_York', o.game_date::TIMESTAMP) + to_microseconds($due_by_us)
    ) AS due_by,
    g.retired,
    g.unverifiable,
    g.settles
FROM owed AS o
LEFT JOIN due_games AS g USING (game_date, game_id);
