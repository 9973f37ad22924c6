-- A listing holds the units whose files have something in them.
INSERT INTO audit.held
SELECT
    listing,
    game_date,
    coalesce(key, game_id, '*') AS key,
    any_value(game_id),
    count(*),
    count(*),
    min(created_at),
    max(created_at)
FROM audit.objects
WHERE bytes IS DISTINCT FROM 0
    AND listing NOT IN (SELECT DISTINCT target FROM audit.held)
GROUP BY ALL;
