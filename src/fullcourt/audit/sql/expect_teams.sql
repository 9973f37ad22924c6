-- One key a team that plays, with its game in front where the table's unit has it.
INSERT INTO audit.expected BY NAME
SELECT
    target,
    game_date,
    CASE WHEN $with_game THEN game_id || '/' || team ELSE team END AS key,
    game_id,
    team || ' (' || name || ')' AS name,
    due_at,
    due_by,
    retired,
    unverifiable,
    settles
FROM (SELECT *, unnest([away, home]) AS team FROM due_games)
CROSS JOIN (SELECT unnest($targets) AS target)
WHERE team IS NOT NULL
-- A game that is put off leaves its date to whoever plays there.
QUALIFY row_number() OVER (PARTITION BY target, game_date, key ORDER BY retired NULLS FIRST) = 1;
