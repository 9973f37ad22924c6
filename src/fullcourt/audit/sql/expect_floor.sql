-- So many units on a date with games, whoever they are: those that came first, and nameless ones for
-- what is short of the floor.
INSERT INTO audit.expected BY NAME
WITH held AS (
    SELECT
        game_date,
        list(key ORDER BY coalesce(first_at, last_at) NULLS LAST, key)[:$floor] AS keys
    FROM audit.held
    WHERE target = $target
    GROUP BY game_date
),
slates AS (
    SELECT game_date, min(due_at) AS due_at, max(due_by) AS due_by
    FROM due_games
    WHERE retired IS NULL
    GROUP BY game_date
)
SELECT
    $target AS target,
    game_date,
    coalesce(keys[number], 'unit ' || number || ' of ' || $floor) AS key,
    NULL AS game_id,
    key AS name,
    due_at,
    due_by
FROM slates
LEFT JOIN held USING (game_date)
CROSS JOIN (SELECT unnest(generate_series(1, $floor)) AS number);

INSERT INTO audit.unknown_dates
SELECT
    $target,
    game_date,
    'a floor of ' || $floor || ' is reached, which proves a number and no set',
    'a rule that names the keys'
FROM audit.held
WHERE target = $target
GROUP BY game_date
HAVING count(*) >= $floor;
