-- One key a game.
INSERT INTO audit.expected BY NAME
SELECT
    target,
    game_date,
    game_id AS key,
    game_id,
    name,
    due_at,
    due_by,
    retired,
    unverifiable,
    settles
FROM due_games
CROSS JOIN (SELECT unnest($targets) AS target);
